"""Excluded paths: what a site leaves out; a path stands for itself and all below it, and `*` for any text; pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

__all__ = ["excluded_paths"]


def excluded_paths(patterns: Sequence[str]) -> Callable[[str], bool]:
    """What says of a path whether one of the patterns leaves it out."""
    whole = "|".join(re.escape(pattern.rstrip("/")).replace(r"\*", ".*") + r"(?:/.*)?\Z" for pattern in patterns)
    match = re.compile(whole or r"(?!)", re.DOTALL).match
    return lambda path: match(path) is not None

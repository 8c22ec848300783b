"""Excluded paths: what a site leaves out; a path means itself and all below it, and `*` means any text; pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

__all__ = ["excluded_paths"]


def excluded_paths(patterns: Sequence[str]) -> Callable[[str], bool]:
    """What says of a path whether one of the patterns leaves it out."""
    whole = "|".join(map(_expression, patterns))
    match = re.compile(whole or r"(?!)", re.DOTALL).match
    return lambda path: match(path) is not None


def _expression(pattern: str) -> str:
    first, *parts = map(re.escape, pattern.rstrip("/").split("*"))
    # A part is looked for once, where it comes first: a long path of a stranger's must not have us try all its places.
    between = "".join(f"(?>.*?{part})" for part in parts[:-1])
    return first + between + "".join(f".*{part}" for part in parts[-1:]) + r"(?:/.*)?\Z"

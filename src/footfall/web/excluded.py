"""Excluded paths: what a site leaves out; a path means itself and all below it, and `*` means any text; pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

__all__ = ["excluded_paths"]


def excluded_paths(patterns: Sequence[str]) -> Callable[[str], re.Match[str] | None]:
    """What matches the paths that one of the patterns leaves out."""
    whole = "|".join(map(_expression, patterns))
    return re.compile(whole or r"(?!)", re.DOTALL).match


def _expression(pattern: str) -> str:
    first, *parts = map(re.escape, pattern.rstrip("/").split("*"))
    # A part is looked for once, where it comes first: a long path of a stranger's must not have us try all its places.
    between = "".join(f"(?>.*?{part})" for part in parts[:-1])
    return first + between + "".join(f".*{part}" for part in parts[-1:]) + r"(?:/.*)?\Z"

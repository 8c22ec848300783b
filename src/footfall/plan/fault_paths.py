"""Paths of faults, as many messages have them together."""

from __future__ import annotations

import re

__all__ = ["general_path"]

_INDEX = re.compile(r"\[[0-9]+\]")


def general_path(path: str) -> str:
    """A fault's path with `[]` for any place in an array: `lines[2].price` is `lines[].price`."""
    return _INDEX.sub("[]", path)

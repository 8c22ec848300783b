"""Gives memory that is free back to the operating system, where the C library (glibc) keeps it for itself."""

from __future__ import annotations

import ctypes
import sys

__all__ = ["give_back", "keep_large_blocks_apart"]

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # malloc.h
_LARGE, _SPARE = 1_000_000, 64_000_000  # bytes


def give_back() -> None:
    """Give back what is free. After a burst of large bodies it would be kept for the most part, in pieces."""
    _call("malloc_trim", 0)


def keep_large_blocks_apart() -> None:
    """Let no large body leave a hole among small things: each has pages for itself, which go back when it is freed.

    Without this the C library does so only until it has seen a few large blocks.
    """
    _call("mallopt", _M_MMAP_THRESHOLD, _LARGE)
    # With the one fixed the other is no longer raised by itself, and each request would fetch and give back its memory.
    _call("mallopt", _M_TRIM_THRESHOLD, _SPARE)


def _call(name: str, *arguments: int) -> None:
    function = getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
    if function is not None:  # other C libraries have none
        function(*arguments)

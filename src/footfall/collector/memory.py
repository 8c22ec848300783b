"""Gives memory that is free back to the operating system, where the C library keeps it for itself."""

from __future__ import annotations

import ctypes
import sys

__all__ = ["give_back"]


def give_back() -> None:
    """Have glibc give back what is free. After a burst of large bodies it would keep most of it, in pieces."""
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # other C libraries have none
        if trim is not None:
            trim(0)

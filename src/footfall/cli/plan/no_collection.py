"""Pauses garbage collection while millions of objects are made that are needed to the end."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator

__all__ = ["no_collection"]


@contextlib.contextmanager
def no_collection() -> Iterator[None]:
    """Collect no garbage inside, and go on as before afterwards.

    Two whole plans, or the syntax trees of a thousand files, are half of the time when they are walked again and again.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()

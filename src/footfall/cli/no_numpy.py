"""Hides numpy and pandas from pyarrow in a process that is a command: it makes none of their arrays and data frames.

pyarrow imports numpy as it is imported, and pandas with its first array, where they are installed. That takes 0.1 s and
0.2 s, and 50 MB, of a second or less that a command takes.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

__all__ = ["hide_numpy"]


class _Hidden(MetaPathFinder):
    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:  # noqa: ARG002 - as importlib calls it
        if name in ("numpy", "pandas"):
            raise ModuleNotFoundError(f"a command needs no {name}", name=name)
        return None


def hide_numpy() -> None:
    """From now on neither can be imported, unless it was already."""
    sys.meta_path.insert(0, _Hidden())

"""Hides pandas from pyarrow in a process that is a command: it makes no data frames.

pyarrow imports pandas with its first array, where it is installed. That takes 0.2 s and 40 MB, of a second or less that
a command takes.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

__all__ = ["hide_pandas"]


class _Hidden(MetaPathFinder):
    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:  # noqa: ARG002 - as importlib calls it
        if name == "pandas":
            raise ModuleNotFoundError("a command needs no pandas", name=name)
        return None


def hide_pandas() -> None:
    """From now on pandas cannot be imported, unless it was already."""
    sys.meta_path.insert(0, _Hidden())

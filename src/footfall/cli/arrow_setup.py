"""Sets up Arrow for a process that is a command: no numpy, no pandas, and the memory of the C library.

pyarrow imports numpy as it is imported, and pandas with its first array, where they are installed. That takes 0.1 s and
0.2 s, and 50 MB, of a second or less that a command takes; a command makes none of their arrays and data frames.

pyarrow's own allocator, mimalloc, gives memory back to the system so early that a command of large columns spends up to
half of its time on taking it again. Over 5 million messages `footfall report` took 2.2 CPU seconds and 620 MB with it,
and 1.8 CPU seconds and 500 MB with that of the C library; `footfall sessions` 3.9 and 3.0 CPU seconds.
"""

from __future__ import annotations

import os
import sys
from collections.abc import MutableMapping, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

__all__ = ["let_numpy_load", "set_up_arrow"]

_POOL = "ARROW_DEFAULT_MEMORY_POOL"


class _Hidden(MetaPathFinder):
    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:  # noqa: ARG002 - as importlib calls it
        if name in ("numpy", "pandas"):
            raise ModuleNotFoundError(f"a command needs no {name}", name=name)
        return None


def set_up_arrow(environment: MutableMapping[str, str] = os.environ) -> None:
    """Before pyarrow is imported: from now on neither can be. An allocator that the environment names stays."""
    sys.meta_path.insert(0, _Hidden())
    environment.setdefault(_POOL, "system")


def let_numpy_load() -> None:
    """For a command that needs numpy after all: from now on it can be imported, by others than pyarrow too."""
    sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, _Hidden)]

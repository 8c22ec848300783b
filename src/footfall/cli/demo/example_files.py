"""Finds the example shop, gateway and plan: inside an installed package, or beside the source in a checkout."""

from __future__ import annotations

from pathlib import Path

import footfall
from footfall.errors import UsageError

__all__ = ["example_file"]


def example_file(relative: str) -> Path:
    """The file or folder `relative` of the project, wherever this footfall was installed from.

    Raises UsageError when this installation came without the examples.
    """
    package = Path(footfall.__file__).parent
    for root in (package / "_examples", package.parents[1]):
        if (root / relative).exists():
            return root / relative
    raise UsageError(f"this installation of footfall has no {relative}: install the wheel, or run in a checkout")

"""Packages that load the module behind a name at its first use (PEP 562), so that a part loads only what it needs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from footfall.extras import Extra

__all__ = ["lazy_names"]


def lazy_names(
    package: str, modules: Mapping[str, Sequence[str]], extra: Extra | None = None
) -> Callable[[str], object]:
    """The `__getattr__` of a package: `modules` has the names that each of its modules brings.

    `extra` is the one whose libraries the package needs. The function raises AttributeError for any other name, and
    MissingExtraError where a library is not installed.
    """
    homes = {name: f"{package}.{module}" for module, names in modules.items() for name in names}

    def attribute(name: str) -> object:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        try:
            value: object = getattr(import_module(homes[name]), name)
        except ImportError:
            from footfall.extras import needs

            with needs(package, extra):
                raise
        setattr(sys.modules[package], name, value)  # the next use finds it at once
        return value

    return attribute

"""Guesses undeclared renames: what is gone and what is new, where each is the only one of a shape."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Protocol, TypeVar

import msgspec

__all__ = ["likely_heirs"]


class _Named(Protocol):
    @property
    def name(self) -> str: ...


_T = TypeVar("_T", bound=_Named)


def likely_heirs(pairs: Iterable[tuple[_T | None, _T | None]], shape: Callable[[_T], object]) -> dict[str, _T]:
    """By the name of what is gone: the one new part that is equal but for its name.

    `pairs` are the parts of two plans side by side. `shape` is what of a part has to be equal, None for one whose
    likeness says nothing. Where two parts of a shape are gone, or two are new, nobody can say which became which.
    """
    gone: dict[Hashable, list[_T]] = {}
    new: dict[Hashable, list[_T]] = {}
    for old, now in pairs:
        part, by_shape = (old, gone) if now is None else (now, new)
        if part is None or (old is not None and now is not None):
            continue
        of_part = shape(part)
        if of_part is not None:
            by_shape.setdefault(msgspec.json.encode(of_part, order="deterministic"), []).append(part)
    return {olds[0].name: new[key][0] for key, olds in gone.items() if len(olds) == 1 and len(new.get(key, ())) == 1}

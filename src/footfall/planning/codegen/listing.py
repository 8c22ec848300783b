"""Lists the properties of an event as rows for readers: where each stands, its type in words, what it must keep."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from footfall.plan.model import Property
from footfall.planning.codegen.wording import limits, notes

__all__ = ["PropertyRow", "rows"]


class PropertyRow(msgspec.Struct, frozen=True):
    """One property. `path` is how it stands in the JSON (`lines[].sku`, `by_counter.*`)."""

    path: str
    type: str
    required: bool
    description: str
    limits: tuple[str, ...]
    notes: tuple[str, ...]


def rows(properties: Iterable[Property], prefix: str = "") -> Iterator[PropertyRow]:
    """A row for each property, and after it one for each that is inside of it."""
    for prop in properties:
        path = f"{prefix}{prop.wire_name or prop.name}"
        yield PropertyRow(
            path, type_words(prop), prop.required, prop.description, tuple(limits(prop)), tuple(notes(prop))
        )
        yield from _inside(prop, path)


def _inside(prop: Property, path: str) -> Iterator[PropertyRow]:
    yield from rows(prop.properties, f"{path}.")
    for inner, mark in ((prop.items, "[]"), (prop.values, ".*")):
        if inner is None:
            continue
        here = f"{path}{mark}"
        told = (*limits(inner), *notes(inner))
        if told:
            yield PropertyRow(
                here, type_words(inner), False, inner.description, tuple(limits(inner)), tuple(notes(inner))
            )
        yield from _inside(inner, here)


def type_words(prop: Property) -> str:
    """`decimal`, `string or null`, `array of object`, `map of number`."""
    inner = prop.items or prop.values
    own = " or ".join(prop.types) or prop.type
    words = f"{prop.type} of {type_words(inner)}" if inner is not None else own
    return f"{words} or null" if prop.nullable else words

"""What generated texts say of an event and its properties, in a few words each, and the table of properties."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from footfall.plan.durations import format_duration
from footfall.plan.model import Event, Property, Transform

__all__ = ["PropertyRow", "compact", "event_facts", "limits", "notes", "rows", "type_words"]

_TRANSFORMS: Mapping[Transform, str] = {
    "drop": "left out before the event is sent",
    "hash": "hashed before it is sent",
    "mask": "masked before it is sent",
    "truncate": "cut to three characters before it is sent",
}
_RANGES = (
    ("min", "at least {}"),
    ("max", "at most {}"),
    ("min_length", "{} or more characters"),
    ("max_length", "{} or fewer characters"),
    ("min_items", "{} or more items"),
    ("max_items", "{} or fewer items"),
    ("scale", "at most {} decimals"),
)
# The plain facts of an event: the label, and the key of the model.
_EVENT_FACTS = (
    ("Status", "status"),
    ("Owner", "owner"),
    ("Purpose", "purpose"),
    ("Consent", "consent"),
    ("Sources", "sources"),
    ("Actor", "actor"),
    ("Channel", "channel"),
    ("Since", "since"),
    ("Expires", "expires"),
    ("Links", "links"),
)
_encode = msgspec.json.Encoder(decimal_format="number").encode


def compact(value: object) -> str:
    """A value of the plan as JSON text, decimals with their digits."""
    return _encode(value).decode()


def limits(prop: Property) -> Iterator[str]:
    """What a value must keep besides its type, in the order of the plan's keys."""
    if prop.enum:
        members = ", ".join(map(compact, prop.enum))
        yield f"usually one of {members}; others are let through with a warning" if prop.open else f"one of {members}"
    if prop.pattern is not None:
        yield f"matches {prop.pattern}"
    if prop.format is not None:
        yield f"format {prop.format}"
    for key, words in _RANGES:
        limit = getattr(prop, key)
        if limit is not None:
            yield words.format(limit)
    if prop.additional is not None:
        yield "may have other keys" if prop.additional else "has no other keys"


def notes(prop: Property) -> Iterator[str]:
    """What else is known of a property: unit, sensitivity, transform, retention, examples."""
    if prop.unit is not None:
        yield f"unit {prop.unit}"
    if prop.currency is not None:
        yield f"currency {prop.currency}"
    if prop.sensitivity is not None:
        yield f"sensitivity {prop.sensitivity}"
    if prop.transform is not None:
        yield _TRANSFORMS[prop.transform]
    if prop.retention is not None:
        yield f"kept for {format_duration(prop.retention)}"
    if prop.examples:
        yield f"for example {', '.join(map(compact, prop.examples))}"


def event_facts(event: Event) -> Iterator[tuple[str, str]]:
    """What is known of an event besides its description: (label, text), only what is stated."""
    for label, key in _EVENT_FACTS:
        value = getattr(event, key)
        text = ", ".join(value) if isinstance(value, tuple) else value
        if text:
            yield label, text
    if event.additional is not None:
        yield "Other properties", "allowed" if event.additional else "refused"
    if event.aliases:
        yield (
            "Earlier names",
            ", ".join(f"{alias.name} until {alias.until}" if alias.until else alias.name for alias in event.aliases),
        )
    end = event.deprecated
    if end is not None:
        parts = (
            end.reason,
            f"since {end.since}" if end.since else "",
            f"use {end.replaced_by} instead" if end.replaced_by else "",
            f"to be removed after {end.remove_after}" if end.remove_after else "",
        )
        yield "Deprecated", "; ".join(part for part in parts if part) or "yes"
    if event.volume is not None:
        bounds = ((event.volume.min, "at least"), (event.volume.max, "at most"))
        count = " and ".join(f"{words} {bound:,}" for bound, words in bounds if bound is not None)
        yield "Expected", f"{count or 'some'} per {event.volume.per}"


class PropertyRow(msgspec.Struct, frozen=True):
    """One property in a table. `path` is the way to it in the JSON (`lines[].sku`, `by_counter.*`)."""

    path: str
    type: str
    required: bool
    description: str
    limits: tuple[str, ...]
    notes: tuple[str, ...]

    @classmethod
    def of(cls, path: str, prop: Property, *, required: bool) -> PropertyRow:
        """The row of a property at `path`."""
        words = type_words(prop)
        return cls(path, words, required, prop.description, tuple(limits(prop)), tuple(notes(prop)))


def rows(properties: Iterable[Property], prefix: str = "") -> Iterator[PropertyRow]:
    """A row for each property, and after it one for each that is inside of it."""
    for prop in properties:
        path = f"{prefix}{prop.wire_name or prop.name}"
        yield PropertyRow.of(path, prop, required=prop.required)
        yield from _rows_inside(prop, path)


def _rows_inside(prop: Property, path: str) -> Iterator[PropertyRow]:
    yield from rows(prop.properties, f"{path}.")
    for inner, mark in ((prop.items, "[]"), (prop.values, ".*")):
        if inner is None:
            continue
        row = PropertyRow.of(f"{path}{mark}", inner, required=False)
        if row.limits or row.notes:
            yield row
        yield from _rows_inside(inner, row.path)


def type_words(prop: Property) -> str:
    """`decimal`, `string or null`, `array of object`, `map of number`."""
    inner = prop.items or prop.values
    own = " or ".join(prop.types) or prop.type
    words = f"{prop.type} of {type_words(inner)}" if inner is not None else own
    return f"{words} or null" if prop.nullable else words

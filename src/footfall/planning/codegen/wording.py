"""What a generated artefact says of a property beside its type: unit, limits, who may see it, in a few words each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from footfall.plan.durations import format_duration
from footfall.plan.model import Event, Property, Transform

__all__ = ["EVENT_FACTS", "compact", "event_facts", "limits", "notes"]

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
        yield ADDITIONAL[prop.additional]


ADDITIONAL: Mapping[bool, str] = {True: "may have other keys", False: "has no other keys"}
"""`additional` of an object in words."""


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
    for label, key in EVENT_FACTS:
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
    gone = event.deprecated
    if gone is not None:
        parts = (
            gone.reason,
            f"since {gone.since}" if gone.since else "",
            f"use {gone.replaced_by} instead" if gone.replaced_by else "",
            f"to be removed after {gone.remove_after}" if gone.remove_after else "",
        )
        yield "Deprecated", "; ".join(part for part in parts if part) or "yes"
    if event.volume is not None:
        bounds = ((event.volume.min, "at least"), (event.volume.max, "at most"))
        said = " and ".join(f"{words} {bound:,}" for bound, words in bounds if bound is not None)
        yield "Expected", f"{said or 'some'} per {event.volume.per}"


EVENT_FACTS = (
    ("Status", "status"),
    ("Owner", "owner"),
    ("Purpose", "purpose"),
    ("Sources", "sources"),
    ("Actor", "actor"),
    ("Since", "since"),
    ("Expires", "expires"),
    ("Links", "links"),
)
"""The plain facts of an event: the label, and the key of the model."""

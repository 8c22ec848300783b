"""The views that SQL can ask: their names, their columns and what each is, made from a plan. No name becomes SQL here.

SQL takes `Total` and `total` for one name, so a name that differs only in that from an earlier one gets a number:
`total_2`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from footfall.analytics.exports import COLUMNS
from footfall.plan.calls import named
from footfall.plan.model import DerivedProperty, Event, Plan, Property, PropertyType
from footfall.plan.property_text import wire_type

__all__ = ["SQL_TYPES", "SqlView", "ViewColumn", "fold", "unique_names", "views_of"]

SQL_TYPES: Mapping[PropertyType, str] = {
    "string": "VARCHAR",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "decimal": "DECIMAL",
    "boolean": "BOOLEAN",
    "datetime": "TIMESTAMPTZ",
    "date": "DATE",
    "uuid": "VARCHAR",
    "object": "VARCHAR",
    "array": "VARCHAR",
    "map": "VARCHAR",
    "any": "VARCHAR",
    "union": "VARCHAR",
}
"""The SQL type of a property's column, by the plan's type. Objects, arrays and maps are JSON text."""

_OF_MESSAGES = {"seq": "BIGINT", "occurred_at": "TIMESTAMPTZ", "received_at": "TIMESTAMPTZ"}
# What a view of an event has of its messages, before the event's properties; `properties` comes last.
_OF_EVENTS = (
    "seq", "source", "channel", "message_id", "occurred_at", "received_at", "person_id", "reason", "audience",
    "user_id", "anonymous_id", "device_id", "group_id",
)  # fmt: skip
_TAKEN = "message."  # before the name of a message's column that a property has too
# A name in Arrow ends at a NUL, and half a surrogate pair has no UTF-8.
_UNUSABLE = re.compile("[\x00\ud800-\udfff]")
_ASCII_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


class ViewColumn(msgspec.Struct, frozen=True):
    """A column of a view. `type` is its SQL type, `about` what it is.

    `message` is the column of messages that it shows. For a property `path` has the keys to it on the wire instead,
    `property_type` and `scale` are the plan's. A derived one has an `expression`.
    """

    name: str
    type: str
    about: str = ""
    message: str = ""
    path: tuple[str, ...] = ()
    property_type: PropertyType | None = None
    scale: int = 0
    expression: str = ""


class SqlView(msgspec.Struct, frozen=True):
    """A view by its name, what a row of it is, and its columns by name. `event` is the plan's event that it shows."""

    name: str
    about: str
    columns: Mapping[str, ViewColumn]
    event: str = ""


def _columns(*rows: tuple[str, str, str]) -> Mapping[str, ViewColumn]:
    return {name: ViewColumn(name, type_, about, message=name) for name, type_, about in rows}


_FIXED = (
    SqlView(
        "messages",
        "a stored message",
        _columns(
            *((name, _OF_MESSAGES.get(name, "VARCHAR"), about.removesuffix(", in UTC").replace(" (see above)", ""))
              for name, about in COLUMNS.items()),
            ("channel", "VARCHAR", "The channel of contact: of its event in the plan, else of its source"),
        ),
    ),
    SqlView(
        "persons",
        "a person that counts",
        _columns(
            ("person_id", "VARCHAR", "The person, as in messages"),
            ("kind", "VARCHAR", "user, anonymous, or session (a session of nobody, on a device of several users)"),
            ("user_id", "VARCHAR", "The user id; after an alias the id that all of them became"),
            ("first_seen", "TIMESTAMPTZ", "When its first message occurred"),
            ("last_seen", "TIMESTAMPTZ", "When its last message occurred"),
            ("messages", "BIGINT", "How many messages are its"),
        ),
    ),
    SqlView(
        "devices",
        "a browser or installation, or a connected product",
        _columns(
            ("device", "VARCHAR", "Its anonymous_id or device_id"),
            ("kind", "VARCHAR", "installation (an anonymous_id) or product (a device_id)"),
            ("persons", "BIGINT", "How many persons that count its messages are of"),
            ("first_seen", "TIMESTAMPTZ", "When its first message occurred"),
            ("last_seen", "TIMESTAMPTZ", "When its last message occurred"),
            ("messages", "BIGINT", "How many messages name it"),
        ),
    ),
    SqlView(
        "sessions",
        "a person on a device without a gap of over 30 minutes, and without a reset",
        _columns(
            ("person_id", "VARCHAR", "The person, as in persons"),
            ("device", "VARCHAR", "The anonymous_id, else the device_id; NULL for what a backend sent without either"),
            ("started_at", "TIMESTAMPTZ", "When its first message occurred"),
            ("ended_at", "TIMESTAMPTZ", "When its last message occurred"),
            ("messages", "BIGINT", "How many messages it has"),
        ),
    ),
    SqlView(
        "page_views",
        "a page that was viewed",
        _columns(
            ("seq", "BIGINT", "The number of its message"),
            ("occurred_at", "TIMESTAMPTZ", "When it was viewed"),
            ("source", "VARCHAR", "The source of the key that sent it: which site"),
            ("channel", "VARCHAR", "The channel of contact of the source"),
            ("person_id", "VARCHAR", "Who viewed it; NULL where it was only counted"),
            ("audience", "VARCHAR", "people, bot or staff"),
            ("page", "VARCHAR", "Its name: the route"),
            ("visit", "BIGINT", "The visit that it is of: its person's page views without a gap of over 30 minutes"),
            ("is_entry", "BOOLEAN", "Whether it is the first of its visit"),
            ("is_exit", "BOOLEAN", "Whether it is the last of its visit"),
            ("is_returned", "BOOLEAN", "Whether the browser sent the visitor's cookie: it had been here before"),
            ("title", "VARCHAR", "Its title"),
            ("status", "BIGINT", "The status of the response"),
            ("origin", "VARCHAR", "How the visitor came to it: direct, internal, organic_search, …"),
            ("origin_name", "VARCHAR", "The site or the campaign's source that led to it"),
            ("referrer", "VARCHAR", "The host of the page before"),
            ("campaign", "VARCHAR", "utm_campaign"),
            ("browser", "VARCHAR", "The browser's name"),
            ("os", "VARCHAR", "The system's name"),
            ("device", "VARCHAR", "desktop, phone, tablet, …"),
            ("country", "VARCHAR", "The country of the address, where the site has a database for that"),
            ("locale", "VARCHAR", "The language that the browser asks for"),
        ),
    ),
)  # fmt: skip


def fold(name: str) -> str:
    """What SQL compares of a name: small and capital letters of ASCII are the same."""
    return name.translate(_ASCII_LOWER)


def unique_names(names: Iterable[str], taken: Iterable[str] = ()) -> list[str]:
    """Names that SQL can tell apart, in the same order; all but the first of equal ones get a number.

    A name that no SQL can write is written as it can be: nothing as `unnamed`, NUL and half surrogates as `�`.
    """
    used, unique = {fold(name) for name in taken}, []
    for name in names:
        stem = _UNUSABLE.sub("\ufffd", name) or "unnamed"
        candidate, number = stem, 1
        while fold(candidate) in used:
            number += 1
            candidate = f"{stem}_{number}"
        used.add(fold(candidate))
        unique.append(candidate)
    return unique


def views_of(plan: Plan | None) -> Mapping[str, SqlView]:
    """Every view by its folded name: messages, persons, devices, sessions, and one for each event of the plan."""
    views = list(_FIXED)
    events = list(plan.events.values()) if plan is not None else []
    if plan is not None:
        derived = [each for name in plan.derived_events if (each := named(plan, name)) is not None]
        events += [msgspec.structs.replace(each, description="") for each in derived]
    names = unique_names((event.name for event in events), (view.name for view in _FIXED))
    views += [_event_view(name, event) for name, event in zip(names, events, strict=True)]
    return {fold(view.name): view for view in views}


def _event_view(name: str, event: Event) -> SqlView:
    leaves = [*_leaves(event.properties, (), ()), *map(_derived, event.derived)]
    properties = unique_names(column.name for column in leaves)
    taken = {fold(name) for name in properties}
    shown = [*_OF_EVENTS, "properties"]
    others = unique_names((f"{_TAKEN}{name}" if name in taken else name for name in shown), properties)
    messages = [
        msgspec.structs.replace(_FIXED[0].columns[column], name=name)
        for column, name in zip(shown, others, strict=True)
    ]
    typed = [msgspec.structs.replace(leaf, name=name) for leaf, name in zip(leaves, properties, strict=True)]
    ordered = [*messages[:-1], *typed, messages[-1]]
    about = " ".join(event.description.split()) or f"a stored message of {event.name}"
    return SqlView(name, about, {column.name: column for column in ordered}, event.name)


def _derived(prop: DerivedProperty) -> ViewColumn:
    return ViewColumn(
        prop.name, SQL_TYPES[prop.type], f"Derived: {prop.expression}",
        property_type=prop.type, expression=prop.expression,
    )  # fmt: skip


def _leaves(properties: Sequence[Property], names: tuple[str, ...], path: tuple[str, ...]) -> Iterator[ViewColumn]:
    """The columns of properties; an object is those of its properties, an object without any one of JSON text."""
    for item in properties:
        type_, inner, key = wire_type(item), (*names, item.name), (*path, item.wire_name or item.name)
        if type_ == "object" and item.properties:
            yield from _leaves(item.properties, inner, key)
        else:
            yield ViewColumn(
                ".".join(inner), SQL_TYPES[type_], item.description,
                path=key, property_type=type_, scale=item.scale or 0,
            )  # fmt: skip

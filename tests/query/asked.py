"""A small database made by hand: its plan, its messages, and the views of both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from footfall.analytics import Dataset
from footfall.plan.model import Event, Plan, Property
from footfall.query.database import Database
from footfall.storage.journal import Entry, Row

SECOND = 1_000_000
MINUTE = 60


def message(
    seq: int, event: str | None = "buy", at: float = 0, properties: Mapping[str, Any] | str = "{}", **changes: Any
) -> Entry:
    """A stored message `at` seconds after 1970; `properties` as JSON text keeps its digits."""
    text = properties if isinstance(properties, str) else msgspec.json.encode(dict(properties)).decode()
    type_ = changes.get("type", "track")
    row = Row(
        kind="stored", source="shop", message_id=f"m{seq:05}", type=type_, event=event, user_id=None,
        anonymous_id=None, device_id=None, previous_id=None, group_id=None, occurred_at=round(at * SECOND),
        received_at=round(at * SECOND), bundle=None, faults=None,
        body=b'{"type":"%s","properties":%s}' % (type_.encode(), text.encode()), envelope=None,
    )  # fmt: skip
    return Entry(seq, row._replace(**changes))


def plan_of(*properties: Property, name: str = "buy", **more: Any) -> Plan:
    """A plan with one event."""
    event = Event(name=name, wire_name=name, properties=properties)
    return Plan(**{"id": "test", "events": {name: event}, **more})


def database(log: Iterable[Entry], plan: Plan | None = None) -> Database:
    """A database over these messages."""
    return Database(Dataset.of(log, plan))


def rows(log: Iterable[Entry], sql: str, plan: Plan | None = None) -> list[tuple[Any, ...]]:
    """The rows of one query over these messages."""
    with database(log, plan) as opened:
        return opened.sql(sql).rows

"""Journal rows made by hand, and nothing else, for what reads them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import pytest

from footfall.plan.model import Event, Plan, Property, PropertyType
from footfall.storage.journal import Entry, Row

MakeEntry = Callable[..., Entry]
MakePlan = Callable[..., Plan]

SECOND = 1_000_000


def make_entry(
    seq: int,
    event: str | None,
    at: float,
    *,
    user: str | None = None,
    anonymous: str | None = None,
    device: str | None = None,
    properties: Mapping[str, Any] | str | None = None,
    **changes: Any,
) -> Entry:
    """A stored message `at` seconds after 1970; `properties` is a mapping, or JSON text to keep its digits."""
    text = properties if isinstance(properties, str) else msgspec.json.encode(dict(properties or {})).decode()
    time = round(at * SECOND)
    row = Row(
        kind="stored",
        source="shop",
        message_id=f"m{seq:05}",
        type="track",
        event=event,
        user_id=user,
        anonymous_id=anonymous,
        device_id=device,
        previous_id=None,
        group_id=None,
        occurred_at=time,
        received_at=time,
        bundle=None,
        faults=None,
        body=b'{"type":"track","event":%s,"properties":%s}' % (msgspec.json.encode(event), text.encode()),
        envelope=None,
    )
    return Entry(seq, row._replace(**changes))


def make_plan(events: Mapping[str, Mapping[str, PropertyType]], **more: Any) -> Plan:
    """A plan with these events, each with its properties by type."""
    made = {
        name: Event(
            name=name,
            wire_name=name,
            properties=tuple(Property(name=key, wire_name=key, type=type_) for key, type_ in properties.items()),
        )
        for name, properties in events.items()
    }
    return Plan(**{"id": "test", "events": made, **more})


@pytest.fixture(scope="session")
def entry() -> MakeEntry:
    return make_entry


@pytest.fixture(scope="session")
def plan_of() -> MakePlan:
    return make_plan

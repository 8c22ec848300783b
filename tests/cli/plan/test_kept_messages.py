"""What a collector keeps is looked at as it was sent, sealed or not."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.maintenance.folders import seal

from footfall import storage
from footfall.cli.plan.kept_messages import KeptMessages
from footfall.collector import Collector
from footfall.plan.model import Alias, Event, Plan, Property
from footfall.planning.profiling import ObservedMessage, read_message

EVENT = Event(
    name="bread_bought",
    wire_name="Bread Bought",
    aliases=(Alias(name="Loaf Sold"),),
    properties=(Property(name="total", wire_name="total", type="decimal"),),
)
PLAN = Plan(id="bakery", events={"bread_bought": EVENT, "seen": Event(name="seen", wire_name="seen")})


def bought(name: str, event: str = "Bread Bought", **properties: Any) -> dict[str, Any]:
    return {"type": "track", "messageId": name, "event": event, "userId": "ann", "properties": properties}


def collect(data: Path, *messages: dict[str, Any] | str) -> None:
    texts = [message if isinstance(message, str) else json.dumps(message) for message in messages]
    with Collector(data, plan=PLAN) as collector:
        collector.take(f'{{"batch": [{",".join(texts)}]}}'.encode())


def kept(data: Path, since: int | None = None) -> tuple[list[ObservedMessage], KeptMessages]:
    with storage.open(data, "read") as store:
        messages = KeptMessages(store, since=since)
        return list(messages), messages


def as_read(data: Path) -> list[ObservedMessage]:
    """The same by the body of each stored message."""
    with storage.open(data, "read") as store, store.snapshot() as snapshot:
        rows = [entry.row for chunk in snapshot.scan("stored") for entry in chunk]
    return [
        read_message(row.body, at=row.occurred_at, source=row.source, type_=row.type, receipt=row.received_at,
                     traits=row.traits)
        for row in rows
    ]  # fmt: skip


def in_order(messages: Sequence[ObservedMessage]) -> list[tuple[object, ...]]:
    return sorted(
        (message.type, message.event, bytes(message.body), repr(message.values), message.at, message.source,
         message.received, message.receipt)
        for message in messages
        if message.type not in ("page", "alias")
    )  # fmt: skip


@pytest.mark.parametrize("sealed", [False, True])
def test_each_message_is_as_its_body_says(tmp_path: Path, sealed: bool) -> None:
    identify = {"type": "identify", "messageId": "i1", "userId": "ann", "traits": {"plan": "pro"}}
    digits = '{"type":"track","messageId":"b0","event":"Loaf Sold","userId":"ann","properties":{"total": 1.50}}'
    page = {"type": "page", "messageId": "p1", "userId": "ann", "name": "Home"}
    collect(tmp_path, digits, bought("b1", total=2), bought("s1", "seen"), identify, page)
    if sealed:
        seal(tmp_path)
        collect(tmp_path, bought("b2", total=3))

    messages, _ = kept(tmp_path)

    assert in_order(messages) == in_order(as_read(tmp_path))
    assert {"Bread Bought", "Loaf Sold"} < {message.event for message in messages}
    assert sum(message.type == "page" for message in messages) == 1


def test_what_occurred_before_is_passed_and_counted(tmp_path: Path) -> None:
    collect(tmp_path, *({**bought(f"b{day}", total=1), "timestamp": f"2024-11-0{day}T00:00:00Z"} for day in (1, 2, 3)))
    seal(tmp_path)
    second = 1_730_505_600_000_000

    messages, source = kept(tmp_path, since=second)

    assert [message.at for message in messages] == [second, second + 86_400_000_000]
    assert source.passed == 1
    assert (kept(tmp_path, since=second * 2)[1].passed) == 3


def test_a_damaged_file_is_named_and_stops_nothing(tmp_path: Path) -> None:
    collect(tmp_path, bought("b1", total=1))
    (file,) = seal(tmp_path)
    collect(tmp_path, bought("b2", total=2))
    path = tmp_path / "warehouse" / file.name
    path.write_bytes(path.read_bytes()[:-1])

    messages, source = kept(tmp_path)

    assert [bytes(message.body) for message in messages] == [b'{"total": 2}']
    assert len(source.losses) == 1
    assert file.name in source.losses[0]


def test_what_is_in_quarantine_is_looked_at_unless_no_plan_can_free_it(tmp_path: Path) -> None:
    collect(tmp_path, bought("b1", total="much"), '{"type":"page"}', bought("b2", text="x" * 40_000))

    messages, source = kept(tmp_path)

    assert [message.values for message in messages] == [{"total": "much"}]
    assert source.unused == 1
    assert source.broken == ["message b2: only its head was kept, as it was too large"]


@pytest.mark.parametrize("sealed", [False, True])
def test_messages_that_are_only_counted_are_known_among_others(tmp_path: Path, sealed: bool) -> None:
    hour = "2026-11-30T12:00:00Z"
    counted = bought("c1") | {"consent": "count_only", "timestamp": hour}
    collect(tmp_path, bought("b1", total=2), counted, bought("b2") | {"timestamp": hour})
    if sealed:
        seal(tmp_path)

    messages, _ = kept(tmp_path)

    assert sorted((message.is_counted, message.values.get("total")) for message in messages if message.is_counted) == [
        (True, None)
    ]
    assert len(messages) == 3

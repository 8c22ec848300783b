"""A plan simulated over a real data folder: what would be quarantined or accepted, and how figures would move."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

import footfall
from footfall.collector import Collector
from footfall.delivery import InProcessTransport
from footfall.plan import Plan, read
from footfall.simulation import Simulation, simulate
from footfall.storage import DataFolder, SqliteJournal
from footfall.testing import ManualClock

NOW = datetime(2026, 1, 10, tzinfo=UTC)
PLAN = """
plan: bakery
events:
  viewed: {properties: {kind: {type: string}}}
  bought:
    properties:
      total: {type: decimal, required: true}
      currency: {type: string}
      mail: {type: string}
      lines: {type: array, items: {type: object, properties: {sku: {type: string}}}}
kpis:
  revenue: {measure: {sum: bought.total}, window: 28d}
  buyers: {measure: {unique: bought.actor}, window: 28d}
  mails: {measure: {unique: bought.mail}, window: 28d}
  conversion: {measure: {journey: buying, from: see, to: buy}, window: 28d}
journeys:
  buying: {steps: [{id: see, event: viewed}, {id: buy, event: bought}]}
"""


@pytest.fixture
def plan_of(tmp_path: Path) -> Callable[..., Plan]:
    def make(*changes: tuple[str, str]) -> Plan:
        text = PLAN
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / f"plan_{len(list(tmp_path.glob('*.yaml')))}.yaml"
        path.write_text(text)
        return read(path).require()

    return make


@pytest.fixture
def data(tmp_path: Path, plan_of: Callable[..., Plan]) -> Path:
    """Four buyers, one of whom pays in SEK; a message of no plan; one without its required property."""
    clock = ManualClock(NOW - timedelta(days=9))
    with (
        Collector(tmp_path / "data", plan=plan_of(), clock=clock) as collector,
        footfall.Client(InProcessTransport(collector), clock=clock, options=footfall.ClientOptions(linger=0)) as client,
    ):
        for day, (user, currency) in enumerate([("a", "NOK"), ("b", "NOK"), ("c", "EUR"), ("d", "SEK")]):
            clock.advance(86_400)
            client.track("viewed", {"kind": "rye"}, user_id=user)
            lines = [{"sku": "1"}, {"sku": user}]
            bought = {
                "total": Decimal("1.10") * (day + 1),
                "currency": currency,
                "mail": f"{user}@x.no",
                "lines": lines,
            }
            client.track("bought", bought, user_id=user)
        client.track("wished", {"x": 1}, user_id="e")
        client.track("bought", {"currency": "NOK"}, user_id="e")
        client.flush()
    return tmp_path / "data"


def tried(data: Path, plan: Plan, **more: Any) -> Simulation:
    return simulate(data, plan, now=NOW, **more)


def moves(result: Simulation) -> dict[str, Any]:
    return {kpi.name: (kpi.change, kpi.before, kpi.after) for kpi in result.kpis if kpi.change != "same"}


def test_the_plan_in_force_changes_nothing(data: Path, plan_of: Callable[..., Plan]) -> None:
    result = tried(data, plan_of())

    assert (result.stored, result.lost, result.quarantined, result.freed) == (8, 0, 2, 0)
    assert result.plan == result.current
    assert moves(result) == {}
    assert [journey.change for journey in result.journeys] == ["same"]


def test_what_would_be_quarantined_is_counted_by_its_fault_and_moves_the_figures(
    data: Path, plan_of: Callable[..., Plan]
) -> None:
    result = tried(data, plan_of(("currency: {type: string}", "currency: {type: string, enum: [NOK, EUR]}")))

    (fault,) = result.faults
    assert (result.lost, fault.count, fault.event, fault.path, fault.code) == (1, 1, "bought", "currency", "enum")
    assert moves(result) == {
        "revenue": ("moved", Decimal("11.00"), Decimal("6.60")),
        "buyers": ("moved", 4, 3),
        "mails": ("moved", 4, 3),
        "conversion": ("moved", 1, Decimal("0.75")),
    }
    assert [(step.id, step.before, step.after) for step in result.journeys[0].steps] == [("see", 4, 4), ("buy", 4, 3)]


def test_a_message_counts_once_for_a_fault_in_several_of_its_lines(data: Path, plan_of: Callable[..., Plan]) -> None:
    result = tried(data, plan_of(("sku: {type: string}", "sku: {type: string, min_length: 2}")))

    (fault,) = result.faults
    assert (fault.path, fault.count) == ("lines[].sku", 4)


def test_what_was_quarantined_comes_free_when_the_plan_takes_it(data: Path, plan_of: Callable[..., Plan]) -> None:
    result = tried(
        data,
        plan_of(
            ("events:\n", "events:\n  wished: {}\n"),
            ("total: {type: decimal, required: true}", "total: {type: decimal}"),
        ),
    )

    assert (result.lost, result.freed) == (0, 2)
    assert {event.event: event.freed for event in result.events if event.freed} == {"wished": 1, "bought": 1}
    assert moves(result) == {"buyers": ("moved", 4, 5)}


def test_an_event_that_is_gone_puts_all_of_its_messages_aside(data: Path, plan_of: Callable[..., Plan]) -> None:
    result = tried(data, plan_of(("  bought:\n", "  sold:\n"), ("bought.", "sold."), ("event: bought", "event: sold")))

    assert result.lost == 4
    assert [(fault.code, fault.count) for fault in result.faults] == [("unknown_event", 4)]
    assert moves(result)["revenue"] == ("moved", Decimal("11.00"), Decimal(0))


def test_a_rename_with_an_alias_loses_nothing(data: Path, plan_of: Callable[..., Plan]) -> None:
    renamed = plan_of(
        ("  bought:\n", "  sold:\n    aliases: [{name: bought}]\n"),
        ("bought.", "sold."),
        ("event: bought", "event: sold"),
    )

    result = tried(data, renamed)

    assert (result.lost, moves(result)) == (0, {})


def test_a_transform_that_is_new_counts_as_done_by_the_client(data: Path, plan_of: Callable[..., Plan]) -> None:
    hashed = tried(data, plan_of(("mail: {type: string}", "mail: {type: string, transform: hash}")))
    dropped = tried(data, plan_of(("mail: {type: string}", "mail: {type: string, transform: drop}")))

    assert (hashed.lost, moves(hashed)) == (0, {})
    assert (dropped.lost, moves(dropped)) == (0, {"mails": ("moved", 4, 0)})


def test_figures_that_come_and_go_are_told(data: Path, plan_of: Callable[..., Plan]) -> None:
    result = tried(data, plan_of(("  buyers: {measure: {unique: bought.actor}", "  orders: {measure: {count: bought}")))

    assert moves(result) == {"orders": ("added", None, 4), "buyers": ("removed", 4, None)}


def test_only_the_messages_of_the_asked_time_count(data: Path, plan_of: Callable[..., Plan]) -> None:
    closed = plan_of(("currency: {type: string}", "currency: {type: string, enum: [NOK]}"))

    result = tried(data, closed, since=NOW - timedelta(days=6, hours=1), until=NOW - timedelta(days=5, hours=1))

    assert (result.stored, result.lost) == (2, 1)
    assert moves(result)["revenue"] == ("moved", Decimal("3.30"), Decimal(0))


def test_nothing_is_changed_by_a_trial(data: Path, plan_of: Callable[..., Plan]) -> None:
    def kept() -> list[Any]:
        journal = SqliteJournal(DataFolder.read(data).journal_path, readonly=True)
        rows = [entry for kind in ("stored", "quarantined") for chunk in journal.scan(kind) for entry in chunk]
        journal.close()
        return rows

    before = kept()
    tried(data, plan_of(("currency: {type: string}", "currency: {type: integer}")))

    assert kept() == before


def test_a_folder_without_a_plan_is_tried_as_well(tmp_path: Path, plan_of: Callable[..., Plan]) -> None:
    with Collector(tmp_path / "data", clock=ManualClock(NOW - timedelta(days=1))) as collector:
        message = {"type": "track", "event": "bought", "userId": "a", "messageId": "1", "properties": {"total": 1}}
        collector.take(msgspec.json.encode({"batch": [message, {**message, "messageId": "2", "properties": {}}]}))

    result = tried(tmp_path / "data", plan_of())

    assert (result.current, result.stored, result.lost) == (None, 2, 1)
    assert moves(result)["buyers"] == ("added", None, 1)

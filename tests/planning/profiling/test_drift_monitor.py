"""Each message is counted for its event, and each way in which it differs from the plan once."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from footfall.plan.model import Alias, Event, Plan, Property
from footfall.planning.profiling import DriftMonitor, read_line
from footfall.planning.profiling.drift_monitor import DriftKey
from footfall.planning.profiling.messages import ObservedMessage

COUNT = Property(name="count", type="integer")
BY_SHOP = Property(name="by_shop", type="map", values=Property(name="", type="integer"))
LINES = Property(
    name="lines",
    wire_name="Lines",
    type="array",
    items=Property(name="", type="object", properties=(COUNT, BY_SHOP)),
)
NESTED = Property(name="nested", type="map", values=BY_SHOP)
SOLD = Event(name="sold", wire_name="Sold", aliases=(Alias(name="bought"),), properties=(COUNT, BY_SHOP, LINES, NESTED))
PLAN = Plan(id="p", events={"sold": SOLD})


def message(event: str = "Sold", *, stored: dict[str, Any] | None = None, **properties: Any) -> ObservedMessage:
    body = {"type": "track", "event": event, "properties": properties}
    (read,) = read_line(msgspec.json.encode(body if stored is None else {"message": body, **stored}))
    return read


def keys(*messages: ObservedMessage) -> dict[DriftKey, int]:
    monitor = DriftMonitor(PLAN, messages)
    return {key: drift.count for key, drift in monitor.planned["sold"].drifts.items()}


def test_an_event_is_counted_under_the_plans_name_and_an_unplanned_one_under_its_own() -> None:
    monitor = DriftMonitor(PLAN, [message("Sold", count=1), message("bought"), message("Returned")])

    assert monitor.count == 3
    assert monitor.planned["sold"].names == {"Sold": 1, "bought": 1}
    assert monitor.planned["sold"].keys == {"count": 1}
    assert {name: tally.count for name, tally in monitor.unplanned.items()} == {"Returned": 1}


@pytest.mark.parametrize(
    ("properties", "path"),
    [
        ({"count": "x"}, "count"),
        ({"by_shop": {"a.b": "x"}}, "by_shop{}"),
        ({"Lines": [{}, {"count": "x"}]}, "Lines[].count"),
        ({"Lines": [{"by_shop": {"a": "x"}}]}, "Lines[].by_shop{}"),
        ({"nested": {"a": {"b": "x"}}}, "nested{}{}"),
    ],
)
def test_the_path_of_a_drift_has_no_data_in_it(properties: dict[str, Any], path: str) -> None:
    (key,) = keys(message(**properties))

    assert key == DriftKey(path, "type", False)


def test_a_message_counts_once_for_each_way_in_which_it_differs() -> None:
    lines = [{"count": "x"}, {"count": "y"}]

    counts = keys(message(Lines=lines), message(Lines=lines), message(count=1))

    assert counts == {DriftKey("Lines[].count", "type", False): 2}


def test_at_most_twenty_values_of_a_drift_are_kept() -> None:
    monitor = DriftMonitor(PLAN, [message(count=f"value {number}") for number in range(30)])

    (drift,) = monitor.planned["sold"].drifts.values()
    assert (drift.count, len(drift.values)) == (30, 20)


def test_a_receipt_is_when_a_collector_received_it_else_when_it_happened() -> None:
    early = message(stored={"occurred_at": "1970-01-01T00:00:01Z", "received_at": "2026-11-02T00:00:00Z"})
    late = message(stored={"occurred_at": "2026-11-03T00:00:00Z"})

    monitor = DriftMonitor(PLAN, [late, early])

    assert (monitor.planned["sold"].receipt, monitor.receipt) == (early.receipt, late.at)


def test_a_message_that_is_only_counted_misses_nothing_and_its_values_are_checked() -> None:
    needed = Event(
        name="sold", wire_name="Sold", properties=(COUNT, Property(name="mail", type="string", required=True))
    )
    plan = Plan(id="p", events={"sold": needed})
    (counted,) = read_line(b'{"consent":"count_only","type":"track","event":"Sold","properties":{"count":"x"}}')

    (tally,) = DriftMonitor(plan, [counted]).planned.values()

    assert [(key.path, key.code) for key in tally.drifts] == [("count", "type")]
    assert (tally.count, tally.counted, tally.whole) == (1, 1, 0)

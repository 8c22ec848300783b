"""The messages that pass a filter: those of an event that meet its conditions, or all; of persons, or of devices."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from tests.analytics.asking import context_of

from footfall.analytics import Dataset
from footfall.analytics.filtered_messages import ActorKind, Filtered, filtered_messages
from footfall.errors import UsageError
from footfall.plan.model import EventFilter, Plan, Where
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]
MakePlan = Callable[..., Plan]
DEAR = Where(property="total", op="gte", values=(10,))


def passing(dataset: Dataset, plan: Plan, *asked: Filtered, by: ActorKind = "user", shards: int = 1) -> list[list[Any]]:
    """The rows (time in seconds, values) of each filter, in order."""
    rows: list[list[Any]] = [[] for _ in asked]
    for shard in context_of(dataset, plan, shards=shards).shards:
        for number, sql in enumerate(filtered_messages(shard, by, asked)):
            rows[number] += dataset.rows(f"SELECT time // 1_000_000, * EXCLUDE (actor, time) FROM ({sql})")
    return [sorted(each) for each in rows]


@pytest.fixture(name="plan")
def plan_(plan_of: MakePlan) -> Plan:
    return plan_of({"buy": {"total": "decimal", "code": "string"}, "see": {}})


@pytest.fixture
def log(entry: MakeEntry) -> list[Entry]:
    return [
        entry(1, "buy", 1, user="ann", properties={"total": 5, "code": "a"}),
        entry(2, "buy", 2, user="bob", properties={"total": 20, "code": "b"}),
        entry(3, "see", 3, user="ann"),
        entry(4, "buy", 4, device="d", properties={"total": 30}),
    ]


@pytest.mark.parametrize("shards", [1, 3])
def test_an_event_and_what_meets_its_conditions(log: list[Entry], plan: Plan, shards: int) -> None:
    asked = [Filtered(EventFilter(event="buy"), ["total", "code"]), Filtered(EventFilter(event="buy", where=(DEAR,)))]
    with Dataset.of(log, plan) as dataset:
        rows = passing(dataset, plan, *asked, shards=shards)

    assert rows == [[(1, Decimal(5), "a"), (2, Decimal(20), "b")], [(2,)]]


def test_every_message_and_those_from_a_moment_on(log: list[Entry], plan: Plan) -> None:
    asked = [Filtered(EventFilter(event="*")), Filtered(EventFilter(event="*"), since=2_000_000)]
    with Dataset.of(log, plan) as dataset:
        assert passing(dataset, plan, *asked) == [[(1,), (2,), (3,)], [(2,), (3,)]]


def test_of_two_windows_of_one_event_each_has_its_own(log: list[Entry], plan: Plan) -> None:
    asked = [Filtered(EventFilter(event="buy"), since=2_000_000), Filtered(EventFilter(event="buy"))]
    with Dataset.of(log, plan) as dataset:
        assert passing(dataset, plan, *asked) == [[(2,)], [(1,), (2,)]]


def test_each_message_has_its_seq_where_one_filter_asks_for_it(log: list[Entry], plan: Plan) -> None:
    asked = [
        Filtered(EventFilter(event=name), with_seq=with_seq) for name in ("buy", "*") for with_seq in (True, False)
    ]
    with Dataset.of(log, plan) as dataset:
        assert passing(dataset, plan, *asked) == [
            [(1, 1), (2, 2)], [(1,), (2,)], [(1, 1), (2, 2), (3, 3)], [(1,), (2,), (3,)],
        ]  # fmt: skip


def test_devices_instead_of_persons(log: list[Entry], plan: Plan) -> None:
    with Dataset.of(log, plan) as dataset:
        assert passing(dataset, plan, Filtered(EventFilter(event="buy")), by="device") == [[(4,)]]


def test_what_the_plan_does_not_have_is_refused(log: list[Entry], plan: Plan) -> None:
    with Dataset.of(log, plan) as dataset, pytest.raises(UsageError, match="the plan has no event 'sell'"):
        passing(dataset, plan, Filtered(EventFilter(event="sell")))

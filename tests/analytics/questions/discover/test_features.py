"""Features count what each person did in a period, as the rules of segments count it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.analytics.asking import context_of

from footfall.analytics import Dataset
from footfall.analytics.questions.discover.features import PaidAmount, event_names, features, money_in
from footfall.plan import read
from footfall.storage.journal import Entry

np = pytest.importorskip("numpy", reason="the discover extra is not installed")

MakeEntry = Callable[..., Entry]
DAY = 86_400
PLAN = read({
    "plan": "p",
    "events": {
        "buy": {"properties": {"total": {"type": "decimal", "currency": "EUR"}}}, "look": {},
        "old": {"status": "draft"},
    },
    "kpis": {"sales": {"measure": {"count": "buy"}}, "takings": {"measure": {"sum": "buy.total"}}},
}).require()  # fmt: skip


def test_the_events_are_those_of_the_plan_with_pages_and_no_drafts() -> None:
    assert event_names(PLAN) == ("page", "screen", "buy", "look")


def test_the_money_is_that_of_the_first_sum() -> None:
    assert money_in(PLAN) == PaidAmount("buy", "total")
    assert money_in(read({"plan": "p"}).require()) is None


@pytest.mark.parametrize("shards", [1, 3])
def test_each_person_of_the_period_has_a_row(entry: MakeEntry, shards: int) -> None:
    log = [
        entry(1, "look", 0, user="ann"),
        entry(2, "look", 10 * DAY, user="ann"),
        entry(3, "buy", 10 * DAY + 60, user="ann", properties={"total": 2.5}),
        entry(4, "buy", 12 * DAY, user="ann", properties={"total": 1}),
        entry(5, "look", 13 * DAY, user="bob"),
        entry(6, "look", 14 * DAY, user="bob"),
        entry(7, "look", 1 * DAY, user="old"),
    ]
    with Dataset.of(log, PLAN) as dataset:
        of_shards = [
            features(each, 14 * DAY * 1_000_000, 7) for each in context_of(dataset, PLAN, shards=shards).shards
        ]
    rows = [
        tuple(row)
        for each in of_shards
        for row in np.column_stack([np.frombuffer(column) for column in each.columns]).tolist()
    ]

    assert sum(each.persons for each in of_shards) == 2
    # recency, messages, days, sessions, seconds, pages, screens, buys, looks, money
    assert sorted(rows) == [
        (1 * DAY, 1, 1, 1, 0, 0, 0, 0, 1, 0),
        (2 * DAY, 3, 2, 2, 60, 0, 0, 2, 1, 3.5),
    ]

"""The three ways to make the table of attempts have the same rows where more than one is exact."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from tests.analytics.asking import context_of
from tests.analytics.questions.funnel.logs import PLAN, Line, entries_of, lines

from footfall.analytics import Dataset, ShardContext
from footfall.analytics.questions.funnel import FunnelOptions, funnel, funnel_options
from footfall.analytics.questions.funnel.attempt_table import by_actor, by_joins, by_reaches, text_sql
from footfall.analytics.window import Span
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]
SECOND = 1_000_000


def rows(context: ShardContext, table: str, steps: int) -> list[tuple[Any, ...]]:
    """The rows, without the persons' numbers' own order."""
    times = [f"time_{number}" for number in range(steps)]
    columns = ", ".join(["actor", "weight", *times, "ended_by", "is_open", "is_counted", "is_first", "person_drop"])
    return sorted(context.dataset.rows(f"SELECT {columns} FROM {table}"), key=str)


def check(entry: MakeEntry, log: list[Line], options: FunnelOptions, data: st.DataObject) -> None:
    times = [line.at for line in log] or [0]
    now = max(times) + data.draw(st.sampled_from([0, 2, 60 * 60]))
    span = Span(data.draw(st.sampled_from([None, *(time * SECOND for time in times)])), now * SECOND + 1)
    with Dataset.of(entries_of(entry, log), PLAN) as dataset:
        context = context_of(dataset, PLAN, span, now * SECOND).shards[0]
        ways = (
            [by_actor, by_joins, by_reaches] if options.entry == "first" and options.has_ties else [by_actor, by_joins]
        )
        tables = [rows(context, way(context, options, span), len(options.steps)) for way in ways]

    event(f"{options.entry}, rows: {bool(tables[0])}")
    assert all(table == tables[0] for table in tables)


@settings(max_examples=12)
@given(
    log=lines(), steps=st.sampled_from(["ab", "abc", "a", "cb"]), entry_=st.sampled_from(["first", "any", "each"]),
    ties=st.booleans(), within=st.sampled_from([None, "1s", "40m", "1d"]), data=st.data(),
)  # fmt: skip
def test_all_ways_say_the_same(
    entry: MakeEntry, log: list[Line], steps: str, entry_: Any, ties: bool, within: str | None, data: st.DataObject
) -> None:
    check(entry, log, funnel_options(PLAN, list(steps), entry=entry_, ties=ties, within=within), data)


@settings(max_examples=200)
@given(
    log=lines(), steps=st.sampled_from(["ab", "abc", "a", "cb"]), entry_=st.sampled_from(["first", "any", "each"]),
    ties=st.booleans(), within=st.sampled_from([None, "1s", "40m", "1d"]), data=st.data(),
)  # fmt: skip
@pytest.mark.slow
def test_all_ways_say_the_same_of_many(
    entry: MakeEntry, log: list[Line], steps: str, entry_: Any, ties: bool, within: str | None, data: st.DataObject
) -> None:
    check(entry, log, funnel_options(PLAN, list(steps), entry=entry_, ties=ties, within=within), data)


def test_equal_numbers_have_one_text() -> None:
    with Dataset.of([], PLAN) as dataset:
        texts = dataset.rows(
            "SELECT "
            + ", ".join(text_sql(value) for value in ("1.50::DECIMAL(9, 2)", "1.5::DECIMAL(9, 3)", "100", "'1.0'"))
        )

    assert texts == [("1.5", "1.5", "100", "1.0")]


@pytest.mark.parametrize("options", [{}, {"entry": "any"}, {"order": "strict"}, {"hold": ["kind"]}])
def test_a_device_goes_through_a_funnel_by_device_and_a_person_does_not(
    entry: MakeEntry, options: dict[str, Any]
) -> None:
    log = [
        entry(1, "a", 1, device="gw", properties={"kind": "p"}),
        entry(2, "b", 2, device="gw", properties={"kind": "p"}),
        entry(3, "a", 1, user="ann"), entry(4, "a", 1, anonymous="undefined"),
    ]  # fmt: skip
    with Dataset.of(log, PLAN) as dataset:
        reached = [
            [step.counts.reached for step in context_of(dataset, PLAN).answer(
                funnel(funnel_options(PLAN, ["a", "b"], by=by, **options))
            ).steps]
            for by in ("device", "user")
        ]  # fmt: skip

    assert reached == [[1, 1], [1, 0]]

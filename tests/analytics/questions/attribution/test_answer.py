"""Credits equal a plain loop over all messages, for any log, window and zone, and add up to all conversions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import event, find, given, settings
from hypothesis import strategies as st
from tests.analytics.asking import context_of
from tests.analytics.questions.attribution.reference import Expected, Sent, expected
from tests.analytics.questions.attribution.sending import entries_of, plan_in, sent_logs
from tests.analytics.questions.sessions.logs import DAY, MINUTE, ZONES
from tests.many import MANY

from footfall.analytics import Dataset
from footfall.analytics.questions.attribution import AttributionResult, attribution, attribution_options
from footfall.analytics.window import Span
from footfall.plan.model import Plan
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]
SECOND = 1_000_000


def result_of(
    entries: Sequence[Entry], plan: Plan, since: int | None, until: int, shards: int, **options: Any
) -> AttributionResult:
    span = Span(None if since is None else since * SECOND, until * SECOND)
    asked = attribution_options("buy", plan, value="amount", model="all", **options)
    with Dataset.of(entries, plan) as dataset:
        return context_of(dataset, plan, span, until * SECOND, shards).answer(attribution(asked))


def check(entry: MakeEntry, log: list[Sent], zone: str, data: st.DataObject) -> None:
    times = [sent.call.at for sent in log]
    until = data.draw(st.sampled_from([max(times) + 1, *times]))
    since = data.draw(st.sampled_from([None, *[time for time in times if time < until]]))
    by = data.draw(st.sampled_from(["campaign", "campaign", "origin", "source", "medium"]))
    within, half_life = (data.draw(st.sampled_from([MINUTE, DAY, 7 * DAY, 40 * DAY])) for _ in range(2))

    result = result_of(
        entries_of(entry, log), plan_in(zone), since, until, data.draw(st.sampled_from([1, 3])),
        by=by, within=f"{within}s", half_life=f"{half_life}s",
    )  # fmt: skip
    reference = expected(log, by=by, zone=zone, within=within, half_life=half_life, since=since, until=until)

    event(f"conversions with several touches: {any(share.denominator > 1 for share in reference.conversions.values())}")
    assert credits_of(result) == without_nothing(reference.conversions)
    assert amounts_of(result) == without_nothing(reference.amounts)
    assert {row.label: row.visits for row in result.rows if row.visits} == reference.visits
    adds_up(result)


def credits_of(result: AttributionResult) -> Mapping[Any, Fraction]:
    pairs = {(model, row.label): row.conversions[model].fraction for row in result.rows for model in result.models}
    return without_nothing(pairs)


def amounts_of(result: AttributionResult) -> Mapping[Any, Fraction]:
    return without_nothing({
        (model, row.label, currency): amount.fraction
        for row in result.rows for model in result.models for currency, amount in row.amounts[model].items()
    })  # fmt: skip


def without_nothing(numbers: Mapping[Any, Fraction]) -> Mapping[Any, Fraction]:
    return {key: number for key, number in numbers.items() if number}


def adds_up(result: AttributionResult) -> None:
    for model in result.models:
        assert sum(row.conversions[model].fraction for row in result.rows) == result.conversions
        for currency, whole in result.amounts.items():
            assert sum(row.amounts[model][currency].fraction for row in result.rows) == Fraction(whole)


@settings(max_examples=12)
@given(log=sent_logs(), zone=st.sampled_from(ZONES), data=st.data())
def test_any_credits_are_those_of_a_plain_loop(
    entry: MakeEntry, log: list[Sent], zone: str, data: st.DataObject
) -> None:
    check(entry, log, zone, data)


@settings(max_examples=MANY)
@given(log=sent_logs(), zone=st.sampled_from(ZONES), data=st.data())
@pytest.mark.slow
def test_many_credits_are_those_of_a_plain_loop(
    entry: MakeEntry, log: list[Sent], zone: str, data: st.DataObject
) -> None:
    check(entry, log, zone, data)


def whole(log: Sequence[Sent], by: str = "campaign") -> Expected:
    return expected(log, by=by, zone="UTC", within=40 * DAY, half_life=DAY, since=None, until=9_999 * 9_999_999)


@pytest.mark.parametrize(
    "is_hard",
    [
        lambda log: any(share.denominator == 15 for share in whole(log).conversions.values()),
        lambda log: whole(log).conversions.get(("first", "old")) and whole(log).conversions.get(("first", "new")),
        lambda log: len({key[2] for key in whole(log).amounts}) > 1,
    ],
    ids=["five touches", "two campaigns by days", "two currencies"],
)
@pytest.mark.slow
def test_hard_logs_are_drawn(is_hard: Callable[[list[Sent]], Any]) -> None:
    settings_ = settings(max_examples=5_000, database=None, derandomize=True)
    assert find(sent_logs(), lambda log: bool(is_hard(log)), settings=settings_)


@settings(max_examples=10)
@given(log=sent_logs(), top=st.integers(1, 2))
def test_all_others_have_what_the_rows_shown_have_not(entry: MakeEntry, log: list[Sent], top: int) -> None:
    result = result_of(entries_of(entry, log), plan_in("UTC"), None, 9_999 * DAY * 10, 1, top=top)

    adds_up(result)
    assert len([row for row in result.rows if row.label is not None]) <= top

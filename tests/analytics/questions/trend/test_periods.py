"""The periods of a trend are those of the window, cut where it is, or those in which there are messages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest
from tests.analytics.asking import context_of

from footfall.analytics import Dataset
from footfall.analytics.local_periods import Per
from footfall.analytics.questions.trend.periods import TrendPeriods
from footfall.analytics.window import Span
from footfall.plan.model import Plan
from footfall.storage.journal import Entry
from footfall.timestamps import LATEST, epoch_us

MakeEntry = Callable[..., Entry]
HOUR = 3_600_000_000
DAY = 24 * HOUR
END = epoch_us(datetime.max.replace(tzinfo=UTC))


def periods_of(entries: Sequence[Entry], span: Span, now: int, per: Per = "day") -> TrendPeriods:
    with Dataset.of(entries, Plan(id="test")) as dataset:
        context = context_of(dataset, Plan(id="test"), span, now)
        return TrendPeriods(context, per)


def test_an_open_window_has_those_from_the_first_message_to_the_last(entry: MakeEntry) -> None:
    entries = [entry(1, "see", 90_000), entry(2, "see", 300_000)]
    periods = periods_of(entries, Span(), 9 * DAY)

    assert periods.numbers == [1, 2, 3]
    assert [periods.is_complete(number) for number in periods.numbers] == [False, True, True]


def test_a_window_has_all_of_its_own_and_cuts_them(entry: MakeEntry) -> None:
    periods = periods_of([entry(1, "see", 90_000)], Span(HOUR, 3 * DAY - HOUR), 9 * DAY)

    assert periods.numbers == [0, 1, 2]
    assert [periods.span(number) for number in periods.numbers] == [
        Span(HOUR, DAY), Span(DAY, 2 * DAY), Span(2 * DAY, 3 * DAY - HOUR),
    ]  # fmt: skip
    assert [periods.is_complete(number) for number in periods.numbers] == [False, True, False]


def test_a_window_that_ends_in_the_future_has_no_complete_period_before_that(entry: MakeEntry) -> None:
    periods = periods_of([entry(1, "see", 0)], Span(0, 3 * DAY), DAY + HOUR)

    assert [periods.is_complete(number) for number in periods.numbers] == [True, False, False]


def test_without_a_message_an_open_window_has_none() -> None:
    assert periods_of([], Span(), DAY).numbers == []


@pytest.mark.parametrize("per", ["hour", "day", "week", "month"])
def test_after_all_messages_there_are_none_up_to_the_end_of_the_calendar(per: Per) -> None:
    assert periods_of([], Span(END - DAY, END), END, per).numbers == []
    assert len(periods_of([], Span(LATEST - HOUR, END), END, per).numbers) <= 2

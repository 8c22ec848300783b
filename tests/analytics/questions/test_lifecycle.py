"""Who is new, returns, comes back or stays away equals a plain loop, for any log, zone, period and window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from tests.analytics.asking import context_of
from tests.analytics.questions.doings import DAY, SECOND, ZONES, Doing, entries_of, first_day, index, logs, plan_in
from tests.many import MANY

from footfall.analytics import Dataset, report
from footfall.analytics.questions.lifecycle import LifecycleOptions, LifecycleResult, lifecycle
from footfall.analytics.window import Span
from footfall.errors import UsageError
from footfall.plan.model import EventFilter
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]

VISIT = EventFilter(event="visit")
JANUARY = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())


def result_of(
    entries: Sequence[Entry], options: LifecycleOptions, zone: str, since: int | None, until: int, shards: int = 1
) -> LifecycleResult:
    span = Span(None if since is None else since * SECOND, until * SECOND)
    with Dataset.of(entries, plan_in(zone)) as dataset:
        return context_of(dataset, plan_in(zone), span, until * SECOND, shards).answer(lifecycle(options))


def expected(
    log: Sequence[Doing], options: LifecycleOptions, zone: str, since: int | None, until: int
) -> dict[int, tuple[int, int, int, int]]:
    """By the index of a period with anybody: new, returning, resurrected, dormant."""
    periods: dict[str, set[int]] = {}
    for doing in log:
        if doing.at < until and options.event.event in ("*", doing.event):
            periods.setdefault(doing.actor, set()).add(index(first_day(doing.at, options.per, zone), options.per))
    first = None if since is None else index(first_day(since, options.per, zone), options.per)
    last = index(first_day(until - 1, options.per, zone), options.per)
    counts: dict[int, tuple[int, int, int, int]] = {}
    for period in {each + more for of_actor in periods.values() for each in of_actor for more in (0, 1)}:
        if (first is None or period >= first) and period <= last:
            states = [
                (
                    period in own and min(own) == period,
                    period in own and period - 1 in own,
                    period in own and min(own) < period and period - 1 not in own,
                    period not in own and period - 1 in own,
                )
                for own in periods.values()
            ]
            counts[period] = tuple(sum(each) for each in zip(*states, strict=True))
    return counts


def check(entry: MakeEntry, log: list[Doing], options: LifecycleOptions, zone: str, data: st.DataObject) -> None:
    """Compare with a plain loop over a window that may end at a message, and with the sums that have to be."""
    times = [doing.at for doing in log]
    until = data.draw(st.sampled_from([max(times) + 1, max(times) + 90 * DAY, *times]))
    since = data.draw(st.sampled_from([None, *[time for time in times if time < until]]))

    result = result_of(entries_of(entry, log), options, zone, since, until, data.draw(st.sampled_from([1, 3])))

    reference = expected(log, options, zone, since, until)
    figures = {
        index(each.start.date(), options.per): (each.new, each.returning, each.resurrected, each.dormant)
        for each in result.periods
    }
    event(f"{options.per}, {len(result.periods)} periods")
    assert {period: counts for period, counts in figures.items() if any(counts)} == reference
    assert list(figures) == (list(range(min(reference), max(reference) + 1)) if reference else [])
    for before, each in zip([None, *result.periods], result.periods, strict=False):
        assert each.new + each.returning + each.resurrected == each.active
        assert before is None or each.dormant == before.active - each.returning
    assert all(each.is_complete for each in result.periods[:-1])


options_of_any = st.builds(
    LifecycleOptions,
    event=st.sampled_from([VISIT, EventFilter(event="*")]),
    per=st.sampled_from(["day", "week", "month"]),
)


@settings(max_examples=12)
@given(log=logs(), options=options_of_any, zone=st.sampled_from(ZONES), data=st.data())
def test_any_lifecycle_is_that_of_a_plain_loop(
    entry: MakeEntry, log: list[Doing], options: LifecycleOptions, zone: str, data: st.DataObject
) -> None:
    check(entry, log, options, zone, data)


@settings(max_examples=MANY)
@given(log=logs(), options=options_of_any, zone=st.sampled_from(ZONES), data=st.data())
@pytest.mark.slow
def test_many_lifecycles_are_those_of_a_plain_loop(
    entry: MakeEntry, log: list[Doing], options: LifecycleOptions, zone: str, data: st.DataObject
) -> None:
    check(entry, log, options, zone, data)


def simple(make: MakeEntry, since: int | None, until: int, **options: Any) -> LifecycleResult:
    """From the first of January 2026 on, Ann visits on days 0, 1 and 4, Bob on day 0, Cat on day 1, at noon."""
    days = {"ann": (0, 1, 4), "bob": (0,), "cat": (1,)}
    log = [Doing(who, "visit", JANUARY + day * DAY + DAY // 2) for who, each in days.items() for day in each]
    asked = LifecycleOptions(**{"event": VISIT, **options})
    return result_of(entries_of(make, log), asked, "UTC", None if since is None else JANUARY + since, JANUARY + until)


def rows(result: LifecycleResult) -> list[tuple[int, ...]]:
    return [
        (each.start.day, each.active, each.new, each.returning, each.resurrected, each.dormant)
        for each in result.periods
    ]


def test_each_person_is_in_one_state_a_day(entry: MakeEntry) -> None:
    assert rows(simple(entry, None, 9 * DAY)) == [
        (1, 2, 2, 0, 0, 0), (2, 2, 1, 1, 0, 1), (3, 0, 0, 0, 0, 2), (4, 0, 0, 0, 0, 0), (5, 1, 0, 0, 1, 0),
        (6, 0, 0, 0, 0, 1),
    ]  # fmt: skip


def test_who_was_active_before_the_window_is_not_new_in_it(entry: MakeEntry) -> None:
    assert rows(simple(entry, DAY, 2 * DAY)) == [(2, 2, 1, 1, 0, 1)]
    assert rows(simple(entry, 4 * DAY, 5 * DAY)) == [(5, 1, 0, 0, 1, 0)]


@pytest.mark.parametrize("since", [None, 0, DAY // 4, DAY - 1, DAY])
def test_a_period_has_the_same_figures_wherever_the_window_begins(entry: MakeEntry, since: int | None) -> None:
    assert rows(simple(entry, since, 9 * DAY))[-5:] == rows(simple(entry, None, 9 * DAY))[-5:]


@pytest.mark.parametrize(("until", "is_complete"), [(5 * DAY, True), (5 * DAY - 1, False)])
def test_the_last_period_is_complete_once_it_is_over(entry: MakeEntry, until: int, is_complete: bool) -> None:
    assert [each.is_complete for each in simple(entry, None, until).periods] == [True] * 4 + [is_complete]


def test_a_window_that_ends_in_the_future_is_not_over_before_that(entry: MakeEntry) -> None:
    log = entries_of(entry, [Doing("ann", "visit", JANUARY)])
    with Dataset.of(log, plan_in("UTC")) as dataset:
        until, now = (JANUARY + 30 * DAY) * SECOND, (JANUARY + DAY // 2) * SECOND
        context = context_of(dataset, plan_in("UTC"), Span(None, until), now)
        (period,) = context.answer(lifecycle(LifecycleOptions(event=VISIT))).periods

    assert (period.active, period.is_complete) == (1, False)


def test_a_device_has_a_lifecycle_too(entry: MakeEntry) -> None:
    log = [entry(seq, "visit", JANUARY + seq * DAY, device="pump") for seq in (1, 2)]
    options = LifecycleOptions(event=VISIT, by="device")

    assert rows(result_of(log, options, "UTC", None, JANUARY + 3 * DAY)) == [(2, 1, 1, 0, 0, 0), (3, 1, 0, 1, 0, 0)]


def test_an_impossible_period_and_too_many_are_refused(entry: MakeEntry) -> None:
    with pytest.raises(UsageError, match="Invalid enum value 'year'"):
        simple(entry, None, DAY, per="year")
    log = [Doing("ann", "visit", at) for at in (0, JANUARY)]
    with pytest.raises(UsageError, match="more than 5,000 days; give a later --since"):
        result_of(entries_of(entry, log), LifecycleOptions(event=VISIT), "UTC", None, JANUARY + DAY)


def test_of_nobody_there_is_nothing_but_the_definition(entry: MakeEntry) -> None:
    result = simple(entry, None, DAY, event=EventFilter(event="buy"))

    assert result.periods == ()
    assert result.definition.startswith("A person is active in a day of the clock of UTC with a message of buy.")


def test_its_section_shows_the_dormant_with_a_minus_and_marks_what_is_incomplete(entry: MakeEntry) -> None:
    log = [Doing("ann", "visit", JANUARY), Doing("bob", "visit", JANUARY + DAY)]
    with Dataset.of(entries_of(entry, log), plan_in("UTC")) as dataset:
        now = datetime.fromtimestamp(JANUARY + 3 * DAY // 2, UTC)
        question = lifecycle(LifecycleOptions(event=VISIT))
        (section,) = report(dataset, plan_in("UTC"), now=now, questions=[question]).sections()

    assert section.title == "Lifecycle: visit"
    assert section.table is not None
    assert [row.cells[0][1].values for row in section.table.rows] == [("",), (" *",)]
    assert [row.cells[-1][0].values for row in section.table.rows] == [(0,), (-1,)]


def test_its_rows_are_its_periods(entry: MakeEntry) -> None:
    result = simple(entry, 4 * DAY, 5 * DAY)
    table = lifecycle(LifecycleOptions(event=VISIT)).table(result)

    assert table.columns == ("start", "active", "new", "returning", "resurrected", "dormant", "is_complete")
    assert table.rows == ((datetime(2026, 1, 5, tzinfo=UTC), 1, 0, 0, 1, 0, True),)

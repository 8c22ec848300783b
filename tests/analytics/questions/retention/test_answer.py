"""Retention equals a plain loop over all messages, for any log, zone, window and options; and says what it counted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from tests.analytics.asking import context_of
from tests.analytics.questions.doings import DAY, SECOND, ZONES, Doing, entries_of, logs, plan_in
from tests.analytics.questions.retention.reference import expected
from tests.many import MANY

from footfall.analytics import Dataset, report
from footfall.analytics.questions.retention import RetentionOptions, RetentionResult, brackets_of, retention
from footfall.analytics.window import Span
from footfall.errors import UsageError
from footfall.plan.model import EventFilter
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]

VISIT, BUY = EventFilter(event="visit"), EventFilter(event="buy")


def asked(**options: Any) -> RetentionOptions:
    return RetentionOptions(**{"start": VISIT, "returning": VISIT, "brackets": brackets_of(3), **options})


def result_of(
    entries: Sequence[Entry], options: RetentionOptions, zone: str, since: int | None, until: int, shards: int = 1
) -> RetentionResult:
    span = Span(None if since is None else since * SECOND, until * SECOND)
    with Dataset.of(entries, plan_in(zone)) as dataset:
        return context_of(dataset, plan_in(zone), span, until * SECOND, shards).answer(retention(options))


options_of_any = st.builds(
    asked,
    returning=st.sampled_from([VISIT, BUY]),
    per=st.sampled_from(["day", "week", "month"]),
    counting=st.sampled_from(["calendar", "rolling"]),
    entry=st.sampled_from(["first_ever", "first_in_range", "recurring"]),
    returning_when=st.sampled_from(["on", "on_or_after", "on_or_before", "streak"]),
    brackets=st.sampled_from(["3", "1-2,3-6", "2,5-9"]).map(brackets_of),
    minimum=st.integers(1, 2),
    value=st.just("amount"),
)


def check(entry: MakeEntry, log: list[Doing], options: RetentionOptions, zone: str, data: st.DataObject) -> None:
    """Compare entries, returns and sums with those of a plain loop, over a window that may end at a message."""
    times = [doing.at for doing in log]
    until = data.draw(st.sampled_from([max(times) + 1, max(times) + 90 * DAY, *times]))
    since = data.draw(st.sampled_from([None, *[time for time in times if time < until]]))

    result = result_of(entries_of(entry, log), options, zone, since, until, data.draw(st.sampled_from([1, 3])))
    reference = expected(log, options, zone=zone, since=since, until=until)

    event(f"{options.counting}, {options.entry}, {options.returning_when}")
    cells = {
        (cohort.start.date(), bracket): cell
        for cohort in result.cohorts
        for bracket, cell in enumerate(cohort.cells)
        if cell is not None
    }
    assert {cohort.start.date(): cohort.entered for cohort in result.cohorts if cohort.entered} == reference.entered
    assert {key: cell.returned for key, cell in cells.items()} == {key: reference.returned[key] for key in cells}
    assert {key: sum(cell.sums.values()) for key, cell in cells.items()} == {key: reference.sums[key] for key in cells}
    begun = {key for key, count in reference.returned.items() if count}
    assert options.returning_when == "on_or_before" or begun <= cells.keys()


@settings(max_examples=12)
@given(log=logs(), options=options_of_any, zone=st.sampled_from(ZONES), data=st.data())
def test_any_retention_is_that_of_a_plain_loop(
    entry: MakeEntry, log: list[Doing], options: RetentionOptions, zone: str, data: st.DataObject
) -> None:
    check(entry, log, options, zone, data)


@settings(max_examples=MANY)
@given(log=logs(), options=options_of_any, zone=st.sampled_from(ZONES), data=st.data())
@pytest.mark.slow
def test_many_retentions_are_those_of_a_plain_loop(
    entry: MakeEntry, log: list[Doing], options: RetentionOptions, zone: str, data: st.DataObject
) -> None:
    check(entry, log, options, zone, data)


JANUARY = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())


def simple(make: MakeEntry, until: int, **options: Any) -> RetentionResult:
    """Ann visits on the first three days of January 2026, Bob on the first alone, at noon."""
    doings = [Doing("ann", "visit", 0), Doing("ann", "visit", DAY), Doing("ann", "visit", 2 * DAY)]
    log = [doing._replace(at=JANUARY + DAY // 2 + doing.at) for doing in [*doings, Doing("bob", "visit", 0)]]
    return result_of(entries_of(make, log), asked(**options), "UTC", None, JANUARY + until)


def test_a_cell_is_complete_once_its_day_is_over(entry: MakeEntry) -> None:
    (cohort,) = simple(entry, 3 * DAY).cohorts

    assert [cell and (cell.returned, cell.is_complete) for cell in cohort.cells] == [(1, True), (1, True), None]


def test_a_rolling_cell_is_complete_once_it_is_over_for_whoever_comes_last(entry: MakeEntry) -> None:
    (cohort,) = simple(entry, 3 * DAY, counting="rolling").cohorts

    assert [cell and (cell.returned, cell.is_complete) for cell in cohort.cells] == [(1, True), (1, False), None]


def test_a_window_that_ends_in_the_future_has_no_complete_cell_before_that(entry: MakeEntry) -> None:
    log = entries_of(entry, [Doing("ann", "visit", JANUARY), Doing("ann", "visit", JANUARY + DAY)])
    with Dataset.of(log, plan_in("UTC")) as dataset:
        span, now = Span(None, (JANUARY + 30 * DAY) * SECOND), (JANUARY + DAY + DAY // 2) * SECOND
        cohort, _ = context_of(dataset, plan_in("UTC"), span, now).answer(retention(asked(entry="recurring"))).cohorts

    assert [cell and (cell.returned, cell.is_complete) for cell in cohort.cells] == [(1, False), None, None]


def test_the_total_has_complete_cells_alone(entry: MakeEntry) -> None:
    result = simple(entry, 3 * DAY, entry="recurring")

    assert [cohort.entered for cohort in result.cohorts] == [2, 1, 1]
    assert [cell and cell.returned for cell in result.total] == [2, 1, None]
    assert result.of == (3, 2, 0)


def test_a_share_has_an_interval_where_each_person_counts_once(entry: MakeEntry) -> None:
    once, often = (simple(entry, 3 * DAY, entry=each).total[0] for each in ("first_ever", "recurring"))

    assert once is not None and once.low is not None and once.high is not None  # noqa: PT018 - for mypy
    assert often is not None
    assert once.share == Decimal("0.5")
    assert once.low < once.share < once.high
    assert (often.low, often.high) == (None, None)


def test_days_without_an_entry_have_a_row_too(entry: MakeEntry) -> None:
    log = [Doing("ann", "visit", JANUARY), Doing("bob", "visit", JANUARY + 2 * DAY)]
    result = result_of(entries_of(entry, log), asked(), "UTC", None, JANUARY + 3 * DAY)

    assert [(cohort.start.date(), cohort.entered) for cohort in result.cohorts] == [
        (date(2026, 1, 1), 1), (date(2026, 1, 2), 0), (date(2026, 1, 3), 1),
    ]  # fmt: skip


def test_sums_are_kept_apart_by_currency(entry: MakeEntry) -> None:
    prices = [(0, "0.10", "EUR"), (DAY, "0.20", "EUR"), (DAY, "5", "SEK"), (DAY, "0.10", "EUR")]
    entries = [
        entry(number, "buy", JANUARY + at, user="ann", properties={"price": price, "money": money})
        for number, (at, price, money) in enumerate(prices, 1)
    ]
    result = result_of(entries, asked(start=BUY, returning=BUY, value="price"), "UTC", None, JANUARY + 9 * DAY)

    cell = result.cohorts[0].cells[0]
    assert cell is not None
    assert cell.sums == {"EUR": Decimal("0.30"), "SEK": Decimal(5)}
    assert cell.averages == cell.sums


def test_a_value_that_is_no_number_is_refused(entry: MakeEntry) -> None:
    with pytest.raises(UsageError, match="visit has no number 'money' to add up"):
        simple(entry, DAY, value="money")


@pytest.mark.parametrize(
    ("options", "message"),
    [({"minimum": 0}, "at least 1 message, not 0"), ({"per": "year"}, "Invalid enum value 'year'")],
)
def test_an_impossible_option_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        retention(asked(**options))


def test_of_nobody_there_is_nothing_but_the_definition(entry: MakeEntry) -> None:
    result = simple(entry, DAY, start=BUY)

    assert (result.cohorts, result.entered, result.total) == ((), 0, (None, None, None))
    assert result.definition.startswith("Entry: the first buy of a person in the window. Period n is the n-th day")


def test_any_message_can_be_a_return(entry: MakeEntry) -> None:
    log = [Doing("ann", "visit", JANUARY), Doing("ann", "buy", JANUARY + DAY)]
    options = asked(start=VISIT, returning=EventFilter(event="*"))
    result = result_of(entries_of(entry, log), options, "UTC", None, JANUARY + 9 * DAY)

    assert [cell and cell.returned for cell in result.total] == [1, 0, 0]


def test_its_section_marks_what_is_incomplete(entry: MakeEntry) -> None:
    log = [Doing("ann", "visit", JANUARY), Doing("ann", "visit", JANUARY + DAY)]
    question = retention(asked())
    with Dataset.of(entries_of(entry, log), plan_in("UTC")) as dataset:
        now = datetime.fromtimestamp(JANUARY + 3 * DAY // 2, UTC)
        (section,) = report(dataset, plan_in("UTC"), now=now, questions=[question]).sections()

    assert section.title == "Retention: visit, then visit"
    assert section.table is not None
    assert [phrase.values[0] for phrase in section.table.rows[0].cells[2]][1] == "*"


def test_its_section_has_a_dash_where_a_period_has_not_begun(entry: MakeEntry) -> None:
    question = retention(asked())
    with Dataset.of(entries_of(entry, [Doing("ann", "visit", JANUARY)]), plan_in("UTC")) as dataset:
        now = datetime.fromtimestamp(JANUARY + DAY // 2, UTC)
        answered = report(dataset, plan_in("UTC"), now=now, questions=[question])
    (section,) = answered.sections()

    assert section.table is not None
    cells = [[phrase.values[0] for phrase in cell] for row in section.table.rows for cell in row.cells[2:]]
    assert cells == [["–"]] * 6
    assert answered[question].cohorts[0].cells == (None, None, None)
    assert "A dash (–) is where the period has not begun" in answered[question].definition


def test_a_cohort_of_which_no_period_has_begun_has_a_row(entry: MakeEntry) -> None:
    result = simple(entry, DAY)
    question = retention(asked())

    rows = question.table(result).rows

    assert [cohort.cells for cohort in result.cohorts] == [(None, None, None)]
    assert [row[:5] for row in rows] == [(result.cohorts[0].start, None, None, result.entered, None)]

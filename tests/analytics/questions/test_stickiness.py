"""In how many periods persons are active, and the ratio of a day's to a month's, equals a plain loop, for any log."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from tests.analytics.asking import context_of
from tests.analytics.questions.doings import DAY, SECOND, ZONES, Doing, entries_of, first_day, logs, plan_in, week_of
from tests.many import MANY

from footfall.analytics import Dataset, report
from footfall.analytics.questions.stickiness import (
    StickinessOptions,
    StickinessRatio,
    StickinessResult,
    stickiness,
)
from footfall.analytics.window import Span
from footfall.errors import UsageError
from footfall.plan.model import EventFilter
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]

VISIT = EventFilter(event="visit")
JANUARY = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())


def result_of(
    entries: Sequence[Entry], options: StickinessOptions, zone: str, since: int | None, until: int, shards: int = 1
) -> StickinessResult:
    span = Span(None if since is None else since * SECOND, until * SECOND)
    with Dataset.of(entries, plan_in(zone)) as dataset:
        return context_of(dataset, plan_in(zone), span, until * SECOND, shards).answer(stickiness(options))


class Expected(NamedTuple):
    """In how many periods each person was active, and of how many there are."""

    active: dict[str, int]
    periods: int


def expected(
    log: Sequence[Doing], options: StickinessOptions, zone: str, since: int | None, until: int
) -> dict[date | None, Expected]:
    """By the first day of each longer period with anybody; None is the whole window."""
    inside = [
        doing
        for doing in log
        if options.event.event in ("*", doing.event) and (since is None or doing.at >= since) and doing.at < until
    ]
    counts: dict[tuple[str, date], int] = {}
    for doing in inside:
        key = doing.actor, first_day(doing.at, options.per, zone)
        counts[key] = counts.get(key, 0) + 1
    active = [key for key, count in counts.items() if count >= options.minimum]
    if not active:
        return {}
    begin = min(doing.at for doing in log)
    first = first_day(begin if since is None else max(since, begin), options.per, zone)
    last = first_day(until - 1, options.per, zone)
    days = [first + timedelta(number) for number in range((last - first).days + 1)]
    periods = [day for day in days if options.per == "day" or day == week_of(day, zone)]

    def longer(day: date) -> date:
        return day.replace(day=1) if options.of == "month" else week_of(day, zone)

    answers: dict[date | None, Expected] = {}
    for start in (None, *{longer(day) for _, day in active}):
        own = [who for who, day in active if start in (None, longer(day))]
        number = sum(start in (None, longer(day)) for day in periods)
        answers[start] = Expected({who: own.count(who) for who in own}, number)
    return answers


def check_ratio(ratio: StickinessRatio, reference: Expected) -> None:
    """Compare with the persons one by one."""
    active, numbers = len(reference.active), list(reference.active.values())
    assert (ratio.active, ratio.periods) == (active, reference.periods)
    assert [(each.periods, each.exactly, each.at_least) for each in ratio.distribution] == [
        (n, numbers.count(n), sum(number >= n for number in numbers)) for n in range(1, max(numbers) + 1)
    ]
    assert ratio.ratio is not None
    assert abs(Fraction(ratio.ratio) - Fraction(sum(numbers), active * ratio.periods)) < Fraction(1, 10**20)
    assert ratio.average is not None
    assert 0 < ratio.ratio <= 1
    assert sum(each.periods * each.exactly for each in ratio.distribution) == sum(numbers)


def check(entry: MakeEntry, log: list[Doing], options: StickinessOptions, zone: str, data: st.DataObject) -> None:
    """Compare with a plain loop, over a window that may end at a message."""
    times = [doing.at for doing in log]
    until = data.draw(st.sampled_from([max(times) + 1, max(times) + 90 * DAY, *times]))
    since = data.draw(st.sampled_from([None, *[time for time in times if time < until]]))

    result = result_of(entries_of(entry, log), options, zone, since, until, data.draw(st.sampled_from([1, 3])))

    reference = expected(log, options, zone, since, until)
    event(f"{options.per} of {options.of}, {len(result.periods)} rows")
    with_anybody = {None if each.start is None else each.start.date(): each for each in (*result.periods, result.total)}
    assert {key for key, each in with_anybody.items() if each.active} == reference.keys()
    for key, answer in reference.items():
        check_ratio(with_anybody[key], answer)
    assert sum(each.periods for each in result.periods) <= result.total.periods


options_of_any = st.builds(
    StickinessOptions,
    event=st.sampled_from([VISIT, EventFilter(event="*")]),
    per=st.just("day"),
    of=st.sampled_from(["week", "month"]),
    minimum=st.integers(1, 2),
) | st.builds(StickinessOptions, event=st.just(VISIT), per=st.just("week"), of=st.just("month"))


@settings(max_examples=12)
@given(log=logs(), options=options_of_any, zone=st.sampled_from(ZONES), data=st.data())
def test_any_stickiness_is_that_of_a_plain_loop(
    entry: MakeEntry, log: list[Doing], options: StickinessOptions, zone: str, data: st.DataObject
) -> None:
    check(entry, log, options, zone, data)


@settings(max_examples=MANY)
@given(log=logs(), options=options_of_any, zone=st.sampled_from(ZONES), data=st.data())
@pytest.mark.slow
def test_many_stickinesses_are_those_of_a_plain_loop(
    entry: MakeEntry, log: list[Doing], options: StickinessOptions, zone: str, data: st.DataObject
) -> None:
    check(entry, log, options, zone, data)


def simple(make: MakeEntry, since: int | None, until: int, **options: Any) -> StickinessResult:
    """From the first of January 2026 on, Ann visits on days 0, 1 and 40, Bob twice on day 0, at noon."""
    days = [("ann", 0), ("ann", 1), ("ann", 40), ("bob", 0), ("bob", 0)]
    log = [Doing(who, "visit", JANUARY + day * DAY + DAY // 2) for who, day in days]
    asked = StickinessOptions(**{"event": VISIT, **options})
    return result_of(entries_of(make, log), asked, "UTC", None if since is None else JANUARY + since, JANUARY + until)


def test_a_month_has_the_average_of_its_days_and_the_persons_of_all(entry: MakeEntry) -> None:
    january, february = simple(entry, 0, 59 * DAY).periods

    assert (january.periods, january.active, january.ratio) == (31, 2, Decimal(3) / 62)
    assert (february.periods, february.average, february.active) == (28, Decimal(1) / 28, 1)
    assert [(each.periods, each.exactly, each.at_least) for each in january.distribution] == [(1, 1, 2), (2, 1, 1)]


def test_the_window_has_every_person_once(entry: MakeEntry) -> None:
    total = simple(entry, 0, 59 * DAY).total

    assert (total.start, total.periods, total.active) == (None, 59, 2)
    assert [(each.exactly, each.at_least, each.share) for each in total.distribution] == [
        (1, 2, Decimal(1)), (0, 1, Decimal("0.5")), (1, 1, Decimal("0.5")),
    ]  # fmt: skip


def test_a_minimum_of_messages_makes_active(entry: MakeEntry) -> None:
    total = simple(entry, 0, DAY, minimum=2).total

    assert (total.active, total.periods) == (1, 1)


@pytest.mark.parametrize(
    ("since", "until", "complete"),
    [
        (0, 59 * DAY, (True, True, True)),
        (1, 59 * DAY, (False, True, False)),
        (0, 59 * DAY - 1, (True, False, False)),
        (DAY, 58 * DAY, (False, False, True)),
        (None, 59 * DAY, (True, True, True)),
    ],
)
def test_what_the_window_cuts_is_incomplete(
    entry: MakeEntry, since: int | None, until: int, complete: tuple[bool, ...]
) -> None:
    result = simple(entry, since, until)

    assert tuple(each.is_complete for each in (*result.periods, result.total)) == complete


def test_days_before_the_first_message_stored_are_in_no_average(entry: MakeEntry) -> None:
    result = simple(entry, -40 * DAY, 59 * DAY)

    assert (result.total.periods, result.periods[0].periods) == (59, 31)
    late = result_of(
        entries_of(entry, [Doing("ann", "buy", JANUARY + DAY), Doing("ann", "visit", JANUARY + 3 * DAY)]),
        StickinessOptions(event=VISIT), "UTC", None, JANUARY + 59 * DAY,
    )  # fmt: skip
    assert [(each.periods, each.is_complete) for each in late.periods] == [(30, False)]


def test_a_week_belongs_to_the_month_in_which_it_begins(entry: MakeEntry) -> None:
    december, january, february = simple(entry, None, 59 * DAY, per="week").periods

    assert [(each.start and each.start.month, each.periods) for each in (december, january, february)] == [
        (12, 1), (1, 4), (2, 4),
    ]  # fmt: skip
    assert [each.is_complete for each in (december, january, february)] == [False, True, False]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"minimum": 0}, "at least 1 message, not 0"),
        ({"per": "year"}, "Invalid enum value 'year'"),
        ({"per": "week", "of": "week"}, "a week has no weeks to count"),
        ({"per": "month", "of": "week"}, "a week has no months to count"),
    ],
)
def test_an_impossible_option_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        stickiness(StickinessOptions(**{"event": VISIT, **options}))


@pytest.mark.parametrize("since", [None, 0])
def test_of_nobody_there_is_nothing_but_the_definition(entry: MakeEntry, since: int | None) -> None:
    result = simple(entry, since, 9 * DAY, event=EventFilter(event="buy"))

    assert (result.periods, result.total.active, result.total.ratio, result.total.distribution) == ((), 0, None, ())
    assert "Ratio of a month: the active of an average day, divided by the active of the month." in result.definition


def test_its_sections_have_the_ratios_and_the_first_rows_of_the_distribution(entry: MakeEntry) -> None:
    log = [Doing("ann", "visit", JANUARY + day * DAY) for day in range(40)]
    with Dataset.of(entries_of(entry, log), plan_in("UTC")) as dataset:
        now = datetime.fromtimestamp(JANUARY + 41 * DAY, UTC)
        question = stickiness(StickinessOptions(event=VISIT))
        ratios, distribution = report(dataset, plan_in("UTC"), now=now, questions=[question]).sections()

    assert ratios.table is not None
    assert distribution.table is not None
    assert [row.cells[0][1].values[0] for row in ratios.table.rows] == ["", " *", ""]
    assert len(distribution.table.rows) == 31
    assert distribution.remarks


def test_its_rows_are_those_of_each_month_and_of_the_window(entry: MakeEntry) -> None:
    result = simple(entry, 0, 59 * DAY)
    table = stickiness(StickinessOptions(event=VISIT)).table(result)

    assert [(row[0] and row[0].month, *row[6:]) for row in table.rows] == [
        (1, 1, 1, 2, 1.0), (1, 2, 1, 1, 0.5), (2, 1, 1, 1, 1.0),
        (None, 1, 1, 2, 1.0), (None, 2, 0, 1, 0.5), (None, 3, 1, 1, 0.5),
    ]  # fmt: skip

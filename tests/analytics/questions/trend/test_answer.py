"""A trend equals a plain loop over all messages, adds up to the figure of its window, and says what is unusual."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from math import ceil, floor
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.analytics.asking import context_of, measure
from tests.analytics.questions.doings import WEEK_STARTS, week_of
from tests.many import MANY

from footfall.analytics import Dataset
from footfall.analytics.questions.trend import TrendOptions, TrendResult, trend
from footfall.analytics.window import Span
from footfall.errors import UsageError
from footfall.plan.model import (
    Aggregate,
    Conversion,
    Count,
    Difference,
    Event,
    Journey,
    Plan,
    Property,
    Ratio,
    Silence,
    Step,
    SumOf,
    Unique,
    Where,
)
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]

DAY = 86_400
SECOND = 1_000_000
ZONES = ["UTC", "Europe/Oslo", "Africa/Cairo", "America/Sao_Paulo", "Australia/Lord_Howe"]
CHANGES = [datetime(2018, 11, 3), datetime(2024, 10, 26), datetime(2025, 4, 5), datetime(2025, 10, 4)]  # noqa: DTZ001
AMOUNT = Property(name="amount", wire_name="amount", type="integer")
PRICE = Property(name="price", wire_name="price", type="decimal", currency="money")
MONEY = Property(name="money", wire_name="money", type="string")
EVENTS = {name: Event(name=name, wire_name=name, properties=(AMOUNT, PRICE, MONEY)) for name in ("see", "buy")}
JOURNEY = Journey(name="j", by="user", steps=(Step(id="see", event="see"), Step(id="buy", event="buy")))
SEVERAL = Where(property="amount", op="gte", values=(5,))
COUNT, SUM = Count(event="see"), Aggregate(function="sum", event="see", property="amount")
MEASURES = [
    COUNT, SUM, Count(event="see", where=(SEVERAL,)), Unique(event="see", property="actor"),
    Ratio(of=Count(event="buy"), to=COUNT), SumOf(parts=(COUNT, SUM, COUNT)),
    Difference(of=Ratio(of=COUNT, to=COUNT), less=Ratio(of=Count(event="buy"), to=COUNT)),
    Aggregate(function="percentile", event="see", property="amount", at=Decimal("12.5")),
]  # fmt: skip


def plan_in(zone: str) -> Plan:
    return Plan(
        id="test", timezone=zone, week_starts=WEEK_STARTS.get(zone, "monday"), events=EVENTS, journeys={"j": JOURNEY}
    )


def entries_of(entry: MakeEntry, log: Sequence[tuple[str, int, str, int]]) -> list[Entry]:
    return [
        entry(number, event, at, user=who, properties={"amount": amount})
        for number, (event, at, who, amount) in enumerate(log, 1)
    ]


def result_of(
    entries: Sequence[Entry], measure_: Any, per: Any, zone: str, span: Span, now: int, shards: int = 1
) -> TrendResult:
    question = trend(TrendOptions(name="figure", measure=measure_, per=per))
    with Dataset.of(entries, plan_in(zone)) as dataset:
        return context_of(dataset, plan_in(zone), span, now * SECOND, shards).answer(question)


def begin_of(at: int, per: str, zone: str) -> int:
    """When the period of a moment begins, in seconds since 1970, found by going back minute by minute."""
    local = datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(zone))
    if per == "hour":
        at -= at % 60
        while _hour(at - 60, zone) == _hour(at, zone):
            at -= 60
        return at
    day = local.date()
    if per == "week":
        day = week_of(day, zone)
    if per == "month":
        day = day.replace(day=1)
    return int(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).timestamp())


def _hour(at: int, zone: str) -> tuple[Any, ...]:
    local = datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(zone))
    return (local.date(), local.hour, local.utcoffset())


def by_hand(log: Sequence[tuple[str, int, str, int]], measure_: Any, per: str, zone: str) -> dict[int, Decimal | None]:
    """The figure of each period in which there is any message."""
    of_period: dict[int, list[tuple[str, int, str, int]]] = defaultdict(list)
    for message in log:
        of_period[begin_of(message[1], per, zone)].append(message)
    return {begin: figure(messages, measure_) for begin, messages in of_period.items()}


def figure(messages: Sequence[tuple[str, int, str, int]], asked: Any) -> Decimal | None:
    if isinstance(asked, Ratio):
        of, to = (figure(messages, part) for part in (asked.of, asked.to))
        return of / to if of is not None and to else None
    if isinstance(asked, SumOf):
        return sum((figure(messages, part) or Decimal(0) for part in asked.parts), Decimal(0))
    if isinstance(asked, Difference):
        of, less = (figure(messages, part) for part in (asked.of, asked.less))
        return None if of is None or less is None else of - less
    passing = [each for each in messages if each[0] == asked.event and (not asked.where or each[3] >= 5)]
    if isinstance(asked, Aggregate) and asked.at is not None:
        return percentile(sorted(Decimal(each[3]) for each in passing), asked.at)
    if isinstance(asked, Aggregate):
        return Decimal(sum(each[3] for each in passing))
    return Decimal(len({each[2] for each in passing}) if isinstance(asked, Unique) else len(passing))


def percentile(ordered: Sequence[Decimal], at: Decimal) -> Decimal | None:
    if not ordered:
        return None
    place = at / 100 * (len(ordered) - 1)
    low, high = ordered[floor(place)], ordered[ceil(place)]
    return low + (high - low) * (place - floor(place))


@st.composite
def logs(draw: st.DrawFn) -> list[tuple[str, int, str, int]]:
    """Messages around a change of clocks, many at midnight."""
    around = int(draw(st.sampled_from(CHANGES)).replace(tzinfo=UTC).timestamp())
    times = st.one_of(st.integers(-2, 9).map(lambda days: days * DAY), st.integers(-DAY, 3 * DAY))
    message = st.tuples(
        st.sampled_from(["see", "see", "buy"]), times.map(lambda time: around + time), st.sampled_from("abc"),
        st.integers(0, 9),
    )  # fmt: skip
    return draw(st.lists(message, min_size=1, max_size=25))


def check(
    entry: MakeEntry, log: list[tuple[str, int, str, int]], measure_: Any, per: str, zone: str, shards: int
) -> None:
    now = max(message[1] for message in log) + 40 * DAY
    result = result_of(entries_of(entry, log), measure_, per, zone, Span(), now, shards)

    expected = by_hand(log, measure_, per, zone)
    values = {int(point.start.timestamp()): point.value for series in result.series for point in series.points}
    has_zero = isinstance(measure_, Count | Unique | SumOf) or measure_ == SUM
    empty = 0 if has_zero else None
    assert expected.keys() <= values.keys()
    for begin, value in values.items():
        wanted = expected.get(begin, empty)
        assert value == wanted or (value is not None and wanted is not None and abs(value - wanted) < Decimal("1e-20"))


@settings(max_examples=12)
@given(log=logs(), measure_=st.sampled_from(MEASURES), per=st.sampled_from(["hour", "day", "week", "month"]),
       zone=st.sampled_from(ZONES), shards=st.sampled_from([1, 3]))  # fmt: skip
def test_any_trend_is_that_of_a_plain_loop(
    entry: MakeEntry, log: list[Any], measure_: Any, per: str, zone: str, shards: int
) -> None:
    check(entry, log, measure_, per, zone, shards)


@settings(max_examples=MANY)
@given(log=logs(), measure_=st.sampled_from(MEASURES), per=st.sampled_from(["hour", "day", "week", "month"]),
       zone=st.sampled_from(ZONES), shards=st.sampled_from([1, 3]))  # fmt: skip
@pytest.mark.slow
def test_many_trends_are_those_of_a_plain_loop(
    entry: MakeEntry, log: list[Any], measure_: Any, per: str, zone: str, shards: int
) -> None:
    check(entry, log, measure_, per, zone, shards)


@settings(max_examples=10)
@given(log=logs(), measure_=st.sampled_from([COUNT, SUM]), zone=st.sampled_from(ZONES), data=st.data())
def test_any_trend_adds_up_to_the_figure_of_its_window(
    entry: MakeEntry, log: list[Any], measure_: Any, zone: str, data: st.DataObject
) -> None:
    times = sorted({message[1] for message in log})
    since = data.draw(st.sampled_from([None, *times]))
    until = data.draw(st.sampled_from([time for time in times if since is None or time > since] + [times[-1] + 1]))
    span = Span(None if since is None else since * SECOND, until * SECOND)
    with Dataset.of(entries_of(entry, log), plan_in(zone)) as dataset:
        whole = measure(dataset, plan_in(zone), measure_, span)
    result = result_of(entries_of(entry, log), measure_, "day", zone, span, until)

    assert sum((point.value or 0) for point in result.series[0].points) == whole.total.value


def test_money_has_a_series_for_each_currency(entry: MakeEntry) -> None:
    entries = [
        entry(number, "see", DAY * number, user="a", properties={"price": number, "money": money})
        for number, money in enumerate(["EUR", "SEK", "EUR"], 1)
    ]
    result = result_of(entries, Aggregate(function="sum", event="see", property="price"), "day", "UTC", Span(), 9 * DAY)

    assert {series.currency: [point.value for point in series.points] for series in result.series} == {
        "EUR": [1, 0, 3], "SEK": [0, 2, 0],
    }  # fmt: skip


def test_a_conversion_is_of_those_who_enter_in_the_period(entry: MakeEntry) -> None:
    log = [("see", 0, "a", 0), ("see", DAY, "b", 0), ("buy", DAY + 1, "b", 0), ("see", DAY + 2, "c", 0)]
    result = result_of(
        entries_of(entry, log), Conversion(journey="j", start="see", end="buy"), "day", "UTC", Span(), 9 * DAY
    )

    assert [point.value for point in result.series[0].points] == [0, Decimal("0.5")]


BEGIN = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())


def daily(entry: MakeEntry, counts: Sequence[int], now: int | None = None) -> TrendResult:
    """The daily trend of so many messages on each day from the first of January 2026 on."""
    begin = BEGIN
    times = [begin + day * DAY for day, count in enumerate(counts) for _ in range(count)]
    log = [("see", at, "a", 0) for at in times]
    span = Span(begin * SECOND, (begin + len(counts) * DAY) * SECOND)
    return result_of(entries_of(entry, log), COUNT, "day", "UTC", span, now or begin + len(counts) * DAY)


def test_a_value_out_of_the_usual_range_of_its_weekday_is_unusual(entry: MakeEntry) -> None:
    counts = [10, 1, 1, 1, 1, 1, 1] * 5
    counts[28], counts[29] = 1, 10
    points = daily(entry, counts).series[0].points

    assert [point.is_unusual for point in points[:28]] == [None] * 28
    assert [point.is_unusual for point in points[28:]] == [False, True, *[False] * 5]
    assert points[29].low == 0
    assert points[29].high == 4


def test_a_day_of_a_planned_silence_is_never_unusual_and_says_nothing_of_what_is(entry: MakeEntry) -> None:
    counts = [10, 1, 1, 1, 1, 1, 1] * 9
    counts[7], counts[14], counts[56] = 90, 0, 50
    silences = {
        name: Silence(name=name, since=day, until=day)
        for name, day in (("fair", "2026-01-08"), ("shut", "2026-01-15"), ("sale", "2026-02-26"))
    }
    log = [("see", BEGIN + day * DAY, "a", 0) for day, count in enumerate(counts) for _ in range(count)]
    end = BEGIN + len(counts) * DAY
    span = Span(BEGIN * SECOND, end * SECOND)
    plan = msgspec.structs.replace(plan_in("UTC"), silences=silences)

    with Dataset.of(entries_of(entry, log), plan) as dataset:
        options = TrendOptions(name="see", measure=COUNT, per="day")
        result = context_of(dataset, plan, span, end * SECOND, 1).answer(trend(options))

    points = result.series[0].points
    assert {place: point.silences for place, point in enumerate(points) if point.silences} == {
        7: ("fair",), 14: ("shut",), 56: ("sale",),
    }  # fmt: skip
    assert points[56].is_unusual is None
    assert points[56].low is not None
    assert points[49].is_unusual is False
    assert (points[49].low, points[49].high) == (10 - 3 * 10**0.5, 10 + 3 * 10**0.5)
    assert "A period with a planned silence in it is never unusual" in result.definition


def test_what_is_usual_does_not_depend_on_where_the_window_begins(entry: MakeEntry) -> None:
    counts = [10, 1, 1, 1, 1, 1, 1] * 5
    counts[29] = 10
    log = [("see", BEGIN + day * DAY, "a", 0) for day, count in enumerate(counts) for _ in range(count)]
    entries, end = entries_of(entry, log), BEGIN + len(counts) * DAY
    for per in ("day", "week"):
        whole, late = (
            result_of(entries, COUNT, per, "UTC", Span(begin * SECOND, end * SECOND), end).series[0].points[-6:]
            for begin in (BEGIN, BEGIN + 28 * DAY)
        )
        shared = min(len(whole), len(late)) - (per == "week")

        assert [(each.low, each.is_unusual) for each in whole[-shared:]] == [
            (each.low, each.is_unusual) for each in late[-shared:]
        ]
    daily_points = result_of(entries, COUNT, "day", "UTC", Span((BEGIN + 28 * DAY) * SECOND, end * SECOND), end)

    assert [point.is_unusual for point in daily_points.series[0].points] == [False, True, *[False] * 5]


def test_periods_before_the_first_message_ever_say_nothing_of_what_is_usual(entry: MakeEntry) -> None:
    result = daily(entry, [0] * 35 + [9] * 7)
    points = result.series[0].points

    assert result.no_message_before == datetime(2026, 2, 5, tzinfo=UTC)
    assert {(point.low, point.is_unusual) for point in points} == {(None, None)}
    assert daily(entry, [1] * 7).no_message_before is None


def test_a_change_is_a_share_of_the_period_before(entry: MakeEntry) -> None:
    points = daily(entry, [2, 3, 0, 1]).series[0].points

    assert [point.change for point in points] == [None, Decimal("0.5"), -1, None]


def test_a_period_that_is_cut_or_not_over_is_not_complete(entry: MakeEntry) -> None:
    log = [("see", 12 * 3600 + day * DAY, "a", 0) for day in range(3)]
    open_window = result_of(entries_of(entry, log), COUNT, "day", "UTC", Span(), 2 * DAY + 20 * 3600)
    cut = result_of(entries_of(entry, log), COUNT, "day", "UTC", Span(3600 * SECOND, 3 * DAY * SECOND), 3 * DAY)

    assert [point.is_complete for point in open_window.series[0].points] == [False, True, False]
    assert [point.is_complete for point in cut.series[0].points] == [False, True, True]


def test_empty_data_has_no_points(entry: MakeEntry) -> None:
    result = result_of([], COUNT, "day", "UTC", Span(), DAY)

    assert [series.points for series in result.series] == [()]


def test_too_many_periods_are_refused(entry: MakeEntry) -> None:
    with pytest.raises(UsageError, match=r"1,440 hours in the window, more than 1,000; give a later --since"):
        result_of([], COUNT, "hour", "UTC", Span(0, 60 * DAY * SECOND), 60 * DAY)


def test_an_option_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UsageError, match="Invalid enum value 'year'"):
        trend(TrendOptions(name="x", measure=COUNT, per="year"))  # type: ignore[arg-type] # that is the mistake


def test_the_periods_of_the_loop_are_not_all_of_one_length() -> None:
    lengths = Counter(
        begin_of(around + 3600, "hour", zone) - begin_of(around - 3600, "hour", zone)
        for zone in ZONES
        for change in CHANGES
        for around in range(
            int(change.replace(tzinfo=UTC).timestamp()), int(change.replace(tzinfo=UTC).timestamp()) + 2 * DAY, 1800
        )
    )

    assert len(lengths) > 1

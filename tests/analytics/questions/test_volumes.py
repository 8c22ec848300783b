"""Volumes go by full periods on the plan's clock, also on the days when it is put forward or back."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.analytics.asking import answer

from footfall.analytics.dataset import Dataset
from footfall.analytics.questions.volumes import VOLUMES, VolumeResult
from footfall.analytics.window import Span, microseconds
from footfall.plan.model import Event, Plan, Silence, VolumeExpectation, WeekStart
from footfall.storage.journal import Entry

ZONE = "Europe/Stockholm"
HOUR = 3_600 * 1_000_000


def us(text: str) -> int:
    return microseconds(datetime.fromisoformat(text), ZONE)


def plan_with(expected: VolumeExpectation) -> Plan:
    return Plan(id="test", timezone=ZONE, events={"view": Event(name="view", wire_name="view", volume=expected)})


def views(entry: Callable[..., Entry], *times: str) -> list[Entry]:
    return [entry(number, "view", us(time) / 1_000_000, user="ann") for number, time in enumerate(times, 1)]


@pytest.mark.parametrize(("low", "high", "met"), [(1, 2, False), (0, 2, True), (0, 1, False), (None, None, True)])
def test_the_lowest_and_the_highest_period_are_compared_with_the_plan(
    entry: Callable[..., Entry], low: int | None, high: int | None, met: bool
) -> None:
    plan = plan_with(VolumeExpectation(per="day", min=low, max=high))
    log = views(entry, "2026-11-01T09:00", "2026-11-02T09:00", "2026-11-02T10:00", "2026-11-04T00:00")
    span = Span(us("2026-11-01T00:00"), us("2026-11-04T00:00"))

    with Dataset.of(log, plan) as dataset:
        (volume,) = answer(VOLUMES, dataset, plan, span, us("2026-12-01T00:00"))

    assert (volume.periods, volume.lowest, volume.highest, volume.met) == (3, 0, 2, met)
    assert volume.lowest_at == datetime(2026, 11, 2, 23, tzinfo=UTC)
    assert volume.highest_at == datetime(2026, 11, 1, 23, tzinfo=UTC)


def test_without_a_full_period_there_is_no_verdict(entry: Callable[..., Entry]) -> None:
    plan = plan_with(VolumeExpectation(per="week", min=1))

    with Dataset.of(views(entry, "2026-11-03T09:00"), plan) as dataset:
        (volume,) = answer(VOLUMES, dataset, plan, Span(), us("2026-11-05T00:00"))

    assert (volume.periods, volume.lowest, volume.met) == (0, None, None)


def test_without_data_there_is_no_verdict() -> None:
    plan = plan_with(VolumeExpectation(per="hour", min=1))

    with Dataset.of([], plan) as dataset:
        (volume,) = answer(VOLUMES, dataset, plan, Span(), us("2026-11-05T00:00"))

    assert volume.met is None


def counted(log: list[Entry], expected: VolumeExpectation, span: Span, now: str) -> VolumeResult:
    plan = plan_with(expected)
    with Dataset.of(log, plan) as dataset:
        (volume,) = answer(VOLUMES, dataset, plan, span, us(now))
    return volume


def at(entry: Callable[..., Entry], number: int, occurred: str, received: str) -> Entry:
    return entry(number, "view", us(occurred) / 1_000_000, user="ann", received_at=us(received))


@pytest.mark.parametrize("wrong", ["1970-01-01T00:00", "2150-01-01T00:00"])
def test_a_clock_that_was_wrong_once_makes_no_empty_days(entry: Callable[..., Entry], wrong: str) -> None:
    log = [at(entry, 1, wrong, "2026-11-01T09:00")]
    log += [at(entry, day, f"2026-11-0{day}T12:00", f"2026-11-0{day}T12:01") for day in (2, 3, 4)]

    volume = counted(log, VolumeExpectation(per="day", min=1), Span(), "2026-11-05T08:00")

    assert (volume.periods, volume.lowest, volume.highest, volume.met) == (3, 1, 1, True)
    assert volume.window.since == datetime(2026, 11, 1, 8, tzinfo=UTC)
    assert volume.window.until == datetime(2026, 11, 5, 7, tzinfo=UTC)


def test_an_event_counts_from_its_own_first_receipt(entry: Callable[..., Entry]) -> None:
    other = entry(1, "buy", us("2026-10-01T09:00") / 1_000_000, user="ann")
    log = [
        other,
        at(entry, 2, "2026-11-03T12:00", "2026-11-03T12:01"),
        at(entry, 3, "2026-11-04T12:00", "2026-11-04T12:01"),
    ]

    volume = counted(log, VolumeExpectation(per="day", min=1), Span(), "2026-11-05T08:00")

    assert (volume.periods, volume.lowest) == (1, 1)


def test_a_window_without_a_sensible_end_or_beginning_is_counted_to_now_and_from_the_first_receipt(
    entry: Callable[..., Entry],
) -> None:
    log = [at(entry, 1, "2026-11-01T09:00", "2026-11-01T09:00"), at(entry, 2, "2026-11-02T09:00", "2026-11-02T09:00")]
    span = Span(us("0001-01-01"), us("9999-12-31T23:59"))

    volume = counted(log, VolumeExpectation(per="hour", max=1), span, "2026-11-03T00:00")

    assert (volume.periods, volume.highest) == (39, 1)


def test_history_that_was_imported_is_counted_by_when_it_happened(entry: Callable[..., Entry]) -> None:
    days = [f"1997-01-{day:02}T12:00" for day in (2, 3, 5)]
    log = [at(entry, number, day, "2026-11-01T09:00") for number, day in enumerate(days)]
    span = Span(us("1997-01-01"), us("1997-01-08"))

    volume = counted(log, VolumeExpectation(per="day", min=1), span, "2026-11-03T00:00")

    assert (volume.periods, volume.lowest, volume.highest) == (6, 0, 1)


MINUTES = st.lists(st.integers(0, 60 * 24 * 4), min_size=1, max_size=20)


@given(minutes=MINUTES, first=st.integers(0, 48), hours=st.integers(1, 48), per=st.sampled_from(["hour", "day"]))
@settings(max_examples=60)
@example(minutes=[0, 1_439, 1_440], first=0, hours=48, per="day")
@pytest.mark.slow
def test_any_window_counts_its_whole_periods_as_a_loop_does(
    entry: Callable[..., Entry], minutes: list[int], first: int, hours: int, per: Literal["hour", "day"]
) -> None:
    start = us("2026-10-24T00:00")  # the next night, clocks are put back
    times = [start + minute * 60_000_000 for minute in sorted(minutes)]
    log = [
        entry(number, "view", time / 1_000_000, user="ann", received_at=start - 1) for number, time in enumerate(times)
    ]
    span = Span(start + first * HOUR, start + (first + hours) * HOUR)

    volume = counted(log, VolumeExpectation(per=per, min=1), span, "2026-12-01T00:00")

    days = [us(f"2026-10-{day}T00:00") for day in range(24, 30)]
    edges = days if per == "day" else range(days[0], days[-1] + 1, HOUR)
    since, until = start + first * HOUR, start + (first + hours) * HOUR
    periods = [(begin, end) for begin, end in itertools.pairwise(edges) if since <= begin and end <= until]
    counts = [sum(begin <= time < end for time in times) for begin, end in periods]
    assert (volume.periods, volume.lowest, volume.highest) == (
        len(counts), min(counts, default=None), max(counts, default=None),
    )  # fmt: skip


@pytest.mark.parametrize(("week_starts", "lowest"), [("sunday", 6), ("saturday", 6), ("monday", 7)])
def test_a_week_begins_on_the_day_that_the_plan_says(
    entry: Callable[..., Entry], week_starts: WeekStart, lowest: int
) -> None:
    plan = msgspec.structs.replace(plan_with(VolumeExpectation(per="week", min=7)), week_starts=week_starts)
    days = [day for day in range(1, 31) if day != 8]  # the 8th of November 2026 is a Sunday
    log = views(entry, *(f"2026-11-{day:02}T00:00" for day in days))

    with Dataset.of(log, plan) as dataset:
        (volume,) = answer(VOLUMES, dataset, plan, Span(us("2026-11-07T00:00")), us("2026-11-22T00:00"))

    assert (volume.periods, volume.lowest) == (1 if week_starts == "monday" else 2, lowest)
    assert f"week, {week_starts.title()} to {week_starts.title()}" in volume.definition


def test_periods_of_planned_silences_are_left_out_and_counted(entry: Callable[..., Entry]) -> None:
    expected = VolumeExpectation(per="day", min=1, max=2)
    shut = Silence(name="shut", since="2026-11-02", until="2026-11-03")
    other = Silence(name="other", since="2026-11-04", until="2026-11-04", kpis=("none",))
    plan = msgspec.structs.replace(plan_with(expected), silences={"shut": shut, "other": other})
    log = views(entry, "2026-11-01T09:00", "2026-11-03T09:00", "2026-11-04T09:00")
    span = Span(us("2026-11-01T00:00"), us("2026-11-05T00:00"))

    with Dataset.of(log, plan) as dataset:
        (volume,) = answer(VOLUMES, dataset, plan, span, us("2026-12-01T00:00"))

    assert (volume.periods, volume.lowest, volume.met) == (2, 1, True)
    assert (volume.silent, volume.silent_breaks, volume.silences) == (2, 1, ("shut",))
    assert "None with a planned silence in it counts" in volume.definition

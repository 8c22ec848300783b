"""Planned silences go by the plan's clock, come again, and are of the figures that they name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import event, example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from footfall.plan.model import (
    Conversion,
    Count,
    Event,
    Journey,
    Measure,
    Plan,
    Ratio,
    Recurrence,
    Silence,
    Source,
    Step,
)
from footfall.plan.silences import SilentPeriods, local_stretch, silences_of, silences_of_event, stretches
from footfall.timestamps import epoch_us, local_time

HOUR = 3_600 * 1_000_000
DAY = 24 * HOUR
ZONES = ["Africa/Cairo", "Europe/Oslo", "America/Sao_Paulo", "Australia/Lord_Howe"]


def us(text: str, zone: str = "UTC") -> int:
    return epoch_us(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)))


def silence(since: str, until: str, every: Recurrence | None = None, name: str = "shut") -> Silence:
    return Silence(name=name, since=since, until=until, every=every)


def test_a_last_day_is_included_and_a_last_time_is_not() -> None:
    zone = "Europe/Oslo"
    days = silence("2026-10-24", "2026-10-25")
    times = silence("2026-10-24T18:00", "2026-10-25T06:00")

    assert list(stretches(days, 0, us("2027-01-01"), zone)) == [(us("2026-10-24", zone), us("2026-10-26", zone))]
    assert list(stretches(times, 0, us("2027-01-01"), zone)) == [
        (us("2026-10-24T18:00", zone), us("2026-10-25T06:00", zone))
    ]


def test_the_29th_of_february_is_the_28th_in_other_years() -> None:
    leap = silence("2024-02-29T00:00", "2024-02-29T12:00", "year")

    begins = [local_time(begin, "UTC").date().isoformat() for begin, _ in stretches(leap, 0, us("2029-01-01"), "UTC")]

    assert begins == ["2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"]


@given(
    zone=st.sampled_from(ZONES),
    begin=st.datetimes(datetime(2015, 1, 1), datetime(2019, 1, 1)),  # noqa: DTZ001 - on the clock on the wall
    hours=st.integers(1, 23),
    every=st.sampled_from([None, "day", "week", "year"]),
    since=st.integers(0, 900),
    days=st.integers(0, 40),
)
@example(zone="America/Sao_Paulo", begin=datetime(2017, 10, 14, 23), hours=2, every="week", since=0, days=40)  # noqa: DTZ001
@example(zone="Africa/Cairo", begin=datetime(2016, 2, 29, 1), hours=2, every="year", since=700, days=40)  # noqa: DTZ001
def test_any_moment_is_in_a_silence_if_the_clock_on_the_wall_says_so(
    zone: str, begin: datetime, hours: int, every: Recurrence | None, since: int, days: int
) -> None:
    begin = begin.replace(minute=0, second=0, microsecond=0)
    planned = silence(f"{begin:%Y-%m-%dT%H:%M}", f"{begin + timedelta(hours=hours):%Y-%m-%dT%H:%M}", every)
    first = epoch_us(begin.replace(tzinfo=UTC)) + (since - 30) * DAY
    until = first + days * DAY
    found = list(stretches(planned, first, until, zone))

    event(f"{every}, {min(len(found), 3)}")
    for at in range(first, until, 5 * HOUR + 7):
        local = local_time(at, zone).replace(tzinfo=None)
        is_silent = any(start <= local < end for start, end in on_the_wall(planned, local))
        if abs(local_time(at - 3 * HOUR, zone).utcoffset() - local_time(at + 3 * HOUR, zone).utcoffset()):  # type: ignore[operator]
            continue  # a clock on the wall shows an hour twice, or not at all
        assert any(start <= at < end for start, end in found) is is_silent


def on_the_wall(planned: Silence, near: datetime) -> list[tuple[datetime, datetime]]:
    """When a silence is in the days around a moment, by a plain loop over all days and years."""
    begin, end = local_stretch(planned)
    length = end - begin
    if planned.every is None:
        return [(begin, end)]
    starts = []
    for back in range(3):
        day = near.date() - timedelta(days=back)
        start = datetime.combine(day, begin.time())
        same_day = (day.month, day.day) == (begin.month, begin.day) or (
            (begin.month, begin.day) == (2, 29) and (day.month, day.day) == (2, 28) and not _is_leap(day.year)
        )
        is_due = {"day": True, "week": day.weekday() == begin.weekday(), "year": same_day}[planned.every]
        if is_due and start >= begin:
            starts.append(start)
    return [(start, start + length) for start in starts]


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def test_a_period_has_the_silences_that_overlap_it() -> None:
    long, short = silence("2026-11-01", "2026-11-09", name="long"), silence("2026-11-03", "2026-11-03", name="short")
    silent = SilentPeriods([long, short], "day", us("2026-10-01"), us("2026-12-01"), "UTC")

    def names(day: str) -> tuple[str, ...]:
        return silent.names(us(day), us(day) + DAY)

    assert names("2026-10-31") == ()
    assert names("2026-11-03") == ("long", "short")
    assert names("2026-11-09") == ("long",)
    assert names("2026-11-10") == ()


@pytest.mark.parametrize(
    ("every", "of"),
    [
        (None, {"hour", "day", "week", "month"}),
        ("year", {"hour", "day", "week", "month"}),
        ("week", {"hour", "day"}),
        ("day", {"hour"}),
    ],
)
def test_what_comes_again_in_each_period_silences_none(every: Recurrence | None, of: set[str]) -> None:
    planned = silence("2026-11-01T01:00", "2026-11-01T02:00", every)
    begin, end = us("2026-11-01T01:00"), us("2026-11-01T02:00")

    silent = {
        per
        for per in ("hour", "day", "week", "month")
        if SilentPeriods([planned], per, begin, end, "UTC").names(begin, end)
    }

    assert silent == of


def plan_of(planned: Silence) -> Plan:
    return Plan(
        id="p",
        events={
            "sold": Event(name="sold", wire_name="sold", sources=("till",)),
            "seen": Event(name="seen", wire_name="seen", sources=("web",)),
            "rung": Event(name="rung", wire_name="rung"),
        },
        sources={"till": Source(name="till"), "web": Source(name="web")},
        journeys={
            "buy": Journey(name="buy", by="user", steps=(Step(id="a", event="seen"), Step(id="b", event="sold")))
        },
        silences={planned.name: planned},
    )


@pytest.mark.parametrize(
    ("of", "silent"),
    [
        ({}, {"sold", "seen", "rung"}),
        ({"events": ("seen",)}, {"seen"}),
        ({"sources": ("till",)}, {"sold", "rung"}),
        ({"kpis": ("sales",)}, set()),
    ],
)
def test_an_event_is_silent_where_it_or_a_sender_is_named_or_nothing_is(
    of: dict[str, tuple[str, ...]], silent: set[str]
) -> None:
    plan = plan_of(Silence(name="shut", since="2026-11-01", until="2026-11-01"))
    plan = replace(plan, silences={"shut": replace(plan.silences["shut"], **of)})

    assert {name for name in plan.events if silences_of_event(plan, name)} == silent


@pytest.mark.parametrize(
    ("measure", "kpi", "is_silent"),
    [
        (Count(event="seen"), "", False),
        (Count(event="sold"), "", True),
        (Count(event="seen"), "sales", True),
        (Ratio(of=Count(event="sold"), to=Count(event="seen")), "", True),
        (Conversion(journey="buy", start="a", end="b"), "", True),
    ],
)
def test_a_measure_is_silent_with_its_kpi_or_any_of_its_events(measure: Measure, kpi: str, is_silent: bool) -> None:
    plan = plan_of(Silence(name="shut", since="2026-11-01", until="2026-11-01", events=("sold",), kpis=("sales",)))

    assert bool(silences_of(plan, measure, kpi)) is is_silent

"""Windows: since inclusive, until exclusive, on the plan's clock unless a moment says otherwise."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Literal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from footfall.analytics.window import Span, Window, chosen, microseconds
from footfall.errors import UsageError
from footfall.plan.model import CalendarWindow, WeekStart
from footfall.timestamps import epoch_us, local_time

DAY = 86_400
NOW = 1_000 * DAY * 1_000_000


def test_a_moment_without_an_offset_is_on_the_plans_clock() -> None:
    bare = datetime(2026, 7, 1, 12)  # noqa: DTZ001 - that is the case
    meant = datetime(2026, 7, 1, 12, tzinfo=timezone(timedelta(hours=2)))

    assert microseconds(bare, "Europe/Stockholm") == microseconds(meant, "UTC")


@pytest.mark.parametrize(
    ("seconds", "since", "until", "expected"),
    [
        (DAY, None, None, Span(NOW - DAY * 1_000_000, NOW)),
        (None, None, None, Span(None, NOW)),
        (DAY, 5, None, Span(5, NOW)),
        (None, 5, None, Span(5, NOW)),
        (DAY, 5, 9, Span(5, 9)),
        (DAY, None, 90 * DAY * 1_000_000, Span(89 * DAY * 1_000_000, 90 * DAY * 1_000_000)),
        (None, None, 9, Span(None, 9)),
    ],
)
def test_what_the_reader_asks_for_overrides_a_figures_own_window(
    seconds: int | None, since: int | None, until: int | None, expected: Span
) -> None:
    assert chosen(seconds, since=since, until=until, now=NOW) == expected


@pytest.mark.parametrize("until", [5, 4])
def test_a_window_that_ends_before_it_begins_is_refused(until: int) -> None:
    with pytest.raises(UsageError, match="is not before until"):
        chosen(DAY, since=5, until=until, now=NOW)


def test_a_window_that_begins_after_now_is_refused_whatever_its_end() -> None:
    for until in (None, NOW + 1, NOW + DAY * 1_000_000):
        with pytest.raises(UsageError, match="is after now"):
            chosen(DAY, since=NOW + 1, until=until, now=NOW)


def test_an_empty_window_is_told_on_the_plans_clock() -> None:
    with pytest.raises(UsageError, match="since 1970-01-02T01:00:00\\+01:00 is not before until 1970-01-01T01:00:00"):
        chosen(None, since=DAY * 1_000_000, until=0, now=NOW, timezone="Europe/Stockholm")


def test_a_window_is_told_on_the_plans_clock() -> None:
    window = Window.of(Span(0, None), "Europe/Stockholm")

    assert window.since == datetime(1970, 1, 1, tzinfo=UTC)
    assert window.since is not None
    assert window.since.isoformat() == "1970-01-01T01:00:00+01:00"
    assert window.until is None


RIMS = [datetime(1, 1, 1), datetime(1, 1, 1, 14), datetime(9999, 12, 31, 23, 59), datetime(9999, 12, 31, 9)]  # noqa: DTZ001 - on a plan's clock


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Tokyo", "Pacific/Kiritimati", "Etc/GMT+12"])
@pytest.mark.parametrize("rim", RIMS)
def test_a_moment_at_the_rim_of_the_calendar_is_told_as_it_was_given(rim: datetime, zone: str) -> None:
    found = local_time(microseconds(rim, zone), zone)

    assert found.replace(tzinfo=None) == rim
    assert found.isoformat()[:16] == rim.isoformat()[:16]


@pytest.mark.parametrize(("us", "year"), [(-(10**17), 1), (10**18, 9999)])
def test_a_moment_beyond_the_calendar_is_told_as_its_end(us: int, year: int) -> None:
    assert local_time(us, "Asia/Tokyo").year == year


@pytest.mark.parametrize("until", [datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, tzinfo=UTC)])
def test_a_window_back_from_the_rim_of_the_calendar_can_be_told(until: datetime) -> None:
    span = chosen(100 * 366 * DAY, since=None, until=microseconds(until, "UTC"), now=NOW)

    assert Window.of(span, "America/New_York").since is not None


Calendar = Literal["day", "week", "month", "quarter", "year"]
NOVEMBER = epoch_us(datetime(2026, 11, 12, 9, 30, tzinfo=UTC))


@pytest.mark.parametrize(
    ("calendar", "last", "since", "until"),
    [
        ("day", 0, "2026-11-12", None),
        ("week", 0, "2026-11-08", None),
        ("month", 0, "2026-11-01", None),
        ("quarter", 0, "2026-10-01", None),
        ("year", 0, "2026-01-01", None),
        ("day", 1, "2026-11-11", "2026-11-12"),
        ("week", 2, "2026-10-25", "2026-11-08"),
        ("month", 1, "2026-10-01", "2026-11-01"),
        ("quarter", 4, "2025-10-01", "2026-10-01"),
        ("year", 1, "2025-01-01", "2026-01-01"),
    ],
)
def test_a_window_of_the_calendar_begins_with_a_period(
    calendar: Calendar, last: int, since: str, until: str | None
) -> None:
    window = CalendarWindow(calendar=calendar, last=last or None)

    span = chosen(window, since=None, until=None, now=NOVEMBER, week_starts="sunday")

    ends = NOVEMBER if until is None else microseconds(datetime.fromisoformat(until), "UTC")
    assert span == Span(microseconds(datetime.fromisoformat(since), "UTC"), ends)


def test_a_period_that_ends_just_now_is_whole() -> None:
    until = microseconds(datetime(2026, 11, 1, tzinfo=UTC), "UTC")
    month = Span(microseconds(datetime(2026, 10, 1, tzinfo=UTC), "UTC"), until)

    assert chosen(CalendarWindow(calendar="month", last=1), since=None, until=until, now=NOVEMBER) == month
    assert chosen(CalendarWindow(calendar="month"), since=None, until=until, now=NOVEMBER) == month


def test_a_window_before_all_calendars_begins_with_them() -> None:
    for calendar in ("day", "week", "month", "quarter", "year"):
        span = chosen(CalendarWindow(calendar=calendar, last=2**53), since=None, until=None, now=NOVEMBER)

        assert span.since == epoch_us(datetime(1, 1, 1, tzinfo=UTC))


def shown(day: date, calendar: Calendar, week_starts: WeekStart) -> tuple[object, ...]:
    """What a calendar on the wall shows: days of one period show the same."""
    if calendar == "week":
        return (next(each for back in range(7) if f"{(each := day - timedelta(back)):%A}".lower() == week_starts),)
    quarter = (day.year, (day.month + 2) // 3)
    return {"day": (day,), "month": (day.year, day.month), "quarter": quarter, "year": (day.year,)}[calendar]


@given(
    zone=st.sampled_from(["Africa/Cairo", "Europe/Oslo", "America/Sao_Paulo", "Australia/Lord_Howe", "Pacific/Apia"]),
    hours=st.integers(0, 12 * 366 * 24),
    calendar=st.sampled_from(["day", "week", "month", "quarter", "year"]),
    last=st.integers(0, 3),
    week_starts=st.sampled_from(["monday", "sunday", "saturday"]),
)
@example(zone="America/Sao_Paulo", hours=11 * 24 + 3, calendar="day", last=1, week_starts="sunday")
@example(zone="Africa/Cairo", hours=6 * 366 * 24, calendar="week", last=1, week_starts="saturday")
def test_any_window_of_the_calendar_has_the_moments_that_show_its_periods(
    zone: str, hours: int, calendar: Calendar, last: int, week_starts: WeekStart
) -> None:
    now = epoch_us(datetime(2015, 10, 7, tzinfo=UTC)) + hours * 3_600_000_000
    half_hours = range(now - 1, now - 1_500 * 86_400_000_000, -1_800_000_000)
    window = CalendarWindow(calendar=calendar, last=last or None)

    span = chosen(window, since=None, until=None, now=now, timezone=zone, week_starts=week_starts)

    def period(at: int) -> tuple[object, ...]:
        return shown(local_time(at, zone).date(), calendar, week_starts)

    is_over = period(now) != period(now - 1)
    wanted = range(last) if last and is_over else range(1, last + 1) if last else range(1)
    latest, position, inside = period(now - 1), 0, []
    for at in half_hours:
        if period(at) != latest:
            latest, position = period(at), position + 1
        if position > last:
            break
        if position in wanted:
            inside.append(at)
    assert span.since is not None
    assert span.until is not None
    assert all(span.since <= at < span.until for at in inside)
    assert min(inside) - span.since < 1_800_000_000
    assert span.until - max(inside) <= 1_800_000_000

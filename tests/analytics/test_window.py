"""Windows: since inclusive, until exclusive, on the plan's clock unless a moment says otherwise."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from footfall.analytics.window import Span, Window, chosen, microseconds
from footfall.errors import UsageError
from footfall.timestamps import local_time

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

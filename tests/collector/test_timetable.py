"""A time of day comes once in each period, at its minute, before 1970 too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from footfall.collector.timetable import parse_timetable
from footfall.timestamps import EPOCH, epoch_us

TIMES = st.integers(-20 * 365 * 86_400, 180 * 365 * 86_400).map(
    lambda seconds: EPOCH + timedelta(seconds=seconds, microseconds=1)
)
DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


@given(now=TIMES, minute=st.integers(0, 1439))
@example(now=datetime(2026, 11, 29, 0, 10, tzinfo=UTC), minute=10)
@example(now=datetime(2026, 11, 29, 0, 9, 59, 999999, tzinfo=UTC), minute=10)
def test_the_last_time_of_a_day_is_at_its_minute_within_a_day(now: datetime, minute: int) -> None:
    table = parse_timetable(f"{minute // 60:02}:{minute % 60:02}")

    slot = EPOCH + timedelta(microseconds=table.last_slot(epoch_us(now)))

    assert now - timedelta(days=1) < slot <= now
    assert (slot.hour * 60 + slot.minute, slot.second, slot.microsecond) == (minute, 0, 0)


@given(now=TIMES, day=st.integers(0, 6))
@example(now=datetime(2026, 11, 29, 3, 10, tzinfo=UTC), day=6)
def test_the_last_time_of_a_week_is_on_its_day_within_a_week(now: datetime, day: int) -> None:
    slot = EPOCH + timedelta(microseconds=parse_timetable(f"{DAYS[day]} 03:10").last_slot(epoch_us(now)))

    assert now - timedelta(days=7) < slot <= now
    assert (slot.weekday(), slot.hour, slot.minute) == (day, 3, 10)


@pytest.mark.parametrize(("text", "words"), [("00:10", "daily 00:10 UTC"), (" Sunday  23:59 ", "Sundays 23:59 UTC")])
def test_it_reads_as_it_was_meant(text: str, words: str) -> None:
    assert str(parse_timetable(text)) == words


@pytest.mark.parametrize("text", ["", "24:00", "0:10", "00:60", "sun 03:10", "someday 03:10", "03:10 sunday", "٠٣:10"])
def test_another_text_is_refused_with_what_it_must_be(text: str) -> None:
    with pytest.raises(ValueError, match=r"must be a time of day in UTC \(00:10\), or one with its day"):
        parse_timetable(text)

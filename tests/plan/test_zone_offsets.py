"""A timezone's table has the offset of every moment, as `zoneinfo` has it."""

from __future__ import annotations

from bisect import bisect_right
from datetime import timedelta
from zoneinfo import available_timezones

from hypothesis import example, given
from hypothesis import strategies as st

from footfall.plan.zone_offsets import ZoneOffset, hour_offsets, zone_offsets
from footfall.timestamps import local_time

SECOND = 1_000_000
HOUR, DAY = 3_600 * SECOND, 86_400 * SECOND
ZONES = sorted(available_timezones())
FREETOWN = -957_308_400 * SECOND  # in 1939 its clocks were put forward by 20 minutes, and back after four days


@given(
    zone=st.sampled_from(ZONES),
    first=st.integers(-70 * 366, 230 * 365).map(lambda day: day * DAY),
    days=st.integers(0, 900),
    place=st.floats(0, 1),
)
@example(zone="Africa/Freetown", first=FREETOWN - DAY, days=30, place=0.1)
@example(zone="Australia/Lord_Howe", first=1_780_000_000 * SECOND, days=300, place=0.5)
def test_any_moment_has_its_offset(zone: str, first: int, days: int, place: float) -> None:
    last = first + days * DAY
    table = zone_offsets(zone, first, last)
    changes = [row.since + by for row in table[1:] for by in (-1, 0)]

    for moment in (first, last, first + int(place * days * DAY), *changes):
        row = table[bisect_right(table, (moment, 2**63)) - 1]
        assert timedelta(microseconds=row.offset) == local_time(moment, zone).utcoffset()


def test_a_table_has_a_row_for_each_change_and_no_more() -> None:
    table = zone_offsets("Europe/Stockholm", 1_767_225_600 * SECOND, 1_798_761_600 * SECOND)

    assert table == (
        ZoneOffset(1_767_225_600 * SECOND, HOUR),
        ZoneOffset(1_774_746_000 * SECOND, 2 * HOUR),
        ZoneOffset(1_792_890_000 * SECOND, HOUR),
    )
    assert zone_offsets("UTC", -DAY, 10**17) == (ZoneOffset(-DAY, 0),)


def test_an_hour_is_cut_only_by_a_change_of_other_than_whole_hours() -> None:
    stockholm = zone_offsets("Europe/Stockholm", 1_767_225_600 * SECOND, 1_798_761_600 * SECOND)
    lord_howe = zone_offsets("Australia/Lord_Howe", 1_767_225_600 * SECOND, 1_798_761_600 * SECOND)

    assert hour_offsets(stockholm) == stockholm[:1]
    assert hour_offsets(lord_howe) == lord_howe
    assert len(lord_howe) == 3

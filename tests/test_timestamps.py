"""Times are read as senders write them, exactly, or not at all."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from footfall.collector import Collector
from footfall.testing.clock import ManualClock
from footfall.testing.journal import MemoryJournal
from footfall.timestamps import EPOCH, format_day, hour_text, is_plausible, parse_timestamp

BASE = int(datetime(2015, 2, 2, 0, 30, 8, tzinfo=UTC).timestamp()) * 1_000_000


@pytest.mark.parametrize(
    ("text", "us"),
    [
        ("2015-02-02T00:30:08Z", BASE),
        ("2015-02-02T00:30:08.276Z", BASE + 276_000),
        ("2015-2-02T00:30:08.276Z", BASE + 276_000),  # as Segment's documentation has it
        ("2015-02-02T01:30:08+01:00", BASE),
        ("2015-02-01T19:30:08.000001-05:00", BASE + 1),
        ("2015-02-02T00:30:08.123456789Z", BASE + 123_456),
        ("2015-02-02 00:30:08", BASE),
        ("2015-02-02T00:30:08", BASE),
        ("2015-2-2 0:30:8 UTC", BASE),
        ("2015-2-2T01:30:08+0100", BASE),
        ("20150202T003008Z", BASE),
        ("20150202T002408Z", BASE - 360_000_000),
        ("2015-02-02T00:30:08+00", BASE),
        ("2015-02-01T24:00:00Z", BASE - 1_808_000_000),
        ("2015-02-01 24:00", BASE - 1_808_000_000),
        ("20150201T240000.000Z", BASE - 1_808_000_000),
        ("2015-2-01T24:00:00.0+0000", BASE - 1_808_000_000),
        ("2015-02-02T00:30:60Z", BASE + 52_000_000),
        ("20150202T003060Z", BASE + 52_000_000),
        ("2015-2-2 0:30:60.5", BASE + 52_500_000),
        ("1899-12-31T24:00:00Z", -2_208_988_800_000_000),
        ("2015-02-02", BASE - 1_808_000_000),
    ],
)
def test_the_forms_of_iso_8601_that_senders_use_are_read(text: str, us: int) -> None:
    assert parse_timestamp(text) == us


@pytest.mark.parametrize(
    "value",
    [
        None,
        1422837008,
        True,
        [],
        "",
        "yesterday",
        "2015-13-02T00:00:00Z",
        "2015-2-30",
        "12:30",
        "2015-02-02T24:00:01Z",
        "2015-02-02T24:00:00.001Z",
        "2015-02-02T24:30Z",
        "2015-02-02T25:00:00Z",
        "2015-02-02T00:00:61Z",
        "2199-12-31T24:00:00Z",
        "9999-12-31T24:00:00Z",
        "9999-12-31T23:59:60Z",
        "2015-2-02T00:00:00+99:99",
        "2015-2-02T00:00:00+02:60",
        "٢٠١٥-٠٢-٠٢",
    ],
)
def test_anything_else_is_no_time(value: object) -> None:
    assert parse_timestamp(value) is None


@given(
    moment=st.datetimes(min_value=datetime(1900, 1, 3), max_value=datetime(2199, 12, 29)),  # noqa: DTZ001 - hypothesis wants naive bounds
    offset=st.integers(-1439, 1439),
)
@settings(max_examples=80)
def test_any_rfc_3339_time_is_exact(moment: datetime, offset: int) -> None:
    aware = moment.replace(tzinfo=timezone(timedelta(minutes=offset)))

    assert parse_timestamp(aware.isoformat()) == (aware - EPOCH) // timedelta(microseconds=1)


@pytest.mark.parametrize(
    "text",
    ["9999-12-31T23:59:59.999999Z", "0001-01-01T00:00:00+14:00", "0001-01-01", "1899-12-31T23:59:59Z", "2200-01-01"],
)
def test_a_time_that_only_a_broken_clock_tells_is_none(text: str) -> None:
    assert parse_timestamp(text) is None


@given(text=st.text(max_size=30) | st.from_regex(r"\A[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}T.{0,12}\Z"))
@settings(max_examples=100)
def test_any_text_is_a_time_of_a_calendar_or_none(text: str) -> None:
    found = parse_timestamp(text)

    assert found is None or is_plausible(found)


@pytest.mark.parametrize(
    ("sent_at", "timestamp"),
    [
        (None, "9999-12-31T23:59:59.999999Z"),
        (None, "0001-01-01T00:00:00+14:00"),
        ("0001-01-01T00:00:00Z", "9990-01-01T00:00:00Z"),
        ("1901-01-01T00:00:00Z", "2199-06-01T00:00:00Z"),
    ],
)
def test_a_time_that_no_calendar_holds_is_told_and_the_message_counts_from_its_receipt(
    tmp_path: Path, sent_at: str | None, timestamp: str
) -> None:
    journal, clock = MemoryJournal(), ManualClock()
    message = {"type": "track", "event": "e", "messageId": "m", "userId": "u", "timestamp": timestamp}
    with Collector(tmp_path, clock=clock, journal=journal) as collector:
        (verdict,) = collector.take(json.dumps({"batch": [message], "sentAt": sent_at}).encode()).verdicts
        (kept,) = journal.lookup("m")

    assert (verdict.verdict, verdict.faults[0].code) == ("stored", "timestamp")
    assert kept.row.occurred_at == clock.now_us()


@given(st.integers(-25_000, 80_000), st.integers(0, 86_399_999_999))
def test_the_day_of_a_moment_is_that_of_utc(day: int, rest: int) -> None:
    assert format_day(day * 86_400_000_000 + rest) == (EPOCH + timedelta(days=day)).date().isoformat()


def test_the_hour_of_a_moment_is_written_without_what_is_less() -> None:
    moment = parse_timestamp("2026-11-22T09:59:59.999999Z")
    assert moment is not None

    assert hour_text(moment) == "2026-11-22T09:00:00Z"
    assert hour_text(-1) == "1969-12-31T23:00:00Z"

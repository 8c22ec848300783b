"""A time that the caller gives: what it becomes, and what a collector would say against it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import event, find, given, settings
from hypothesis import strategies as st
from tests.client.conftest import codes

from footfall import Client
from footfall.client.given_time import read
from footfall.collector import Collector
from footfall.testing import Recorder
from footfall.timestamps import parse_timestamp


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1767323045, b'"2026-01-02T03:04:05.000000Z"'),
        (Decimal("1767323045.25"), b'"2026-01-02T03:04:05.250000Z"'),
        (date(2026, 1, 2), b'"2026-01-02T00:00:00+00:00"'),
        (datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), b'"2026-01-02T03:04:05+00:00"'),
        ("2026-01-02 03:04", b'"2026-01-02 03:04"'),
    ],
)
def test_a_time_is_sent_as_it_was_given_and_a_number_as_its_time(value: Any, text: bytes) -> None:
    assert read(value) == (text, None)


@pytest.mark.parametrize(
    ("value", "code", "got"),
    [
        (1767323045_000, "timestamp", "milliseconds"),
        (1767323045_000_000_000, "timestamp", "nanoseconds"),
        (float("inf"), "timestamp", "another number"),
        (True, "type", "bool"),
        ("\ud800", "type", "str"),
        (object(), "type", "object"),
    ],
)
def test_what_is_no_time_is_not_sent_and_the_fault_says_what_it_is(value: Any, code: str, got: str) -> None:
    text, fault = read(value)

    assert text is None
    assert fault is not None
    assert (fault.path, fault.code, fault.got) == ("timestamp", code, got)


@pytest.mark.parametrize(
    "text", ["yesterday", "", "01/03/2026", "2026-02-30", "2026-13-01", "1767225600", "2026-1-1T25:0", "0001-01-01"]
)
def test_a_time_that_cannot_be_read_is_flagged(client: Client, text: str) -> None:
    assert codes(client, user_id="ann", timestamp=text) == [("timestamp", "timestamp")]


def test_a_time_that_only_a_broken_clock_says_is_flagged(client: Client) -> None:
    assert codes(client, user_id="ann", timestamp=datetime(1, 1, 1, tzinfo=UTC)) == [("timestamp", "timestamp")]


times = st.from_regex(
    r"\s?[0-9]{4}-[01]?[0-9]-[0-3]?[0-9]([Tt ][0-2]?[0-9]:[0-6]?[0-9](:[0-6]?[0-9]([.,][0-9]{1,7})?)?)?"
    r"(Z|z|UTC| GMT|[+-][01][0-9]:?[0-9]{2}|[+-]01)?",
    fullmatch=True,
)


@settings(max_examples=100)
@given(times | st.text(max_size=8))
def test_the_client_says_of_times_what_the_collector_says(collector: Collector, text: str) -> None:
    recorder = Recorder()
    with Client(recorder) as client:
        client.track("a", user_id="ann", timestamp=text)
    answer = collector.take(recorder.batches[0].encode())
    # How far a time is from its receipt is the collector's alone to say: it has the clock that counts.
    theirs = {fault.code for verdict in answer.verdicts for fault in verdict.faults} - {"misdated"}
    fault = read(text)[1]
    event(str(fault and fault.code))

    assert ({fault.code} if fault else set()) == theirs


@pytest.mark.parametrize("is_read", [True, False])
@pytest.mark.slow
def test_the_generated_times_are_read_and_not(is_read: bool) -> None:
    find(times, lambda text: (parse_timestamp(text) is not None) == is_read)

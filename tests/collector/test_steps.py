"""What is decided about one message before the plan speaks: its size, its time."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from footfall.collector import Collector, CollectorSettings
from footfall.plan import read
from footfall.storage import Row
from footfall.testing.clock import ManualClock
from footfall.testing.journal import MemoryJournal
from footfall.timestamps import EPOCH

NOW = datetime.fromisoformat("2026-09-01T12:00:00Z")
PLAN = """
plan: p
sources: {shop: {kind: server}, file: {kind: import}}
events:
  opened: {wire_name: Shop Opened, description: Opened, status: active}
"""


@pytest.fixture
def journal() -> MemoryJournal:
    return MemoryJournal()


@pytest.fixture
def shop(tmp_path: Path, journal: MemoryJournal) -> Iterator[Collector]:
    (tmp_path / "plan.yaml").write_text(PLAN)
    limits = CollectorSettings(max_message_bytes=1000)
    with Collector(
        tmp_path / "data",
        plan=read(tmp_path / "plan.yaml").require(),
        clock=ManualClock(NOW),
        journal=journal,
        settings=limits,
    ) as collector:
        yield collector


def opened(**more: Any) -> dict[str, Any]:
    return {"type": "track", "event": "Shop Opened", "userId": "kari", "messageId": "m", **more}


def take(collector: Collector, *messages: bytes | dict[str, Any], source: str = "shop", **envelope: Any) -> list[Any]:
    texts = [one if isinstance(one, bytes) else json.dumps(one).encode() for one in messages]
    beside = b"".join(b',"%b":%b' % (key.encode(), json.dumps(said).encode()) for key, said in envelope.items())
    answer = collector.take(b'{"batch":[%b]%b}' % (b",".join(texts), beside), source=source)
    return [(verdict.verdict, verdict.reason, [fault.code for fault in verdict.faults]) for verdict in answer.verdicts]


def rows(journal: MemoryJournal, kind: Any = "quarantined") -> list[Row]:
    return [entry.row for chunk in journal.scan(kind) for entry in chunk]


def test_of_a_message_that_is_too_large_an_excerpt_is_kept(shop: Collector, journal: MemoryJournal) -> None:
    text = json.dumps(opened(properties={"text": "é" * 9000}), ensure_ascii=False).encode()

    verdicts = take(shop, text)

    (row,) = rows(journal)
    body = json.loads(row.body)
    assert verdicts == [("quarantined", "too_large", ["too_large"])]
    assert (row.source, row.event, row.type, row.user_id, row.message_id) == ("shop", "opened", "track", "kari", "m")
    assert (body["length"], body["sha256"]) == (len(text), hashlib.sha256(text).hexdigest())
    assert body["head"].encode()[:4090] == text[:4090]
    assert len(body["head"].encode()) <= 4100
    assert shop.stats()["shop", "opened"]["quarantined"] == 1


def test_the_repeat_of_a_message_that_is_too_large_is_a_duplicate(shop: Collector) -> None:
    unnamed = json.dumps({"type": "track", "event": "e", "userId": "u", "x": "y" * 2000}).encode()

    take(shop, unnamed, opened(x="y" * 2000))

    assert take(shop, unnamed, opened(x="y" * 2000)) == [("duplicate", None, [])] * 2


def test_a_message_under_a_larger_limit_takes_the_place_of_its_excerpt(
    shop: Collector, journal: MemoryJournal, tmp_path: Path
) -> None:
    take(shop, opened(x="y" * 2000))
    with Collector(tmp_path / "other", clock=ManualClock(NOW), journal=journal) as larger:
        take(larger, opened(x="y" * 2000))

        assert rows(journal) == []
        assert len(rows(journal, "stored")) == 1


@pytest.mark.parametrize(
    ("text", "event"),
    [
        (b'{"type":"track","event":"e","a":NaN,"b":"%b"}' % (b"x" * 2000), None),
        (b'{"a":' + b"[" * 5000 + b"]" * 5000 + b"}", None),
        (b'{"type":"click","event":"e","userId":"u","b":"%b"}' % (b"x" * 2000), None),
        (b'{"type":"track","event":"e","b":"%b"}' % (b"x" * 2000), "e"),
    ],
    ids=range(4),
)
def test_whatever_else_is_wrong_with_it_too_large_comes_first(
    shop: Collector, journal: MemoryJournal, text: bytes, event: str | None
) -> None:
    (verdict,) = take(shop, text)

    (row,) = rows(journal)
    assert verdict[:2] == ("quarantined", "too_large")
    assert (row.event, json.loads(row.body)["length"]) == (event, len(text))


def test_what_is_no_object_is_rejected_whatever_its_size(shop: Collector) -> None:
    assert take(shop, b'"%b"' % (b"x" * 2000)) == [("rejected", "not_an_object", ["type"])]


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("after", "codes"),
    [
        (-30 * DAY, []),
        (-30 * DAY - timedelta(microseconds=1), ["misdated"]),
        (1 * DAY, []),
        (1 * DAY + timedelta(microseconds=1), ["misdated"]),
        (EPOCH - NOW, ["misdated"]),
    ],
)
def test_a_time_that_no_live_sender_has_is_kept_with_a_warning_and_counted(
    shop: Collector, journal: MemoryJournal, after: timedelta, codes: list[str]
) -> None:
    verdicts = take(shop, opened(timestamp=(NOW + after).isoformat()))

    (row,) = rows(journal, "stored")
    assert [code for _, _, told in verdicts for code in told] == codes
    assert EPOCH + timedelta(microseconds=row.occurred_at) == NOW + after
    assert shop.stats()["shop", "opened"]["misdated"] == len(codes)


OLD = {"timestamp": "1970-01-01T00:00:00Z"}


def test_what_a_file_brings_in_or_what_was_spooled_may_be_of_any_age(shop: Collector) -> None:
    spooled = {"client": {"spooled": True}}
    claimed = {"client": {"spooled": "yes"}}

    assert take(shop, opened(**OLD), source="file") == []
    assert take(shop, opened(**OLD, messageId="m2", context=spooled)) == []
    assert take(shop, opened(**OLD, messageId="m3"), context=spooled) == []
    assert take(shop, opened(**OLD, messageId="m4", context=claimed)) == [("stored", None, ["misdated"])]


def test_a_repeat_is_not_counted_as_misdated_again(shop: Collector) -> None:
    take(shop, opened(**OLD))
    take(shop, opened(**OLD))

    assert shop.stats()["shop", "opened"]["misdated"] == 1


def test_a_clock_that_was_put_right_is_not_doubted(shop: Collector) -> None:
    assert take(shop, opened(**OLD), sentAt="1970-01-01T00:00:05Z") == []


@given(days=st.floats(-40_000, 40_000))
@example(days=-30.0)
@example(days=1.0)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_only_times_of_the_last_thirty_days_and_the_next_one_pass(shop: Collector, days: float) -> None:
    at = NOW + timedelta(days=days)

    verdicts = take(shop, opened(timestamp=at.isoformat(), messageId=at.isoformat()))

    is_new = not verdicts or verdicts[0][0] != "duplicate"
    assert not is_new or (verdicts == []) == (-30 * DAY <= at - NOW <= DAY)

"""Once a minute the log says of which events messages were quarantined or rejected, for which fault, and how many."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from footfall.collector import Collector
from footfall.collector.intake_log import IntakeLog
from footfall.collector.pipeline import Notice
from footfall.plan.model import Plan
from footfall.testing.clock import ManualClock
from footfall.testing.journal import MemoryJournal

BAD = Notice("quarantined", "shop", "order", "required")


def test_the_counts_of_a_minute_are_told_when_it_is_over(caplog: pytest.LogCaptureFixture) -> None:
    clock = ManualClock()
    log = IntakeLog(clock)
    log.count([BAD, BAD._replace(code="type")])
    clock.advance(59)
    log.count([BAD])
    log.write_due()
    early = list(caplog.messages)
    clock.advance(1)
    log.write_due()
    log.write_due()

    assert early == []
    assert caplog.messages == [
        "quarantined source=shop event=order code=required count=2",
        "quarantined source=shop event=order code=type count=1",
    ]


def test_a_minute_begins_with_its_first_message(caplog: pytest.LogCaptureFixture) -> None:
    clock = ManualClock()
    log = IntakeLog(clock)
    for _ in range(2):
        clock.advance(100)
        log.write_due()
        log.count([BAD])
        log.write_due()
    first = list(caplog.messages)
    log.write_due(is_last=True)

    assert first == ["quarantined source=shop event=order code=required count=1"]
    assert len(caplog.messages) == 2


def test_requests_that_were_refused_are_counted_by_status_and_code(caplog: pytest.LogCaptureFixture) -> None:
    clock = ManualClock()
    log = IntakeLog(clock)
    for status, code in ((401, "unauthorized"), (400, "unreadable"), (401, "unauthorized")):
        log.count_refusal(status, code)
    log.write_due()
    early = list(caplog.messages)
    clock.advance(60)
    log.write_due()
    log.write_due()

    assert early == []
    assert caplog.messages == [
        "refused requests status=400 code=unreadable count=1",
        "refused requests status=401 code=unauthorized count=2",
    ]


def test_a_sender_of_many_names_does_not_flood_the_log(caplog: pytest.LogCaptureFixture) -> None:
    log = IntakeLog(ManualClock())
    for number in range(1000):
        log.count([BAD._replace(event=f"event {number}")])
    log.write_due(is_last=True)

    assert len(caplog.messages) == 101
    assert "quarantined source=shop event=(others) code=required count=900" in caplog.messages


def test_a_name_is_shown_in_one_short_line(caplog: pytest.LogCaptureFixture) -> None:
    log = IntakeLog(ManualClock())
    log.count([BAD._replace(event="a\nb\x1b" + "x" * 500)])
    log.write_due(is_last=True)

    assert caplog.messages[0].startswith("quarantined source=shop event=a\\nb\\x1bxxx")
    assert len(caplog.messages[0]) < 160


def test_a_collector_counts_what_it_quarantined_or_rejected_and_no_repeats(
    tmp_path: Path, plan: Plan, caplog: pytest.LogCaptureFixture
) -> None:
    bad = b'{"type":"track","event":"order_completed","userId":"kari@example.org","messageId":"m","properties":{}}'
    body = b'{"batch":[%b,%b,5,{"type":"track","event":"help_opened","userId":"u"}]}' % (bad, bad)
    clock = ManualClock()
    with Collector(tmp_path / "data", plan=plan, clock=clock, journal=MemoryJournal()) as collector:
        caplog.set_level(logging.WARNING)
        collector.take(body, source="shop")
        clock.advance(60)
        collector.take(b'{"batch":[]}', source="shop")
        told = list(caplog.messages)
        collector.take(b'{"batch":["late"]}', source="app")

    assert told == [
        "quarantined source=shop event=order_completed code=required count=1",
        "rejected source=shop event=(unreadable) code=type count=1",
    ]
    assert caplog.messages[2:] == ["rejected source=app event=(unreadable) code=type count=1"]
    assert "kari" not in caplog.text

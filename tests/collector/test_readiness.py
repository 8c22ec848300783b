"""Readiness follows the last commit, and a disk that stays full writes few lines into the log."""

from __future__ import annotations

import logging

import pytest

from footfall.clock import SystemClock
from footfall.collector.readiness import CommitWatch, Readiness
from footfall.errors import JournalError, SyncError
from footfall.testing.clock import ManualClock

FULL = JournalError("/data/journal.db cannot be written: the disk is full", reason="the disk is full")
UNSYNCED = SyncError("/data/journal.db: a sync failed", reason="a sync failed")


@pytest.fixture
def watch(clock: ManualClock) -> CommitWatch:
    return CommitWatch(clock)


def test_it_is_ready_until_a_commit_fails_and_again_when_one_works(watch: CommitWatch, clock: ManualClock) -> None:
    start = clock.now_us()
    states = [watch.now]
    for error in (FULL, FULL, UNSYNCED):
        clock.advance(1)
        watch.failed(error)
        states.append(watch.now)
    clock.advance(1)
    watch.succeeded()

    assert states == [
        Readiness("ready", start),
        Readiness("failing", start + 1_000_000, "the disk is full"),
        Readiness("failing", start + 1_000_000, "the disk is full"),
        Readiness("unsynced", start + 3_000_000, "a sync failed"),
    ]
    assert watch.now == Readiness("ready", start + 4_000_000)


def test_an_hour_of_failures_is_a_line_at_its_begin_one_a_minute_and_one_at_its_end(
    watch: CommitWatch, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(3600):
        watch.failed(FULL)
        clock.advance(1)
    for _ in range(10):
        watch.succeeded()
        clock.advance(1)

    assert len(caplog.messages) == 1 + 59 + 1
    assert caplog.messages[0] == f"commits fail, nothing is acknowledged: {FULL}"
    assert caplog.messages[1] == f"commits still fail count=61 seconds=60: {FULL}"
    assert caplog.messages[2] == f"commits still fail count=60 seconds=120: {FULL}"
    assert caplog.messages[-1] == "commits work again; they failed for 3599 seconds"


def test_small_commits_that_work_between_large_ones_that_fail_add_no_line(
    watch: CommitWatch, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(50):
        watch.failed(FULL)
        clock.advance(0.5)
        watch.succeeded()
        clock.advance(0.5)

    assert len(caplog.messages) == 1


def test_a_failed_sync_has_a_line_although_commits_failed_before(
    watch: CommitWatch, caplog: pytest.LogCaptureFixture
) -> None:
    for error in (FULL, UNSYNCED, UNSYNCED):
        watch.failed(error)

    assert [message.rpartition(": ")[2] for message in caplog.messages] == ["the disk is full", "a sync failed"]


def test_a_mistake_of_ours_is_logged_with_its_place_and_a_full_disk_without(
    watch: CommitWatch, caplog: pytest.LogCaptureFixture
) -> None:
    mistake = JournalError("the commit failed: a mistake of ours")
    mistake.__cause__ = RuntimeError("a mistake of ours")

    watch.failed(mistake)
    CommitWatch(SystemClock()).failed(FULL)

    assert [record.exc_info is not None for record in caplog.records] == [True, False]


def test_a_collector_that_ends_while_commits_work_says_that_they_do(
    watch: CommitWatch, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    watch.failed(FULL)
    clock.advance(1)
    watch.end()
    watch.succeeded()
    watch.end()
    watch.end()

    assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING"]

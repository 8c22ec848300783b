"""Waiting requests are committed together, each is told its own outcome, and a failure is told to all of them."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from footfall.clock import SystemClock
from footfall.collector.group_commit import GroupCommitter, Outcome
from footfall.errors import JournalError, SyncError
from footfall.storage import Changes, Row
from footfall.storage.uncounted import UncountedReport
from footfall.testing.clock import ManualClock
from footfall.testing.journal import MemoryJournal


def row(message_id: str) -> Row:
    return Row("stored", "s", message_id, "track", "e", "u", None, None, None, None, 1, 1, None, None, b"{}", None)


class GatedJournal(MemoryJournal):
    """Does not begin a commit before its gate is open."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = threading.Event()
        self.gate = threading.Event()

    def commit(self, changes: Changes) -> list[bool]:
        self.begun.set()
        self.gate.wait()
        return super().commit(changes)


def gather(committer: GroupCommitter, requests: list[Changes]) -> tuple[list[Outcome | None], threading.Event]:
    outcomes: list[Outcome | None] = [None] * len(requests)
    all_done = threading.Event()

    def done(number: int, outcome: Outcome) -> None:
        outcomes[number] = outcome
        if None not in outcomes:
            all_done.set()

    for number, changes in enumerate(requests):
        committer.submit(changes, lambda outcome, number=number: done(number, outcome))  # type: ignore[misc]  # the default binds the number
    return outcomes, all_done


def test_what_waits_is_committed_together_up_to_the_limit() -> None:
    journal = GatedJournal()
    committer = GroupCommitter(journal, most=5, clock=SystemClock())
    first, first_done = gather(committer, [Changes([row("0")], {})])
    journal.begun.wait()

    requests = [Changes([row(f"{number}a"), row(f"{number}b")], {("s", "e"): number}) for number in range(1, 6)]
    outcomes, done = gather(committer, requests)
    journal.gate.set()
    first_done.wait()
    done.wait()
    committer.close()

    assert [len(changes.rows) for changes in journal.commits] == [1, 4, 4, 2]
    assert first == [[True]]
    assert outcomes == [[True, True]] * 5
    assert journal.books()["s", "e"]["rejected"] == 15


def test_reports_of_hits_count_for_the_limit_as_messages_do() -> None:
    journal = GatedJournal()
    committer = GroupCommitter(journal, most=5, clock=SystemClock())
    report = UncountedReport("s", "c-1", "2026-11-30", {"static": 1})
    _, first_done = gather(committer, [Changes([row("0")], {})])
    journal.begun.wait()

    _, done = gather(committer, [Changes([], {}, uncounted=[report] * 2) for _ in range(5)])
    journal.gate.set()
    first_done.wait()
    done.wait()
    committer.close()

    assert [len(changes.uncounted) for changes in journal.commits] == [0, 4, 4, 2]


def test_each_request_is_told_of_its_own_rows() -> None:
    journal = GatedJournal()
    committer = GroupCommitter(journal, most=100, clock=SystemClock())
    requests = [Changes([row("a")], {}), Changes([row("a"), row("b")], {}), Changes([], {}), Changes([row("b")], {})]

    outcomes, done = gather(committer, requests)
    journal.gate.set()
    done.wait()
    committer.close()

    assert outcomes == [[True], [False, True], [], [False]]


def test_a_request_larger_than_the_limit_is_committed_alone() -> None:
    journal = MemoryJournal()
    committer = GroupCommitter(journal, most=2, clock=SystemClock())

    outcomes, done = gather(committer, [Changes([row(str(number)) for number in range(9)], {})])
    done.wait()
    committer.close()

    assert outcomes == [[True] * 9]


def test_a_failure_is_told_to_everybody_who_waited_and_the_next_commit_is_tried() -> None:
    journal = GatedJournal()
    error = JournalError("the disk is full")
    journal.fail_with.append(error)
    committer = GroupCommitter(journal, most=100, clock=SystemClock())

    failed, failed_done = gather(committer, [Changes([row("a")], {})])
    journal.gate.set()
    failed_done.wait()
    after, after_done = gather(committer, [Changes([row("a")], {})])
    after_done.wait()
    committer.close()

    assert failed == [error]
    assert after == [[True]]


class BrokenJournal(MemoryJournal):
    """Fails in a way that no journal should."""

    def commit(self, changes: Changes) -> list[bool]:
        raise RuntimeError("a mistake of ours")


def test_even_a_mistake_of_ours_is_answered_and_the_thread_lives() -> None:
    committer = GroupCommitter(BrokenJournal(), most=100, clock=SystemClock())

    for _ in range(2):
        outcomes, done = gather(committer, [Changes([row("a")], {})])
        done.wait()
        assert str(outcomes[0]) == "the commit failed: a mistake of ours"
    committer.close()


class Tried(MemoryJournal):
    """Tells after each try to commit, whether it worked or not."""

    def __init__(self) -> None:
        super().__init__()
        self.tries = threading.Semaphore(0)

    def commit(self, changes: Changes) -> list[bool]:
        try:
            return super().commit(changes)
        finally:
            self.tries.release()


class Probing:
    """A committer that has begun to probe a journal, under a clock that a test moves."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.journal = Tried()
        self.committer = GroupCommitter(self.journal, most=100, clock=clock)
        self.committer.start()

    def pass_by(self, seconds: float) -> bool:
        """Move the clock; whether the committer is woken by it."""
        self.clock.until_waiting()
        self.clock.advance(seconds)
        return self.journal.tries.acquire(blocking=False)

    def probe_after(self, seconds: float) -> None:
        self.clock.until_waiting()
        self.clock.advance(seconds)
        self.journal.tries.acquire()
        self.clock.until_waiting()  # its outcome was taken in

    def probes(self) -> list[int | None]:
        return [changes.probe for changes in self.journal.commits]


@pytest.fixture
def probing(clock: ManualClock) -> Iterator[Probing]:
    probing = Probing(clock)
    yield probing
    probing.committer.close()


def test_an_idle_committer_probes_once_a_second(probing: Probing) -> None:
    for _ in range(3):
        assert not probing.pass_by(0.75)
        probing.probe_after(0.25)

    assert probing.probes() == [0, 0, 0]


def test_where_nobody_sends_and_nobody_asks_it_probes_once_a_minute_until_somebody_asks(probing: Probing) -> None:
    for _ in range(600):
        probing.probe_after(1)
    assert not probing.pass_by(59)
    probing.probe_after(1)

    probing.committer.readiness()
    for _ in range(3):
        probing.probe_after(1)

    assert len(probing.probes()) == 604


def test_an_idle_committer_notices_a_disk_that_fails_and_one_that_works_again(probing: Probing) -> None:
    states = [probing.committer.readiness().state]
    probing.journal.fail_with += [JournalError("full", reason="the disk is full")] * 2
    for _ in range(3):
        probing.probe_after(1)
        states.append(probing.committer.readiness().state)

    assert states == ["ready", "failing", "failing", "ready"]


@pytest.mark.parametrize(
    ("body", "probe"), [(b"{}", 65_536), (b"x" * 2_000_000, 2_008_192), (b"x" * 40_000_000, 33_554_432)]
)
def test_after_a_failure_a_probe_needs_as_much_room_as_what_failed(probing: Probing, body: bytes, probe: int) -> None:
    probing.journal.fail_with += [JournalError("full")] * 2
    _, done = gather(probing.committer, [Changes([row("a")._replace(body=body)], {})])
    done.wait()
    probing.journal.tries.acquire()
    for _ in range(3):
        probing.probe_after(1)

    assert probing.probes() == [probe, 0]


def test_small_commits_that_work_after_a_large_one_failed_neither_end_the_failure_nor_put_off_its_probe(
    probing: Probing,
) -> None:
    probing.journal.fail_with.append(JournalError("full"))
    _, done = gather(probing.committer, [Changes([row("large")._replace(body=b"x" * 100_000)], {})])
    done.wait()
    probing.journal.tries.acquire()
    states = []
    for number in range(5):
        probing.clock.until_waiting()
        probing.clock.advance(0.25)
        _, done = gather(probing.committer, [Changes([row(f"{number}")], {})])
        done.wait()
        probing.clock.until_waiting()
        states.append(probing.committer.readiness().state)

    assert states == ["failing"] * 3 + ["ready"] * 2
    assert probing.probes() == [None, None, None, 108_192, None, None]


def test_a_probe_whose_sync_fails_is_followed_by_another_one_at_once(probing: Probing) -> None:
    probing.journal.fail_with.append(SyncError("a sync failed"))
    probing.probe_after(1)
    probing.journal.tries.acquire()
    probing.clock.until_waiting()

    assert probing.committer.readiness().state == "ready"


def test_requests_go_to_the_journal_again_once_it_was_copied_although_another_commit_fails(probing: Probing) -> None:
    probing.journal.fail_with += [SyncError("a sync failed"), JournalError("full")]
    _, done = gather(probing.committer, [Changes([row("a")], {})])
    done.wait()
    for _ in range(2):
        probing.journal.tries.acquire()
    probing.clock.until_waiting()
    outcomes, done = gather(probing.committer, [Changes([row("b")], {})])
    done.wait()

    assert outcomes == [[True]]
    assert probing.committer.readiness().state == "ready"


def test_after_a_failed_sync_a_probe_is_tried_at_once_and_requests_are_refused_until_one_works(
    probing: Probing,
) -> None:
    error = SyncError("a sync failed")
    probing.journal.fail_with += [error, error, error]
    first, first_done = gather(probing.committer, [Changes([row("a")], {})])
    first_done.wait()
    for _ in range(2):
        probing.journal.tries.acquire()
    refused, _ = gather(probing.committer, [Changes([row("b")], {})])
    probing.probe_after(1)
    still, _ = gather(probing.committer, [Changes([row("c")], {})])
    probing.probe_after(1)
    after, after_done = gather(probing.committer, [Changes([row("d")], {})])
    after_done.wait()

    assert (first, refused, still, after) == ([error], [error], [error], [[True]])
    assert probing.committer.readiness().state == "ready"


def test_closing_commits_what_waits_and_refuses_what_comes_after() -> None:
    journal = GatedJournal()
    committer = GroupCommitter(journal, most=1, clock=SystemClock())
    outcomes, _ = gather(committer, [Changes([row(str(number))], {}) for number in range(5)])
    journal.begun.wait()
    closing = threading.Thread(target=committer.close)
    closing.start()
    journal.gate.set()
    closing.join()
    committer.close()

    late, _ = gather(committer, [Changes([row("late")], {})])

    assert outcomes == [[True]] * 5
    assert isinstance(late[0], JournalError)
    assert journal.watermark() == 5

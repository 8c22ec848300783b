"""Waiting requests are committed together, each is told its own outcome, and a failure is told to all of them."""

from __future__ import annotations

import threading

from footfall.clock import SystemClock
from footfall.collector.group_commit import GroupCommitter, Outcome
from footfall.errors import JournalError
from footfall.storage import Changes, Row
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

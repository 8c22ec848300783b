"""One job at a time; what is due runs, what fails is tried again and said, and what is stopped did not fail."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import cast

import pytest
from tests.maintenance.conftest import SteppedClock
from tests.storage.sealing import row

from footfall.collector.timetable import parse_timetable
from footfall.errors import JobError, JobStoppedError, JournalError, UsageError
from footfall.maintenance.context import ChildError, JobContext
from footfall.maintenance.jobs import LOOK_EVERY, SETTLE, JobRunner, unsealed_in
from footfall.maintenance.schedule import Job
from footfall.storage import Changes, Store
from footfall.storage.control import JobRun
from footfall.storage.journal import SealMark
from footfall.testing.control import MemoryControl
from footfall.testing.journal import MemoryJournal

DAY = 86_400.0


def job(work: Callable[[JobContext], str], name: str = "seal", *, unsealed: int | None = None) -> Job:
    return Job(name, "Something.", parse_timetable("00:10"), work, unsealed)


def quiet(_: str) -> None:
    pass


def test_a_run_gives_its_result_and_is_remembered(
    context: JobContext, control: MemoryControl, clock: SteppedClock
) -> None:
    def work(given: JobContext) -> str:
        given.progress("half")
        clock.advance(1.5)
        return "7 files"

    lines: list[str] = []
    began_at = clock.now_us()

    result = JobRunner([job(work)], context).run("seal", lines.append)

    assert (result, lines) == ("7 files", ["half"])
    assert control.job_runs() == {"seal": JobRun("seal", began_at, 1_500_000, "done", "7 files", 0)}


def test_while_a_job_runs_its_run_counts_as_one_that_has_not_ended(context: JobContext, control: MemoryControl) -> None:
    during: list[JobRun] = []

    def work(_: JobContext) -> str:
        during.extend(control.job_runs().values())
        return ""

    JobRunner([job(work)], context).run("seal", quiet)

    assert [(run.state, run.failures) for run in during] == [("running", 1)]


def test_a_name_that_no_job_has_is_refused_with_those_that_there_are(context: JobContext) -> None:
    runner = JobRunner([job(lambda _: ""), job(lambda _: "", "verify")], context)

    with pytest.raises(UsageError, match="there is no job 'sael' by these settings; there are: seal, verify"):
        runner.run("sael", quiet)


def failing(error: Exception) -> Callable[[JobContext], str]:
    def work(_: JobContext) -> str:
        raise error

    return work


def test_a_job_that_fails_twice_in_a_row_is_an_error_in_the_log_once_until_it_works_again(
    context: JobContext, control: MemoryControl, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "footfall")
    broken = JobRunner([job(failing(JobError("the disk is full")))], context)
    counts = []
    for _ in range(4):
        with pytest.raises(JobError, match=r"^seal: the disk is full$"):
            broken.run("seal", quiet)
        counts.append((control.job_runs()["seal"].failures, len(caplog.records)))
    JobRunner([job(lambda _: "")], context).run("seal", quiet)

    assert counts == [(1, 0), (2, 1), (3, 1), (4, 1)]
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("ERROR", "the job seal failed 2 times in a row: the disk is full"),
        ("WARNING", "the job seal works again; it had failed 4 times"),
    ]
    assert control.job_runs()["seal"].failures == 0


@pytest.mark.parametrize("error", [ZeroDivisionError("by zero"), JobError("by zero")])
def test_a_mistake_of_ours_is_logged_with_its_place_the_first_time(
    context: JobContext, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    if isinstance(error, JobError):
        error.__cause__ = ChildError("File ...")
    runner = JobRunner([job(failing(error))], context)

    for _ in range(3):
        with pytest.raises(JobError, match="by zero"):
            runner.run("seal", quiet)

    assert [record.exc_info is not None for record in caplog.records if record.levelno == logging.ERROR] == [
        True, False,
    ]  # fmt: skip


def test_a_job_that_is_stopped_has_not_failed(context: JobContext, control: MemoryControl) -> None:
    control.record_run(JobRun("seal", 5, 5, "failed", "", 1))
    runner = JobRunner([job(failing(JobStoppedError("it was ended")))], context)

    with pytest.raises(JobError, match="it was ended"):
        runner.run("seal", quiet)

    run = control.job_runs()["seal"]
    assert (run.state, run.failures) == ("stopped", 1)


def test_an_interrupt_ends_the_command_and_the_job_has_not_failed(context: JobContext, control: MemoryControl) -> None:
    def work(_: JobContext) -> str:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        JobRunner([job(work)], context).run("seal", quiet)

    assert (control.job_runs()["seal"].state, control.job_runs()["seal"].failures) == ("stopped", 0)


def test_a_run_that_a_killed_process_left_counts_as_a_failure(context: JobContext, control: MemoryControl) -> None:
    control.record_run(JobRun("seal", 5, 0, "running", "", 2))
    runner = JobRunner([job(lambda _: ""), job(lambda _: "", "verify")], context)

    runner.run("verify", quiet)

    run = control.job_runs()["seal"]
    assert (run.state, run.failures, run.result) == ("failed", 2, "it did not end: its process was killed")


def test_an_owner_that_starts_says_which_job_was_killed_twice_in_a_row(
    context: JobContext, control: MemoryControl, caplog: pytest.LogCaptureFixture
) -> None:
    control.record_run(JobRun("seal", 5, 0, "running", "", 2))
    with JobRunner([job(lambda _: "")], context) as runner:
        (line,) = runner.lines()

    assert (line.state, line.failures) == ("failed", 2)
    assert caplog.messages == ["the job seal failed 2 times in a row: it did not end: its process was killed"]


def test_a_mistake_of_ours_in_what_is_due_is_logged_once_and_tried_again(
    context: JobContext, clock: SteppedClock, caplog: pytest.LogCaptureFixture
) -> None:
    jobs = Jobs()
    counts: list[int] = []
    with JobRunner([job(jobs.work("seal"))], context, is_scheduled=True, unsealed=lambda: counts[0]):
        clock.step(SETTLE)
        clock.step(LOOK_EVERY)
        during = list(jobs.ran)
        counts.append(0)
        clock.step(LOOK_EVERY)

    assert during == []
    assert jobs.ran == ["seal"]
    assert len(caplog.messages) == 1


def test_a_disk_that_keeps_no_run_stops_no_job_and_is_said_once(
    context: JobContext, control: MemoryControl, caplog: pytest.LogCaptureFixture
) -> None:
    def work(_: JobContext) -> str:
        control.is_failing = True
        return "done"

    runner = JobRunner([job(work)], context)

    assert [runner.run("seal", quiet) for _ in range(3)] == ["done"] * 3
    assert caplog.text.count("the run of the job seal cannot be kept") == 1


class Jobs:
    """Two jobs that count their runs, and notice if they ever overlap."""

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.at_once = 0
        self.most_at_once = 0

    def work(self, name: str) -> Callable[[JobContext], str]:
        def work(_: JobContext) -> str:
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            threading.Event().wait(0.001)  # lets the other threads come
            self.ran.append(name)
            self.at_once -= 1
            return ""

        return work


def test_the_thread_runs_what_is_due_after_a_pause_and_again_the_next_day(
    context: JobContext, clock: SteppedClock
) -> None:
    jobs = Jobs()
    rows = [job(jobs.work("seal")), job(jobs.work("verify"), "verify")]
    with JobRunner(rows, context, is_scheduled=True):
        clock.until_waiting()
        at_the_start = list(jobs.ran)
        ran = []
        for seconds in (SETTLE, LOOK_EVERY, DAY, LOOK_EVERY):
            clock.step(seconds)
            ran.append(list(jobs.ran))

    assert at_the_start == []
    assert ran == [["seal", "verify"], ["seal", "verify"], ["seal", "verify"] * 2, ["seal", "verify"] * 2]


def test_without_a_schedule_nothing_runs_by_itself_and_a_job_runs_when_it_is_asked_for(
    context: JobContext, clock: SteppedClock
) -> None:
    jobs = Jobs()
    with JobRunner([job(jobs.work("seal"))], context) as runner:
        clock.advance(DAY)
        runner.run("seal", quiet)

        assert [line.next_at for line in runner.lines()] == [None]
    assert jobs.ran == ["seal"]


def test_unsealed_messages_make_a_job_due_and_a_count_that_fails_makes_none(
    context: JobContext, clock: SteppedClock
) -> None:
    jobs = Jobs()
    counts: list[int] = [0, 5]

    def unsealed() -> int:
        if not counts:
            raise JournalError("the disk fails")
        return counts.pop(0)

    context.store.control.record_run(JobRun("seal", clock.now_us() - 3_600_000_000))
    with JobRunner([job(jobs.work("seal"), unsealed=5)], context, is_scheduled=True, unsealed=unsealed):
        ran = []
        for seconds in (SETTLE, LOOK_EVERY, LOOK_EVERY):
            clock.step(seconds)
            ran.append(len(jobs.ran))

    assert ran == [0, 1, 1]
    assert counts == []


def test_only_stored_messages_wait_to_be_sealed() -> None:
    journal = MemoryJournal()
    quarantined = row("c")._replace(kind="quarantined", faults=b"[]")
    journal.commit(Changes([row("a"), row("b"), quarantined], {}))
    store = cast("Store", SimpleNamespace(journal=journal))
    before = unsealed_in(store)
    journal.commit(Changes((), {}, seal=SealMark(2, 2, 1)))

    assert (before, unsealed_in(store)) == (2, 0)


def test_whoever_asks_while_a_job_runs_waits_for_its_turn_and_no_two_ever_run_at_once(
    context: JobContext, clock: SteppedClock
) -> None:
    jobs = Jobs()
    names = ["seal", "compact", "verify"]
    lines: list[str] = []
    with JobRunner([job(jobs.work(name), name) for name in names], context, is_scheduled=True) as runner:
        clock.until_waiting()
        threads = [threading.Thread(target=runner.run, args=(name, lines.append)) for name in names * 3]
        clock.advance(SETTLE)
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert jobs.most_at_once == 1
    assert all(jobs.ran.count(name) >= 3 for name in names)
    assert all(line.startswith("waits until ") and line.endswith(" has ended") for line in lines)


def test_the_end_of_the_block_ends_the_job_that_runs_and_refuses_the_next(
    context: JobContext, control: MemoryControl, clock: SteppedClock
) -> None:
    running = threading.Event()
    errors: list[JobError] = []

    def work(given: JobContext) -> str:
        running.set()
        while True:
            given.check_stop()

    def ask() -> None:
        try:
            runner.run("seal", lambda _: waiting.set())
        except JobError as error:
            errors.append(error)

    waiting = threading.Event()
    with JobRunner([job(work)], context, is_scheduled=True) as runner:
        clock.until_waiting()
        clock.advance(SETTLE)
        running.wait()
        other = threading.Thread(target=ask)
        other.start()
        waiting.wait()
    other.join()

    assert control.job_runs()["seal"].state == "stopped"
    assert control.job_runs()["seal"].failures == 0
    assert [str(error) for error in errors] == ["the collector stops; run it again once it is back"]


def test_runs_that_cannot_be_read_at_first_are_read_later(
    context: JobContext, control: MemoryControl, clock: SteppedClock
) -> None:
    jobs = Jobs()
    control.is_failing = True
    with JobRunner([job(jobs.work("seal"))], context, is_scheduled=True):
        clock.step(SETTLE)
        during = list(jobs.ran)
        control.is_failing = False
        clock.step(LOOK_EVERY)

    assert during == []
    assert jobs.ran == ["seal"]

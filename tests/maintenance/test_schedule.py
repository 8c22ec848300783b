"""Any clock, any history: each job that is due runs, once, and none waits for longer than two periods."""

from __future__ import annotations

import pytest
from hypothesis import event, example, given
from hypothesis import strategies as st

from footfall.collector.timetable import parse_timetable
from footfall.maintenance.schedule import Job, due_at, failing, is_due, job_lines, next_job
from footfall.storage.control import JobRun, RunState

MINUTE = 60_000_000
DAY = 1_440 * MINUTE
YEAR = 365 * DAY
NOW = 20_000 * DAY  # a midnight


def job(name: str = "seal", at: str = "00:10", *, unsealed: int | None = None) -> Job:
    return Job(name, "", parse_timetable(at), lambda _: "", unsealed)


JOBS = [job("seal", unsealed=100), job("backup", "01:10"), job("verify", "sunday 02:10")]
STATES = st.sampled_from(["running", "done", "failed", "stopped"])


def a_run(name: str, began_at: int, took: int, state: RunState, failures: int) -> JobRun:
    return JobRun(name, began_at, took, state, "", 0 if state == "done" else failures)


RUNS = st.builds(
    a_run,
    st.just("seal"),
    st.integers(NOW - 2 * YEAR, NOW + 2 * YEAR) | st.integers(NOW - 2 * DAY, NOW + 2 * DAY),
    st.integers(0, 30 * DAY) | st.integers(0, 10 * MINUTE),
    STATES,
    st.integers(1, 50),
)


def test_a_job_that_never_ran_and_one_that_was_stopped_are_due() -> None:
    assert is_due(job(), None, now=NOW, unsealed=0)
    assert is_due(job(), JobRun("seal", NOW, 1, "stopped"), now=NOW, unsealed=0)


@pytest.mark.parametrize(
    ("began_at", "expected"),
    [
        (NOW + 10 * MINUTE, NOW + DAY + 10 * MINUTE),
        (NOW + 10 * MINUTE - 1, NOW + 10 * MINUTE),
        (NOW + 600 * MINUTE, NOW + DAY + 10 * MINUTE),
    ],
)
def test_a_job_is_due_at_the_next_time_of_its_table_after_its_last_run_began(began_at: int, expected: int) -> None:
    assert due_at(job(), JobRun("seal", began_at), began_at) == expected


@pytest.mark.parametrize(("failures", "minutes"), [(1, 5), (2, 15), (3, 30), (4, 60), (5, 60), (10**9, 60)])
def test_a_job_that_failed_is_due_after_a_pause_that_grows(failures: int, minutes: int) -> None:
    run = JobRun("seal", NOW, 7, "failed", "", failures)

    assert due_at(job(), run, NOW + 7) == NOW + 7 + minutes * MINUTE


@given(run=RUNS, at=st.sampled_from(["00:10", "sunday 02:10"]))
@example(run=JobRun("seal", NOW + YEAR), at="00:10")
@example(run=JobRun("seal", NOW + YEAR, 30 * DAY, "failed", "", 9), at="00:10")
@example(run=JobRun("seal", NOW + DAY, DAY, "failed", "", 9), at="00:10")
def test_no_job_waits_for_longer_than_two_periods_whatever_its_last_run_says(run: JobRun, at: str) -> None:
    event(f"ahead by more than a period: {run.began_at > NOW + 7 * DAY}, {run.state}")
    waiting = job(at=at)

    assert due_at(waiting, run, NOW) - NOW <= 2 * waiting.timetable.period_us


@given(years=st.integers(1, 50), at=st.sampled_from(["00:10", "sunday 02:10"]))
def test_a_clock_that_jumps_for_years_forwards_and_back_makes_one_run_each_time(years: int, at: str) -> None:
    moved = job(at=at)
    before = JobRun("seal", NOW)

    ahead = NOW + years * YEAR
    assert is_due(moved, before, now=ahead, unsealed=0)
    assert not is_due(moved, JobRun("seal", ahead), now=ahead, unsealed=0)
    assert is_due(moved, JobRun("seal", ahead), now=NOW, unsealed=0)
    assert not is_due(moved, JobRun("seal", NOW), now=NOW, unsealed=0)


def test_a_clock_that_is_set_back_across_the_time_of_a_job_makes_no_second_run() -> None:
    slot = NOW + 10 * MINUTE

    assert not is_due(job(), JobRun("seal", slot + 1), now=slot - 1, unsealed=0)


def test_a_job_is_due_by_the_number_of_unsealed_messages_but_not_at_once_again_and_not_while_it_fails() -> None:
    wanted = job(unsealed=100)

    def due(run: JobRun, after: int, unsealed: int = 100) -> bool:
        return is_due(wanted, run, now=run.began_at + run.took_us + after, unsealed=unsealed)

    done, failed = JobRun("seal", NOW + 11 * MINUTE, 5), JobRun("seal", NOW + 11 * MINUTE, 5, "failed", "", 1)
    assert [due(done, MINUTE), due(done, MINUTE, 99), due(done, MINUTE - 1), due(failed, MINUTE)] == [
        True, False, False, False,
    ]  # fmt: skip
    assert due(done, -2 * MINUTE)  # the clock was set back since


def test_of_two_jobs_that_are_due_the_one_that_has_not_run_for_longest_is_next() -> None:
    runs = {"seal": JobRun("seal", NOW - 2 * DAY), "backup": JobRun("backup", NOW - 3 * DAY)}

    assert next_job(JOBS[:2], runs, now=NOW, unsealed=0) == JOBS[1]
    assert next_job(JOBS, runs, now=NOW, unsealed=0) == JOBS[2]
    assert next_job([], runs, now=NOW, unsealed=0) is None


class World:
    """A clock that anybody sets, and a runner that looks each minute; `ran` has the name and the begin of each run."""

    def __init__(self) -> None:
        self.now = NOW
        self.runs: dict[str, JobRun] = {}
        self.ran: list[tuple[str, int]] = []

    def look(self, *, unsealed: int = 0, state: RunState = "done") -> None:
        while (job := next_job(JOBS, self.runs, now=self.now, unsealed=unsealed)) is not None:
            failures = self.runs[job.name].failures if job.name in self.runs else 0
            state = "failed" if state == "running" else state
            self.runs[job.name] = JobRun(job.name, self.now, 0, state, "", 0 if state == "done" else failures + 1)
            self.ran.append((job.name, self.now))
            if state == "stopped":
                return  # whoever stopped it does not begin it again at once


STEPS = st.lists(
    st.tuples(st.integers(-2 * YEAR, 2 * YEAR) | st.integers(0, DAY), st.integers(0, 200), STATES), max_size=20
)


@given(steps=STEPS)
@example(steps=[(YEAR, 0, "done"), (-YEAR, 0, "done"), (YEAR, 0, "done")])
@example(steps=[(YEAR, 100, "failed"), (-YEAR, 100, "failed"), (0, 100, "stopped")])
def test_after_any_history_every_job_runs_once_in_each_of_its_periods(steps: list[tuple[int, int, RunState]]) -> None:
    world = World()
    for jump, unsealed, state in steps:
        world.now += jump
        before = len(world.ran)
        world.look(unsealed=unsealed, state=state)
        names = [name for name, _ in world.ran[before:]]
        assert len(names) == len(set(names)), "a job ran twice at one moment"

    for _ in range(15 * 8):  # a clock that nobody sets any more, for two weeks and a day: all is well by then
        world.now += 180 * MINUTE
        world.look()
    start, world.ran = world.now, []
    for _ in range(14 * 8):
        world.now += 180 * MINUTE
        world.look()

    counts = {job.name: sum(name == job.name for name, _ in world.ran) for job in JOBS}
    assert counts == {"seal": 14, "backup": 14, "verify": 2}
    assert all(start < at <= world.now for _, at in world.ran)


def test_a_line_has_the_last_run_and_the_next_time() -> None:
    runs = {"seal": JobRun("seal", NOW, 5, "failed", "full", 1), "backup": JobRun("backup", NOW, 0, "running", "", 3)}

    scheduled = job_lines(JOBS, runs, NOW, is_scheduled=True)
    by_hand = job_lines(JOBS, runs, NOW, is_scheduled=False)

    assert [(line.name, line.state, line.result, line.failures) for line in scheduled] == [
        ("seal", "failed", "full", 1),
        ("backup", "running", "", 2),
        ("verify", None, "", 0),
    ]
    assert scheduled[0].when == "daily 00:10 UTC, or 100 unsealed"
    assert [line.next_at for line in scheduled] == [NOW + 5 + 5 * MINUTE, NOW + 30 * MINUTE, NOW]
    assert [line.next_at for line in by_hand] == [None] * 3


@pytest.mark.parametrize(
    ("run", "is_failing"),
    [
        (JobRun("a", 0, 0, "failed", "", 1), False),
        (JobRun("a", 0, 0, "failed", "", 2), True),
        (JobRun("a", 0, 0, "running", "", 2), False),
        (JobRun("a", 0, 0, "running", "", 3), True),
        (JobRun("a", 0, 0, "stopped", "", 2), True),
    ],
)
def test_a_job_that_failed_twice_in_a_row_is_worth_a_look(run: JobRun, *, is_failing: bool) -> None:
    assert bool(failing({"a": run})) == is_failing

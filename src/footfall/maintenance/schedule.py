"""When is a job due? A pure rule over its timetable, its last run and the clock, whatever that clock does.

- A job that never ran is due, and so is a job one of whose times has passed since its last run began: once, however
  many of them have passed.
- A job that failed is tried again after a pause that grows.
- A clock may jump. Forwards it makes each job due once. Backwards, a last run that lies more than one period ahead says
  nothing, and the job is due; so no job ever waits for longer than two periods.
- Of several jobs that are due, the one that has not run for longest is next, so none keeps another from running.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from footfall.collector.timetable import Timetable
from footfall.storage.control import JobRun, RunState

if TYPE_CHECKING:
    from footfall.maintenance.context import JobContext

__all__ = ["FAILING", "Job", "JobLine", "due_at", "failing", "is_due", "job_lines", "next_job"]

FAILING = 2
"""A job that failed so many times in a row is worth a look."""

_SECOND_US = 1_000_000
# After the first failure in a row, the second, and so on.
_PAUSES_US = tuple(minutes * 60 * _SECOND_US for minutes in (5, 15, 30, 60))
# Between two runs that the number of unsealed messages asks for.
_LEAST_PAUSE_US = 60 * _SECOND_US


class Job(NamedTuple):
    """One row of the table of jobs.

    `about` says in a line what it does. `work` does it, and returns its result in a line. With `unsealed` it is due too
    when so many messages are unsealed.
    """

    name: str
    about: str
    timetable: Timetable
    work: Callable[[JobContext], str]
    unsealed: int | None = None

    @property
    def when(self) -> str:
        """When it is due, in words."""
        return str(self.timetable) + (f", or {self.unsealed:,} unsealed" if self.unsealed is not None else "")


def due_at(job: Job, run: JobRun | None, now: int) -> int:
    """From when on a job is due by the clock; `now` or before means that it is due."""
    if run is None or run.state == "stopped" or run.began_at - now > job.timetable.period_us:
        return now
    if run.failures:
        return run.began_at + min(run.took_us + _pause(run.failures), job.timetable.period_us)
    return job.timetable.last_slot(run.began_at) + job.timetable.period_us


def _pause(failures: int) -> int:
    return _PAUSES_US[min(failures, len(_PAUSES_US)) - 1]


def is_due(job: Job, run: JobRun | None, *, now: int, unsealed: int) -> bool:
    """Whether a job is due, by the clock or by the number of unsealed messages."""
    if due_at(job, run, now) <= now:
        return True
    is_wanted = job.unsealed is not None and unsealed >= job.unsealed
    if not is_wanted or run is None or run.failures:
        return False
    return not 0 <= now - run.began_at - run.took_us < _LEAST_PAUSE_US


def next_job(jobs: Iterable[Job], runs: Mapping[str, JobRun], *, now: int, unsealed: int) -> Job | None:
    """The job to run now; None where none is due."""
    due = [job for job in jobs if is_due(job, runs.get(job.name), now=now, unsealed=unsealed)]
    return min(due, key=lambda job: _last_began(runs.get(job.name), now), default=None)


def _last_began(run: JobRun | None, now: int) -> int:
    # A run that lies ahead is of another clock, and the longest ago.
    return run.began_at if run is not None and run.began_at <= now else -(2**63)


class JobLine(msgspec.Struct, frozen=True):
    """A job and how it goes: a JobRun, without `state` for a job that never ran, and when it is due next.

    `next_at` is microseconds since 1970-01-01 UTC, None where it runs only when somebody asks for it.
    """

    name: str
    about: str
    when: str
    state: RunState | None
    began_at: int | None
    took_us: int | None
    result: str
    failures: int
    next_at: int | None


def job_lines(jobs: Iterable[Job], runs: Mapping[str, JobRun], now: int, *, is_scheduled: bool) -> list[JobLine]:
    """Every job with its last run; without `is_scheduled` none is due by itself."""
    lines = []
    for job in jobs:
        run = runs.get(job.name)
        next_at = max(due_at(job, run, now), now) if is_scheduled else None
        began_at, took_us = (None, None) if run is None else (run.began_at, run.took_us)
        state, result, failures = (None, "", 0) if run is None else (run.state, run.result, _failures(run))
        lines.append(JobLine(job.name, job.about, job.when, state, began_at, took_us, result, failures, next_at))
    return lines


def failing(runs: Mapping[str, JobRun]) -> list[JobRun]:
    """The last runs of those jobs that failed so often that they are worth a look."""
    return [run._replace(failures=_failures(run)) for run in runs.values() if _failures(run) >= FAILING]


def _failures(run: JobRun) -> int:
    # A run that has not ended has not failed yet.
    return run.failures - (run.state == "running")

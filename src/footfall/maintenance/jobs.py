"""JobRunner: runs the jobs of a data folder, one at a time, each when it is due or when somebody asks for it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Self

from footfall.errors import FootfallError, JobError, JobStoppedError, StorageError, UsageError
from footfall.maintenance.context import ChildError, JobContext, Progress
from footfall.maintenance.schedule import FAILING, Job, JobLine, job_lines, next_job
from footfall.printable import printable
from footfall.storage.books import kept, total
from footfall.storage.control import JobRun
from footfall.storage.store import Store

__all__ = ["LOOK_EVERY", "SETTLE", "JobRunner", "unsealed_in"]

_log = logging.getLogger("footfall")

SETTLE = 60.0
"""Seconds after the start before the first job: whoever waited for the collector sends first."""

LOOK_EVERY = 5.0
"""Seconds between two looks at what is due."""

# How long a stopping collector waits for what a job does in it, in seconds.
_ENDS_WITHIN = 10.0
_LONGEST_RESULT = 1_000


class JobRunner:
    """Runs jobs. In a `with` block a thread runs what is due, if `is_scheduled`; `run` runs a job now.

    `unsealed` counts the messages that wait to be sealed. At the end of the block the job that runs is ended; it counts
    as stopped, not as failed.
    """

    def __init__(
        self,
        jobs: Sequence[Job],
        context: JobContext,
        *,
        is_scheduled: bool = False,
        unsealed: Callable[[], int] = lambda: 0,
    ) -> None:
        self.context = context
        self._jobs = {job.name: job for job in jobs}
        self._clock = context.clock
        self._control = context.store.control
        self._is_scheduled = is_scheduled
        self._unsealed = unsealed
        self._runs: dict[str, JobRun] = {}
        self._is_read = False
        self._is_odd = False
        self._is_kept = True
        self._turn = threading.Lock()
        self._busy_with = ""
        self._closing = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._work, name="footfall-jobs", daemon=True)

    def run(self, name: str, progress: Progress, *, rows: int | None = None) -> str:
        """Run a job now, after the one that runs; its result. `rows`: see JobContext.

        Raises UsageError for a name that no job has, and JobError where it could not do its work.
        """
        job = self._jobs.get(name)
        if job is None:
            raise UsageError(
                f"there is no job {name!r} by these settings; there are: {', '.join(self._jobs) or 'none'}"
                " (see footfall jobs run --help)"
            )
        with self.turn(name, progress):
            self.context.rows = rows
            try:
                run = self._execute(job, progress)
            finally:
                self.context.rows = None
        if run.state != "done":
            raise JobError(f"{name}: {run.result}")
        return run.result

    @contextmanager
    def turn(self, name: str, progress: Progress) -> Iterator[None]:
        """Keep every job from running in this block; `name` is shown to whoever waits. Raises JobStoppedError."""
        if not self._turn.acquire(blocking=False):
            progress(f"waits until {self._busy_with} has ended")
            self._turn.acquire()
        try:
            if self._closing:
                raise JobStoppedError("the collector stops; run it again once it is back")
            self._busy_with = name
            self._read_runs()
            yield
        finally:
            self._turn.release()

    def lines(self) -> list[JobLine]:
        """Each job, with its last run and when it comes next."""
        runs = self._runs if self._is_read else self._control.job_runs()
        return job_lines(self._jobs.values(), runs, self._clock.now_us(), is_scheduled=self._is_scheduled)

    def _work(self) -> None:
        self._wait(SETTLE)
        while not self._closing:
            if not self._run_due():
                self._wait(LOOK_EVERY)

    def _wait(self, seconds: float) -> None:
        with self._changed:
            if not self._closing:
                self._clock.wait(self._changed, seconds)

    def _run_due(self) -> bool:
        try:
            with self.turn("a job", lambda _: None):
                job = next_job(self._jobs.values(), self._runs, now=self._clock.now_us(), unsealed=self._unsealed())
                if job is not None:
                    self._busy_with = job.name
                    self._execute(job, lambda _: None)
                return job is not None
        except (StorageError, JobStoppedError):
            return False  # a disk that fails is said by whoever writes to it
        except Exception:  # noqa: BLE001 - whatever it was: the thread lives
            if not self._is_odd:
                _log.exception("what is due cannot be seen by a mistake of ours; it is tried again")
            self._is_odd = True
            return False

    def _read_runs(self) -> None:
        """Read the last runs, once: nobody else changes them while we own the folder."""
        if self._is_read:
            return
        self._runs = dict(self._control.job_runs())
        self._is_read = True
        for run in list(self._runs.values()):
            if run.state == "running":
                run = run._replace(state="failed", result="it did not end: its process was killed")  # noqa: PLW2901
                self._record(run)
                _report(run, run)

    def _execute(self, job: Job, progress: Progress) -> JobRun:
        before = self._runs.get(job.name) or JobRun(job.name, 0)
        begun = JobRun(job.name, self._clock.now_us(), 0, "running", "", before.failures + 1)
        self._record(begun)
        start = self._clock.monotonic()

        def ended(run: JobRun) -> JobRun:
            took = round((self._clock.monotonic() - start) * 1_000_000)
            run = run._replace(took_us=max(took, 0), result=printable(run.result[:_LONGEST_RESULT]))
            self._record(run)
            _report(run, before)
            return run

        stopped = begun._replace(state="stopped", failures=before.failures)
        self.context.progress = progress
        try:
            return ended(begun._replace(state="done", result=job.work(self.context), failures=0))
        except JobStoppedError as error:
            return ended(stopped._replace(result=str(error)))
        except Exception as error:  # noqa: BLE001 - whatever it was: the other jobs go on
            return ended(begun._replace(state="failed", result=_reason(error, is_new=not before.failures)))
        except BaseException:
            ended(stopped._replace(result="it was interrupted"))
            raise

    def _record(self, run: JobRun) -> None:
        self._runs[run.name] = run
        try:
            self._control.record_run(run)
            self._is_kept = True
        except StorageError as error:
            if self._is_kept:
                _log.warning("the run of the job %s cannot be kept: %s", run.name, error)
            self._is_kept = False

    def __enter__(self) -> Self:
        with suppress(StorageError):  # it is tried again when a job is to run
            self._read_runs()
        if self._is_scheduled:
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self.context.stop()
        if self._is_scheduled:
            self._thread.join(_ENDS_WITHIN)


def _reason(error: Exception, *, is_new: bool) -> str:
    """Why a job failed; what is a mistake of ours goes to the log with its place in the code, when it is new."""
    is_ours = isinstance(error, FootfallError)
    if is_new and (not is_ours or isinstance(error.__cause__, ChildError)):
        _log.error("a job failed by a mistake of ours", exc_info=error)
    return str(error) if is_ours else f"{type(error).__name__}: {error}"


def _report(run: JobRun, before: JobRun) -> None:
    fields = {"job": run.name, "state": run.state, "seconds": round(run.took_us / 1_000_000, 1)}
    extra = {"fields": fields}
    _log.info("job=%s state=%s seconds=%.1f: %s", *fields.values(), run.result, extra=extra)
    if run.state == "failed" and run.failures == FAILING:
        _log.error("the job %s failed %d times in a row: %s", run.name, run.failures, run.result, extra=extra)
    elif run.state == "done" and before.failures >= FAILING:
        _log.warning("the job %s works again; it had failed %d times", run.name, before.failures, extra=extra)


def unsealed_in(store: Store) -> int:
    """How many stored messages wait to be sealed. Raises JournalError."""
    with store.journal.snapshot() as snapshot:
        return kept(total(snapshot.books())) - snapshot.state().seal.messages

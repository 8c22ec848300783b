"""JobContext: what a job is given, and its way to a process at low priority for what is heavy."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from footfall.clock import Clock
from footfall.collector.job_settings import JobSettings
from footfall.errors import JobError, JobStoppedError
from footfall.events import Answer
from footfall.storage.store import Store

__all__ = ["BatchIntake", "ChildError", "ChildLine", "JobContext", "Progress"]

Progress = Callable[[str], None]
"""Takes a line that says how far a job is. It may come from any thread."""

_STOPPED = "it was ended with its process; it begins anew"
# How long a child has to end before it is killed, in seconds.
_ENDS_WITHIN = 3.0
_COMMAND = (sys.executable, "-P", "-c", "from footfall.maintenance.child import main; main()")


BatchIntake = Callable[[bytes, str], Answer]
"""Takes the body of a batch in, as that of a source. See `Collector.take`."""


class ChildLine(msgspec.Struct, omit_defaults=True):
    """A line from a child: how far it is, its result, or why it failed, with the place in the code if odd."""

    progress: str | None = None
    result: Any = msgspec.UNSET
    error: str | None = None
    trace: str | None = None


class JobContext:
    """What a job works on: the folder `data`, which this process owns, and its open `store`.

    A job runs in a thread beside the intake. So whatever takes more than a moment goes to a process (`child`), and
    what has to be done here, by the one writer of the journal, is done in small pieces with `check_stop` between them.
    `rows` is how many messages somebody wants at once in memory and in a file; None leaves it to the settings. `intake`
    takes a batch of a source in, None where no collector runs.
    """

    def __init__(
        self, data: Path, store: Store, settings: JobSettings, clock: Clock, intake: BatchIntake | None = None
    ) -> None:
        self.data = data
        self.store = store
        self.settings = settings
        self.clock = clock
        self.intake = intake
        self.progress: Progress = lambda _: None
        self.rows: int | None = None
        self._lock = threading.Lock()
        self._is_stopping = False
        self._process: subprocess.Popen[bytes] | None = None

    def check_stop(self) -> None:
        """Raise JobStoppedError where the job is to end."""
        if self._is_stopping:
            raise JobStoppedError(_STOPPED)

    def child(self, target: str, arguments: Mapping[str, object]) -> Any:
        """Call a function in a process at low priority, and give what it returns.

        `target` is `module:function`, a function of the arguments and of a Progress. Arguments and result travel as
        JSON. The process ends when this one does, however that ends.

        Raises JobError with the reason where the function raised or the process died, and JobStoppedError.
        """
        process = self._start()
        answer = ChildLine()
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            # Open until the end: its end is how the child learns of ours.
            process.stdin.write(msgspec.json.encode({"target": target, "arguments": arguments}) + b"\n")
            process.stdin.flush()
            for line in process.stdout:
                message = msgspec.json.decode(line, type=ChildLine)
                if message.progress is not None:
                    self.progress(message.progress)
                else:
                    answer = message
        except BrokenPipeError:
            pass  # it died at once, which its exit code says
        finally:
            self._end()
        self.check_stop()
        if answer.error is not None:
            raise JobError(answer.error) from (ChildError(answer.trace) if answer.trace else None)
        if answer.result is msgspec.UNSET:
            raise JobError(f"its process ended with {_ending(process.returncode)} and no result")
        return answer.result

    def stop(self) -> None:
        """End the job: its process, and what it does here at its next `check_stop`. From any thread, and for good."""
        with self._lock:
            self._is_stopping = True
            process = self._process
        if process is not None:
            _terminate(process)

    def _start(self) -> subprocess.Popen[bytes]:
        with self._lock:
            self.check_stop()
            # In another group: Ctrl-C in a terminal is for the collector, which then ends the child. But in the same
            # session: Linux shares the processor between sessions first, whatever the niceness of what is in them.
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                _COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, process_group=0
            )
            return self._process

    def _end(self) -> None:
        with self._lock:
            process, self._process = self._process, None
        if process is not None:
            _terminate(process)
            for pipe in (process.stdin, process.stdout):
                assert pipe is not None
                pipe.close()


class ChildError(Exception):
    """The traceback of a child, for the log."""


def _terminate(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(_ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _ending(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"

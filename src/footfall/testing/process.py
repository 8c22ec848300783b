"""A real `footfall serve` in its own process, for tests that have to send over a real connection, or to kill it."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from footfall.errors import UsageError

__all__ = ["CollectorProcess"]

_LISTENING = "listening on "


class CollectorProcess:
    """Starts when it is made, on a free port of the loopback; a context manager that stops it.

    `url` is where it listens. Raises UsageError, with what it said, when it does not start.
    """

    def __init__(
        self,
        data: Path,
        *,
        write_keys: Sequence[str] = ("test-key",),
        plan: Path | None = None,
        options: Sequence[str] = (),
    ) -> None:
        arguments = ["serve", "--data", str(data), "--port", "0", *options]
        for key in write_keys:
            arguments += ["--write-key", key]
        if plan is not None:
            arguments += ["--plan", str(plan)]
        self._process = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-c", "from footfall.cli import main; main()", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline().strip()
        if not line.startswith(_LISTENING):
            _, said = self._process.communicate()
            raise UsageError(f"the collector left with {self._process.returncode}: {said.strip()}")
        self.url = line.removeprefix(_LISTENING)
        self.port = int(self.url.rpartition(":")[2])
        self.pid = self._process.pid

    def stop(self) -> tuple[int, str]:
        """Ask it to stop, as an operator does; its exit code, and what it wrote to standard error."""
        return self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a power cut would (SIGKILL)."""
        self._end(signal.SIGKILL)

    def _end(self, number: signal.Signals) -> tuple[int, str]:
        if self._process.poll() is None:
            self._process.send_signal(number)
        if self._process.stderr is not None and self._process.stderr.closed:
            return self._process.returncode, ""
        _, said = self._process.communicate()
        return self._process.returncode, said

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

"""A real `footfall serve` in its own process, for tests that have to send over a real connection, or to kill it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

from footfall.errors import UsageError

__all__ = ["CollectorProcess"]

_LISTENING = "listening on "


def _environment(write_keys: Sequence[str]) -> Mapping[str, str]:
    """That of this process, without settings for a real collector, and with the keys."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("FOOTFALL_")}
    return {**plain, "FOOTFALL_WRITE_KEYS": " ".join(write_keys)}


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
        arguments = ["serve", "--data", str(data), "--port", "0", "--config", os.devnull, *options]
        if plan is not None:
            arguments += ["--plan", str(plan)]
        self._process = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-c", "from footfall.cli import main; main()", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="backslashreplace",  # whatever it says: the thread that reads lives, or the pipe would fill up
            env=_environment(write_keys),
        )
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        self._output: list[str] = []
        # Read all along: a collector that logs every batch would wait for ever at a full pipe.
        self._reader = threading.Thread(target=self._output.extend, args=(self._process.stderr,), daemon=True)
        self._reader.start()
        line = self._process.stdout.readline().strip()
        if not line.startswith(_LISTENING):
            code, output = self._wait()
            raise UsageError(f"the collector left with {code}: {output.strip()}")
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
        return self._wait()

    def _wait(self) -> tuple[int, str]:
        code = self._process.wait()
        self._reader.join()
        for pipe in (self._process.stdout, self._process.stderr):
            if pipe is not None:
                pipe.close()
        return code, "".join(self._output)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

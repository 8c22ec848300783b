"""The demo's child processes: started, waited for until they say where they listen, and always stopped."""

from __future__ import annotations

import contextlib
import os
import queue
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

from footfall.errors import UsageError

__all__ = ["FOOTFALL", "Child", "ending_on", "running"]

# The `footfall` command, whatever the PATH says, and whatever is in the current folder (-P).
FOOTFALL = ("-P", "-c", "from footfall.cli import main; main()")
_STOPS_WITHIN = 20.0  # seconds; what is still queued is delivered in them


class Child:
    """A Python process, in `folder` if one is named, whose output is kept.

    `variables` are added to its environment: a secret belongs there, where no other user can read it.
    """

    def __init__(
        self,
        name: str,
        arguments: Sequence[str],
        *,
        folder: Path | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self.lines: list[str] = []
        self._fresh: queue.Queue[str | None] = queue.Queue()
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own arguments, no shell
            [sys.executable, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="backslashreplace",
            cwd=folder,
            env={**os.environ, **(variables or {})},
            start_new_session=True,  # Ctrl-C is for the demo, which then stops its children in order
        )
        assert self._process.stdout is not None
        self._reader = threading.Thread(target=self._read, args=(self._process.stdout,), daemon=True)
        self._reader.start()

    def _read(self, output: IO[str]) -> None:
        for line in output:
            self.lines.append(line.rstrip())
            self._fresh.put(line)
        self._fresh.put(None)

    @property
    def pid(self) -> int:
        return self._process.pid

    def said(self, pattern: str, within: float) -> str:
        """The first part of its output, from where the last question stopped, that matches.

        Raises UsageError, with the last that it said, when it ends first or is silent for `within` seconds.
        """
        try:
            while (line := self._fresh.get(timeout=within)) is not None:
                if match := re.search(pattern, line):
                    return match[0]
        except queue.Empty:
            raise self._failed(f"did not say what it should within {within:.0f} s") from None
        self._fresh.put(None)  # for the next question
        raise self._failed("has stopped")

    def address(self, within: float) -> str:
        """The address that the process says it listens on. Raises UsageError as `said` does."""
        return self.said(r"http://\S+", within)

    def finish(self, within: float) -> str:
        """Wait for the process to end by itself and well, `within` seconds at most; all that it said.

        Raises UsageError, with the last that it said, when it does not.
        """
        with contextlib.suppress(subprocess.TimeoutExpired):
            code = self._process.wait(within)
            self._reader.join(within)  # the last that it said may still be on its way
            if code == 0:
                return "\n".join(self.lines)
        raise self._failed("did not end well")

    def _failed(self, how: str) -> UsageError:
        return UsageError("\n  ".join([f"{self.name} {how}", *self.lines[-5:]]))

    def stop(self) -> None:
        """Ask the process to end, and wait: it first delivers or stores what it still has."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(_STOPS_WITHIN)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join(_STOPS_WITHIN)
        assert self._process.stdout is not None
        self._process.stdout.close()


@contextlib.contextmanager
def running(
    name: str,
    arguments: Sequence[str],
    variables: Mapping[str, str] | None = None,
    *,
    folder: Path | None = None,
) -> Iterator[Child]:
    """A child for the length of a block; see Child."""
    child = Child(name, arguments, folder=folder, variables=variables)
    try:
        yield child
    finally:
        child.stop()


@contextlib.contextmanager
def ending_on(*signals: signal.Signals) -> Iterator[None]:
    """In this block these signals end the program as Ctrl-C does, in order, so that no child outlives it."""

    def end(number: int, _: object) -> None:
        sys.exit(128 + number)

    before = {number: signal.signal(number, end) for number in signals}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

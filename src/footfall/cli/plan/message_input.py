"""Reads the messages that a command looks at: those of a file, or of a collector's data folder."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from footfall.cli.data_option import environment_option
from footfall.cli.output import echo
from footfall.cli.time_param import TimeParam, moment
from footfall.clock import SystemClock
from footfall.collector.dialects import STORED
from footfall.disk import BOM, LARGEST_FILE, SystemDisk
from footfall.errors import BrokenInputError, UsageError
from footfall.planning.profiling import ObservedMessage, read_line
from footfall.storage.environments import PRODUCTION
from footfall.timestamps import epoch_us, local_time

__all__ = ["MessageInput", "message_options", "since_us", "time_in"]

_LISTED = 3
_HOPELESS = 10_000  # broken lines without a good line between them: a device, or a file of something else


def since_us(text: str | None, timezone: str) -> int | None:
    """The time that `--since` names, in microseconds since 1970-01-01 UTC; without an offset in this timezone."""
    if text is None:
        return None
    return epoch_us(time_in(timezone, text, local_time(SystemClock().now_us())))


def time_in(timezone: str, text: str, now: datetime) -> datetime:
    """The time that an option names, without an offset in this timezone."""
    time: datetime = moment(text, now)
    return time if time.tzinfo else time.replace(tzinfo=ZoneInfo(timezone))


class MessageInput:
    """The messages of a file (EVENTS) or of a data folder (`--data`): exactly one of them.

    `name` is the path as it was given. After reading, `broken` lists what could not be read, with its line. `is_live`
    says that messages may still come, so that the last one does not end the time that was looked at. Raises UsageError
    for none or both.
    """

    def __init__(
        self, events: Path | None, data: Path | None, *, since: int | None = None, environment: str = PRODUCTION
    ) -> None:
        if (events is None) == (data is None):
            raise UsageError("name one thing to look at: a file of messages, or a collector's folder by --data")
        self._events = events
        self._data = data
        self._since = since
        self._environment = environment
        self.broken: list[str] = []
        self._losses: list[str] = []
        self._unused = self._passed = 0
        self.name = str(events or data)
        self.is_live = data is not None

    def messages(self) -> Iterator[ObservedMessage]:
        """Every message since the chosen time. Raises BrokenInputError when none could be read."""
        read = 0
        for message in self._file() if self._events is not None else self._folder():
            read += 1
            if self._since is None or message.at is None or message.at >= self._since:
                yield message
        if not read and not self._passed:
            why = f": {self.broken[0]}" if self.broken else ""
            if self._unused:
                folder = shlex.quote(self.name)
                why += f" ({self._unused:,} in quarantine: footfall quarantine list --data {folder})"
            raise BrokenInputError(self.name, f"holds no message that could be read{why}")

    def report_broken(self) -> None:
        """Print on standard error how many could not be read, and the first of them; and which files are damaged."""
        for loss in self._losses:
            echo(loss, err=True)
        if self.broken:
            many = "" if len(self.broken) == 1 else "s"
            echo(f"{self.name}: {len(self.broken):,} broken message{many} left out", err=True)
            for line in self.broken[:_LISTED]:
                echo(f"  {line}", err=True)
            if len(self.broken) > _LISTED:
                echo(f"  … and {len(self.broken) - _LISTED:,} more", err=True)

    def _file(self) -> Iterator[ObservedMessage]:
        assert self._events is not None
        tried = 0
        try:
            with SystemDisk().open(self._events, "read") as file:
                for number, line in enumerate(iter(partial(file.readline, LARGEST_FILE), b""), 1):
                    if len(line) == LARGEST_FILE:
                        raise BrokenInputError(self.name, f"line {number} has no end within {LARGEST_FILE:,} bytes")
                    text = line.removeprefix(BOM) if number == 1 else line
                    if not text.strip():
                        continue
                    tried += 1
                    yield from self._read(f"line {number}", partial(read_line, text, STORED))
                    if tried == len(self.broken) == _HOPELESS:
                        return
        except OSError as error:
            raise BrokenInputError(self.name, f"cannot be read: {error.strerror or error}") from None

    def _folder(self) -> Iterator[ObservedMessage]:
        # Only a command that was given --data needs what reads a data folder.
        from footfall import storage
        from footfall.cli.plan.kept_messages import KeptMessages

        assert self._data is not None
        with storage.open(self._data, "read") as store:
            kept = KeptMessages(store, since=self._since, environment=self._environment)
            yield from kept
        self.broken, self._losses, self._unused, self._passed = kept.broken, kept.losses, kept.unused, kept.passed

    def _read(
        self, name: str, read: Callable[[], ObservedMessage | Iterator[ObservedMessage]]
    ) -> Iterator[ObservedMessage]:
        try:
            messages = read()
            yield from [messages] if isinstance(messages, ObservedMessage) else list(messages)
        except ValueError as error:
            self.broken.append(f"{name}: {error}")


def message_options(run: Callable[..., Any]) -> Callable[..., Any]:
    """Add the argument EVENTS, `--data`, `--environment` and `--since` to a command."""
    run = environment_option(run)
    run = click.option(
        "--since", type=TimeParam(), help="Use only messages that occurred since (2026-11-01, 7d, 12h)."
    )(run)
    run = click.option(
        "--data", type=click.Path(path_type=Path), help="A collector's data folder; the collector may be running."
    )(run)
    return click.argument("events", required=False, type=click.Path(path_type=Path))(run)

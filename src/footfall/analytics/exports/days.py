"""Writes an export as one file for each day of receipt, so that a later run replaces whole days and no other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import msgspec

from footfall.analytics.exports.formats import Writer
from footfall.analytics.exports.selection import Selection
from footfall.analytics.exports.stream import MessageStream
from footfall.analytics.window import Span
from footfall.disk import Disk
from footfall.timestamps import epoch_us, read_iso

__all__ = ["DayFiles", "write_days"]

_DAY_US = 86_400_000_000
_FOLDER = re.compile(r"day=(\d{4}-\d\d-\d\d)")


class _IncompleteDayError(Exception):
    """A file of sealed messages of the day is damaged."""


class DayFiles(NamedTuple):
    """What was written: how many messages, in how many files; and how many files of days that are empty now went."""

    messages: int
    files: int
    removed: int


def write_days(
    stream: MessageStream, folder: Path, extension: str, write: Writer, selection: Selection, disk: Disk
) -> DayFiles:
    """Write `day=2026-11-29/messages.EXTENSION` below `folder` for each day of receipt (UTC) with a selected message.

    Each file appears whole, for its owner alone, and takes the place of the one that was there. The window of receipt
    is widened to whole days; a file of ours of a day in it that has no message now is removed. A day of which messages
    are lost with a damaged file stays as it was. Raises OSError.
    """
    window = _whole_days(selection.received)
    selection = msgspec.structs.replace(selection, received=window)
    name = f"messages.{extension}"
    days = stream.days(selection)
    messages = files = removed = 0
    disk.make_folder(folder, private=True)
    for day in days:
        start = epoch_us(read_iso(day))
        path = folder / f"day={day}" / name
        disk.make_folder(path.parent, private=True)
        of_day = msgspec.structs.replace(selection, received=Span(start, start + _DAY_US))
        with suppress(_IncompleteDayError), disk.replacing(path, private=True) as file:
            number = write(stream, file, of_day)
            if not stream.is_whole(day):
                raise _IncompleteDayError
            messages, files = messages + number, files + 1
    for day, path in _files(folder, name, disk):
        start = epoch_us(read_iso(day))
        if day not in days and _has(window, start) and stream.is_whole(day):
            disk.remove(path)
            removed += 1
    return DayFiles(messages, files, removed)


def _whole_days(window: Span) -> Span:
    since = None if window.since is None else window.since - window.since % _DAY_US
    until = None if window.until is None else window.until + -window.until % _DAY_US
    return Span(since, until)


def _has(window: Span, moment: int) -> bool:
    return (window.since is None or window.since <= moment) and (window.until is None or moment < window.until)


def _files(folder: Path, name: str, disk: Disk) -> Iterator[tuple[str, Path]]:
    """The files that an earlier run left, each with its day."""
    for path in disk.list(folder):
        day = _FOLDER.fullmatch(path.name)
        if day is not None:
            yield from ((day[1], file) for file in disk.list(path) if file.name == name)

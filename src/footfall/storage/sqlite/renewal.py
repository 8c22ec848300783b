"""Renewal: after a failed sync a journal is copied to a new file, which then takes the place of the old one.

An old log must never meet the new file, and the old file must never be without its log, whenever the power goes and
whoever opens the journal then. So `journal.db` becomes a link to the copy in one step, then the old log goes, then the
copy takes the link's place in one step. SQLite follows the link, and names the log after the file that it leads to.
"""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import IO

import apsw

from footfall.directory import Directory, SystemDirectory, give_owner_and_mode
from footfall.disk import Disk, SystemDisk
from footfall.errors import JournalError
from footfall.printable import counted
from footfall.storage.books import imbalances, kept, total
from footfall.storage.sqlite.database import open_still
from footfall.storage.sqlite.snapshot import SqliteSnapshot
from footfall.storage.sqlite.sync_marker import SyncMarker
from footfall.storage.store import Acknowledged

__all__ = [
    "JournalFiles",
    "NoRoomError",
    "check_journal",
    "copy_journal",
    "finish_switch",
    "is_switched",
    "mark_as_logged",
    "rewrite_log",
    "settle_switch",
]

_CHUNK = 1 << 20
# Two bytes in the head of a database say that it is written through a log. A copy does not have them. SQLite would set
# them as it opens the copy: a write and a sync that can fail after the switch.
_VERSIONS_AT, _WITH_A_LOG = 18, b"\2\2"
_BODIES = "SELECT body FROM messages WHERE seq > ? AND seq <= ? ORDER BY seq"


class NoRoomError(JournalError):
    """The disk has no room for a copy of the journal."""


class JournalFiles:
    """The files of a journal, and what they are changed through. `boot`: see SyncMarker."""

    def __init__(
        self, path: Path, *, disk: Disk | None = None, directory: Directory | None = None, boot: str | None = None
    ) -> None:
        self.path = path
        self.copy = path.with_name(f"{path.stem}.new{path.suffix}")
        self.log = path.with_name(f"{path.name}-wal")
        self.disk = disk or SystemDisk()
        self.directory = directory or SystemDirectory(path.parent)
        self.marker = SyncMarker(path, disk=self.disk, boot=boot)


def is_switched(files: JournalFiles) -> bool:
    """Whether a complete copy is the journal already, and only its name and the old log are left to be put right."""
    return files.directory.target(files.path.name) == files.copy.name


def copy_journal(
    files: JournalFiles, source: apsw.Connection, acknowledged: Acknowledged | None, *, is_exact: bool
) -> None:
    """Copy what `source` reads to a new file, prove that all that was acknowledged is in it, and make it the journal.

    `is_exact` says that `acknowledged` ends where the journal does. Raises NoRoomError, JournalError when the copy does
    not hold what it must, and what SQLite and the operating system raise.
    """
    files.directory.remove(_all_of(files.copy))
    pages = source.pragma("page_count") - source.pragma("freelist_count")
    needed, free = pages * source.pragma("page_size"), files.directory.free()
    if free < needed:
        problem = f"it needs {needed:,} bytes, and {free:,} are free; make room"
        raise NoRoomError(f"{files.copy}: {problem}", reason=problem)
    # Opened before anything is in it: whoever has the file open learns of a write that fails later.
    with files.disk.open(files.copy, "update") as file:
        source.execute("VACUUM INTO ?", (str(files.copy),))
        mark_as_logged(file)
        give_owner_and_mode(file, files.path)
        files.disk.sync(file)
        files.disk.uncache(file)
    check_journal(files.copy, acknowledged, is_exact=is_exact)
    files.directory.point(files.path.name, files.copy.name)


def finish_switch(files: JournalFiles) -> None:
    """Give the copy the journal's name, and remove the old log. A switch that was cut short anywhere is finished."""
    # Again, for a sync of the folder that failed proves nothing when it is only repeated.
    files.directory.point(files.path.name, files.copy.name)
    files.marker.clear()
    files.directory.remove(_all_of(files.path)[1:])
    files.directory.move(files.copy.name, files.path.name)


def settle_switch(files: JournalFiles) -> None:
    """Put right what a switch that was cut short left. Raises OSError."""
    if is_switched(files):
        finish_switch(files)
    elif files.copy.exists():
        files.directory.remove(_all_of(files.copy))


def rewrite_log(files: JournalFiles) -> None:
    """Write the log anew, byte for byte, and sync it. Whoever calls keeps other writers out. Raises OSError.

    A process that was killed as a sync failed left no marker. What it could not sync is still in the page cache, and
    looks committed: written again, it is.
    """
    with files.disk.open(files.log, "update") as file:
        place = 0
        while True:
            file.seek(place)
            part = file.read(_CHUNK)
            if not part:
                break
            file.seek(place)
            file.write(part)
            place += len(part)
        files.disk.sync(file)


def _all_of(path: Path) -> list[str]:
    """The names of a database and of what SQLite may put beside it."""
    return [path.name, *(f"{path.name}-{ending}" for ending in ("wal", "shm", "journal"))]


def mark_as_logged(file: IO[bytes]) -> None:
    """Say in the head of a copy that it is written through a log."""
    file.seek(_VERSIONS_AT)
    file.write(_WITH_A_LOG)


def check_journal(
    path: Path, acknowledged: Acknowledged | None, *, is_exact: bool, read: type[SqliteSnapshot] = SqliteSnapshot
) -> None:
    """Raise JournalError unless a copy is sound, its books balance, and all that was acknowledged is in it.

    `is_exact` says that `acknowledged` ends where the journal does. `read` reads a copy in an earlier format.
    """
    connection = open_still(path)
    try:
        problems = connection.execute("PRAGMA integrity_check(3)").fetchall()
        differences = [] if problems == [("ok",)] else [str(problem) for (problem,) in problems]
        snapshot = read(connection, path)
        books, last = snapshot.books(), snapshot.watermark()
        differences += imbalances(books, watermark=last, quarantine=snapshot.in_quarantine())
        mark = snapshot.state().seal
        due = kept(total(books)) - mark.messages
        ((stored,),) = snapshot.run("SELECT count(*) FROM messages WHERE seq > ?", (mark.seq,))
        if stored != due:
            differences.append(f"the books have {due:,} of {counted(stored, 'message')}")
        if acknowledged is not None:
            differences += _missing(connection, acknowledged, last, is_exact=is_exact)
    finally:
        connection.close()
    if differences:
        problem = f"it does not hold what was acknowledged: {'; '.join(differences[:3])}"
        raise JournalError(f"{path}: {problem}", reason=problem)


def _missing(connection: apsw.Connection, acknowledged: Acknowledged, last: int, *, is_exact: bool) -> list[str]:
    number, checksum = 0, 0
    for (body,) in connection.execute(_BODIES, (acknowledged.first, acknowledged.last)):
        number += 1
        checksum = zlib.crc32(body, checksum)
    differences = []
    if last < acknowledged.last or (is_exact and last != acknowledged.last):
        differences.append(f"its last number is {last:,} instead of {acknowledged.last:,}")
    if number != acknowledged.stored:
        differences.append(f"{counted(number, 'message')} instead of {acknowledged.stored:,}")
    elif checksum != acknowledged.checksum:
        differences.append("a message is not as it came in")
    return differences

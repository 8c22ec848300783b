"""After a failed sync nothing is written to a journal's files, until every acknowledged row is in a new one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import IO

import apsw
import pytest
from tests.storage.faulty_vfs import FSYNC, FULL, WRITE, FaultyVFS, planted

from footfall.directory import SystemDirectory
from footfall.disk import Mode, SystemDisk
from footfall.errors import JournalError, SyncError
from footfall.storage import Changes, Entry, Row, SqliteJournal
from footfall.storage.journal import Purge, SealMark
from footfall.storage.purge_rule import PurgeRule
from footfall.storage.sqlite.database import is_failed_sync
from footfall.storage.sqlite.renewal import JournalFiles
from footfall.testing.clock import ManualClock

LONG = 40_000_000  # bytes: more than a log holds before it is copied back


def row(message_id: str, kind: str = "stored") -> Row:
    body = b'{"id":"%s"}' % message_id.encode() + b" " * 300
    return Row(kind, "shop", message_id, "track", "seen", "u1", None, None, None, None, 1, 2, None, None, body, None)  # type: ignore[arg-type]  # one of the two kinds


def ids_in(journal: SqliteJournal) -> list[str]:
    return [entry.row.message_id for chunk in journal.scan("stored") for entry in chunk]


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


class Crash(BaseException):
    """The process ends here."""


class Steps:
    """Counts what is done to files, and ends the process before step number `crash_at`."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.crash_at: int | None = None

    def step(self, name: str) -> None:
        if self.crash_at is not None and len(self.done) == self.crash_at:
            raise Crash
        self.done.append(name)


class StepDisk(SystemDisk):
    def __init__(self, steps: Steps) -> None:
        self.steps = steps

    def open(self, path: Path, mode: Mode) -> IO[bytes]:
        if mode == "update":
            self.steps.step(f"open {path.name}")
        return super().open(path, mode)

    def sync(self, file: IO[bytes]) -> None:
        self.steps.step("sync")
        super().sync(file)


class StepDirectory(SystemDirectory):
    """A folder that has `room` bytes free, and does its changes step by step."""

    def __init__(self, path: Path, steps: Steps) -> None:
        super().__init__(path)
        self.steps = steps
        self.room = 1 << 40
        self.fail_with: list[OSError] = []

    def free(self) -> int:
        return self.room

    def point(self, name: str, to: str) -> None:
        self.steps.step("point")
        if self.fail_with:
            raise self.fail_with.pop(0)
        super().point(name, to)
        self.steps.step("pointed")

    def move(self, name: str, to: str) -> None:
        self.steps.step("move")
        super().move(name, to)
        self.steps.step("moved")

    def remove(self, names: Sequence[str]) -> None:
        for name in names:
            self.steps.step(f"remove {name}")
            super().remove([name])


class Folder:
    """A folder with a journal whose disk can fail, over processes that follow one another."""

    def __init__(self, path: Path, vfs: FaultyVFS, clock: ManualClock) -> None:
        self.path = path
        self.vfs = vfs
        self.clock = clock
        self.steps = Steps()
        self.directory = StepDirectory(path, self.steps)
        self.journals: list[SqliteJournal] = []

    def start(self, boot: str = "boot-1") -> SqliteJournal:
        files = JournalFiles(
            self.path / "journal.db", disk=StepDisk(self.steps), directory=self.directory, boot=boot
        )  # fmt: skip
        self.journals.append(SqliteJournal(files.path, vfs=self.vfs.name, clock=self.clock, files=files))
        return self.journals[-1]

    def fail(self, journal: SqliteJournal, changes: Changes, *, sync_of: str = "-wal") -> None:
        self.vfs.faults["sync", sync_of] = FSYNC
        with pytest.raises(SyncError, match="a sync failed at 2026-01-01T"):
            journal.commit(changes)
        self.vfs.faults.clear()

    def copied_to(self, path: Path) -> Folder:
        """The files as a process finds them that starts after this one was killed."""
        shutil.copytree(self.path, path, symlinks=True)
        return Folder(path, self.vfs, self.clock)

    def content(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in self.path.iterdir() if path.name in JOURNAL}


JOURNAL = ("journal.db", "journal.db-wal")


@pytest.fixture
def vfs(request: pytest.FixtureRequest) -> Iterator[FaultyVFS]:
    made = FaultyVFS(f"renewal-{request.node.name}")
    yield made
    made.unregister()


@pytest.fixture
def folder(tmp_path: Path, vfs: FaultyVFS) -> Iterator[Folder]:
    (tmp_path / "data").mkdir()
    folder = Folder(tmp_path / "data", vfs, ManualClock())
    yield folder
    vfs.faults.clear()
    for journal in folder.journals:
        journal.close()


def test_only_errors_that_harm_nothing_are_not_taken_for_a_failed_sync() -> None:
    codes = {name: getattr(apsw, name) for name in dir(apsw) if name.startswith("SQLITE_IOERR")}
    failed = set()
    for name, code in codes.items():
        if is_failed_sync(planted(code)):
            failed.add(name.removeprefix("SQLITE_IOERR").removeprefix("_"))

    assert failed == {
        "", "BEGIN_ATOMIC", "CLOSE", "COMMIT_ATOMIC", "DIR_CLOSE", "DIR_FSYNC", "FSYNC", "ROLLBACK_ATOMIC"
    }  # fmt: skip
    assert is_failed_sync(apsw.IOError())
    assert not is_failed_sync(planted(FULL))


@pytest.mark.parametrize("forgotten", [0, 1, 2])
def test_sealed_rows_are_not_missed_after_a_failed_sync_whether_forgotten_or_not(
    folder: Folder, forgotten: int
) -> None:
    journal = folder.start()
    journal.commit(Changes([row("a"), row("b"), row("c")], {}))
    journal.commit(Changes([], {}, seal=SealMark(2, 2, 1)))
    if forgotten:
        journal.forget(forgotten)
    journal.commit(Changes([row("d")], {}))

    folder.fail(journal, Changes([row("lost")], {}))
    fresh = journal.commit(Changes([row("lost"), row("a")], {}))

    assert fresh == [True, False]
    assert ids_in(journal) == ["c", "d", "lost"]


def test_a_sync_that_fails_as_rows_are_forgotten_is_one_like_any_other(folder: Folder) -> None:
    journal = folder.start()
    journal.commit(Changes([row("a"), row("b")], {}))
    journal.commit(Changes([], {}, seal=SealMark(1, 1, 1)))
    folder.vfs.faults["sync", "-wal"] = FSYNC

    with pytest.raises(SyncError, match="a sync failed at 2026-01-01T"):
        journal.forget()
    folder.vfs.faults.clear()

    assert journal.forget() == 1
    assert ids_in(journal) == ["b"]


def test_a_copy_that_lacks_a_row_above_the_mark_is_refused(folder: Folder) -> None:
    journal = folder.start()
    journal.commit(Changes([row("a"), row("b")], {}))
    journal.commit(Changes([], {}, seal=SealMark(1, 2, 1)))  # one more than was sealed

    folder.fail(journal, Changes([row("lost")], {}))

    with pytest.raises(SyncError, match="the books have 0 of 1 message"):
        journal.commit(Changes([row("lost")], {}))


def test_the_commit_after_a_failed_sync_goes_to_a_new_file_with_all_that_was_acknowledged(folder: Folder) -> None:
    journal = folder.start()
    journal.commit(Changes([row("a"), row("q", "quarantined")], {("shop", "seen"): 1}))
    before = (folder.path / "journal.db").stat()
    (folder.path / "journal.db").chmod(0o640)

    folder.fail(journal, Changes([row("lost")], {}))
    fresh = journal.commit(Changes([row("lost"), row("a")], {}))

    after = (folder.path / "journal.db").lstat()
    assert fresh == [True, False]
    assert ids_in(journal) == ["a", "lost"]
    assert before.st_ino != after.st_ino
    assert after.st_mode & 0o777 == 0o640
    assert names_in(folder.path) == {"journal.db", "journal.db-wal", "journal.db-shm", "journal.sync"}
    with apsw.Connection(str(folder.path / "journal.db")) as beside:
        assert beside.pragma("journal_mode") == "wal"
        assert beside.pragma("page_size") == 8192


def test_what_a_journal_remembers_of_earlier_moments_comes_along(folder: Folder) -> None:
    def remembered() -> tuple[object, ...]:
        with journal.snapshot() as snapshot:
            history = snapshot.history()
            return [history.minute_of(seq)[::2] for seq in (1, 2)], history.purged()

    journal = folder.start()
    journal.commit(Changes([row("a")], {}))
    folder.clock.advance(60)
    journal.commit(Changes([row("b")], {}))
    journal.commit(Changes([row("c")], {}, purge=Purge(PurgeRule(source="shop"), {})))
    before = remembered()

    folder.fail(journal, Changes([row("lost")], {}))
    journal.commit(Changes([row("d")], {}))

    assert before[1]
    assert remembered() == before


Failing = Callable[[Folder, SqliteJournal], None]


def at_a_commit(folder: Folder, journal: SqliteJournal) -> None:
    folder.fail(journal, Changes([row("b")], {}))


def as_the_log_is_copied_back(folder: Folder, journal: SqliteJournal) -> None:
    folder.fail(journal, Changes([row("b")], {}, probe=LONG), sync_of="journal.db")


def at_the_end(folder: Folder, journal: SqliteJournal) -> None:
    folder.vfs.faults["sync", "journal.db"] = FSYNC
    journal.close()
    folder.vfs.faults.clear()


@pytest.mark.parametrize("failing", [at_a_commit, as_the_log_is_copied_back, at_the_end])
def test_while_a_failed_sync_counts_nobody_writes_the_files(folder: Folder, failing: Failing) -> None:
    journal = folder.start()
    journal.commit(Changes([row("a")], {}))
    failing(folder, journal)
    before = folder.content()

    folder.directory.room = 0
    for _ in range(3):
        folder.clock.advance(60)
        with pytest.raises(JournalError):
            journal.commit(Changes([row("c")], {}))
    journal.close()
    second = folder.start()
    with pytest.raises(SyncError):
        second.commit(Changes([row("c")], {}))
    assert "a" in ids_in(second)
    second.close()

    assert set(before) == set(JOURNAL)
    assert folder.content() == before


@pytest.mark.parametrize("failing", [at_a_commit, as_the_log_is_copied_back, at_the_end])
@pytest.mark.parametrize(("boot", "is_copied"), [("boot-1", True), ("boot-2", False), ("", True)])
def test_a_process_that_starts_later_copies_first_unless_the_machine_was_started_anew(
    folder: Folder, failing: Failing, boot: str, is_copied: bool
) -> None:
    journal = folder.start()
    journal.commit(Changes([row("a")], {}))
    failing(folder, journal)
    journal.close()
    before = (folder.path / "journal.db").stat().st_ino

    second = folder.start(boot)
    fresh = second.commit(Changes([row("a"), row("c")], {}))

    assert ((folder.path / "journal.db").stat().st_ino != before) == is_copied
    assert fresh == [False, True]
    assert {"a", "c"} <= set(ids_in(second))
    assert names_in(folder.path) == {"journal.db", "journal.db-wal", "journal.db-shm", "journal.sync"}


def test_without_a_boot_id_a_failed_sync_is_never_taken_for_one_of_an_earlier_boot(folder: Folder) -> None:
    journal = folder.start(boot="")
    folder.fail(journal, Changes([row("b")], {}))
    journal.close()
    before = (folder.path / "journal.db").stat().st_ino

    folder.start("boot-2")

    assert (folder.path / "journal.db").stat().st_ino != before


@pytest.mark.parametrize(
    ("problem", "pauses"),
    [("room", [10, 10, 10, 10, 10]), ("another", [1, 2, 4, 8, 10])],
)
def test_a_copy_that_fails_is_tried_again_after_a_pause_and_not_before(
    folder: Folder, problem: str, pauses: list[int], caplog: pytest.LogCaptureFixture
) -> None:
    journal = folder.start()
    journal.commit(Changes([row("a")], {}))
    folder.fail(journal, Changes([row("b")], {}))
    tries = []
    folder.directory.room = 0 if problem == "room" else 1 << 40
    folder.directory.fail_with = [OSError(5, "Input/output error")] * (99 if problem == "another" else 0)

    said = ""
    for _ in range(sum(pauses)):
        before = len(folder.steps.done)
        with pytest.raises(SyncError) as refused:
            journal.commit(Changes([row("b")], {}))
        tries.append(len(folder.steps.done) > before)
        said = refused.value.reason
        folder.clock.advance(1)
    folder.directory.room, folder.directory.fail_with = 1 << 40, []
    fresh = journal.commit(Changes([row("b")], {}))

    starts = [second for second, is_try in enumerate(tries) if is_try]
    assert starts == [sum(pauses[:number]) for number in range(len(pauses))]
    assert ("make room" if problem == "room" else "Input/output error") in said
    assert str(folder.path) not in said
    assert fresh == [True]
    assert len(caplog.messages) == 2
    assert "which failed" in caplog.messages[0]
    assert caplog.messages[1].startswith("the journal was copied to a new file after a failed sync, and acknowledges")


def test_wherever_the_process_ends_the_next_one_has_all_that_was_acknowledged(tmp_path: Path, folder: Folder) -> None:
    journal = folder.start()
    journal.commit(Changes([row(f"m{number}") for number in range(40)], {}))
    folder.fail(journal, Changes([row("lost")], {}))
    acknowledged = [f"m{number}" for number in range(40)]
    whole = folder.copied_to(tmp_path / "whole")
    whole.start()
    steps = whole.steps.done

    for number in range(len(steps)):
        first = folder.copied_to(tmp_path / f"{number}")
        first.steps.crash_at = number
        with pytest.raises(Crash):
            first.start()
        outside = first.copied_to(tmp_path / f"{number}-outside")
        with apsw.Connection(str(outside.path / "journal.db")) as tool:
            names = [name for (name,) in tool.execute("SELECT message_id FROM messages ORDER BY seq")]
            assert names[:40] == acknowledged, steps[number]
            assert tool.pragma("integrity_check") == "ok"
        for boot in ("boot-1", "boot-2", ""):
            second = first.copied_to(tmp_path / f"{number}-{boot}").start(boot)
            assert ids_in(second)[:40] == acknowledged, (steps[number], boot)
            assert second.commit(Changes([row("m1"), row("new")], {})) == [False, True]
            assert not (second._path).is_symlink()
            second.close()

    assert {"point", "pointed", "remove journal.db-wal", "move", "open journal.sync"} <= set(steps)
    assert names_in(whole.path) >= {"journal.db", "journal.sync"}


TAMPERING = {
    "a row is gone": "DELETE FROM messages WHERE seq = 2",
    "a body is another": "UPDATE messages SET body = x'00' WHERE seq = 2",
    "its last number is another": "UPDATE last_seq SET seq = seq - 1",
    "the books are others": "UPDATE books SET stored = stored + 1",
}


class NamedDisk(SystemDisk):
    """Knows which file it syncs."""

    path = Path()

    def open(self, path: Path, mode: Mode) -> IO[bytes]:
        self.path = path
        return super().open(path, mode)


class TamperingDisk(NamedDisk):
    """Syncs a copy that is not what was copied."""

    def __init__(self, change: str) -> None:
        self.change = change

    def sync(self, file: IO[bytes]) -> None:
        if self.path.name == "journal.new.db":
            with apsw.Connection(str(self.path)) as copy:
                copy.execute(self.change)
        super().sync(file)


@pytest.mark.parametrize("change", TAMPERING.values(), ids=TAMPERING.keys())
def test_a_copy_that_is_not_what_was_acknowledged_does_not_become_the_journal(
    tmp_path: Path, vfs: FaultyVFS, change: str
) -> None:
    path = tmp_path / "journal.db"
    clock = ManualClock()
    files = JournalFiles(path, disk=TamperingDisk(change), boot="boot-1")
    journal = SqliteJournal(path, vfs=vfs.name, clock=clock, files=files)
    journal.commit(Changes([row("a"), row("b")], {}))
    journal.commit(Changes([row("q", "quarantined")], {}))
    journal.commit(Changes([], {}, [Entry(3, row("q"))]))
    vfs.faults["sync", "-wal"] = FSYNC
    with pytest.raises(SyncError):
        journal.commit(Changes([row("lost")], {}))
    vfs.faults.clear()

    with pytest.raises(SyncError, match=r"which failed \(it does not hold what was acknowledged"):
        journal.commit(Changes([], {}))

    assert ids_in(journal) == ["a", "b", "q"]
    assert not path.is_symlink()
    files.disk = SystemDisk()
    clock.advance(1)
    assert journal.commit(Changes([row("a"), row("c")], {})) == [False, True]
    journal.close()


class ShortDisk(SystemDisk):
    """Has less of a file than was written and synced, which shows once nothing of it is in memory."""

    def uncache(self, file: IO[bytes]) -> None:
        super().uncache(file)
        file.seek(-8192, os.SEEK_END)
        file.write(bytes(8192))
        file.flush()


def test_a_copy_is_compared_as_it_is_on_the_disk(tmp_path: Path, vfs: FaultyVFS) -> None:
    path = tmp_path / "journal.db"
    journal = SqliteJournal(path, vfs=vfs.name, files=JournalFiles(path, disk=ShortDisk(), boot="boot-1"))
    journal.commit(Changes([row(f"m{number}") for number in range(40)], {}))
    vfs.faults["sync", "-wal"] = FSYNC
    with pytest.raises(SyncError):
        journal.commit(Changes([row("lost")], {}))
    vfs.faults.clear()

    with pytest.raises(SyncError, match="which failed"):
        journal.commit(Changes([row("lost")], {}))

    assert not path.is_symlink()
    assert len(ids_in(journal)) == 40
    journal.close()


def test_once_the_copy_is_the_journal_no_sync_is_left_that_could_fail(folder: Folder) -> None:
    journal = folder.start()
    journal.commit(Changes([row("a")], {}))
    folder.fail(journal, Changes([row("b")], {}))
    folder.vfs.faults.update({("sync", "journal.db"): FSYNC, ("sync", "journal.db-journal"): FSYNC})

    assert journal.commit(Changes([row("b")], {})) == [True]


def test_a_disk_that_takes_each_copy_and_fails_again_is_not_filled_with_copies(folder: Folder) -> None:
    journal = folder.start()
    journal.commit(Changes([row("a")], {}))
    folder.vfs.faults["sync", "-wal"] = FSYNC
    moves = []
    for _ in range(28):
        with pytest.raises(SyncError):
            journal.commit(Changes([row("b")], {}))
        moves.append(folder.steps.done.count("moved"))
        folder.clock.advance(1)
    folder.vfs.faults.clear()

    copies = [second for second, (before, after) in enumerate(pairwise([0, *moves])) if after > before]
    assert copies == [1, 2, 4, 8, 16, 26]
    folder.clock.advance(10)
    assert journal.commit(Changes([row("b")], {})) == [True]
    assert ids_in(journal) == ["a", "b"]


class UnsyncedLog(NamedDisk):
    """Does not sync what is rewritten of a log."""

    def __init__(self) -> None:
        self.logs = 0

    def sync(self, file: IO[bytes]) -> None:
        if self.path.name.endswith("-wal"):
            self.logs += 1
            raise OSError(5, "Input/output error")
        super().sync(file)


def test_a_log_that_a_killed_process_left_is_synced_before_anything_is_built_on_it(
    tmp_path: Path, folder: Folder
) -> None:
    journal = folder.start()
    journal.commit(Changes([row("a")], {}))
    killed = folder.copied_to(tmp_path / "killed")
    log = (killed.path / "journal.db-wal").read_bytes()
    second = killed.start()
    assert "open journal.db-wal" in killed.steps.done
    assert (killed.path / "journal.db-wal").read_bytes() == log
    assert second.commit(Changes([row("a"), row("b")], {})) == [False, True]
    second.close()

    failing = folder.copied_to(tmp_path / "failing")
    before = (failing.path / "journal.db").stat().st_ino
    disk = UnsyncedLog()
    third = SqliteJournal(failing.path / "journal.db", files=JournalFiles(failing.path / "journal.db", disk=disk))

    assert disk.logs == 1
    assert third.commit(Changes([row("a"), row("b")], {})) == [False, True]
    assert (failing.path / "journal.db").stat().st_ino != before
    third.close()


def test_a_marker_that_cannot_be_written_is_said_and_the_process_itself_still_knows(
    folder: Folder, caplog: pytest.LogCaptureFixture
) -> None:
    journal = folder.start()
    journal.commit(Changes([row("a")], {}))
    (folder.path / "journal.sync").unlink()
    (folder.path / "journal.sync").mkdir()
    folder.directory.room = 0

    folder.fail(journal, Changes([row("b")], {}))

    with pytest.raises(SyncError):
        journal.commit(Changes([row("b")], {}))
    assert "the failed sync could not be marked for the next process" in caplog.text
    (folder.path / "journal.sync").rmdir()


@pytest.mark.parametrize("code", [FULL, WRITE])
def test_a_write_that_fails_leaves_no_marker(folder: Folder, code: int) -> None:
    journal = folder.start()
    before = (folder.path / "journal.sync").read_bytes()

    folder.vfs.faults["write", "-wal"] = code
    with pytest.raises(JournalError):
        journal.commit(Changes([row("b")], {}))

    assert (folder.path / "journal.sync").read_bytes() == before

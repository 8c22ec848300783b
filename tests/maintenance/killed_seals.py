"""Seals a folder again and again, killed at its first step, at its second and so on, and looks at what is left.

    python -m tests.maintenance.killed_seals (owner|child|compaction) FOLDER [EVERY]

A step is a call of the disk or of SQLite's files, in the process that owns the folder or in that which writes files.
Each is a fork of this process, in which no database is ever open. Prints how many steps there are.
"""

from __future__ import annotations

import os
import pickle
import shutil
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import apsw
import msgspec
from tests.storage.sealing import row

from footfall import storage
from footfall.clock import SystemClock
from footfall.collector.job_settings import JobSettings
from footfall.disk import Mode, SystemDisk
from footfall.maintenance import merge_files
from footfall.maintenance.compact import compact
from footfall.maintenance.context import JobContext
from footfall.maintenance.seal import seal
from footfall.maintenance.seal_tail import TailRequest, write_parts
from footfall.storage import Changes, Entry, Row
from footfall.storage.books import imbalances

DAY_US = 86_400_000_000
ROWS = [
    row(str(number), received_at=number // 6 * DAY_US, body=b'{"n":%d,"x":"\xff"}' % number) for number in range(12)
]


class Steps:
    """Ends this process at step number `last`."""

    def __init__(self, last: int | None) -> None:
        self.number = 0
        self._last = last

    def step(self) -> None:
        self.number += 1
        if self.number == self._last:
            os.kill(os.getpid(), signal.SIGKILL)


class DyingDisk(SystemDisk):
    """The machine's disk, each call of which is a step; to replace a file is one before and one after its end."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps

    def open(self, path: Path, mode: Mode) -> IO[bytes]:
        self._steps.step()
        return super().open(path, mode)

    def sync(self, file: IO[bytes]) -> None:
        self._steps.step()
        super().sync(file)

    @contextmanager
    def replacing(self, path: Path, *, private: bool = False) -> Iterator[IO[bytes]]:
        self._steps.step()
        with super().replacing(path, private=private) as file:
            yield file
            file.flush()
            self._steps.step()
        self._steps.step()

    def remove(self, path: Path) -> None:
        self._steps.step()
        super().remove(path)

    def make_folder(self, path: Path, *, private: bool = False) -> None:
        self._steps.step()
        super().make_folder(path, private=private)


class DyingVFS(apsw.VFS):
    """The VFS of every database from now on, whose writes and syncs are steps."""

    def __init__(self, steps: Steps) -> None:
        self.steps = steps
        super().__init__("dying", "", makedefault=True)

    def xOpen(self, name: Any, flags: list[int]) -> Any:  # noqa: N802 - apsw's name
        return DyingFile(self.steps, name, flags)


class DyingFile(apsw.VFSFile):
    def __init__(self, steps: Steps, name: Any, flags: list[int]) -> None:
        self._steps = steps
        super().__init__("unix", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 - apsw's name
        self._steps.step()
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:  # noqa: N802 - apsw's name
        self._steps.step()
        super().xSync(flags)


def in_fork(work: Callable[[], object]) -> tuple[int, Any]:
    """Do some work in a fork: its exit code, or minus the signal that ended it, and what it returned."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            with os.fdopen(write, "wb") as pipe:
                pipe.write(pickle.dumps(work()))
            os._exit(0)
        except BaseException:  # noqa: BLE001 - the fork must end here
            traceback.print_exc()
            os._exit(1)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        content = pipe.read()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), pickle.loads(content) if content else None


def make(data: Path) -> None:
    with storage.open(data, "write") as store:
        store.journal.commit(Changes([*ROWS, row("q")._replace(kind="quarantined")], {("shop", "seen"): 1}))


def seal_folder(
    data: Path, *, owner_dies_at: int | None = None, child_dies_at: int | None = None, rows: int = 4
) -> None:
    """Seal a folder, so many rows at a time; the process ends where it shall."""
    steps = Steps(owner_dies_at)
    vfs = DyingVFS(steps)  # as long as a database is open

    def write(_: JobContext, request: dict[str, object]) -> object:
        disk = DyingDisk(Steps(child_dies_at))
        asked = msgspec.convert(request, TailRequest)
        code, parts = in_fork(lambda: msgspec.to_builtins(write_parts(asked, disk=disk)))
        if code:
            os.kill(os.getpid(), signal.SIGKILL)  # as it is stopped; whether this process goes on is another test's
        return parts

    with storage.open(data, "change", command="seal", disk=DyingDisk(steps)) as store:
        seal(JobContext(data, store, JobSettings(seal_rows=rows), SystemClock()), write=write)
    del vfs


def compact_folder(data: Path, *, compaction_dies_at: int | None = None) -> None:
    """Compact a folder; the process that owns it ends where it shall."""
    steps = Steps(compaction_dies_at)
    vfs = DyingVFS(steps)  # as long as a database is open

    def merge(_: JobContext, request: dict[str, Any]) -> object:
        code, merged = in_fork(lambda: msgspec.to_builtins(merge_files.write(request, lambda _: None)))
        assert code == 0
        return merged

    with storage.open(data, "change", command="compact", disk=DyingDisk(steps)) as store:
        compact(JobContext(data, store, JobSettings(), SystemClock()), merge=merge)
    del vfs


def look_at(data: Path) -> None:
    """Each message is there once, byte for byte, and the books balance."""
    with storage.open(data, "read") as store, store.snapshot() as snapshot:
        entries = [entry for chunk in snapshot.scan("stored") for entry in chunk]
        assert entries == list(map(Entry, range(1, 13), ROWS)), [entry.seq for entry in entries]
        assert snapshot.losses == []
        books, quarantine = snapshot.books(), snapshot.in_quarantine()
        assert imbalances(books, watermark=snapshot.watermark(), quarantine=quarantine) == []
        assert books["shop", "seen"]["received"] == 14


def look_at_the_end(data: Path) -> None:
    """After a run that was not killed everything is in files, nothing else is left, and repeats are duplicates."""
    look_at(data)
    with storage.open(data, "change", command="look") as store:
        assert list(store.journal.scan("stored")) == []
        with store.snapshot() as snapshot:
            live = {file.name for file in snapshot.files}
        folder = data / "warehouse"
        there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
        assert there == live | {"manifest.jsonl"}
        repeats: list[Row] = [*ROWS, row("new")]
        assert store.journal.commit(Changes(repeats, {})) == [False] * 12 + [True]


def main() -> None:
    who, folder, every = sys.argv[1], Path(sys.argv[2]), int((*sys.argv, "1")[3])
    template = folder / "template"
    assert in_fork(lambda: make(template))[0] == 0
    work: Callable[..., None] = seal_folder
    if who == "compaction":
        assert in_fork(lambda: seal_folder(template))[0] == 0
        work = compact_folder
    number = 1
    while True:
        data = folder / "data"
        shutil.copytree(template, data)
        dies_at = number
        killed, _ = in_fork(lambda: work(data, **{f"{who}_dies_at": dies_at}))  # noqa: B023 - done at once
        assert killed in (0, -signal.SIGKILL), (who, number, killed)
        for part in (look_at, work, look_at_the_end) if killed else (look_at_the_end,):
            assert in_fork(lambda: part(data))[0] == 0, (who, number, part)  # noqa: B023 - done at once
        if not killed:
            break
        shutil.rmtree(data)
        number += every
    sys.stdout.write(f"{number - 1}\n")


if __name__ == "__main__":
    main()

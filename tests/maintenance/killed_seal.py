"""Seals a folder in a process that is killed at one of its calls to the disk or the journal; as a script, at each."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count, takewhile
from pathlib import Path
from types import SimpleNamespace
from typing import IO, Any, TypeVar, cast

import msgspec
from tests.maintenance.dying import DyingAt
from tests.maintenance.folders import bodies, collect, is_balanced
from tests.storage.sealing import batch_of

from footfall.collector.job_settings import JobSettings
from footfall.disk import SystemDisk
from footfall.maintenance.context import JobContext
from footfall.maintenance.seal import seal
from footfall.maintenance.seal_tail import TailPart
from footfall.maintenance.verify import verify
from footfall.storage import Changes, Store
from footfall.storage.journal import Snapshot, SnapshotReads
from footfall.storage.parquet.warehouse import ParquetWarehouse
from footfall.storage.sqlite.journal import SqliteJournal
from footfall.storage.sqlite.renewal import JournalFiles
from footfall.testing import ManualClock

IDS = [*(f"018f0000-0000-7000-8000-{number:012x}" for number in range(4)), "odd id", "an older one", "ÆØÅ"]
"""Seven messages: the first two are sealed before anything is killed, the last two come from another source."""

_ROWS = 2
_T = TypeVar("_T")


class DyingDisk(SystemDisk):
    """A disk whose calls are counted, also those between which a file appears."""

    def __init__(self, step: Callable[[], None]) -> None:
        self._count = step

    @contextmanager
    def replacing(self, path: Path, *, private: bool = False) -> Iterator[IO[bytes]]:
        self._count()
        with super().replacing(path, private=private) as file:
            yield file
            file.flush()
            self._count()  # there is a draft
        self._count()

    def open(self, path: Path, mode: Any) -> IO[bytes]:
        self._count()
        return super().open(path, mode)

    def sync(self, file: IO[bytes]) -> None:
        file.flush()
        self._count()
        super().sync(file)
        self._count()

    def remove(self, path: Path) -> None:
        self._count()
        super().remove(path)
        self._count()

    def make_folder(self, path: Path, *, private: bool = False) -> None:
        super().make_folder(path, private=private)
        self._count()


class DyingJournal(SnapshotReads):
    """A journal whose transactions are counted, before and after each."""

    def __init__(self, journal: SqliteJournal, step: Callable[[], None]) -> None:
        self._journal = journal
        self._count = step

    def commit(self, changes: Changes) -> list[bool]:
        return self._counted(lambda: self._journal.commit(changes))

    def forget(self, limit: int = 1000) -> int:
        return self._counted(lambda: self._journal.forget(min(limit, 1)))

    def snapshot(self) -> AbstractContextManager[Snapshot]:
        return self._journal.snapshot()

    def close(self) -> None:
        self._journal.close()

    def _counted(self, step: Callable[[], _T]) -> _T:
        self._count()
        result = step()
        self._count()
        return result


def seal_counted(folder: Path, step: Callable[[], None]) -> None:
    """Seal what is stored, a few rows a file, in this process."""
    disk, path = DyingDisk(step), folder / "journal.db"
    warehouse = ParquetWarehouse(folder / "warehouse", disk=disk, rows=_ROWS)
    journal = DyingJournal(SqliteJournal(path, files=JournalFiles(path, disk=disk), recent_ids=3), step)
    store = cast("Store", SimpleNamespace(journal=journal, warehouse=warehouse))

    def write(_: JobContext, request: dict[str, object]) -> object:
        # By the journal's own library: a second one in this process would break its locks.
        with journal.snapshot() as snapshot:
            chunks = list(snapshot.scan("stored", until=cast("int", request["until"]), chunk=_ROWS))
        parts = [TailPart(chunk[-1].seq, tuple(warehouse.write([batch_of(chunk)], None))) for chunk in chunks]
        return msgspec.to_builtins(parts)

    seal(JobContext(folder, store, JobSettings(), ManualClock()), write=write)
    journal.close()


def prepare(folder: Path) -> None:
    """A folder with sealed messages, unsealed ones, and one in quarantine between them."""
    collect(folder, IDS[:2])
    seal_counted(folder, lambda: None)
    collect(folder, IDS[2:5])
    collect(folder, ["in quarantine"], event="")
    collect(folder, IDS[5:], source="other")


def check(folder: Path, whole: Path) -> None:
    """Each message is there once, at once and when the seal was done anew; a repeat of each is a duplicate."""
    expected = bodies(whole)
    assert bodies(folder) == expected
    assert is_balanced(folder)
    assert collect(folder, IDS[:5])["duplicate"] == 5
    assert collect(folder, IDS[5:], source="other")["duplicate"] == 2
    seal_counted(folder, lambda: None)
    assert bodies(folder) == expected
    assert is_balanced(folder)
    verification = verify(folder)
    assert verification.is_whole, verification.damages
    assert verification.strays == ()
    assert collect(folder, IDS[:5])["duplicate"] == 5


def in_fork(action: Callable[[], None]) -> int:
    """Do it in a process apart; how that ended."""
    child = os.fork()
    if not child:
        action()
        os._exit(0)
    return os.waitpid(child, 0)[1]


def is_killed(folder: Path, whole: Path, number: int) -> bool:
    """Whether a seal of a copy of `whole` makes so many calls, at the last of which it is killed; checks what is left.

    The checks are made in a process apart, too: this one has no threads of libraries, so it can be forked.
    """
    shutil.copytree(whole, folder)
    dying = DyingAt(number, lambda: os.kill(os.getpid(), signal.SIGKILL))
    status = in_fork(lambda: seal_counted(folder, dying))
    assert in_fork(lambda: check(folder, whole)) == 0, f"killed at call {number}"
    assert status in (0, signal.SIGKILL)
    shutil.rmtree(folder)
    return status != 0


def main(work: Path, every: int) -> None:
    """Kill a seal at each of its calls, or at one in `every`; says how often."""
    whole = work / "whole"
    assert in_fork(lambda: prepare(whole)) == 0
    numbers = takewhile(lambda number: is_killed(work / str(number), whole, number), count(1, every))
    sys.stdout.write(f"{sum(1 for _ in numbers)}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))

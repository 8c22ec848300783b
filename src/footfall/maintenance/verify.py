"""Verify: everything in a data folder is read back, and what is damaged is named with what it affects.

It works beside a running collector: what it checks is as of one snapshot of the journal. A file that was replaced
meanwhile is no longer one of the folder's, and nothing is said of it.
"""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from footfall import storage
from footfall.disk import Disk, SystemDisk
from footfall.errors import JobError, JournalError, StorageError, WarehouseError
from footfall.maintenance.context import JobContext, Progress
from footfall.maintenance.generations import Generations
from footfall.maintenance.ids_check import run_problems
from footfall.maintenance.journal_check import journal_problems
from footfall.printable import counted
from footfall.storage.books import kept, total
from footfall.storage.folder import DataFolder
from footfall.storage.journal import IdRun, SealMark
from footfall.storage.sqlite.copying import integrity_problems
from footfall.storage.store import Store
from footfall.storage.warehouse import FileCount, SealedFile, live_files

__all__ = ["MANIFEST", "Damage", "Verification", "in_child", "run", "verify"]

MANIFEST = "warehouse/manifest.jsonl"
_MOST = 3  # that the result of a job names
_CHUNK = 1 << 20
_WITHOUT_CONTROL = "what is stored is safe; keys and plans cannot be read"
_WITHOUT_JOURNAL = "what is sealed is safe in its own files"
_WITHOUT_MANIFEST = "the sealed files are safe, and those of its damaged lines count again once it is mended"
_WITHOUT_IDS = "every figure is as before; a repeat of one of these messages is stored again"
_WITHOUT_TAIL = "what it has is counted, and the collector goes on; clients send again what they still have"
_WITHOUT_COPY = "the data folder has the file whole"
_CHANGED = "its bytes are not those of the data folder, and later backups share them"
_COPIED_ANEW = "the next backup copies it anew"
_WITHOUT_FILE = "the collector and every figure go on without these messages, and say so"


class Damage(msgspec.Struct, frozen=True):
    """One thing that is damaged: `file`, by its path below the folder or in a backup, and the `problem`.

    `messages` are affected, all received on `day`; `counts` has them by source and event. None and empty where that
    cannot be known. `works` says what goes on as before, `remedy` what to do.
    """

    file: str
    problem: str
    works: str
    remedy: str
    messages: int | None = None
    day: str | None = None
    counts: tuple[FileCount, ...] = ()


class Verification(msgspec.Struct, frozen=True):
    """What was read back: so many stored `messages` by the books, some of them in so many sealed `files`.

    `strays` are files below `warehouse` that nothing names: a seal that was cut short left them, or another program
    put them there. They count in no figure of footfall, but in those of whoever reads all files there.
    """

    messages: int | None
    files: int
    damages: tuple[Damage, ...]
    strays: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """Whether nothing is damaged."""
        return not self.damages


def verify(data: Path, *, backups: Path | None = None, disk: Disk | None = None) -> Verification:
    """Read back everything in a data folder. `backups` is where to look for a good copy of what is damaged.

    The sealed files of the newest backup are read too: every later one shares them.

    Raises DataFolderError where the folder is not footfall's.
    """
    disk = disk or SystemDisk()
    folder = DataFolder.read(data, disk=disk)
    with storage.open(data, "read", disk=disk) as store:
        check = _Check(folder, store, _Remedies(data, backups, disk), disk)
        damages = tuple(check.damages())
        return Verification(check.messages, len(check.files), damages, tuple(check.strays()))


def run(context: JobContext) -> str:
    """The job: everything is read back. Raises JobError where something is damaged."""
    backups = context.settings.backup
    arguments = {"data": str(context.data), "backups": None if backups is None else str(backups)}
    result = msgspec.convert(context.child("footfall.maintenance.verify:in_child", arguments), Verification)
    if result.damages:
        damaged = "; ".join(f"{damage.file}: {damage.problem}" for damage in result.damages[:_MOST])
        raise JobError(f"{counted(len(result.damages), 'thing')} damaged: {damaged}; see footfall verify")
    return f"{counted(result.files, 'sealed file')} and the journal are whole"


def in_child(arguments: Mapping[str, str | None], _: Progress) -> Verification:
    """What the job does in a process at low priority."""
    backups = arguments["backups"]
    return verify(Path(str(arguments["data"])), backups=None if backups is None else Path(backups))


class _Remedies:
    """What to do about damage; names the newest backup that has a good copy."""

    def __init__(self, data: Path, backups: Path | None, disk: Disk) -> None:
        self._data = data
        self._backups = Generations(backups, disk=disk).all() if backups is not None else None
        self._disk = disk

    def for_file(self, name: str, is_good: Callable[[Path], bool]) -> str:
        """For a file that another copy can take the place of, if `is_good` says so of the backup that it is in."""
        if self._backups is None:
            return "name the folder of your backups by --backups to see which has a good copy"
        for backup in reversed(self._backups):
            if is_good(backup):
                return f"cp {shlex.quote(str(backup / name))} {shlex.quote(str(self._data / name))}"
        return "no backup has a good copy"

    def for_sealed(self, file: SealedFile) -> str:
        """For a sealed file, of which the manifest says what a good copy has."""
        name = f"warehouse/{file.name}"
        return self.for_file(name, lambda backup: _hash_of(self._disk, backup / name) == file.sha256)

    def damaged_copy(self, file: SealedFile) -> Path | None:
        """The copy of a sealed file in the newest backup, if it is there and differs."""
        path = self._backups[-1] / "warehouse" / file.name if self._backups else None
        return path if path is not None and path.exists() and _hash_of(self._disk, path) != file.sha256 else None

    def for_manifest(self, steps: int) -> str:
        """For a manifest of which so many steps count. Where no backup has them, the files say what is in them."""
        copy = self.for_file(MANIFEST, lambda backup: _has_steps(backup, steps))
        anew = f"footfall seal --data {shlex.quote(str(self._data))}, which makes it anew from the files"
        return copy if copy.startswith("cp ") else anew

    def for_run(self, name: str, run: IdRun) -> str:
        """For a run of ids. Where no backup has a good copy, the messages have their ids."""
        copy = self.for_file(name, lambda backup: not run_problems(self._disk, backup / name, run))
        data, file = shlex.quote(str(self._data)), shlex.quote(str(self._data / name))
        anew = f"rm -f {file}; footfall seal --data {data}, which makes it anew from the messages"
        return copy if copy.startswith("cp ") else anew

    def for_control(self) -> str:
        """For a control store, of which any sound copy is better than none."""
        copy = self.for_file("control.db", lambda backup: not integrity_problems(backup / "control.db"))
        anew = "; without one, move it away: the next start keeps its plan, and footfall keys create makes new keys"
        return copy if copy.startswith("cp ") else copy + anew

    def for_journal(self) -> str:
        """For a journal, which only goes back together with what belongs to it."""
        backup = shlex.quote(str(self._backups[-1])) if self._backups else "BACKUP"
        return f"footfall restore {backup} --data NEW"


def _has_steps(backup: Path, steps: int) -> bool:
    with suppress(StorageError), storage.open(backup, "read") as store:
        return len(store.warehouse.steps(steps)) == steps
    return False


def _hash_of(disk: Disk, path: Path) -> str | None:
    """The SHA-256 of a file, in hex; None where it cannot be read."""
    digest = hashlib.sha256()
    with suppress(OSError), disk.open(path, "read") as file:
        while part := file.read(_CHUNK):
            digest.update(part)
        return digest.hexdigest()
    return None


class _Check:
    def __init__(self, folder: DataFolder, store: Store, remedies: _Remedies, disk: Disk) -> None:
        self._folder = folder
        self._store = store
        self._remedies = remedies
        self._disk = disk
        self.messages: int | None = None
        self.files: dict[str, SealedFile] = {}
        self._whole: list[SealedFile] = []

    def damages(self) -> Iterator[Damage]:
        """What is damaged, one thing after the other."""
        yield from self._of_control()
        mark, runs = None, list[IdRun]()
        try:
            with self._store.journal.snapshot() as snapshot:
                mark, runs = snapshot.state().seal, snapshot.state().id_runs
                self.messages = kept(total(snapshot.books()))
                problems = list(journal_problems(self._folder.journal_path, snapshot))
        except JournalError as error:
            problems = [error.reason]
        if problems:
            yield Damage("journal.db", "; ".join(problems), _WITHOUT_JOURNAL, self._remedies.for_journal())
        if mark is not None and mark.steps:
            yield from self._of_warehouse(mark)
        yield from self._of_ids(runs)

    def strays(self) -> Iterator[str]:
        """Parquet files that no step names, or that were replaced."""
        warehouse = self._folder.path / "warehouse"
        for path in _listed(self._disk, warehouse):
            if path.suffix == ".parquet":
                yield f"warehouse/{path.name}"
        for day in filter(Path.is_dir, _listed(self._disk, warehouse)):
            for path in self._disk.list(day):
                if f"{day.name}/{path.name}" not in self.files:
                    yield f"warehouse/{day.name}/{path.name}"

    def _of_control(self) -> Iterator[Damage]:
        path = self._folder.control_path
        if not path.exists():
            return
        problems = integrity_problems(path)
        if not problems:
            bundles = self._store.control.bundles()
            problems = [
                f"the plan {digest[:12]} is not as it was kept"
                for digest, bundle in bundles.items()
                if hashlib.sha256(bundle).hexdigest() != digest
            ]
        if problems:
            yield Damage("control.db", "; ".join(problems), _WITHOUT_CONTROL, self._remedies.for_control())

    def _of_warehouse(self, mark: SealMark) -> Iterator[Damage]:
        try:
            self.files = dict(live_files(self._store.warehouse.steps(mark.steps)))
        except (WarehouseError, KeyError) as error:
            remedy = self._remedies.for_manifest(mark.steps)
            yield Damage(MANIFEST, str(error), _WITHOUT_MANIFEST, remedy, mark.messages)
            return
        sealed = sum(file.messages for file in self.files.values())
        if sealed != mark.messages:
            problem = f"its files have {counted(sealed, 'message')}, and the journal says {mark.messages:,}"
            yield Damage(MANIFEST, problem, _WITHOUT_MANIFEST, self._remedies.for_journal())
        yield from self._of_tail(mark)
        for file in self.files.values():
            problems = self._store.warehouse.check(file)
            if not problems:
                self._whole.append(file)
                if (copy := self._remedies.damaged_copy(file)) is not None:
                    yield Damage(str(copy), _CHANGED, _WITHOUT_COPY, f"rm -f {shlex.quote(str(copy))}; {_COPIED_ANEW}")
            elif self._is_live(file):
                name = f"warehouse/{file.name}"
                yield Damage(
                    name, "; ".join(problems), _WITHOUT_FILE, self._remedies.for_sealed(file),
                    file.messages, file.day, file.counts,
                )  # fmt: skip

    def _of_ids(self, runs: Sequence[IdRun]) -> Iterator[Damage]:
        from footfall.maintenance.unknown_ids import (
            unknown_ids,
        )  # loaded late: a collector that checks loads no pyarrow

        damages = []
        for run in runs:
            name = f"ids/{run.name}"
            problems = run_problems(self._disk, self._folder.path / name, run)
            if problems and run in self._runs():
                remedy = self._remedies.for_run(name, run)
                damages.append(Damage(name, "; ".join(problems), _WITHOUT_IDS, remedy, run.ids))
        yield from damages
        if not damages:
            with suppress(WarehouseError):  # a damaged file, which was named already, or one that was just replaced
                unknown = unknown_ids(
                    self._disk, self._folder.path / "ids", runs, self._store.warehouse, self._whole
                )  # fmt: skip
                if unknown and self._runs() == runs:
                    problem = f"the ids of {counted(unknown, 'sealed message')} are in no run"
                    yield Damage("ids", problem, _WITHOUT_IDS, self._remedies.for_journal(), unknown)

    def _runs(self) -> list[IdRun]:
        with self._store.journal.snapshot() as snapshot:
            return snapshot.state().id_runs

    def _of_tail(self, mark: SealMark) -> Iterator[Damage]:
        """Messages that were sealed, and that a journal which lost its last commits knows nothing of."""
        last, steps = 0, mark.steps
        with suppress(WarehouseError):
            while True:
                *_, step = self._store.warehouse.steps(steps + 1)
                last, steps = max(last, *(file.last for file in step.added), 0), steps + 1
        with self._store.journal.snapshot() as snapshot:
            watermark = snapshot.watermark()
        if last > watermark:
            problem = f"it ends at number {watermark:,} and lost its last commits: messages up to {last:,} were sealed"
            yield Damage("journal.db", problem, _WITHOUT_TAIL, self._remedies.for_journal())

    def _is_live(self, file: SealedFile) -> bool:
        """Whether a file counts now; one that was replaced while it was read may be gone."""
        with self._store.journal.snapshot() as snapshot:
            return live_files(self._store.warehouse.steps(snapshot.state().seal.steps)).get(file.name) == file


def _listed(disk: Disk, path: Path) -> list[Path]:
    try:
        return disk.list(path)
    except FileNotFoundError:
        return []

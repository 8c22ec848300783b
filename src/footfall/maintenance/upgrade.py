"""Upgrades: how a data folder of an earlier format becomes one of this footfall's, and how that is undone.

New files are written beside the old ones. Then one step, the marker, begins the exchange: whatever is killed before it
has changed nothing, and whatever is killed after it is finished by the next call. The old files stay in
`before-upgrade` until the first start after the upgrade.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import apsw
import msgspec

from footfall.clock import Clock, SystemClock
from footfall.directory import Directory, SystemDirectory, give_owner, give_owner_and_mode
from footfall.disk import Disk, SystemDisk
from footfall.errors import DataFolderError, FootfallError
from footfall.maintenance.migrations import MIGRATIONS
from footfall.maintenance.migrations.migration import Migration, MigrationFiles
from footfall.printable import counted
from footfall.storage.books import total
from footfall.storage.folder import CONTROL, JOURNAL, DataFolder
from footfall.storage.journal import Snapshot
from footfall.storage.marker import (
    MARKER,
    FolderMarker,
    FolderSwitch,
    Upgraded,
    encode_marker,
    read_marker,
    write_marker,
)
from footfall.storage.sqlite.database import open_still, reason_of
from footfall.storage.sqlite.library import connect
from footfall.storage.sqlite.snapshot import SqliteSnapshot
from footfall.storage.sqlite.store import SqliteStore
from footfall.storage.switch import finish_switch, names_in
from footfall.timestamps import format_us
from footfall.versions import DATA_FOLDER

__all__ = ["BEFORE", "DRAFTS", "UNDONE", "FolderUpgrade"]

BEFORE, DRAFTS, UNDONE = "before-upgrade", "upgrading", "undone-upgrade"
# What is kept of the control store, which a newer footfall changes in place.
_COPIED = (CONTROL, MARKER)
_UNCOUNTED = "uncounted"


def _totals_of(journal: Snapshot) -> dict[str, int]:
    """The sums of a journal's books, and how many hits were left out."""
    uncounted = sum(count.number for count in journal.history().uncounted())
    return {**total(journal.books()), _UNCOUNTED: uncounted}


class FolderUpgrade:
    """The upgrade of one data folder, and its undoing. Whoever uses it, nobody else uses the folder meanwhile.

    `migrations` are the steps, by the format that each begins at, and `newest` is the format that they lead to.
    """

    def __init__(
        self,
        path: Path,
        *,
        disk: Disk | None = None,
        directory: Directory | None = None,
        clock: Clock | None = None,
        migrations: Mapping[int, Migration] = MIGRATIONS,
        newest: int = DATA_FOLDER,
    ) -> None:
        self._path = path
        self._disk = disk or SystemDisk()
        self._directory = directory or SystemDirectory(path)
        self._clock = clock or SystemClock()
        self._migrations = migrations
        self._newest = newest

    def is_due(self) -> bool:
        """Whether there is a folder, and it must be upgraded before it is used. Raises DataFolderError."""
        if MARKER not in self._names_in(self._path):
            return False
        marker = read_marker(self._disk, self._path)
        return marker.footfall < self._newest or marker.switch is not None

    def upgrade(self) -> Upgraded | None:
        """Bring the folder to the newest format, or finish what was cut short; None where it has that format.

        Raises DataFolderError where it cannot be done, DataFolderHeldError where somebody uses the folder.
        """
        with closing(DataFolder.upgrade(self._path, "footfall upgrade", disk=self._disk)):
            marker = read_marker(self._disk, self._path)
            switch = marker.switch
            if switch is None:
                if marker.footfall == self._newest:
                    with suppress(OSError):  # it is in nobody's way
                        self._clean(marker)
                    return None
                switch = self._begin(marker)
            elif not switch.is_upgrade:
                raise DataFolderError(self._path, "is half undone; finish that by `footfall upgrade --undo`")
            return self._finish(switch, "upgraded").upgraded

    def undo(self) -> int:
        """Bring back the files from before the upgrade, or finish that; gives the format that the folder has then.

        Raises DataFolderError where there is no upgrade to undo, or something would be lost, and DataFolderHeldError.
        """
        with closing(DataFolder.upgrade(self._path, "footfall upgrade --undo", disk=self._disk)):
            marker = read_marker(self._disk, self._path)
            switch = marker.switch
            if switch is None:
                switch = self._begin_undo(marker)
            elif switch.is_upgrade:
                raise DataFolderError(self._path, "is half upgraded; finish that first by `footfall upgrade`")
            return self._finish(switch, "undone").footfall

    def forget(self) -> None:
        """Remove the old files for ever, once the folder was opened after its upgrade. Its owner calls this."""
        marker = read_marker(self._disk, self._path)
        try:
            if marker.upgraded is not None:
                marker = msgspec.structs.replace(marker, upgraded=None)
                write_marker(self._disk, self._path, marker)
            self._clean(marker)
        except OSError as error:
            raise DataFolderError(self._path, f"{BEFORE} cannot be removed ({error.strerror}); remove it") from error

    def _begin(self, marker: FolderMarker) -> FolderSwitch:
        steps = [self._migrations[number] for number in range(marker.footfall, self._newest)]
        replaced = {name for step in steps for name in step.replaces}
        with self._undoing_drafts():
            self._clean(marker)
            self._require_room(replaced)
            sources = self._write(marker, steps)
            names = names_in(self._disk, self._path)
            out = tuple(name for name in names if name in replaced)
            # SQLite makes an index of a log anew.
            kept = tuple(name for name in (*out, *(set(_COPIED) & set(names))) if not name.endswith("-shm"))
            at = format_us(self._clock.now_us())
            upgraded = Upgraded(marker.footfall, at, kept, self._totals(sources))
            after = FolderMarker(self._newest, marker.created_at, upgraded)
            with self._disk.replacing(self._path / DRAFTS / MARKER, private=True) as file:
                file.write(encode_marker(after))
                give_owner_and_mode(file, self._path / MARKER)
            switch = FolderSwitch(BEFORE, out, {**sources, MARKER: f"{DRAFTS}/{MARKER}"})
            write_marker(self._disk, self._path, msgspec.structs.replace(after, upgraded=None, switch=switch))
        return switch

    def _write(self, marker: FolderMarker, steps: Sequence[Migration]) -> dict[str, str]:
        """Write the new files, and copy what is kept of the old ones; where each new file is now, by name."""
        sources: dict[str, Path] = {}
        self._make_folder(DRAFTS)
        for number, step in enumerate(steps, marker.footfall + 1):
            folder = f"{DRAFTS}/{number}"
            self._make_folder(folder)
            step.run(MigrationFiles(self._path, sources, self._path / folder, self._disk))
            self._directory.sync(folder)
            sources = {name: path for name, path in sources.items() if name not in step.replaces}
            sources |= {path.name: path for path in self._disk.list(self._path / folder)}
        self._make_folder(BEFORE)
        for name in _COPIED:
            self._copy(name)
        return {name: path.relative_to(self._path).as_posix() for name, path in sources.items()}

    def _names_in(self, folder: Path) -> list[str]:
        """See `names_in`. Raises DataFolderError."""
        try:
            return names_in(self._disk, folder)
        except OSError as error:
            raise DataFolderError(self._path, f"cannot be read ({error.strerror})") from error

    def _make_folder(self, name: str) -> None:
        self._disk.make_folder(self._path / name, private=True)
        give_owner(self._path / name, self._path)
        self._directory.sync(Path(name).parent.as_posix())

    def _copy(self, name: str) -> None:
        source = self._path / name
        if name not in names_in(self._disk, self._path):
            return
        with (
            self._standing_still(source),
            self._disk.open(source, "read") as old,
            self._disk.replacing(self._path / BEFORE / name, private=True) as file,
        ):
            shutil.copyfileobj(old, file)
            give_owner_and_mode(file, source)

    @contextmanager
    def _standing_still(self, path: Path) -> Iterator[None]:
        """Keep writers out of the control store, which a collector's lock does not."""
        if path.name != CONTROL:
            yield
            return
        with closing(connect(str(path), apsw.SQLITE_OPEN_READWRITE)) as connection:
            connection.set_busy_timeout(10_000)
            connection.execute("BEGIN")
            connection.execute("SELECT count(*) FROM sqlite_schema").fetchall()
            yield

    def _begin_undo(self, marker: FolderMarker) -> FolderSwitch:
        upgraded = marker.upgraded
        if upgraded is None:
            with suppress(OSError):
                self._clean(marker)
            raise DataFolderError(
                self._path, "has no upgrade to undo: the first start after an upgrade removes the old files for good"
            )
        missing = set(upgraded.kept).difference(self._names_in(self._path / BEFORE))
        if missing:
            problem = f"its upgrade cannot be undone: {BEFORE} lacks {', '.join(sorted(missing))}"
            raise DataFolderError(self._path, problem)
        self._refuse_losses(upgraded)
        steps = [self._migrations[number] for number in range(upgraded.before, self._newest)]
        ours = {name for step in steps for name in (*step.replaces, *step.adds)} | {CONTROL, f"{CONTROL}-journal"}
        with self._undoing_drafts():
            switch = FolderSwitch(
                UNDONE,
                tuple(name for name in names_in(self._disk, self._path) if name in ours),
                {name: f"{BEFORE}/{name}" for name in sorted(upgraded.kept, key=lambda name: name == MARKER)},
                is_upgrade=False,
            )
            self._make_folder(UNDONE)
            write_marker(self._disk, self._path, msgspec.structs.replace(marker, switch=switch))
        return switch

    def _refuse_losses(self, upgraded: Upgraded) -> None:
        """Raise DataFolderError where what was done since the upgrade would be lost."""
        folders = (DataFolder(self._path), DataFolder(self._path / BEFORE))
        with SqliteStore(folders[0], "read") as store, SqliteStore(folders[1], "read") as old:
            totals = {}
            if upgraded.totals:
                with store.journal.snapshot() as snapshot:
                    totals = _totals_of(snapshot)
            current, former = ((part.control.key_records(), list(part.control.bundles())) for part in (store, old))
        received = totals.get("received", 0) - upgraded.totals.get("received", 0)
        since = f"since the upgrade at {upgraded.at}"
        if received:
            lost = f"{counted(received, 'message')} came in {since}"
        elif totals.get(_UNCOUNTED) != upgraded.totals.get(_UNCOUNTED):
            lost = f"hits that are no page views were counted {since}"
        elif any(totals[name] != number for name, number in upgraded.totals.items()):
            lost = f"messages were released or removed {since}"
        elif current != former:
            lost = f"keys or plans were changed {since}"
        elif any(not (self._path / name).exists() for name in self._needed(upgraded.before)):
            lost = f"files that the old ones lead to were merged {since}"
        else:
            return
        raise DataFolderError(self._path, f"{lost}, which would be lost; go on with this footfall")

    def _needed(self, before: int) -> Iterable[str]:
        return self._migrations[before].needs(self._path, self._path / BEFORE, self._disk)

    def _finish(self, switch: FolderSwitch, done: str) -> FolderMarker:
        """Carry out the exchange; the marker that the folder has then."""
        try:
            finish_switch(self._path, switch, disk=self._disk, directory=self._directory)
            marker = read_marker(self._disk, self._path)
        except (OSError, DataFolderError) as error:
            raise self._failure(error, f"it is half {done}, and the same command finishes it") from error
        with suppress(OSError):  # the next call tries again
            self._clean(marker)
        return marker

    def _clean(self, marker: FolderMarker) -> None:
        """Remove what an upgrade, or its undoing, no longer needs. Raises OSError."""
        for name in (DRAFTS, UNDONE, *([BEFORE] if marker.upgraded is None else [])):
            if name in names_in(self._disk, self._path):
                self._directory.remove_folder(name)

    def _require_room(self, names: set[str]) -> None:
        """Raise DataFolderError where copies of these files may not fit on the disk."""
        needed = 0
        for name in {*names, *_COPIED} & set(names_in(self._disk, self._path)):
            with self._disk.open(self._path / name, "read") as file:
                needed += file.seek(0, 2)
        free = self._directory.free()
        if free < needed:
            problem = f"its new files need up to {needed:,} bytes beside the old ones, and {free:,} are free; make room"
            raise DataFolderError(self._path, problem)

    def _totals(self, sources: Mapping[str, str]) -> dict[str, int]:
        """The totals of the new journal; none where no collector ever began."""
        if JOURNAL not in sources:
            return {}
        path = self._path / sources[JOURNAL]
        with closing(open_still(path)) as connection:
            return _totals_of(SqliteSnapshot(connection, path))

    @contextmanager
    def _undoing_drafts(self) -> Iterator[None]:
        """Where the exchange could not be begun, leave the folder as it was."""
        try:
            yield
        except (apsw.Error, OSError, FootfallError) as error:
            # What failed last may be the sync of a marker that is there.
            marker = read_marker(self._disk, self._path)
            if marker.switch is None:
                with suppress(OSError):
                    self._clean(marker)
                raise self._failure(error, "nothing was changed") from error
            raise self._failure(error, "the same command finishes it") from error

    def _failure(self, error: Exception, rest: str) -> DataFolderError:
        if isinstance(error, DataFolderError):
            return DataFolderError(self._path, f"{str(error).removeprefix(f'{self._path}: ')}; {rest}")
        why = reason_of(error) if isinstance(error, apsw.Error) else str(error)
        return DataFolderError(self._path, f"cannot be changed: {why}; {rest}")

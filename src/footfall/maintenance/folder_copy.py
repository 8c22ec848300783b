"""FolderCopy: a copy of a data folder that is a data folder itself, made while a collector writes to the original.

The journal is copied first: its seal mark says which sealed files, which ids and how much of the manifest belong to
it, and none of these ever changes. The control store is copied last, for it has every plan that a row of the journal
names, and only grows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO

from footfall import storage
from footfall.directory import Directory
from footfall.disk import Disk, read_file
from footfall.errors import JournalError, WarehouseError
from footfall.maintenance.journal_check import journal_problems
from footfall.maintenance.verify import MANIFEST
from footfall.storage.books import kept, total
from footfall.storage.folder import DataFolder
from footfall.storage.journal import IdRun, SealMark
from footfall.storage.marker import MARKER
from footfall.storage.parquet.manifest import LARGEST_MANIFEST
from footfall.storage.sqlite.copying import copy_control, copy_journal
from footfall.storage.warehouse import SealedFile, live_files

__all__ = ["DirectoryOf", "FolderCopy"]

_CHUNK = 1 << 20

DirectoryOf = Callable[[Path], Directory]


class FolderCopy:
    """A copy at `path` of a data folder. `earlier` is another copy, with which it may share what never changes.

    Once written, `mark` and `runs` are what its journal names, `messages` are how many are stored in it, `files` its
    sealed files, and `copied` how many of these it shares with nothing. What is in `missing` is missing or damaged in
    the original.
    """

    def __init__(
        self,
        folder: DataFolder,
        path: Path,
        *,
        disk: Disk,
        directory_of: DirectoryOf,
        earlier: Path | None = None,
    ) -> None:
        self._folder = folder
        self._path = path
        self._earlier = earlier
        self._disk = disk
        self._directory_of = directory_of
        self._directories: dict[Path, Directory] = {}
        self.mark = SealMark()
        self.runs: list[IdRun] = []
        self.messages = 0
        self.files: list[SealedFile] = []
        self.copied = 0
        self.missing: list[str] = []

    def write(self) -> None:
        """Copy everything; it is on the disk when this returns. Raises OSError and StorageError."""
        disk, source, copy = self._disk, self._folder, DataFolder(self._path)
        self._make_folder(self._path)
        _copy_file(disk, source.path / MARKER, copy.path / MARKER)
        copy_journal(disk, source.journal_path, copy.journal_path)
        self._read_journal()
        if self.mark.steps:
            self._copy_manifest()
        self.copied = sum(self._share(f"warehouse/{file.name}", file.size, file.sha256) for file in self.files)
        for run in self.runs:
            self._share(f"ids/{run.name}")
        if source.control_path.exists():
            copy_control(disk, source.control_path, copy.control_path)
        for directory in reversed(self._directories.values()):
            directory.sync()

    def _read_journal(self) -> None:
        with storage.open(self._path, "read", disk=self._disk) as store, store.journal.snapshot() as snapshot:
            self.mark, self.runs, self.messages = (
                snapshot.state().seal,
                snapshot.state().id_runs,
                kept(total(snapshot.books())),
            )
            problems = "; ".join(journal_problems(DataFolder(self._path).journal_path, snapshot))
        if problems:
            raise JournalError(f"{self._folder.journal_path}: it cannot be copied, for the copy is damaged: {problems}")

    def _copy_manifest(self) -> None:
        try:
            with storage.open(self._folder.path, "read", disk=self._disk) as store:
                self.files = list(live_files(store.warehouse.steps(self.mark.steps)).values())
        except WarehouseError as error:
            raise WarehouseError(f"{error}; nothing was copied, and footfall seal may make it anew") from error
        lines = read_file(self._disk, self._folder.path / MANIFEST, most=LARGEST_MANIFEST).splitlines(keepends=True)
        self._make_folder((self._path / MANIFEST).parent)
        with self._disk.open(self._path / MANIFEST, "update") as file:
            file.write(b"".join(lines[: self.mark.steps]))
            self._disk.sync(file)

    def _share(self, name: str, size: int | None = None, sha256: str | None = None) -> bool:
        """Put a file that never changes into the copy, by one more name for that of the earlier one if it has it.

        Returns whether it was copied.
        """
        path = self._path / name
        self._make_folder(path.parent)
        if self._earlier is not None:
            shared = self._earlier / name
            with suppress(OSError):  # there is none, or the file system has one name for a file
                if shared.stat().st_size == (size or shared.stat().st_size):
                    self._directories[path.parent].link(path.name, shared)
                    return False
        content = _copy_file(self._disk, self._folder.path / name, path)
        if content is not None and content == (sha256 or content):
            return True
        self._disk.remove(path)
        self.missing.append(name)
        return False

    def _make_folder(self, path: Path) -> None:
        if path not in self._directories:
            self._disk.make_folder(path, private=True)
            self._directories[path] = self._directory_of(path)


def _copy_file(disk: Disk, source: Path, target: Path) -> str | None:
    """Copy a file to a new one, its owner's alone, and sync that. Raises OSError where it cannot be written.

    Returns the SHA-256 of what was copied, in hex; None where the original cannot be read.
    """
    digest = hashlib.sha256()
    with suppress(FileNotFoundError):
        with disk.open(source, "read") as reader, disk.open(target, "update") as writer:
            while part := _read(reader):
                digest.update(part)
                writer.write(part)
            disk.sync(writer)
        return digest.hexdigest() if part is not None else None
    return None


def _read(reader: IO[bytes]) -> bytes | None:
    try:
        return reader.read(_CHUNK)
    except OSError:  # a bad block
        return None

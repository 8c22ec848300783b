"""ParquetWarehouse: sealed files in a folder, with their manifest."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from footfall.directory import SystemDirectory
from footfall.disk import Disk, SystemDisk
from footfall.errors import WarehouseError
from footfall.storage.journal import Entry
from footfall.storage.parquet.footer import footer_bytes
from footfall.storage.parquet.manifest import REPLACED, Manifest, open_file
from footfall.storage.part import Part, Stretch
from footfall.storage.warehouse import ManifestStep, SealedFile, Warehouse

# pyarrow is loaded by the first call that reads or writes a file: a collector does neither.
if TYPE_CHECKING:
    import pyarrow

    from footfall.plan.model import Plan

__all__ = ["FILE", "ParquetWarehouse"]

_DAY = re.compile(r"day=\d{4}-\d\d-\d\d")
FILE = re.compile(r"\d{12,}-\d{12,}-[0-9a-f]{8}\.parquet")
_KEY = b"\x08footfall"  # with its length, as Thrift writes a text
_DRAFT = re.compile(r"\.\d{12,}-\d{12,}-[0-9a-f]{8}\.parquet\.draft")


class ParquetWarehouse(Warehouse):
    """A Warehouse in the folder at `path`, which is made at the first writing.

    A file has at most `rows` messages, and 256 MiB of their bodies. One is in memory while it is scanned, and two while
    they are written: with messages of 600 bytes, a process took 450 MiB to scan any number of them and 900 to write.
    """

    def __init__(self, path: Path, *, disk: Disk | None = None, rows: int = 250_000) -> None:
        self._path = path
        self._beside = path.with_name(REPLACED)
        self._directory = SystemDirectory(path.parent)
        self._disk = disk or SystemDisk()
        self._rows = rows
        self._manifest = Manifest(path / "manifest.jsonl", self._disk)

    def write(self, batches: Iterable[pyarrow.RecordBatch], plan: Plan | None) -> list[SealedFile]:
        from footfall.storage.parquet.writing import write_files

        self._make()
        return write_files(self._path, self._disk, batches, plan, self._rows)

    def append(self, step: ManifestStep, steps: int) -> int:
        self._make()
        return self._manifest.append(step, steps)

    def steps(self, number: int, damaged: Callable[[int, str], None] | None = None) -> list[ManifestStep]:
        return self._manifest.steps(number, damaged)

    def scan(
        self,
        files: Sequence[SealedFile],
        *,
        after: int = 0,
        until: int | None = None,
        chunk: int = 10_000,
        skipped: Callable[[SealedFile, str], None] | None = None,
    ) -> Iterator[list[Entry]]:
        from footfall.storage.parquet.reading import scan_files

        return scan_files(self._path, self._disk, files, after, until, chunk, skipped or self._refuse)

    def part(self, file: SealedFile, stretches: Sequence[Stretch] = ()) -> Part:
        from footfall.storage.parquet.part import FilePart

        return FilePart(self._path, self._disk, file, stretches)

    def check(self, file: SealedFile, *, by_size: bool = False) -> list[str]:
        if by_size:
            return self._faults_of_size(file)
        from footfall.storage.parquet.reading import check_file

        return check_file(self._path, self._disk, file)

    def remove(self, keep: Iterable[SealedFile], resting: Iterable[SealedFile] = ()) -> list[str]:
        names, resting_names = ({file.name for file in files} for files in (keep, resting))
        removed = []
        try:
            for folder in self._folders(self._path):
                for path in self._disk.list(folder):
                    name = f"{folder.name}/{path.name}"
                    if name in names:
                        continue  # unread: a live one may be damaged
                    if _DRAFT.fullmatch(path.name):
                        self._disk.remove(path)
                        removed.append(name)
                    elif self._is_ours(path):
                        if name in resting_names:
                            self._disk.make_folder(self._beside / folder.name, private=True)
                            self._directory.move(f"{self._path.name}/{name}", f"{REPLACED}/{name}")
                        else:
                            self._disk.remove(path)
                            removed.append(name)
            for folder in self._folders(self._beside):
                for path in self._disk.list(folder):
                    name = f"{folder.name}/{path.name}"
                    if name not in resting_names and self._is_ours(path):
                        self._disk.remove(path)
                        removed.append(name)
        except OSError as error:
            raise WarehouseError(f"{self._path}: cannot be cleared ({error.strerror or error})") from error
        return removed

    def close(self) -> None:
        """Nothing is open between two calls."""

    def _make(self) -> None:
        try:
            self._disk.make_folder(self._path, private=True)
        except OSError as error:
            raise WarehouseError(f"{self._path}: cannot be made ({error.strerror or error})") from error

    def _folders(self, parent: Path) -> list[Path]:
        try:
            return [path for path in self._disk.list(parent) if _DAY.fullmatch(path.name)]
        except FileNotFoundError:
            return []

    def _faults_of_size(self, file: SealedFile) -> list[str]:
        try:
            with open_file(self._path, self._disk, file) as stream:
                size = stream.seek(0, os.SEEK_END)
        except FileNotFoundError:
            return ["it is missing"]
        except OSError as error:
            return [f"it cannot be read ({error.strerror or error})"]
        return [] if size == file.size else [f"it has {size:,} bytes, and not {file.size:,}"]

    def _is_ours(self, path: Path) -> bool:
        """Whether footfall wrote a file: its name says so, and its footer has our key, in clear."""
        if not FILE.fullmatch(path.name):
            return False
        with self._disk.open(path, "read") as file:
            return _KEY in footer_bytes(file)

    def _refuse(self, file: SealedFile, reason: str) -> None:
        raise WarehouseError(f"{self._path / file.name}: {reason}; restore it from a backup")

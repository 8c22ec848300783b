"""Migration: one step from a format of data folders to the next, which writes new files beside the old ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from footfall.disk import Disk

__all__ = ["Migration", "MigrationFiles"]


class MigrationFiles(NamedTuple):
    """What a migration reads and writes.

    `sources` gives the path of each file that an earlier step wrote; every other file is as it is in the data `folder`.
    New files go into `target`, under the names that they will have in the data folder, and are on the disk when the
    migration returns. `disk` opens what is no database.
    """

    folder: Path
    sources: Mapping[str, Path]
    target: Path
    disk: Disk

    def source(self, name: str) -> Path:
        """The path of an old file."""
        return self.sources.get(name, self.folder / name)


class Migration(NamedTuple):
    """A step. `run` raises FootfallError, apsw.Error or OSError; whatever it wrote is then removed.

    `needs` names the files of the data folder to which its old files lead, which are in the second folder now: where
    one of them is gone, the step cannot be undone.

    `replaces` are the names that leave the folder, where they are there; they are kept until the next start. `adds` are
    the names that only the next format has.
    """

    replaces: tuple[str, ...]
    adds: tuple[str, ...]
    run: Callable[[MigrationFiles], None]
    needs: Callable[[Path, Path, Disk], Iterable[str]] = lambda _folder, _before, _disk: ()

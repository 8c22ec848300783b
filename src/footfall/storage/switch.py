"""Switches: how the files of a data folder are exchanged for others, all or none, wherever a process is killed.

A marker that names the switch is what begins it: from then on nobody but the one who finishes it uses the folder.
"""

from __future__ import annotations

from pathlib import Path

from footfall.directory import Directory
from footfall.disk import Disk
from footfall.storage.marker import FolderSwitch

__all__ = ["finish_switch", "names_in"]


def names_in(disk: Disk, folder: Path) -> list[str]:
    """The names in a folder; none where it is missing. Raises OSError."""
    try:
        return [path.name for path in disk.list(folder)]
    except FileNotFoundError:
        return []


def finish_switch(folder: Path, switch: FolderSwitch, *, disk: Disk, directory: Directory) -> None:
    """Move every file that is not yet in its place. Raises OSError; then it is finished by another call."""
    moved = set(names_in(disk, folder / switch.keep))
    for name in switch.out:
        if name not in moved:
            directory.move(name, f"{switch.keep}/{name}")
    for name, source in switch.into.items():
        if Path(source).name in names_in(disk, folder / Path(source).parent):
            directory.move(source, name)

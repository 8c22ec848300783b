"""The demo's data folder: a collector's folder that says it is the demo's, with a copy of the plan to play with."""

from __future__ import annotations

from pathlib import Path

import msgspec

from footfall.clock import Clock
from footfall.disk import Disk, replace_file
from footfall.errors import DataFolderError
from footfall.storage.folder import DataFolder
from footfall.timestamps import format_us

__all__ = ["Run", "prepare"]

_NOTE = "demo.json"


class Run(msgspec.Struct, frozen=True):
    """One run of the demo into a folder."""

    started_at: str
    seed: int
    visitors: int


class _Note(msgspec.Struct, frozen=True):
    runs: tuple[Run, ...]


def prepare(data: Path, plan: Path, *, seed: int, visitors: int, clock: Clock, disk: Disk) -> tuple[Run, ...]:
    """Make the folder, or take the one of an earlier demo, and copy the plan into it; the runs before this one.

    Raises DataFolderError for a folder that is not footfall's, and for one with other data than a demo's.
    """
    used = (data / "footfall.json").exists()
    DataFolder.open(data, disk=disk, clock=clock).close()
    note = data / _NOTE
    earlier: tuple[Run, ...] = ()
    if used:
        try:
            with disk.open(note, "read") as file:
                earlier = msgspec.json.decode(file.read(), type=_Note).runs
        except FileNotFoundError:
            raise DataFolderError(
                data, "holds a collector's data, which made-up visitors would spoil; name another folder with --data"
            ) from None
        except msgspec.DecodeError as error:
            raise DataFolderError(data, f"has a {_NOTE} that is not the demo's; name another folder") from error
    run = Run(format_us(clock.now_us()), seed, visitors)
    replace_file(disk, note, msgspec.json.encode(_Note((*earlier, run))) + b"\n")
    _copy(plan, data / "plan", disk)
    return earlier


def _copy(plan: Path, target: Path, disk: Disk) -> None:
    """Copy a plan's files; what the reader has changed in an earlier copy stays."""
    for source in sorted(plan.rglob("*.yaml")):
        copy = target / source.relative_to(plan)
        if "fixtures" in source.relative_to(plan).parts or copy.exists():
            continue
        disk.make_folder(copy.parent)
        with disk.open(source, "read") as file:
            replace_file(disk, copy, file.read())

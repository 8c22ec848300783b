"""FolderMarker: `footfall.json`, which says that a folder is footfall's, in which format, and what is done to it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec

from footfall.disk import Disk, read_file
from footfall.errors import DataFolderError

__all__ = [
    "BACKUPS_MARKER",
    "MARKER",
    "FolderMarker",
    "FolderSwitch",
    "Upgraded",
    "encode_marker",
    "read_marker",
    "write_marker",
]

MARKER = "footfall.json"
BACKUPS_MARKER = "footfall-backups.json"
"""The file that says that a folder is one of backups, each of which is a data folder."""


class FolderSwitch(msgspec.Struct, frozen=True):
    """An exchange of a folder's files that has begun, and is finished whatever happens.

    The files `out` move into the folder `keep`. Then each file of `into` moves to its name from where it is given, the
    marker last, which ends the exchange. Every path is below the data folder. `is_upgrade` is False where an upgrade is
    being undone.
    """

    keep: str
    out: tuple[str, ...]
    into: dict[str, str]
    is_upgrade: bool = True


class Upgraded(msgspec.Struct, frozen=True):
    """What a folder was before its upgrade; there as long as that can be undone.

    `before` is its format then, `at` when it was upgraded (RFC 3339), `kept` the names of the old files that are kept,
    `totals` are the sums of its books, and how many hits were left out (`uncounted`).
    """

    before: int
    at: str
    kept: tuple[str, ...]
    totals: dict[str, int]


class FolderMarker(msgspec.Struct, frozen=True, omit_defaults=True):
    """The contents of the marker. `footfall` is the format, `created_at` when the folder was made (RFC 3339).

    An older footfall reads no more than the format, and refuses a newer one: so as long as there is a `switch` the
    format is the newer of the two.
    """

    footfall: Annotated[int, msgspec.Meta(ge=1)]
    created_at: str = ""
    upgraded: Upgraded | None = None
    switch: FolderSwitch | None = None


def encode_marker(marker: FolderMarker) -> bytes:
    """The bytes of the file."""
    return msgspec.json.encode(marker) + b"\n"


def write_marker(disk: Disk, folder: Path, marker: FolderMarker) -> None:
    """Give a folder another marker, in one step. Raises OSError."""
    with disk.replacing(folder / MARKER, private=True) as file:
        file.write(encode_marker(marker))


def read_marker(disk: Disk, folder: Path) -> FolderMarker:
    """The marker of a folder that has one. Raises DataFolderError."""
    try:
        return msgspec.json.decode(read_file(disk, folder / MARKER), type=FolderMarker)
    except msgspec.DecodeError as error:
        raise DataFolderError(folder, "has a footfall.json that is not footfall's; name another folder") from error
    except OSError as error:
        raise DataFolderError(folder, f"cannot be read ({error.strerror})") from error

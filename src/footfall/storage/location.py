"""Opens the store at a location: the one place that knows which kind of store is where."""

from __future__ import annotations

import re
from pathlib import Path

from footfall.clock import Clock
from footfall.disk import Disk
from footfall.errors import UsageError
from footfall.storage.sqlite.store import open_folder
from footfall.storage.store import Mode, Store

__all__ = ["open"]

# Two letters at least, for one may be a drive; one slash, for a path leaves out the second.
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):/")


def open(  # noqa: A001 - it is used as `storage.open`
    location: str | Path,
    mode: Mode,
    *,
    command: str = "",
    remedy: str = "",
    make: bool = False,
    disk: Disk | None = None,
    clock: Clock | None = None,
) -> Store:
    """Open the store at `location`, which is the path of a data folder. For `mode` see `Mode`.

    `command` is who takes the store to `change` it, shown to whoever wants it meanwhile, and `remedy` what to do when
    another holds it. With `make` a store that is missing is made `beside` a collector. `clock` says when it was made,
    and when messages are rejected.

    Raises UsageError for a URL, DataFolderError when the folder cannot be used, DataFolderHeldError when another
    process holds it, and JournalError.
    """
    scheme = _SCHEME.match(str(location))
    if scheme is not None:
        raise UsageError(f"{location}: footfall keeps no data at {scheme[1]}: addresses; name a folder")
    return open_folder(Path(location), mode, command=command, remedy=remedy, make=make, disk=disk, clock=clock)

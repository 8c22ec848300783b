"""Geo file: a database in MaxMind's format that a user brings, opened for look-ups by address."""

from __future__ import annotations

import shutil
import struct
import tempfile
from collections.abc import Callable, Iterator
from ipaddress import IPv4Address, IPv6Address
from os import PathLike
from pathlib import Path
from typing import Any, Generic, TypeVar

from footfall.disk import SystemDisk
from footfall.errors import BrokenInputError
from footfall.extras import needs

__all__ = ["GeoFile"]

T = TypeVar("T")

# What the reader raises of a file that is damaged, or of a text that is no address. Its own error is a RuntimeError;
# without its part in C, it fails as Python does.
_UNREADABLE = (LookupError, OSError, RuntimeError, TypeError, ValueError, struct.error)
_WANTED = "a geo file is a database of countries or cities in MaxMind's format (.mmdb)"
_TRIED = 10_000  # networks of a new file that are looked at


class GeoFile(Generic[T]):
    """A database of addresses; threads may share it. `read` takes a record and gives what is wanted of it, or None.

    The reader maps a private copy, removed at once, into memory: whatever is done to the file later does no harm.
    Raises MissingExtraError without the extra `geo`, and BrokenInputError where the file cannot be read, is cut or of
    another format, or where none of its first 10,000 networks has what is wanted: a database of something else.
    """

    def __init__(self, path: str | PathLike[str], read: Callable[[object], T | None]) -> None:
        with needs("a geo file", "geo"):
            import maxminddb
        self._read = read
        try:
            with SystemDisk().open(Path(path), "read") as file, tempfile.NamedTemporaryFile(suffix=".mmdb") as copy:
                shutil.copyfileobj(file, copy)
                copy.flush()
                self._reader = maxminddb.open_database(copy.name)
            is_of_use = any(read(record) is not None for record in _records(self._reader))
        except OSError as error:
            raise BrokenInputError(str(path), f"it cannot be read ({error.strerror or error}); {_WANTED}") from error
        except _UNREADABLE as error:  # what it says names the copy
            raise BrokenInputError(str(path), f"it is cut, damaged or of another format; {_WANTED}") from error
        if not is_of_use:
            kind = self._reader.metadata().database_type
            self.close()
            raise BrokenInputError(str(path), f"its records have no places (its type is {kind!r}); {_WANTED}")

    def find(self, address: str) -> T | None:
        """What the file says of an address; None where it knows nothing of it, or it is no address."""
        try:
            return self._read(self._reader.get(address))
        except _UNREADABLE:  # no address, IPv6 in a file of IPv4, or a damaged file
            return None

    def close(self) -> None:
        """Close the file."""
        self._reader.close()


def _records(reader: Any) -> Iterator[object]:
    """The records of the first networks, by look-ups: of a damaged file the reader's own iterator ends the process."""
    address_of, bits = (IPv4Address, 32) if reader.metadata().ip_version == 4 else (IPv6Address, 128)
    number = 0
    for _ in range(_TRIED):
        record, length = reader.get_with_prefix_len(str(address_of(number)))
        yield record
        size = 1 << (bits - length)
        number = (number // size + 1) * size
        if number >> bits:
            return

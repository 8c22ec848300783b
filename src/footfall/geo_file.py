"""Geo file: a database in MaxMind's format that a user brings, opened for look-ups by address."""

from __future__ import annotations

import struct
from os import PathLike
from typing import Any

from footfall.errors import BrokenInputError
from footfall.extras import needs

__all__ = ["GeoFile"]

# What the reader raises of a file that is damaged, or of a text that is no address. Its own error is a RuntimeError;
# without its part in C, it fails as Python does.
_UNREADABLE = (LookupError, OSError, RuntimeError, TypeError, ValueError, struct.error)


class GeoFile:
    """A database of addresses; threads may share it.

    The file is mapped into memory and read at its places. Replace it by a rename and start again: a file that is
    written over while it is open may answer anything. Raises MissingExtraError without the extra `geo`, and
    BrokenInputError where the file cannot be read or is of another format.
    """

    def __init__(self, path: str | PathLike[str]) -> None:
        with needs("a geo file", "geo"):
            import maxminddb
        try:
            self._reader = maxminddb.open_database(path)
        except _UNREADABLE as error:
            wanted = "a geo file is a database in MaxMind's format (.mmdb)"
            raise BrokenInputError(str(path), f"it cannot be read ({error}); {wanted}") from error

    def record(self, address: str) -> Any:
        """What the file says of an address; None where it knows nothing of it, or it is no address."""
        try:
            return self._reader.get(address)
        except _UNREADABLE:  # no address, IPv6 in a file of IPv4, or a damaged file
            return None

    def close(self) -> None:
        """Close the file."""
        self._reader.close()

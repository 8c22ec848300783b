"""Control: what a collector has to remember besides messages: every compiled plan (bundle) that it ever loaded."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import apsw

from footfall.errors import JournalError
from footfall.plan.model import Plan
from footfall.storage.sqlite import close_database, open_database

__all__ = ["Control", "SqliteControl", "latest_plan"]

_PUT = """
INSERT INTO bundles VALUES (?, ?, (SELECT coalesce(max(loaded), 0) + 1 FROM bundles))
ON CONFLICT DO UPDATE SET loaded = excluded.loaded
"""


class Control(Protocol):
    """Bundles by their hash. Every method raises JournalError when the disk fails."""

    def put_bundle(self, digest: str, bundle: bytes) -> None:
        """Keep a bundle for ever, as the one loaded last; the bytes of one that is already there stay as they are."""
        ...

    def bundles(self) -> Mapping[str, bytes]:
        """Every bundle, by hash, in the order in which they were last loaded."""
        ...


class SqliteControl:
    """A Control in the journal's database. It opens the database for each call: calls are few."""

    def __init__(self, path: Path, *, readonly: bool = False) -> None:
        self._path = path
        self._readonly = readonly

    def put_bundle(self, digest: str, bundle: bytes) -> None:
        """See Control."""
        connection = open_database(self._path, readonly=self._readonly)
        try:
            with connection:
                connection.execute(_PUT, (digest, bundle))
        except apsw.Error as error:
            raise JournalError(f"{self._path}: the plan's bundle cannot be kept: {error}") from error
        finally:
            close_database(connection)

    def bundles(self) -> Mapping[str, bytes]:
        """See Control."""
        connection = open_database(self._path, readonly=True)
        try:
            found: Any = connection.execute("SELECT hash, bundle FROM bundles ORDER BY loaded").fetchall()
            return dict(found)
        except apsw.Error as error:
            raise JournalError(f"{self._path}: the bundles cannot be read: {error}") from error
        finally:
            close_database(connection)


def latest_plan(control: Control) -> Plan | None:
    """The plan that was loaded last; None where there was never one. Raises JournalError."""
    # Loaded late: a collector without a plan reads no bundle.
    from footfall.plan import from_bundle

    bundles = list(control.bundles().values())
    return from_bundle(bundles[-1]) if bundles else None

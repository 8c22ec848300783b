"""The control store in SQLite: plans, keys and the runs of jobs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from footfall.clock import Clock, SystemClock
from footfall.storage.control import BundleLoad, Control, JobRun, KeyRecord
from footfall.storage.sqlite.control_database import WITH_ENVIRONMENTS, WITH_LOADS, WITH_RUNS, ControlDatabase

__all__ = ["SqliteControl"]

_PUT = """
INSERT INTO bundles VALUES (?, ?, (SELECT coalesce(max(loaded), 0) + 1 FROM bundles))
ON CONFLICT DO UPDATE SET loaded = excluded.loaded
"""
_PUT_LOAD = "INSERT INTO bundle_loads (hash, seq, at) VALUES (?, ?, ?)"
_LOADS = "SELECT hash, seq, at FROM bundle_loads ORDER BY number"
_KEY = ", ".join(KeyRecord._fields)
_ADD_KEY = f"INSERT INTO keys ({_KEY}) VALUES ({', '.join('?' * len(KeyRecord._fields))})"  # noqa: S608 - our own names
_KEYS = f"SELECT {_KEY} FROM keys ORDER BY created_at, id"  # noqa: S608 - our own names
_EARLIER_KEYS = _KEYS.replace("environment", "NULL")
_RUN = ", ".join(JobRun._fields)
_RECORD_RUN = f"INSERT OR REPLACE INTO job_runs ({_RUN}) VALUES ({', '.join('?' * len(JobRun._fields))})"  # noqa: S608 - as above
_RUNS = f"SELECT {_RUN} FROM job_runs ORDER BY name"  # noqa: S608 - our own names
_LAST = "SELECT hash FROM bundles ORDER BY loaded DESC LIMIT 1"
_REVOKE = "UPDATE keys SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL"


class SqliteControl(Control):
    """A Control in a SQLite database. `clock` says when a bundle was loaded."""

    def __init__(self, path: Path, *, readonly: bool = False, clock: Clock | None = None) -> None:
        self._database = ControlDatabase(path, readonly=readonly)
        self._clock = clock or SystemClock()

    def put_bundle(self, digest: str, bundle: bytes, *, seq: int = 0) -> None:
        """See Control."""
        if self._database.read(_LAST, "the bundles") == [(digest,)]:
            return  # so that a collector starts with its plan while the disk is full, and says what is wrong
        with self._database.writing("the plan's bundle cannot be kept") as connection:
            connection.execute(_PUT, (digest, bundle))
            connection.execute(_PUT_LOAD, (digest, seq, self._clock.now_us()))

    def bundles(self) -> Mapping[str, bytes]:
        """See Control."""
        return dict(self._database.read("SELECT hash, bundle FROM bundles ORDER BY loaded", "the bundles"))

    def bundle_loads(self) -> list[BundleLoad]:
        """See Control."""
        loads = [BundleLoad(*line) for line in self._database.read(_LOADS, "the bundles", since=WITH_LOADS)]
        return loads or [BundleLoad(digest, 0, 0) for digest in self.bundles()]

    def add_key(self, record: KeyRecord) -> None:
        """See Control."""
        with self._database.writing("the key cannot be kept") as connection:
            connection.execute(_ADD_KEY, record)

    def key_records(self) -> list[KeyRecord]:
        """See Control."""
        read = self._database.read
        lines = read(_KEYS, "the keys", since=WITH_ENVIRONMENTS) or read(_EARLIER_KEYS, "the keys")
        return [KeyRecord(*line) for line in lines]

    def revoke_key(self, key_id: str, at: int) -> bool:
        """See Control."""
        with self._database.writing("the key cannot be revoked") as connection:
            connection.execute(_REVOKE, (at, key_id))
            return bool(connection.changes())

    def job_runs(self) -> Mapping[str, JobRun]:
        """See Control."""
        return {line[0]: JobRun(*line) for line in self._database.read(_RUNS, "the runs of jobs", since=WITH_RUNS)}

    def record_run(self, run: JobRun) -> None:
        """See Control."""
        with self._database.writing("the run of a job cannot be kept") as connection:
            connection.execute(_RECORD_RUN, run)

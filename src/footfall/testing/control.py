"""MemoryControl: plans, keys and job runs in memory, for tests that need no disk."""

from __future__ import annotations

from collections.abc import Mapping

from footfall.clock import Clock, SystemClock
from footfall.errors import JournalError
from footfall.storage.control import BundleLoad, JobRun, KeyRecord

__all__ = ["MemoryControl"]


class MemoryControl:
    """A Control that keeps everything in memory. While `is_failing` is set, every method raises JournalError.

    `clock` says when a bundle was loaded.
    """

    def __init__(self, *, clock: Clock | None = None) -> None:
        self.is_failing = False
        self._clock = clock or SystemClock()
        self._loads: list[BundleLoad] = []
        self._bundles: dict[str, bytes] = {}
        self._keys: dict[str, KeyRecord] = {}
        self._runs: dict[str, JobRun] = {}

    def put_bundle(self, digest: str, bundle: bytes, *, seq: int = 0) -> None:
        self._require_disk()
        if not self._loads or self._loads[-1].digest != digest:
            self._loads.append(BundleLoad(digest, seq, self._clock.now_us()))
        self._bundles[digest] = self._bundles.pop(digest, bundle)

    def bundles(self) -> Mapping[str, bytes]:
        self._require_disk()
        return dict(self._bundles)

    def bundle_loads(self) -> list[BundleLoad]:
        self._require_disk()
        return list(self._loads)

    def add_key(self, record: KeyRecord) -> None:
        self._require_disk()
        if record.id in self._keys or any(record.digest == other.digest for other in self._keys.values()):
            raise JournalError("the key cannot be kept: it is there already")
        self._keys[record.id] = record

    def key_records(self) -> list[KeyRecord]:
        self._require_disk()
        return sorted(self._keys.values(), key=lambda record: (record.created_at, record.id))

    def revoke_key(self, key_id: str, at: int) -> bool:
        self._require_disk()
        record = self._keys.get(key_id)
        if record is None or record.revoked_at is not None:
            return False
        self._keys[key_id] = record._replace(revoked_at=at)
        return True

    def job_runs(self) -> Mapping[str, JobRun]:
        self._require_disk()
        return dict(sorted(self._runs.items()))

    def record_run(self, run: JobRun) -> None:
        self._require_disk()
        self._runs[run.name] = run

    def _require_disk(self) -> None:
        if self.is_failing:
            raise JournalError("the control store cannot be read: the disk fails")

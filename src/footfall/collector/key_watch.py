"""KeyWatch: reads the stored keys again and again, so that a created or revoked key counts while a collector runs."""

from __future__ import annotations

import logging
import threading
from typing import Self

from footfall.clock import Clock
from footfall.collector.keys import Keyring
from footfall.errors import StorageError
from footfall.storage.control import Control, KeyRecord

__all__ = ["LOOK_EVERY", "KeyWatch"]

LOOK_EVERY = 0.25
"""Seconds between two looks; one takes about 0.1 ms."""

_log = logging.getLogger("footfall")


class KeyWatch:
    """Keeps a Keyring up to date for the length of a `with` block, in a thread: a look at the disk may take long.

    Entering it raises StorageError when the keys cannot be read. When that happens later, the keys that were read last
    stay in force: a failing disk locks nobody out.
    """

    def __init__(self, control: Control, keyring: Keyring, *, clock: Clock) -> None:
        self._control = control
        self._keyring = keyring
        self._clock = clock
        self._records: list[KeyRecord] = []
        self._is_failing = False
        self._closing = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="footfall-keys", daemon=True)

    def refresh(self) -> None:
        """Look once."""
        try:
            self._take(self._read())
        except StorageError as error:
            if not self._is_failing:
                _log.error("the stored keys cannot be read; those that were read last stay in force: %s", error)
            self._is_failing = True
        else:
            self._is_failing = False

    def _read(self) -> list[KeyRecord]:
        """The stored keys. Raises StorageError too for fewer than before: no key and no revocation is ever removed."""
        records = self._control.key_records()
        now = {record.id: record.revoked_at for record in records}
        if any(old.id not in now or (old.revoked_at and not now[old.id]) for old in self._records):
            raise StorageError("control.db is missing, or an older one; put it back, or start the collector anew")
        return records

    def _take(self, records: list[KeyRecord]) -> None:
        if records == self._records:
            return
        self._records = records
        self._keyring.take_stored(records)
        good = sum(record.revoked_at is None for record in records)
        _log.info("stored keys good=%d revoked=%d", good, len(records) - good)

    def _run(self) -> None:
        with self._changed:
            while not self._closing:
                self._clock.wait(self._changed, LOOK_EVERY)
                if not self._closing:
                    self._refresh_guarded()

    def _refresh_guarded(self) -> None:
        try:
            self.refresh()
        except Exception:  # noqa: BLE001 - whatever it was: the thread lives, and looks again
            if not self._is_failing:
                _log.exception("the stored keys cannot be read by a mistake of ours; those that were read last stay")
            self._is_failing = True

    def __enter__(self) -> Self:
        self._take(self._control.key_records())
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join()

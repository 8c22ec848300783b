"""Signals in the control store's database."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import msgspec

from footfall.storage.signals import SignalRecord, Signals, SignalStep
from footfall.storage.sqlite.control_database import WITH_SIGNALS, ControlDatabase

__all__ = ["SqliteSignals"]

_RECORDS = "SELECT id, name, subject, at, evidence, noticed_at FROM signals ORDER BY at, id"
_STEPS = "SELECT signal_id, state, note, author, at FROM signal_steps ORDER BY number"
_ADD = "INSERT INTO signals VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
_STEP = "INSERT INTO signal_steps (signal_id, state, note, author, at) VALUES (?, ?, ?, ?, ?)"


class SqliteSignals(Signals):
    """Signals in a SQLite database. See ControlDatabase."""

    def __init__(self, path: Path, *, readonly: bool = False) -> None:
        self._database = ControlDatabase(path, readonly=readonly)

    def add(self, records: Collection[SignalRecord]) -> int:
        """See Signals."""
        if not records:
            return 0
        added = 0
        with self._database.writing("the signals cannot be kept") as connection:
            for record in records:
                connection.execute(_ADD, (*record[:4], _text(record.evidence), record.noticed_at))
                added += connection.changes()
        return added

    def records(self) -> list[SignalRecord]:
        """See Signals."""
        lines = self._database.read(_RECORDS, "the signals", since=WITH_SIGNALS)
        return [
            SignalRecord(id_, name, subject, at, msgspec.json.decode(evidence, type=tuple[int, ...]), noticed_at)
            for id_, name, subject, at, evidence, noticed_at in lines
        ]

    def add_step(self, step: SignalStep) -> None:
        """See Signals."""
        with self._database.writing("the step cannot be kept") as connection:
            connection.execute(_STEP, step)

    def steps(self) -> list[SignalStep]:
        """See Signals."""
        return [SignalStep(*line) for line in self._database.read(_STEPS, "the signals", since=WITH_SIGNALS)]

    def forget(self, gone: Collection[int]) -> int:
        """See Signals."""
        without, removed = frozenset(gone), 0
        touched = [record for record in self.records() if without.intersection(record.evidence)]
        if not touched:
            return 0
        with self._database.writing("what is purged cannot be removed from the signals") as connection:
            for record in touched:
                rest = tuple(seq for seq in record.evidence if seq not in without)
                if rest:
                    connection.execute("UPDATE signals SET evidence = ? WHERE id = ?", (_text(rest), record.id))
                    continue
                removed += 1
                connection.execute("DELETE FROM signals WHERE id = ?", (record.id,))
                connection.execute("DELETE FROM signal_steps WHERE signal_id = ?", (record.id,))
        return removed


def _text(evidence: Collection[int]) -> str:
    return msgspec.json.encode(tuple(evidence)).decode()

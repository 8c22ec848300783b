"""A journal in memory, for tests: it keeps the same contract as the one on disk, and can be told to fail."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping

from footfall.errors import JournalError
from footfall.storage.journal import Changes, Entry, Journal, Kind, Row, account

__all__ = ["MemoryJournal"]

_COUNTS = ("received", "stored", "duplicate", "quarantined", "rejected")


class MemoryJournal(Journal):
    """Keeps rows in a list. `fail_with` holds errors for the next commits to raise, one each, with nothing kept."""

    def __init__(self) -> None:
        self.fail_with: list[JournalError] = []
        self.commits: list[Changes] = []
        self._entries: list[Entry] = []
        self._ids: set[tuple[str, str]] = set()
        self._books: dict[tuple[str, str], dict[str, int]] = {}
        self._lock = threading.Lock()
        self._closed = False

    def commit(self, changes: Changes) -> list[bool]:
        """See Journal."""
        with self._lock:
            self._require_open()
            if self.fail_with:
                raise self.fail_with.pop(0)
            self.commits.append(changes)
            fresh = [self._keep(row) for row in changes.rows]
            for (source, event), number in changes.rejected.items():
                self._count(source, event, "rejected", number)
            return fresh

    def scan(
        self, kind: Kind, *, after: int = 0, until: int | None = None, chunk: int = 10_000
    ) -> Iterator[list[Entry]]:
        """See Journal."""
        with self._lock:
            self._require_open()
            found = [
                entry
                for entry in self._entries
                if entry.row.kind == kind and entry.seq > after and (until is None or entry.seq <= until)
            ]
        for start in range(0, len(found), chunk):
            yield found[start : start + chunk]

    def lookup(self, message_id: str) -> list[Entry]:
        """See Journal."""
        with self._lock:
            self._require_open()
            return [entry for entry in self._entries if entry.row.message_id == message_id]

    def watermark(self) -> int:
        """See Journal."""
        with self._lock:
            self._require_open()
            return len(self._entries)

    def books(self) -> Mapping[tuple[str, str], Mapping[str, int]]:
        """See Journal."""
        with self._lock:
            self._require_open()
            return {key: dict(counts) for key, counts in sorted(self._books.items())}

    def close(self) -> None:
        """See Journal."""
        self._closed = True

    def _keep(self, row: Row) -> bool:
        key = (row.source, row.message_id)
        new = key not in self._ids
        if new:
            self._ids.add(key)
            self._entries.append(Entry(len(self._entries) + 1, row))
        self._count(row.source, account(row.event, row.type), row.kind if new else "duplicate", 1)
        return new

    def _count(self, source: str, event: str, name: str, number: int) -> None:
        counts = self._books.setdefault((source, event), dict.fromkeys(_COUNTS, 0))
        counts["received"] += number
        counts[name] += number

    def _require_open(self) -> None:
        if self._closed:
            raise JournalError("the journal is closed")

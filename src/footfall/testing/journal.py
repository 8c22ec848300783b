"""A journal in memory, for tests: it keeps the same contract as the one on disk, and fails when a test wants it to."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from footfall.clock import Clock, SystemClock
from footfall.errors import JournalError
from footfall.storage.books import COUNTS, Books
from footfall.storage.ids.keys import NOT_COMPARED, body_checksum, is_conflict
from footfall.storage.journal import (
    Changes,
    Entry,
    IdRun,
    Journal,
    Purge,
    Refusals,
    Row,
    RowState,
    SealMark,
    Snapshot,
    SnapshotReads,
    counter_name,
    is_misdated,
    quarter_of,
)  # fmt: skip

__all__ = ["MemoryJournal"]


class MemoryJournal(SnapshotReads, Journal):
    """Keeps rows in a dictionary. `fail_with` has errors for the next commits to raise, one each, with nothing kept.

    `clock` says when a message was rejected.
    """

    def __init__(self, *, clock: Clock | None = None) -> None:
        self.fail_with: list[JournalError] = []
        self.commits: list[Changes] = []
        self._clock = clock or SystemClock()
        self._seq = 0
        self._sealed = SealMark()
        self._entries: dict[int, Entry] = {}
        self._ids: dict[tuple[str, str], int] = {}
        self._checksums: dict[tuple[str, str], int] = {}
        self._books: dict[tuple[str, str], dict[str, int]] = {}
        self._refusals: Counter[tuple[int, str, str]] = Counter()
        self._lock = threading.Lock()
        self._closed = False

    def commit(self, changes: Changes) -> list[bool]:
        with self._lock:
            self._require_open()
            if self.fail_with:
                raise self.fail_with.pop(0)
            mark = self._sealed
            if changes.seal is not None:
                self._move_mark(changes.seal)
            self.commits.append(changes)
            if changes.purge is not None:
                self._purge(changes.purge, mark)
            fresh = [self._keep(row) for row in changes.rows]
            for (source, event), number in changes.rejected.items():
                self._count(source, event, "rejected", number)
                self._refusals[quarter_of(self._clock.now_us()), source, event] += number
            return [*fresh, *map(self._release, changes.released)]

    def forget(self, limit: int = 1000) -> int:
        with self._lock:
            self._require_open()
            sealed = [seq for seq, entry in self._entries.items() if self._is_sealed(entry)]
            for seq in sorted(sealed)[:limit]:
                del self._entries[seq]
            return min(len(sealed), limit)

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        with self._lock:
            self._require_open()
            books = {key: dict(counts) for key, counts in sorted(self._books.items())}
            refusals = [Refusals(*key, number) for key, number in sorted(self._refusals.items()) if number]
            entries = [entry for entry in self._entries.values() if not self._is_sealed(entry)]
            moment = _Moment(entries, self._seq, books, refusals, self._sealed)
        yield moment

    def close(self) -> None:
        self._closed = True

    def _keep(self, row: Row) -> bool:
        key = (row.source, row.message_id)
        before = self._entries.get(self._ids.get(key, 0))
        is_quarantined = before is not None and before.row.kind == "quarantined"
        new = key not in self._ids or (is_quarantined and row.kind == "stored")
        name = counter_name(row.event, row.type)
        self._count(row.source, name, row.kind if new else "duplicate", 1)
        if not new and is_conflict(body_checksum(row.body), self._checksums[key]):
            self._books[row.source, name]["conflicting"] += 1
        if new:
            if before is not None:
                self._take_out(before, "superseded")
            self._add(row)
            if is_misdated(row):
                self._books[row.source, name]["misdated"] += 1
        return new

    def _release(self, entry: Entry) -> bool:
        before = self._entries.get(entry.seq)
        if before is None or before.row.kind != "quarantined":
            return False
        self._take_out(before, "released")
        self._add(entry.row._replace(kind="stored"))
        if is_misdated(entry.row):
            self._books[before.row.source, counter_name(before.row.event, before.row.type)]["misdated"] += 1
        return True

    def _add(self, row: Row) -> None:
        self._seq += 1
        self._ids[row.source, row.message_id] = self._seq
        self._checksums[row.source, row.message_id] = body_checksum(row.body)
        self._entries[self._seq] = Entry(self._seq, row)

    def _take_out(self, entry: Entry, why: str) -> None:
        row = self._entries.pop(entry.seq).row
        self._books[row.source, counter_name(row.event, row.type)][why] += 1

    def _count(self, source: str, event: str, name: str, number: int) -> None:
        counts = self._line(source, event)
        counts["received"] += number
        counts[name] += number

    def _purge(self, purge: Purge, mark: SealMark) -> None:
        for line, number in purge.sealed.items():
            self._line(*line)["purged"] += number
        for entry in list(self._entries.values()):
            row, name = entry.row, counter_name(entry.row.event, entry.row.type)
            if not purge.rule.matches(row.source, name, row.received_at):
                continue
            del self._entries[entry.seq]
            if row.kind == "quarantined":
                self._line(row.source, name)["quarantine_purged"] += 1
                self._checksums[row.source, row.message_id] = NOT_COMPARED
            elif entry.seq > mark.seq:
                self._line(row.source, name)["purged"] += 1

    def _line(self, source: str, event: str) -> dict[str, int]:
        return self._books.setdefault((source, event), dict.fromkeys(COUNTS, 0))

    def _move_mark(self, mark: SealMark) -> None:
        if not self._sealed.seq <= mark.seq <= self._seq or mark.steps < self._sealed.steps:
            raise JournalError(f"{self._sealed} cannot become {mark}: the journal's last number is {self._seq}")
        self._sealed = mark

    def _is_sealed(self, entry: Entry) -> bool:
        return entry.row.kind == "stored" and entry.seq <= self._sealed.seq

    def _require_open(self) -> None:
        if self._closed:
            raise JournalError("the journal is closed")


class _Moment:
    """A Snapshot of a MemoryJournal."""

    def __init__(
        self, entries: list[Entry], seq: int, books: Books, refusals: list[Refusals], sealed: SealMark
    ) -> None:
        self._entries = entries
        self._seq = seq
        self._books = books
        self._refusals = refusals
        self._sealed = sealed

    def scan(
        self, kind: RowState, *, after: int = 0, until: int | None = None, chunk: int = 10_000
    ) -> Iterator[list[Entry]]:
        asked = [
            entry
            for entry in self._entries
            if entry.row.kind == kind and entry.seq > after and (until is None or entry.seq <= until)
        ]
        for start in range(0, len(asked), chunk):
            yield asked[start : start + chunk]

    def lookup(self, message_id: str) -> list[Entry]:
        return [entry for entry in self._entries if entry.row.message_id == message_id]

    def watermark(self) -> int:
        return self._seq

    def books(self) -> Books:
        return self._books

    def in_quarantine(self) -> Mapping[tuple[str, str], int]:
        rows = [entry.row for entry in self._entries if entry.row.kind == "quarantined"]
        return Counter((row.source, counter_name(row.event, row.type)) for row in rows)

    def refusals(self) -> list[Refusals]:
        return self._refusals

    def seal(self) -> SealMark:
        return self._sealed

    def id_runs(self) -> list[IdRun]:
        return []

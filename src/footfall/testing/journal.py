"""A journal in memory, for tests: it keeps the same contract as the one on disk, and fails when a test wants it to."""

from __future__ import annotations

import sys
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from footfall.clock import Clock, SystemClock
from footfall.errors import JournalError
from footfall.storage.books import COUNTS, Books
from footfall.storage.history import MINUTE_US, History, Minute, PurgedCount
from footfall.storage.ids.keys import NOT_COMPARED, body_checksum, is_conflict
from footfall.storage.journal import (
    Changes,
    Entry,
    Journal,
    JournalState,
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
from footfall.storage.uncounted import REPEAT_DAYS, UncountedCount, UncountedReport, increase

__all__ = ["MemoryJournal"]


_DAY_US = 86_400_000_000


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
        self._marks: dict[int, int] = {}
        self._minute = -1
        self._purged: list[PurgedCount] = []
        self._uncounted: Counter[tuple[str, str, str]] = Counter()
        self._reports: dict[tuple[str, str], tuple[int, dict[str, int]]] = {}
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
            before = self._seq
            fresh = [self._keep(row) for row in changes.rows]
            for (source, event), number in changes.rejected.items():
                self._count(source, event, "rejected", number)
                self._refusals[quarter_of(self._clock.now_us()), source, event] += number
            fresh += map(self._release, changes.released)
            self._mark_minute(before, is_due=bool(changes.released))
            for report in changes.uncounted:
                self._add_uncounted(report)
            return fresh

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
            history = _MemoryHistory(entries, self._seq, dict(self._marks), list(self._purged), self._uncounted)
            moment = _Moment(entries, self._seq, books, refusals, self._sealed, history)
        yield moment

    def close(self) -> None:
        self._closed = True

    def _keep(self, row: Row) -> bool:
        key = (row.line_source, row.message_id)
        before = self._entries.get(self._ids.get(key, 0))
        is_quarantined = before is not None and before.row.kind == "quarantined"
        new = key not in self._ids or (is_quarantined and row.kind == "stored")
        name = counter_name(row.event, row.type)
        self._count(row.line_source, name, row.kind if new else "duplicate", 1)
        if not new and is_conflict(row.message_id, body_checksum(row.body), self._checksums[key]):
            self._books[row.line_source, name]["conflicting"] += 1
        if new:
            if before is not None:
                self._take_out(before, "superseded")
            self._add(row)
            if is_misdated(row):
                self._books[row.line_source, name]["misdated"] += 1
        return new

    def _add_uncounted(self, report: UncountedReport) -> None:
        now = self._clock.now_us()
        self._reports = {key: kept for key, kept in self._reports.items() if kept[0] >= now}
        _, before = self._reports.get((report.source, report.id), (0, {}))
        more = increase(before, report)
        self._uncounted.update({(report.day, report.source, reason): number for reason, number in more.items()})
        if more:
            lasts_until = sys.maxsize if report.is_lasting else now + REPEAT_DAYS * _DAY_US
            self._reports[report.source, report.id] = lasts_until, before | {name: report.counts[name] for name in more}

    def _release(self, entry: Entry) -> bool:
        before = self._entries.get(entry.seq)
        if before is None or before.row.kind != "quarantined":
            return False
        self._take_out(before, "released")
        self._add(entry.row._replace(kind="stored"))
        if is_misdated(entry.row):
            self._books[before.row.line_source, counter_name(before.row.event, before.row.type)]["misdated"] += 1
        return True

    def _add(self, row: Row) -> None:
        self._seq += 1
        self._ids[row.line_source, row.message_id] = self._seq
        self._checksums[row.line_source, row.message_id] = body_checksum(row.body)
        self._entries[self._seq] = Entry(self._seq, row)

    def _take_out(self, entry: Entry, why: str) -> None:
        row = self._entries.pop(entry.seq).row
        self._books[row.line_source, counter_name(row.event, row.type)][why] += 1

    def _count(self, source: str, event: str, name: str, number: int) -> None:
        counts = self._line(source, event)
        counts["received"] += number
        counts[name] += number

    def _mark_minute(self, before: int, *, is_due: bool) -> None:
        now = self._clock.now_us()
        if self._seq > before and (is_due or now // MINUTE_US != self._minute):
            self._marks[before] = now
            self._minute = now // MINUTE_US

    def _purge(self, purge: Purge, mark: SealMark) -> None:
        books = {line: dict(counts) for line, counts in self._books.items()}
        for line, number in purge.sealed.items():
            self._line(*line)["purged"] += number
        for entry in list(self._entries.values()):
            row, name = entry.row, counter_name(entry.row.event, entry.row.type)
            if not purge.rule.matches(row.source, row.environment, name, row.received_at):
                continue
            del self._entries[entry.seq]
            if row.kind == "quarantined":
                self._line(row.line_source, name)["quarantine_purged"] += 1
                self._checksums[row.line_source, row.message_id] = NOT_COMPARED
            elif entry.seq > mark.seq:
                self._line(row.line_source, name)["purged"] += 1
        for line, counts in sorted(self._books.items()):
            earlier = books.get(line, dict.fromkeys(COUNTS, 0))
            stored, quarantined = (counts[name] - earlier[name] for name in ("purged", "quarantine_purged"))
            if stored or quarantined:
                at = self._clock.now_us()
                self._purged.append(PurgedCount(self._seq, at, purge.rule, *line, stored, quarantined))

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
        self, entries: list[Entry], seq: int, books: Books, refusals: list[Refusals], sealed: SealMark,
        history: History,
    ) -> None:  # fmt: skip
        self._entries = entries
        self._seq = seq
        self._books = books
        self._refusals = refusals
        self._sealed = sealed
        self._history = history

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
        return Counter((row.line_source, counter_name(row.event, row.type)) for row in rows)

    def refusals(self) -> list[Refusals]:
        return self._refusals

    def state(self) -> JournalState:
        return JournalState(self._sealed, [])

    def history(self) -> History:
        return self._history


class _MemoryHistory:
    """A History of a MemoryJournal: `marks` are clocks by the number before them."""

    def __init__(
        self, entries: list[Entry], seq: int, marks: dict[int, int], purged: list[PurgedCount],
        uncounted: Mapping[tuple[str, str, str], int],
    ) -> None:  # fmt: skip
        self._entries = entries
        self._seq = seq
        self._marks = marks
        self._purged = purged
        self._uncounted = [UncountedCount(*key, number) for key, number in sorted(uncounted.items())]

    def minutes_at(self, at: int) -> list[Minute]:
        last = min([seq for seq, clock in self._marks.items() if clock > at], default=self._seq)
        begins = [seq for seq, clock in self._marks.items() if seq < last and at - at % MINUTE_US <= clock <= at]
        return [self._minute_until(until) for until in sorted({*(map(self._end, begins)), last})]

    def minute_of(self, seq: int) -> Minute:
        return self._minute_until(self._end(seq - 1))

    def first_after(self, at: int, *, after: int, until: int) -> int | None:
        entries = [entry.seq for entry in self._entries if after < entry.seq <= until and entry.row.received_at > at]
        return min(entries, default=None)

    def latest(self, *, after: int, until: int) -> int | None:
        return max([entry.row.received_at for entry in self._entries if after < entry.seq <= until], default=None)

    def purged(self) -> list[PurgedCount]:
        return self._purged

    def uncounted(self) -> list[UncountedCount]:
        return self._uncounted

    def _end(self, seq: int) -> int:
        return min([mark for mark in self._marks if mark > seq], default=self._seq)

    def _minute_until(self, until: int) -> Minute:
        before = [seq for seq in self._marks if seq < until]
        return Minute(max(before), until, self._marks[max(before)]) if before else Minute(0, until, None)

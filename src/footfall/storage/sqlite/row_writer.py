"""Writes the changes of one commit: which rows are new, the rows themselves, and the books about them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from operator import itemgetter
from typing import Any, NamedTuple

import apsw

from footfall.storage.books import INTAKE
from footfall.storage.columns import COLUMNS
from footfall.storage.environments import line_source
from footfall.storage.history import MINUTE_US
from footfall.storage.ids.keys import NOT_COMPARED, Key, body_checksum, is_conflict, key_of
from footfall.storage.ids.stored_ids import StoredIds
from footfall.storage.journal import Changes, Entry, Row, RowState, counter_name, is_misdated, quarter_of
from footfall.storage.sqlite.history import write_mark
from footfall.storage.sqlite.id_runs import add_runs, catch_up, swap_runs
from footfall.storage.sqlite.schema import LINE_SOURCE, TABLES, insert_into
from footfall.storage.sqlite.sealed_rows import move_mark
from footfall.storage.sqlite.uncounted import write_uncounted

__all__ = ["Written", "write_changes"]

_IS_ANY_WAITING = "SELECT EXISTS (SELECT 1 FROM quarantined) OR EXISTS (SELECT 1 FROM purged_ids)"
_TAKE_OUT = f"DELETE FROM quarantined WHERE seq = ? RETURNING {LINE_SOURCE}, event, type"  # noqa: S608 - our own names
_INSERT_ROW = {kind: insert_into(table) for kind, table in TABLES.items()}
_values_of = itemgetter(*(Row._fields.index(column.name) for column in COLUMNS))
_ADD_TO_BOOKS = f"""
INSERT INTO books (source, event, {", ".join(INTAKE)}) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET {", ".join(f"{name} = {name} + excluded.{name}" for name in INTAKE)}
"""  # noqa: S608 - our own names
# What is counted besides was counted as it came in, too, so its line is there.
_ADD_TO_LINE = {
    name: f"UPDATE books SET {name} = {name} + ? WHERE source = ? AND event = ?"  # noqa: S608 - our own names
    for name in ("released", "superseded", "misdated", "conflicting")
}
_ADD_REFUSALS = """
INSERT INTO refusals VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET number = number + excluded.number
"""
# Random bytes, so that no file system makes less of them.
_PROBE = "INSERT OR REPLACE INTO probe VALUES (1, ?, randomblob(?))"
# SQLite takes 32,766 variables in one statement; fewer keep the statement cache warm for usual batch sizes.
_LOOKUP_WIDTHS = (1000, 100, 10, 1)
_PURGED = 0  # the number of a row that was purged from quarantine, of which the id is left
_WAITING = {
    width: f"""
    WITH asked (message_id) AS (VALUES {", ".join("(?)" for _ in range(width))})
    SELECT message_id, seq, body FROM asked CROSS JOIN quarantined USING (message_id)
    WHERE source = ? AND coalesce(environment, '') = ?
    UNION ALL SELECT message_id, {_PURGED}, NULL FROM asked CROSS JOIN purged_ids USING (message_id) WHERE source = ?
    """  # noqa: S608 - placeholders only
    for width in _LOOKUP_WIDTHS
}


class Written(NamedTuple):
    """What a commit wrote: which rows were new, the journal's last number, what was stored, the last minute marked.

    `bodies` are those of the stored rows in order of `seq`, `checksums` the same by source and id.
    """

    fresh: list[bool]
    seq: int
    bodies: list[bytes]
    checksums: dict[str, dict[Key, int]]
    minute: int


class _Waiting(NamedTuple):
    """A row in quarantine, or that was purged from there, that a row of the commit repeats."""

    seq: int
    checksum: int


class _Decisions:
    """Which rows of a commit are new, and what they are counted as."""

    def __init__(self, connection: apsw.Connection, rows: Sequence[Row], ids: StoredIds, seq: int) -> None:
        self.seq = seq
        self.fresh: list[bool] = []
        self.bodies: list[bytes] = []
        self.checksums: dict[str, dict[Key, int]] = {}
        self.tables: dict[RowState, list[tuple[Any, ...]]] = {"stored": [], "quarantined": []}
        self.counts: Counter[tuple[str, str, str]] = Counter()
        self.besides: Counter[tuple[str, str, str]] = Counter()
        self.superseded: list[int] = []
        keys = [key_of(row.message_id) for row in rows]
        sources = [row.source if row.environment is None else row.line_source for row in rows]
        by_source: dict[str, list[Key]] = {}
        for source, key in zip(sources, keys, strict=True):
            by_source.setdefault(source, []).append(key)
        stored = {source: ids.find(source, some) for source, some in by_source.items()}
        waiting = _waiting(connection, rows)
        for row, source, key in zip(rows, sources, keys, strict=True):
            self._decide(row, source, key, stored[source], waiting)

    def _decide(
        self, row: Row, source: str, key: Key, stored: dict[Key, int], waiting: dict[tuple[str, Key], _Waiting]
    ) -> None:
        kind = row.kind
        event = row.event
        if event is None:
            event = counter_name(None, row.type)
        checksum = body_checksum(row.body)
        earlier = stored.get(key)
        like = waiting.get((source, key)) if waiting and earlier is None else None
        if like is not None and (kind == "quarantined" or like.seq == _PURGED):
            earlier = like.checksum
        if earlier is not None:
            self.fresh.append(False)
            self.counts[source, event, "duplicate"] += 1
            if is_conflict(row.message_id, checksum, earlier):
                self.besides["conflicting", source, event] += 1
            return
        self.fresh.append(True)
        self.counts[source, event, kind] += 1
        self.seq += 1
        self.tables[kind].append((self.seq, *_values_of(row)))
        if kind == "quarantined":
            waiting[source, key] = _Waiting(self.seq, checksum)
            return
        if like is not None:
            self.superseded.append(like.seq)
        stored[key] = checksum
        self._keep(row, source, key, checksum)
        if row.faults is not None and is_misdated(row):
            self.besides["misdated", source, event] += 1

    def release(self, row: Row) -> tuple[Any, ...]:
        """Number a row that leaves quarantine, and give its values."""
        self.seq += 1
        self._keep(row, row.line_source, key_of(row.message_id), body_checksum(row.body))
        return (self.seq, *_values_of(row))

    def _keep(self, row: Row, source: str, key: Key, checksum: int) -> None:
        self.bodies.append(row.body)
        self.checksums.setdefault(source, {})[key] = checksum


def write_changes(
    connection: apsw.Connection, changes: Changes, ids: StoredIds, now_us: int, minute: int = -1
) -> Written:
    """Write changes inside of a transaction. `now_us` is in microseconds since 1970-01-01 UTC.

    `minute` is the one that the last mark was written in, as `Written` has it. Released rows get a mark of their own
    commit: when they were received says nothing of it.

    The ids stay as they are; whoever commits the transaction adds those that were stored. Raises what SQLite raises,
    and JournalError where the mark of sealed rows, or a swap of runs, cannot be.
    """
    ((first,),) = connection.execute("SELECT seq FROM last_seq")
    catch_up(connection, ids, first)
    decisions = _Decisions(connection, changes.rows, ids, first)
    for table, rows in decisions.tables.items():
        if rows:
            connection.executemany(_INSERT_ROW[table], rows)
    for (source, event), number in changes.rejected.items():
        decisions.counts[source, event, "rejected"] += number
    connection.executemany(_ADD_TO_BOOKS, _lines(decisions.counts))
    for (name, source, event), number in decisions.besides.items():
        connection.execute(_ADD_TO_LINE[name], (number, source, event))
    if changes.rejected:
        quarter = quarter_of(now_us)
        refused = [(quarter, *key, number) for key, number in changes.rejected.items() if number]
        connection.executemany(_ADD_REFUSALS, refused)
    for seq in decisions.superseded:
        _take_out(connection, seq, "superseded")
    for entry in changes.released:
        decisions.fresh.append(_release(connection, entry, decisions))
    if decisions.seq > first:
        connection.execute("UPDATE last_seq SET seq = ?", (decisions.seq,))
        if now_us // MINUTE_US != minute or changes.released:
            write_mark(connection, first, now_us)
            minute = now_us // MINUTE_US
    if changes.seal is not None:
        move_mark(connection, changes.seal, first)
    add_runs(connection, ids.pending)
    swap_runs(connection, ids, changes.swaps)
    write_uncounted(connection, changes.uncounted, now_us)
    if changes.probe is not None:
        connection.execute(_PROBE, (now_us, changes.probe))
    return Written(decisions.fresh, decisions.seq, decisions.bodies, decisions.checksums, minute)


def _waiting(connection: apsw.Connection, rows: Sequence[Row]) -> dict[tuple[str, Key], _Waiting]:
    """The rows that are in quarantine, or were purged from there, and have the id of one of these."""
    waiting: dict[tuple[str, Key], _Waiting] = {}
    ((is_any,),) = connection.execute(_IS_ANY_WAITING)
    if not is_any:
        return waiting
    by_source: dict[tuple[str, str | None], list[str]] = {}
    for row in rows:
        by_source.setdefault((row.source, row.environment), []).append(row.message_id)
    for (source, environment), message_ids in by_source.items():
        line = line_source(source, environment)
        start = 0
        for width in _LOOKUP_WIDTHS:
            while len(message_ids) - start >= width:
                part = message_ids[start : start + width]
                for message_id, seq, body in connection.execute(
                    _WAITING[width], (*part, source, environment or "", line)
                ):
                    checksum = NOT_COMPARED if body is None else body_checksum(body)
                    waiting[line, key_of(message_id)] = _Waiting(seq, checksum)
                start += width
    return waiting


def _release(connection: apsw.Connection, entry: Entry, decisions: _Decisions) -> bool:
    line = _take_out(connection, entry.seq, "released")
    if line is None:
        return False
    connection.execute(_INSERT_ROW["stored"], decisions.release(entry.row))
    if is_misdated(entry.row):
        connection.execute(_ADD_TO_LINE["misdated"], (1, *line))
    return True


def _take_out(connection: apsw.Connection, seq: int, why: str) -> tuple[str, str] | None:
    """Take a row out of quarantine; returns its line in the books, None where it is not there."""
    row = connection.execute(_TAKE_OUT, (seq,)).fetchone()
    if row is None:
        return None
    source, event, type_ = row
    line = source, counter_name(event, type_)
    connection.execute(_ADD_TO_LINE[why], (1, *line))
    return line


def _lines(counts: Counter[tuple[str, str, str]]) -> list[tuple[str | int, ...]]:
    lines: dict[tuple[str, str], dict[str, int]] = {}
    for (source, event, name), number in counts.items():
        line = lines.setdefault((source, event), dict.fromkeys(INTAKE, 0))
        line[name] += number
        line["received"] += number
    return [(*key, *numbers.values()) for key, numbers in lines.items()]

"""SqliteSnapshot: everything that is read from a journal's database as of one moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

import apsw

from footfall.storage.books import COUNTS, Books
from footfall.storage.journal import Entry, IdRun, JournalState, Refusals, Row, RowState, SealMark, counter_name
from footfall.storage.sqlite.database import translated
from footfall.storage.sqlite.history import SqliteHistory
from footfall.storage.sqlite.id_runs import READ_RUNS
from footfall.storage.sqlite.schema import LINE_SOURCE, TABLES, select_from
from footfall.storage.sqlite.sealed_rows import READ_MARK

__all__ = ["SqliteSnapshot"]

_SCAN = {kind: f"{select_from(kind)} WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?" for kind in TABLES}
_LOOKUP = {kind: f"{select_from(kind)} WHERE message_id = ?" for kind in TABLES}
_REFUSALS = f"SELECT {', '.join(Refusals._fields)} FROM refusals ORDER BY quarter, source, event"  # noqa: S608 - our own names


class SqliteSnapshot:
    """A Snapshot in one read transaction of a connection.

    `line_source` is what the books call the source of a row, as SQL.
    """

    line_source: ClassVar[str] = LINE_SOURCE

    def __init__(self, connection: apsw.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path

    def run(self, query: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """Every line of an answer. Raises JournalError."""
        try:
            return self._connection.execute(query, values).fetchall()
        except (apsw.Error, OSError) as error:
            raise translated("read", self._path, error) from error

    def scan(
        self, kind: RowState, *, after: int = 0, until: int | None = None, chunk: int = 10_000
    ) -> Iterator[list[Entry]]:
        """See Journal."""
        last = until if until is not None else 2**63 - 1
        if kind == "stored":
            after = max(after, self._mark().seq)
        while True:
            lines = self.run(_SCAN[kind], (after, last, chunk))
            entries = [Entry(seq, Row(kind, *values)) for seq, *values in lines]
            if not entries:
                return
            yield entries
            after = entries[-1].seq

    def lookup(self, message_id: str) -> list[Entry]:
        """See Journal."""
        entries = [
            Entry(seq, Row(kind, *values))
            for kind, query in _LOOKUP.items()
            for seq, *values in self.run(query, (message_id,))
        ]
        sealed = self._mark().seq
        entries = [entry for entry in entries if entry.row.kind == "quarantined" or entry.seq > sealed]
        return sorted(entries, key=lambda entry: entry.seq)

    def watermark(self) -> int:
        """See Journal."""
        ((seq,),) = self.run("SELECT seq FROM last_seq")
        return int(seq)

    def books(self) -> Books:
        """See Journal."""
        lines = self.run(f"SELECT source, event, {', '.join(COUNTS)} FROM books ORDER BY source, event")  # noqa: S608 - our own names
        return {(source, event): dict(zip(COUNTS, counts, strict=True)) for source, event, *counts in lines}

    def in_quarantine(self) -> Mapping[tuple[str, str], int]:
        """See Snapshot."""
        counts: Counter[tuple[str, str]] = Counter()
        line = f"{self.line_source}, event, type"
        for source, event, type_, number in self.run(f"SELECT {line}, count(*) FROM quarantined GROUP BY 1, 2, 3"):  # noqa: S608 - our own names
            counts[source, counter_name(event, type_)] += number
        return counts

    def refusals(self) -> list[Refusals]:
        """See Snapshot."""
        return [Refusals(*line) for line in self.run(_REFUSALS)]

    def state(self) -> JournalState:
        """See Snapshot."""
        return JournalState(self._mark(), [IdRun(*line) for line in self.run(READ_RUNS)])

    def history(self) -> SqliteHistory:
        """See Snapshot."""
        return SqliteHistory(self.run)

    def _mark(self) -> SealMark:
        (line,) = self.run(READ_MARK)
        return SealMark(*line)

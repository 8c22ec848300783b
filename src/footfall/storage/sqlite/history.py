"""The marks and the purges in a journal's database: how they are written and read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import apsw
import msgspec

from footfall.storage.history import MINUTE_US, Minute, PurgedCount
from footfall.storage.purge_rule import PurgeRule
from footfall.storage.sqlite.uncounted import READ_UNCOUNTED
from footfall.storage.uncounted import UncountedCount

__all__ = ["SqliteHistory", "write_mark", "write_purged"]

_ADD_MARK = "INSERT INTO marks VALUES (?, ?)"
_ADD_PURGED = "INSERT INTO purges (seq, at, rule, source, event, stored, quarantined) VALUES (?, ?, ?, ?, ?, ?, ?)"
_PURGED = "SELECT seq, at, rule, source, event, stored, quarantined FROM purges ORDER BY number"
_FIRST_BEYOND = "SELECT coalesce((SELECT seq FROM marks WHERE at > ? ORDER BY seq LIMIT 1), (SELECT seq FROM last_seq))"
_UNTIL = (
    "SELECT coalesce((SELECT seq FROM marks WHERE seq >= ? ORDER BY seq LIMIT 1), (SELECT seq FROM last_seq))"
)  # fmt: skip
_OF_MINUTE = "SELECT seq FROM marks WHERE seq < ? AND at BETWEEN ? AND ?"
_LAST_BEFORE = "SELECT seq, at FROM marks WHERE seq < ? ORDER BY seq DESC LIMIT 1"
# Rows that are sealed are read where they are sealed.
_RECEIVED = """
SELECT {} FROM (
    SELECT seq, received_at FROM messages WHERE seq > (SELECT seq FROM seal) AND seq > ? AND seq <= ?
    UNION ALL SELECT seq, received_at FROM quarantined WHERE seq > ? AND seq <= ?
)
"""
_FIRST_AFTER = _RECEIVED.format("min(seq)") + " WHERE received_at > ?"
_LATEST = _RECEIVED.format("max(received_at)")


def write_mark(connection: apsw.Connection, seq: int, at: int) -> None:
    """Mark, inside of a transaction, that `seq` was the last number as it began, at the clock `at`."""
    connection.execute(_ADD_MARK, (seq, at))


def write_purged(
    connection: apsw.Connection, rule: PurgeRule, at: int, counts: Mapping[tuple[str, str], tuple[int, int]]
) -> None:
    """Keep, inside of a transaction, how many stored and quarantined messages a purge removed of each line."""
    ((seq,),) = connection.execute("SELECT seq FROM last_seq")
    encoded = msgspec.json.encode(rule)
    connection.executemany(_ADD_PURGED, [(seq, at, encoded, *line, *numbers) for line, numbers in counts.items()])


class SqliteHistory:
    """A History by queries, each of which `run` answers."""

    def __init__(self, run: Callable[[str, tuple[Any, ...]], list[tuple[Any, ...]]]) -> None:
        self._run = run

    def minutes_at(self, at: int) -> list[Minute]:
        """See History."""
        last = self._number(_FIRST_BEYOND, at)
        marks = self._run(_OF_MINUTE, (last, at - at % MINUTE_US, at))
        untils = {self._number(_UNTIL, seq + 1) for (seq,) in marks}
        return [self._minute_until(until) for until in sorted(untils | {last})]

    def minute_of(self, seq: int) -> Minute:
        """See History."""
        return self._minute_until(self._number(_UNTIL, seq))

    def first_after(self, at: int, *, after: int, until: int) -> int | None:
        """See History."""
        ((seq,),) = self._run(_FIRST_AFTER, (after, until, after, until, at))
        return None if seq is None else int(seq)

    def latest(self, *, after: int, until: int) -> int | None:
        """See History."""
        ((at,),) = self._run(_LATEST, (after, until, after, until))
        return None if at is None else int(at)

    def purged(self) -> list[PurgedCount]:
        """See History."""
        return [
            PurgedCount(seq, at, msgspec.json.decode(rule, type=PurgeRule), *rest)
            for seq, at, rule, *rest in self._run(_PURGED, ())
        ]

    def uncounted(self) -> list[UncountedCount]:
        """See History."""
        return [UncountedCount(*line) for line in self._run(READ_UNCOUNTED, ())]

    def _minute_until(self, until: int) -> Minute:
        mark = next(iter(self._run(_LAST_BEFORE, (until,))), None)
        return Minute(0, until, None) if mark is None else Minute(mark[0], until, mark[1])

    def _number(self, query: str, value: int) -> int:
        ((number,),) = self._run(query, (value,))
        return int(number)

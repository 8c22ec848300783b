"""Removes what a purge removes from a journal's database: the rows, and then their bytes."""

from __future__ import annotations

from collections import Counter

import apsw

from footfall.errors import JournalError
from footfall.storage.journal import Purge
from footfall.storage.purge_rule import PurgeRule
from footfall.storage.sqlite.database import BUSY_MS, reason_of
from footfall.storage.sqlite.history import write_purged
from footfall.storage.sqlite.schema import LINE_SOURCE

__all__ = ["purge_rows", "wipe"]

# As `counter_name` has it.
_NAME = "coalesce(event, '(' || coalesce(nullif(type, ''), 'unreadable') || ')')"
_CONDITIONS = {
    "event": f"{_NAME} = ?", "source": "source = ?", "environment": "coalesce(environment, 'production') = ?",
    "since": "received_at >= ?", "until": "received_at < ?",
}  # fmt: skip
# Rows that are sealed are counted where they are sealed.
_COUNT_STORED = f"SELECT {LINE_SOURCE}, {_NAME}, count(*) FROM messages WHERE seq > (SELECT seq FROM seal) AND "  # noqa: S608 - our own names
_COUNT_QUARANTINED = f"SELECT {LINE_SOURCE}, {_NAME}, count(*) FROM quarantined WHERE "  # noqa: S608 - our own names
_KEEP_IDS = f"INSERT OR IGNORE INTO purged_ids SELECT message_id, {LINE_SOURCE} FROM quarantined WHERE "  # noqa: S608 - our own names
# A message that a later plan renamed was counted under another name as it came in, so its line may not be there.
_ADD = {
    name: f"INSERT INTO books (source, event, {name}) VALUES (?, ?, ?)"  # noqa: S608 - our own names
    f" ON CONFLICT DO UPDATE SET {name} = {name} + excluded.{name}"
    for name in ("purged", "quarantine_purged")
}
_WIPE_BUSY_MS = 1_000


def purge_rows(connection: apsw.Connection, purge: Purge, now_us: int) -> None:
    """Remove rows and count them, inside of a transaction that began with all ids of stored rows in runs.

    `now_us` is in microseconds since 1970-01-01 UTC.
    """
    where, values = _condition(purge.rule)
    stored, quarantined = Counter(purge.sealed), Counter[tuple[str, str]]()
    for source, event, number in connection.execute(f"{_COUNT_STORED}{where} GROUP BY 1, 2", values):
        stored[source, event] += number
    for source, event, number in connection.execute(f"{_COUNT_QUARANTINED}{where} GROUP BY 1, 2", values):
        quarantined[source, event] += number
    connection.execute(f"{_KEEP_IDS}{where}", values)
    for table in ("messages", "quarantined"):
        connection.execute(f"DELETE FROM {table} WHERE {where}", values)  # noqa: S608 - our own names
    for name, counts in (("purged", stored), ("quarantine_purged", quarantined)):
        connection.executemany(_ADD[name], [(*line, number) for line, number in counts.items()])
    lines = sorted(stored.keys() | quarantined.keys())
    write_purged(connection, purge.rule, now_us, {line: (stored[line], quarantined[line]) for line in lines})


def wipe(connection: apsw.Connection) -> None:
    """Write a database anew, so that what was removed is neither in its free pages nor in its log.

    Raises JournalError where it could not be done now, and what SQLite raises where its disk fails.
    """
    try:
        connection.execute("VACUUM")
        connection.set_busy_timeout(_WIPE_BUSY_MS)
        connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
    except (apsw.BusyError, apsw.FullError) as error:
        why = reason_of(error) if isinstance(error, apsw.FullError) else "a report or a backup is still reading it"
        problem = f"what was purged is in no answer any more, but its bytes may be in the folder's files: {why}"
        raise JournalError(f"{problem}; purge the same again", reason=problem) from error
    finally:
        connection.set_busy_timeout(BUSY_MS)


def _condition(rule: PurgeRule) -> tuple[str, tuple[str | int, ...]]:
    given = {name: value for name in _CONDITIONS if (value := getattr(rule, name)) is not None}
    return " AND ".join(_CONDITIONS[name] for name in given), tuple(given.values())

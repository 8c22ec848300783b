"""The runs of ids in a journal's database: which count, and how the ids in memory are brought up to its rows."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence

import apsw

from footfall.errors import JournalError
from footfall.storage.ids.run_file import DamagedRunError
from footfall.storage.ids.stored_ids import StoredId, StoredIds, log_damage
from footfall.storage.journal import IdRun, RunSwap
from footfall.storage.sqlite.schema import LINE_SOURCE

__all__ = ["READ_RUNS", "add_runs", "catch_up", "put_in_runs", "swap_runs"]

_log = logging.getLogger("footfall")

READ_RUNS = f"SELECT {', '.join(IdRun._fields)} FROM id_runs ORDER BY first, last"  # noqa: S608 - our own names
_ADD = "INSERT OR REPLACE INTO id_runs VALUES (?, ?, ?, ?, ?)"
_ID = ", ".join(LINE_SOURCE if name == "source" else name for name in StoredId._fields)
_ROWS = f"SELECT {_ID} FROM messages WHERE seq BETWEEN ? AND ? ORDER BY seq"  # noqa: S608 - our own names
_COUNT = "SELECT count(*) FROM messages WHERE seq BETWEEN ? AND ?"


def catch_up(connection: apsw.Connection, ids: StoredIds, seq: int) -> None:
    """Bring the ids up to the rows of the journal, whose last number is `seq`.

    They are behind when the journal was opened anew, and when a commit was thought to have failed and had not.
    """
    if seq < ids.seq or ids.seq < 0:
        _begin(connection, ids)
    if seq > ids.seq:
        ids.load(_rows(connection, ids.seq + 1, seq))
        ids.follow(seq)


def add_runs(connection: apsw.Connection, runs: Sequence[IdRun]) -> None:
    """Have runs count, inside of a transaction."""
    connection.executemany(_ADD, runs)


def put_in_runs(connection: apsw.Connection, ids: StoredIds, *, is_all: bool = False) -> None:
    """Have the ids of all sealed rows, or of all stored ones, in runs, inside of the transaction in which rows go.

    Raises JournalError where no run can be written.
    """
    ((seq, sealed),) = connection.execute("SELECT last_seq.seq, seal.seq FROM last_seq, seal")
    catch_up(connection, ids, seq)
    if (seq if is_all else sealed) > ids.last_run and not ids.write_run():
        raise JournalError(f"{ids.folder} takes no run of ids, so no row may go; make room, or make it writable")
    add_runs(connection, ids.pending)


def swap_runs(connection: apsw.Connection, ids: StoredIds, swaps: Sequence[RunSwap]) -> None:
    """Put runs in the place of others, inside of a transaction.

    Raises JournalError where one of the others is not there, or a new one cannot be read.
    """
    for added, removed in swaps:
        for name in removed:
            connection.execute("DELETE FROM id_runs WHERE name = ?", (name,))
            if not connection.changes():
                raise JournalError(f"{name} is no run of this journal any more, so {added.name} cannot replace it")
        connection.execute(_ADD, added)
    try:
        ids.require_runs(swaps)
    except DamagedRunError as error:
        raise JournalError(f"{error}, so it replaces no other run of ids; seal again") from error


def _begin(connection: apsw.Connection, ids: StoredIds) -> None:
    runs = [IdRun(*line) for line in connection.execute(READ_RUNS)]
    for run, error in ids.reset(runs):
        if _count(connection, run) != run.ids:
            log_damage(run.ids, error)
            continue
        try:
            ids.rebuild(run, _rows(connection, run.first, run.last))
        except (OSError, DamagedRunError) as failure:
            log_damage(run.ids, error)
            _log.warning("%s cannot be made anew: %s", run.name, failure)
        else:
            _log.warning("%s: made anew from the journal's rows", error)
    ids.remove_leftovers(runs)


def _count(connection: apsw.Connection, run: IdRun) -> int:
    """How many rows of a run there are; 0 where they cannot be read."""
    try:
        ((number,),) = connection.execute(_COUNT, (run.first, run.last))
    except apsw.CorruptError:
        return 0
    return int(number)


def _rows(connection: apsw.Connection, first: int, last: int) -> Iterator[StoredId]:
    """The rows with these numbers. Those on a damaged page are passed over, which is in the log."""
    while first <= last:
        try:
            for line in connection.execute(_ROWS, (first, last)):
                row = StoredId(*line)
                yield row
                first = row.seq + 1
        except apsw.CorruptError as error:
            damaged, first = first, _next_good(connection, first, last)
            _log.error(
                "%s: rows from number %d to %d cannot be read, and their repeats are stored again: %s",
                connection.filename, damaged, first - 1, error,
            )  # fmt: skip
        else:
            return


def _next_good(connection: apsw.Connection, damaged: int, last: int) -> int:
    """From which number on rows can be read again, by halving: those on one page follow one another."""
    step = 1
    while damaged + step <= last and not _is_good(connection, damaged + step):
        step *= 2
    bad, good = damaged + step // 2, min(damaged + step, last + 1)
    while good - bad > 1:
        middle = (bad + good) // 2
        bad, good = (bad, middle) if _is_good(connection, middle) else (middle, good)
    return good


def _is_good(connection: apsw.Connection, seq: int) -> bool:
    try:
        connection.execute(_ROWS, (seq, seq)).fetchall()
    except apsw.CorruptError:
        return False
    return True

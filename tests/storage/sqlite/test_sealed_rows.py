"""The mark of sealed rows in a database, and the rows that are removed below it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest
from tests.storage.faulty_vfs import FSYNC, planted

from footfall.errors import JournalError
from footfall.storage.journal import SealMark
from footfall.storage.sqlite.schema import SCHEMA
from footfall.storage.sqlite.sealed_rows import READ_MARK, forget_rows, give_room_back, move_mark


@pytest.fixture
def database() -> Iterator[apsw.Connection]:
    """Stored rows at the odd numbers from 1 to 19."""
    connection = apsw.Connection(":memory:")
    connection.execute(SCHEMA)
    connection.executemany(
        "INSERT INTO messages (seq, source, message_id, type, occurred_at, received_at, body)"
        " VALUES (?, 'shop', 'm', 'track', 1, 2, x'7b7d')",
        [(seq,) for seq in range(1, 20, 2)],
    )
    yield connection
    connection.close()


def seqs_in(database: apsw.Connection) -> list[int]:
    return [seq for (seq,) in database.execute("SELECT seq FROM messages ORDER BY seq")]


def test_the_mark_is_read_as_it_was_moved(database: apsw.Connection) -> None:
    move_mark(database, SealMark(7, 4, 1), 20)

    assert SealMark(*next(database.execute(READ_MARK))) == (7, 4, 1)


def test_a_mark_may_stay_where_it_is_with_fewer_messages_and_more_steps(database: apsw.Connection) -> None:
    move_mark(database, SealMark(7, 4, 1), 20)
    move_mark(database, SealMark(7, 1, 2), 20)

    assert SealMark(*next(database.execute(READ_MARK))) == (7, 1, 2)


@pytest.mark.parametrize("mark", [SealMark(6, 4, 2), SealMark(8, 4, 0), SealMark(21, 4, 2)])
def test_a_mark_that_goes_back_or_too_far_is_refused_and_both_are_named(
    database: apsw.Connection, mark: SealMark
) -> None:
    move_mark(database, SealMark(7, 4, 1), 20)

    with pytest.raises(JournalError, match=r"SealMark\(seq=7, .* cannot become SealMark\(.* last number is 20"):
        move_mark(database, mark, 20)
    assert SealMark(*next(database.execute(READ_MARK))) == (7, 4, 1)


def test_the_first_rows_go_and_their_number_and_the_last_of_them_are_given(database: apsw.Connection) -> None:
    move_mark(database, SealMark(8, 4, 1), 20)

    assert [forget_rows(database, 3) for _ in range(3)] == [(3, 5), (1, 7), (0, 0)]
    assert seqs_in(database) == [9, 11, 13, 15, 17, 19]


def filled(path: Path, *, kept: int) -> apsw.Connection:
    """A database of which a megabyte was removed, and `kept` bytes were not."""
    connection = apsw.Connection(str(path))
    connection.pragma("journal_mode", "wal")
    connection.execute("CREATE TABLE room (part)")
    connection.execute("INSERT INTO room VALUES (zeroblob(1_000_000)), (zeroblob(?))", (kept,))
    connection.execute("DELETE FROM room WHERE rowid = 1")
    return connection


def test_a_database_of_free_pages_gives_its_room_back(tmp_path: Path) -> None:
    connection = filled(tmp_path / "journal.db", kept=20_000)

    assert give_room_back(connection, 500_000)
    connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
    assert (tmp_path / "journal.db").stat().st_size < 50_000
    assert not give_room_back(connection, 500_000)


@pytest.mark.parametrize(("kept", "kept_free"), [(20_000, 2_000_000), (200_000, 500_000)])
def test_little_room_is_kept_and_much_data_is_not_written_anew(tmp_path: Path, kept: int, kept_free: int) -> None:
    connection = filled(tmp_path / "journal.db", kept=kept)

    assert not give_room_back(connection, kept_free)
    assert connection.pragma("freelist_count") > 200


def test_a_database_that_is_being_written_keeps_its_room(tmp_path: Path) -> None:
    connection, other = filled(tmp_path / "journal.db", kept=0), apsw.Connection(str(tmp_path / "journal.db"))
    other.execute("BEGIN IMMEDIATE")

    assert not give_room_back(connection, 500_000)
    other.execute("ROLLBACK")
    assert give_room_back(connection, 500_000)


class WithoutTemporaryFiles(apsw.VFS):
    """A system on which a temporary file meets an error, as where no folder but the data folder can be written to."""

    def __init__(self, error: apsw.Error) -> None:
        self._error = error
        super().__init__("without_temporary_files", "")

    def xOpen(self, name: Any, flags: list[int]) -> Any:  # noqa: N802 - apsw's name
        if name is None:
            raise self._error
        return apsw.VFSFile("", name, flags)


def gives_back(path: Path, error: apsw.Error) -> bool:
    """Whether room is given back where temporary files meet an error."""
    filled(path, kept=200_000).close()
    vfs = WithoutTemporaryFiles(error)
    connection = apsw.Connection(str(path), vfs="without_temporary_files")
    connection.pragma("cache_size", 1)  # so that little needs a temporary file
    try:
        return give_room_back(connection, 900_000)
    finally:
        connection.close()
        vfs.unregister()


@pytest.mark.parametrize("error", [apsw.CantOpenError("planted"), planted(apsw.SQLITE_IOERR_GETTEMPPATH)])
def test_without_a_folder_for_temporary_files_the_room_is_kept(tmp_path: Path, error: apsw.Error) -> None:
    assert not gives_back(tmp_path / "journal.db", error)


def test_a_failure_of_the_disk_is_raised(tmp_path: Path) -> None:
    with pytest.raises(apsw.IOError):
        gives_back(tmp_path / "journal.db", planted(FSYNC))

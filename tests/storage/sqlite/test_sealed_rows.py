"""The mark of sealed rows in a database, and the rows that are removed below it."""

from __future__ import annotations

from collections.abc import Iterator

import apsw
import pytest

from footfall.errors import JournalError
from footfall.storage.journal import SealMark
from footfall.storage.sqlite.schema import SCHEMA
from footfall.storage.sqlite.sealed_rows import READ_MARK, forget_rows, move_mark


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

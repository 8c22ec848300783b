"""Which lines of a text file come before their turn, so that readers that guess what a column is guess right.

Readers look at the first lines alone, and fail at a later one that does not fit: a column that begins with numbers, and
has a word further down, needs that word within the first lines. Few lines move, and most often none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from footfall.analytics.engine import connect, hand_over, rows
from footfall.analytics.exports.columns import FREE_TEXTS
from footfall.analytics.exports.selection import Selection
from footfall.analytics.exports.stream import MessageStream

if TYPE_CHECKING:
    import duckdb

__all__ = ["deciding"]

_FIRST = 100
"""Within so many lines every reader that was tried makes up its mind."""

_GUESSED = ("BIGINT", "DOUBLE", "BOOLEAN", "DATE", "TIME", "TIMESTAMPTZ", "UUID")

# A column, and a type that none of its values so far contradicts.
_Guess = tuple[str, str]


def deciding(stream: MessageStream, selection: Selection) -> frozenset[int]:
    """The `seq` of each message that is the first to contradict a guess, and is not among the first lines anyway."""
    guesses = [(text, type_) for text in FREE_TEXTS for type_ in _GUESSED]
    with connect() as connection:
        first: list[Any] = []
        for block in stream.blocks(selection, _columns(guesses)):
            first.append(block.slice(0, _FIRST - sum(map(len, first))))
            if sum(map(len, first)) == _FIRST:
                break
        else:
            return frozenset()  # all lines are first lines
        guesses = [guess for guess, seq in _misfits(connection, first, guesses).items() if seq is None]
        if not guesses:
            return frozenset()
        moved = _misfits(connection, stream.blocks(selection, _columns(guesses)), guesses)
        return frozenset(seq for seq in moved.values() if seq is not None)


def _columns(guesses: Sequence[_Guess]) -> list[str]:
    return ["seq", *dict.fromkeys(column for column, _ in guesses)]


def _misfits(
    connection: duckdb.DuckDBPyConnection, blocks: Iterable[Any], guesses: Sequence[_Guess]
) -> dict[_Guess, int | None]:
    """The first message that contradicts each guess, None where there is none. Blocks are in order of `seq`."""
    misfits: dict[_Guess, int | None] = dict.fromkeys(guesses)
    for block in blocks:
        undecided = [guess for guess, seq in misfits.items() if seq is None]
        if not undecided:
            break
        firsts = ", ".join(f"min(seq) FILTER ({_misfit(*guess)})" for guess in undecided)
        hand_over(connection, block, f"CREATE OR REPLACE TEMP TABLE firsts AS SELECT {firsts} FROM handed")
        misfits.update(zip(undecided, *rows(connection, "FROM firsts"), strict=True))
    return misfits


def _misfit(column: str, type_: str) -> str:
    return f"{column} <> '' AND TRY_CAST({column} AS {type_}) IS NULL"

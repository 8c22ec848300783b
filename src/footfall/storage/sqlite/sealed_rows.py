"""The mark of sealed rows in a journal's database, and how rows below it are removed."""

from __future__ import annotations

import apsw

from footfall.errors import JournalError
from footfall.storage.journal import SealMark

__all__ = ["READ_MARK", "forget_rows", "move_mark"]

READ_MARK = f"SELECT {', '.join(SealMark._fields)} FROM seal"  # noqa: S608 - our own names
_MOVE = f"UPDATE seal SET {', '.join(f'{name} = ?' for name in SealMark._fields)}"  # noqa: S608 - our own names
_LAST_OF_CHUNK = """
SELECT max(seq), count(*)
FROM (SELECT seq FROM messages WHERE seq <= (SELECT seq FROM seal) ORDER BY seq LIMIT ?)
"""


def move_mark(connection: apsw.Connection, mark: SealMark, watermark: int) -> None:
    """Move the mark, inside of a transaction. Raises JournalError where it would go back or beyond the watermark."""
    earlier = SealMark(*next(connection.execute(READ_MARK)))
    if mark.seq < earlier.seq or mark.steps < earlier.steps or mark.seq > watermark:
        raise JournalError(f"{earlier} cannot become {mark}: the journal's last number is {watermark}")
    connection.execute(_MOVE, mark)


def forget_rows(connection: apsw.Connection, limit: int) -> tuple[int, int]:
    """Remove the first rows that are sealed, at most `limit`, inside of a transaction.

    Returns how many, and the `seq` of the last of them: (0, 0) where there is none.
    """
    ((last, number),) = connection.execute(_LAST_OF_CHUNK, (limit,))
    if number:
        connection.execute("DELETE FROM messages WHERE seq <= ?", (last,))
    return number, last or 0

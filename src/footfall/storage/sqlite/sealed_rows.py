"""The mark of sealed rows in a journal's database, and how rows below it, and the room that they took, are removed."""

from __future__ import annotations

from typing import Final

import apsw

from footfall.errors import JournalError
from footfall.storage.journal import SealMark

__all__ = ["KEPT_FREE", "READ_MARK", "forget_rows", "give_room_back", "move_mark"]

KEPT_FREE: Final = 256 << 20
"""Bytes of free pages that a database keeps for the rows to come: the most that a day of 3 messages a second leaves."""


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


def give_room_back(connection: apsw.Connection, kept_free: int = KEPT_FREE) -> bool:
    """Write a database anew when nearly all of it is free pages, more than `kept_free` bytes; whether it was done.

    SQLite keeps free pages for ever, and a burst may leave gigabytes. What is left to write then is little, a quarter
    of `kept_free` at most. The file shrinks when the log is copied back. While there is no room for it, no folder for
    temporary files, or a reader hinders it, all stays as it was.
    """
    pages, free, size = (connection.pragma(name) for name in ("page_count", "freelist_count", "page_size"))
    if free * size <= kept_free or (pages - free) * size * 4 > kept_free:
        return False
    try:
        connection.execute("VACUUM")
    except (apsw.BusyError, apsw.FullError, apsw.CantOpenError):
        return False
    except apsw.IOError as error:
        if getattr(error, "extendedresult", None) != apsw.SQLITE_IOERR_GETTEMPPATH:
            raise
        return False
    return True

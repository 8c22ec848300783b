"""What is wrong with a journal: its database, its books, and the number of its rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from footfall.printable import counted
from footfall.storage.books import imbalances, kept, total
from footfall.storage.journal import Snapshot
from footfall.storage.sqlite.copying import integrity_problems

__all__ = ["journal_problems"]


def journal_problems(path: Path, snapshot: Snapshot) -> Iterator[str]:
    """What is wrong with the journal at `path`, of which `snapshot` is one, in words. Raises JournalError."""
    yield from integrity_problems(path)
    books, mark = snapshot.books(), snapshot.state().seal
    yield from imbalances(books, watermark=snapshot.watermark(), quarantine=snapshot.in_quarantine())
    rows = sum(len(entries) for entries in snapshot.scan("stored"))
    if rows + mark.messages != kept(total(books)):
        number = kept(total(books))
        yield f"it has {counted(rows, 'message')}, {mark.messages:,} are sealed, and the books have {number:,}"

"""What footfall keeps on disk: the data folder, the journal of messages, and what the collector remembers besides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footfall.lazy_names import lazy_names

if TYPE_CHECKING:
    from footfall.storage.books import Books
    from footfall.storage.control import Control, KeyRecord, SqliteControl
    from footfall.storage.folder import DataFolder
    from footfall.storage.journal import Changes, Entry, Journal, Kind, Row, Snapshot
    from footfall.storage.sqlite import SqliteJournal

__all__ = [
    "Books",
    "Changes",
    "Control",
    "DataFolder",
    "Entry",
    "Journal",
    "KeyRecord",
    "Kind",
    "Row",
    "Snapshot",
    "SqliteControl",
    "SqliteJournal",
]
__getattr__ = lazy_names(
    __name__,
    {
        "books": ("Books",),
        "control": ("Control", "KeyRecord", "SqliteControl"),
        "folder": ("DataFolder",),
        "journal": ("Changes", "Entry", "Journal", "Kind", "Row", "Snapshot"),
        "sqlite": ("SqliteJournal",),
    },
    "collector",
)

"""What footfall keeps on disk: the data folder, the journal of messages, and what the collector remembers besides."""

from __future__ import annotations

from footfall.extras import needs

with needs("footfall.storage", "collector"):
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

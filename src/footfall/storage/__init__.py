"""What footfall keeps: the journal of messages, and what the collector remembers besides. `open` opens both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footfall.lazy_names import lazy_names

if TYPE_CHECKING:
    from footfall.storage.books import Books
    from footfall.storage.control import Control, JobRun, KeyRecord
    from footfall.storage.folder import DataFolder
    from footfall.storage.journal import Changes, Entry, Journal, Row, RowState, Snapshot
    from footfall.storage.location import open  # noqa: A004 - it is used as `storage.open`
    from footfall.storage.sqlite.control import SqliteControl
    from footfall.storage.sqlite.journal import SqliteJournal
    from footfall.storage.store import FailedSync, Mode, Store

__all__ = [
    "Books",
    "Changes",
    "Control",
    "DataFolder",
    "Entry",
    "FailedSync",
    "JobRun",
    "Journal",
    "KeyRecord",
    "Mode",
    "Row",
    "RowState",
    "Snapshot",
    "SqliteControl",
    "SqliteJournal",
    "Store",
    "open",
]
__getattr__ = lazy_names(
    __name__,
    {
        "books": ("Books",),
        "control": ("Control", "JobRun", "KeyRecord"),
        "folder": ("DataFolder",),
        "journal": ("Changes", "Entry", "Journal", "RowState", "Row", "Snapshot"),
        "location": ("open",),
        "sqlite.control": ("SqliteControl",),
        "sqlite.journal": ("SqliteJournal",),
        "store": ("FailedSync", "Mode", "Store"),
    },
    "server",
)

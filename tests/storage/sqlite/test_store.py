"""A data folder as a store: its journal is opened when it is needed, and both are closed together."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.storage.sealing import row, seal

from footfall.errors import JournalError
from footfall.storage import DataFolder
from footfall.storage.journal import Changes
from footfall.storage.sqlite.store import SqliteStore
from footfall.testing import ManualClock


def opened(path: Path) -> SqliteStore:
    return SqliteStore(DataFolder.open(path, clock=ManualClock()), "write", clock=ManualClock())


def test_the_journal_is_made_at_its_first_use(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        before = store.has_journal()
        store.journal.commit(Changes((), {}))

        assert (before, store.has_journal()) == (False, True)
        assert store.journal is store.journal


def test_a_folder_without_a_failed_sync_has_none(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        assert store.failed_sync() is None


def test_a_snapshot_is_over_the_warehouse_and_the_journal(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        store.journal.commit(Changes([row("a"), row("b")], {}))
        seal(store.journal, store.warehouse, 1)
        store.journal.forget()

        with store.snapshot() as snapshot:
            assert [entry.row.message_id for part in snapshot.scan("stored") for entry in part] == ["a", "b"]


def test_closing_lets_go_of_the_journal_and_of_the_folder(tmp_path: Path) -> None:
    store = opened(tmp_path)
    journal = store.journal
    store.close()
    store.close()

    with pytest.raises(JournalError):
        journal.commit(Changes((), {}))
    opened(tmp_path).close()

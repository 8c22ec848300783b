"""Bundles are kept for ever, beside the journal."""

from __future__ import annotations

from pathlib import Path

import pytest

from footfall.errors import JournalError
from footfall.storage import SqliteControl, SqliteJournal


def test_every_bundle_is_kept_by_its_hash_and_the_first_one_stays(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "journal.db")
    control = SqliteControl(tmp_path / "journal.db")

    control.put_bundle("b", b"two")
    control.put_bundle("a", b"one")
    control.put_bundle("a", b"other")

    assert control.bundles() == {"a": b"one", "b": b"two"}
    journal.close()


def test_bundles_come_in_the_order_in_which_they_were_last_loaded(tmp_path: Path) -> None:
    SqliteJournal(tmp_path / "journal.db").close()
    control = SqliteControl(tmp_path / "journal.db")

    for digest in ("b", "a", "c", "b"):
        control.put_bundle(digest, digest.encode())

    assert list(control.bundles()) == ["a", "c", "b"]


def test_a_reader_may_list_bundles_and_not_add_one(tmp_path: Path) -> None:
    SqliteJournal(tmp_path / "journal.db").close()
    control = SqliteControl(tmp_path / "journal.db", readonly=True)

    assert control.bundles() == {}
    with pytest.raises(JournalError, match="the plan's bundle cannot be kept"):
        control.put_bundle("a", b"one")

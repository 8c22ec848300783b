"""A journal is whole when SQLite says so, its books add up, and they have as many messages as there are."""

from __future__ import annotations

from pathlib import Path

import apsw
import pytest
from tests.maintenance.folders import collect

from footfall import storage
from footfall.maintenance.journal_check import journal_problems


def problems(data: Path, change: str = "") -> list[str]:
    with apsw.Connection(str(data / "journal.db")) as journal:
        journal.execute(change)
    journal.close()
    with storage.open(data, "read") as store, store.journal.snapshot() as snapshot:
        return list(journal_problems(data / "journal.db", snapshot))


def test_a_journal_is_whole(tmp_path: Path) -> None:
    collect(tmp_path, ["a", "b", ""])

    assert problems(tmp_path) == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ("DELETE FROM messages WHERE seq = 1", "it has 1 message, 0 are sealed, and the books have 2"),
        ("UPDATE books SET received = 3", "shop seen: 3 received, and 2 stored, duplicate, quarantined or rejected"),
        ("UPDATE last_seq SET seq = 5", "2 stored, quarantined or released, and the journal gave 5 numbers"),
        ("UPDATE seal SET messages = 1", "it has 2 messages, 1 are sealed, and the books have 2"),
    ],
)
def test_what_does_not_add_up_is_said(tmp_path: Path, change: str, problem: str) -> None:
    collect(tmp_path, ["a", "b"])

    assert problems(tmp_path, change) == [problem]

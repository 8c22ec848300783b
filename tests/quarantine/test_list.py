"""What is in quarantine is listed with everything that is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from footfall.events import Fault
from footfall.quarantine import Judging, Quarantined, list_quarantined
from footfall.storage import Changes, Row, SqliteControl
from footfall.testing.journal import MemoryJournal


def row(message_id: str, faults: bytes | None, kind: str = "quarantined") -> Row:
    return Row(
        "quarantined" if kind == "quarantined" else "stored", "shop", message_id, "track", "seen", "u", None, None,
        None, None, 1, 1_788_264_000_000_000, None, faults, b'{"n":1}', None,
    )  # fmt: skip


@pytest.fixture
def journal() -> MemoryJournal:
    journal = MemoryJournal()
    faults = b'[{"path":"total","code":"required","expected":"a decimal","got":""},{"path":"","code":"source"}]'
    rows = [row("a", faults), row("good", None, "stored"), *(row(f"b{number}", None) for number in range(1500))]
    journal.commit(Changes(rows, {}))
    return journal


def listed(journal: MemoryJournal, folder: Path, limit: int | None = None) -> list[Quarantined]:
    judging = Judging(None, SqliteControl(folder / "control.db"))
    with journal.snapshot() as snapshot:
        return list(list_quarantined(snapshot, judging, limit=limit))


def test_each_message_stands_with_its_faults_and_the_size_it_had(journal: MemoryJournal, tmp_path: Path) -> None:
    first = listed(journal, tmp_path)[0]

    assert first == Quarantined(
        seq=1,
        received_at="2026-09-01T12:00:00.000000Z",
        source="shop",
        environment="production",
        type="track",
        event="seen",
        message_id="a",
        faults=(Fault("total", "required", "a decimal"), Fault("", "source")),
        body_bytes=7,
        replay="never",
        user_id="u",
    )


@pytest.mark.parametrize(("limit", "expected"), [(None, 1501), (1, 1), (1200, 1200), (9999, 1501)])
def test_at_most_so_many_are_listed_in_order_of_receipt(
    journal: MemoryJournal, tmp_path: Path, limit: int | None, expected: int
) -> None:
    found = [item.message_id for item in listed(journal, tmp_path, limit=limit)]

    assert found == ["a", *(f"b{number}" for number in range(1500))][:expected]

"""What was put aside is listed with everything that is wrong with it."""

from __future__ import annotations

import pytest

from footfall.events import Fault
from footfall.quarantine import Quarantined, list_quarantined
from footfall.storage import Changes, Row
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


def test_each_message_stands_with_its_faults_and_the_size_it_had(journal: MemoryJournal) -> None:
    first = next(list_quarantined(journal))

    assert first == Quarantined(
        seq=1,
        received_at="2026-09-01T12:00:00.000000Z",
        source="shop",
        type="track",
        event="seen",
        message_id="a",
        faults=(Fault("total", "required", "a decimal"), Fault("", "source")),
        body_bytes=7,
    )


@pytest.mark.parametrize(("limit", "expected"), [(None, 1501), (1, 1), (1200, 1200), (9999, 1501)])
def test_at_most_so_many_are_listed_in_order_of_receipt(
    journal: MemoryJournal, limit: int | None, expected: int
) -> None:
    found = [item.message_id for item in list_quarantined(journal, limit=limit)]

    assert found == ["a", *(f"b{number}" for number in range(1500))][:expected]

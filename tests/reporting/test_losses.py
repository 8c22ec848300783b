"""A report of a folder with a damaged file says which messages are in none of its figures."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.storage.sealing import row, seal

from footfall import storage
from footfall.analytics import Dataset
from footfall.cli import main
from footfall.storage import Changes

DAY_US = 86_400_000_000
NOON = 1_795_953_600_000_000  # 2026-11-29T12:00:00Z


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder with two messages of one day and one of the next in sealed files, and one more; the first is damaged."""
    rows = [row(str(number), received_at=NOON + number // 2 * DAY_US) for number in range(3)]
    with storage.open(tmp_path, "write") as store:
        store.journal.commit(Changes(rows, {}))
        files = seal(store.journal, store.warehouse, 3)
        while store.journal.forget():
            pass
        store.journal.commit(Changes([row("last", received_at=NOON)], {}))
    path = tmp_path / "warehouse" / files[0].name
    path.write_bytes(path.read_bytes()[:-9])
    return tmp_path


def test_what_is_not_damaged_is_counted_and_the_loss_is_named(data: Path) -> None:
    with Dataset.open(data) as dataset:
        contents = dataset.contents()

    assert contents.messages == 2
    (loss,) = contents.losses
    assert loss.startswith("day=2026-11-29/")
    assert loss.endswith("2 messages of 2026-11-29 are not counted")


def test_a_report_shows_the_loss(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["report", "--data", str(data)])
    out = " ".join(capsys.readouterr().out.split())

    assert caught.value.code == 0
    assert "damaged day=2026-11-29/" in out
    assert "2 messages of 2026-11-29 are not counted" in out

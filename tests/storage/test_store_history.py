"""When messages were received, sealed ones and others."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.storage.sealing import row, seal

from footfall.storage import Changes
from footfall.storage.history import History
from footfall.storage.parquet.warehouse import ParquetWarehouse
from footfall.storage.store_history import StoreHistory
from footfall.storage.store_snapshot import StoreSnapshot
from footfall.testing.journal import MemoryJournal

DAY_US = 86_400_000_000


class Kept:
    """Six messages, each received a day after the one before it, of which the first `sealed` are sealed."""

    def __init__(self, folder: Path, sealed: int) -> None:
        self.journal = MemoryJournal()
        self.warehouse = ParquetWarehouse(folder)
        self.journal.commit(Changes([row(str(day), received_at=day * DAY_US) for day in range(1, 7)], {}))
        self.files = seal(self.journal, self.warehouse, sealed) if sealed else ()
        self.journal.forget()

    def history(self) -> History:
        with self.journal.snapshot() as tail:
            return StoreSnapshot(tail, lambda: self.warehouse).history()


@pytest.mark.parametrize("sealed", [0, 1, 4, 6])
def test_it_is_the_same_however_much_is_sealed(tmp_path: Path, sealed: int) -> None:
    history = Kept(tmp_path, sealed).history()

    assert isinstance(history, StoreHistory) == bool(sealed)
    assert [history.first_after(at * DAY_US, after=1, until=5) for at in (0, 1, 2, 4, 5, 6)] == [2, 2, 3, 5, None, None]
    assert [history.latest(after=after, until=after + 2) for after in (0, 3, 5)] == [2 * DAY_US, 5 * DAY_US, 6 * DAY_US]
    assert history.latest(after=6, until=9) is None


def test_a_damaged_file_is_passed_over(tmp_path: Path) -> None:
    kept = Kept(tmp_path, 4)
    (tmp_path / kept.files[1].name).write_bytes(b"PAR1")

    assert kept.history().first_after(DAY_US, after=0, until=6) == 3

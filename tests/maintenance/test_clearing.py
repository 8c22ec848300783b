"""Files that never counted go at once, and those that a compaction replaced after an hour."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from tests.storage.sealing import batch_of, row

from footfall.collector.job_settings import JobSettings
from footfall.errors import JobStoppedError, JournalError, WarehouseError
from footfall.maintenance.clearing import clear, clearing, mark_of, refuse_older_journal
from footfall.maintenance.context import JobContext
from footfall.storage import Entry, Store
from footfall.storage.journal import Changes, SealMark
from footfall.storage.warehouse import ManifestStep, SealedFile
from footfall.testing import ManualClock
from footfall.testing.journal import MemoryJournal
from footfall.testing.warehouse import MemoryWarehouse
from footfall.timestamps import format_us


class Place:
    """A warehouse with the files 1 to 3, of which 3 took the place of 2."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.warehouse = MemoryWarehouse()
        self.files = [self.add(seq) for seq in (1, 2, 3)]
        at = format_us(self.clock.now_us())
        self.warehouse.append(ManifestStep("sealed", at, tuple(self.files[:2])), 0)
        self.warehouse.append(ManifestStep("compacted", at, (self.files[2],), (self.files[1].name,)), 1)
        self.journal = MemoryJournal()
        store = cast("Store", SimpleNamespace(warehouse=self.warehouse, journal=self.journal))
        self.context = JobContext(Path("data"), store, JobSettings(), self.clock)

    def add(self, seq: int) -> SealedFile:
        (file,) = self.warehouse.write([batch_of([Entry(seq, row(str(seq)))])], None)
        return file


def test_what_counts_stays_and_what_never_did_goes() -> None:
    place = Place()
    orphan = place.add(4)

    assert clear(place.context, SealMark(3, 3, 2)) == [orphan.name]
    assert set(place.warehouse.files) == {file.name for file in place.files}


@pytest.mark.parametrize(("error", "is_cleared"), [
    (WarehouseError("full"), True), (JobStoppedError("stopped"), True), (JournalError("not certain"), False),
])  # fmt: skip
def test_a_run_that_fails_leaves_no_file_that_does_not_count_where_the_mark_is_certain(
    error: Exception, is_cleared: bool
) -> None:
    place = Place()
    place.journal.commit(Changes([row(str(number)) for number in (1, 2, 3)], {}))
    place.journal.commit(Changes((), {}, seal=SealMark(3, 3, 2)))
    orphan = place.add(4)

    with pytest.raises(type(error)), clearing(place.context):
        raise error

    assert mark_of(place.context) == SealMark(3, 3, 2)
    assert (orphan.name not in place.warehouse.files) is is_cleared
    assert len(place.warehouse.files) == (3 if is_cleared else 4)


def test_what_was_replaced_rests_for_an_hour() -> None:
    place = Place()

    place.clock.advance(3600)
    early = clear(place.context, SealMark(3, 3, 2))
    place.clock.advance(1)

    assert (early, clear(place.context, SealMark(3, 3, 2))) == ([], [place.files[1].name])


def test_one_step_that_does_not_count_yet_is_of_a_run_that_was_cut_short() -> None:
    place = Place()

    refuse_older_journal(place.context, SealMark(2, 2, 1), 3)
    refuse_older_journal(place.context, SealMark(3, 3, 2), 3)


@pytest.mark.parametrize(("mark", "watermark"), [(SealMark(), 3), (SealMark(2, 2, 1), 2)])
def test_steps_of_another_journal_are_refused(mark: SealMark, watermark: int) -> None:
    with pytest.raises(WarehouseError, match="data: its warehouse has messages that its journal never had"):
        refuse_older_journal(Place().context, mark, watermark)

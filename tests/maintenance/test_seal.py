"""Sealing: files first, then the step that names them, then the mark; each message counts once whatever fails."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import msgspec
import pytest
from tests.storage.sealing import batch_of, row

from footfall import storage
from footfall.collector.job_settings import JobSettings
from footfall.errors import FootfallError, JobStoppedError, JournalError, SyncError, WarehouseError
from footfall.maintenance.context import JobContext
from footfall.maintenance.seal import run, seal
from footfall.maintenance.seal_tail import TailPart
from footfall.storage import Changes, Entry, Row, Store
from footfall.storage.books import imbalances
from footfall.storage.journal import SealMark
from footfall.storage.store_snapshot import StoreSnapshot
from footfall.storage.warehouse import live_files
from footfall.testing import ManualClock
from footfall.testing.journal import MemoryJournal
from footfall.testing.warehouse import MemoryWarehouse


class Kept:
    """A store in memory, whose parts are written in this process; `stored` are its messages."""

    def __init__(self, number: int = 10, rows: int = 4) -> None:
        self.journal = MemoryJournal()
        self.warehouse = MemoryWarehouse()
        self.stored: list[Row] = []
        self.requests: list[dict[str, Any]] = []
        self.add(number)
        store = SimpleNamespace(journal=self.journal, warehouse=self.warehouse)
        self.clock = ManualClock()
        self.context = JobContext(Path("data"), cast("Store", store), JobSettings(seal_rows=rows), self.clock)

    def add(self, number: int) -> None:
        rows = [row(str(len(self.stored) + place)) for place in range(1, number + 1)]
        self.journal.commit(Changes(rows, {}))
        self.stored += rows

    def write(self, _: JobContext, request: dict[str, Any]) -> object:
        """Write what waits, part by part; no more parts than a request may ask for."""
        self.requests.append(request)
        parts: list[TailPart] = []
        after = request["after"]
        with self.journal.snapshot() as snapshot:
            for chunk in snapshot.scan("stored", after=after, until=request["until"], chunk=request["rows"]):
                if len(parts) < request["parts"]:
                    files = self.warehouse.write([batch_of(chunk)], None)
                    parts.append(TailPart(chunk[-1].seq, tuple(files)))
        return msgspec.to_builtins(parts)

    def seal(self) -> str:
        return seal(self.context, write=self.write)

    def mark(self) -> SealMark:
        with self.journal.snapshot() as snapshot:
            return snapshot.state().seal

    def entries(self) -> list[Entry]:
        with self.journal.snapshot() as tail:
            snapshot = StoreSnapshot(tail, lambda: self.warehouse)
            return [entry for chunk in snapshot.scan("stored") for entry in chunk]

    def is_whole(self) -> bool:
        """Whether each message is there once, as it came, and no file that does not count."""
        live = live_files(self.warehouse.steps(self.mark().steps))
        return self.entries() == list(map(Entry, range(1, 1 + len(self.stored)), self.stored)) and (
            set(self.warehouse.files) == set(live)
        )


def test_what_was_stored_is_in_files_then_and_no_more_in_the_journal() -> None:
    kept = Kept()

    assert kept.seal() == "10 messages sealed in 3 files"

    assert kept.mark() == SealMark(10, 10, 3)
    assert list(kept.journal.scan("stored")) == []
    assert kept.journal.forget() == 0
    assert kept.is_whole()


def test_each_step_of_the_manifest_says_what_it_sealed_and_when() -> None:
    kept = Kept()

    kept.seal()

    steps = kept.warehouse.steps(3)
    assert [(step.action, step.at, [file.messages for file in step.added]) for step in steps] == [
        ("sealed", "2026-01-01T00:00:00.000000Z", [number]) for number in (4, 4, 2)
    ]


def test_a_second_run_seals_what_came_meanwhile_and_a_third_nothing() -> None:
    kept = Kept()
    kept.seal()
    kept.add(1)

    assert kept.seal() == "1 message sealed in 1 file"
    assert kept.seal() == "nothing to seal"
    assert kept.is_whole()


def test_what_comes_in_while_it_runs_is_left_for_the_next_run() -> None:
    kept = Kept()
    write = kept.write

    def busy(context: JobContext, request: dict[str, Any]) -> object:
        kept.add(5)
        return write(context, request)

    assert seal(kept.context, write=busy) == "10 messages sealed in 3 files"
    assert kept.mark().seq == 10
    assert kept.is_whole()


def test_rows_in_quarantine_are_no_reason_to_start_a_process() -> None:
    kept = Kept(0)
    kept.journal.commit(Changes([row("q")._replace(kind="quarantined")], {}))

    assert kept.seal() == "nothing to seal"
    assert kept.requests == []


def test_after_all_parts_of_one_process_the_next_goes_on() -> None:
    kept = Kept(number=33, rows=1)

    assert kept.seal() == "33 messages sealed in 33 files"
    assert [request["after"] for request in kept.requests] == [0, 16, 32]


def test_how_far_it_is_is_said_after_each_process() -> None:
    kept = Kept(number=33, rows=1)
    lines: list[str] = []
    kept.context.progress = lines.append

    kept.seal()

    assert lines == [f"{number} of 33 messages sealed" for number in (16, 32, 33)]


@pytest.mark.parametrize("failing", range(4))
def test_an_append_or_a_write_that_fails_leaves_all_as_it_was_and_the_next_run_does_it(failing: int) -> None:
    kept = Kept()
    errors = [WarehouseError("the disk is full")]

    def write(context: JobContext, request: dict[str, Any]) -> object:
        parts = kept.write(context, request)
        kept.warehouse.fail_with = errors
        return parts

    if failing == 3:
        kept.warehouse.fail_with = errors
        write = kept.write  # type: ignore[assignment]
    with pytest.raises(WarehouseError, match="the disk is full"):
        seal(kept.context, write=write)

    assert kept.mark() == SealMark()
    assert kept.is_whole()
    assert kept.seal() == "10 messages sealed in 3 files"
    assert kept.is_whole()


def test_a_mark_that_cannot_be_committed_leaves_a_step_that_does_not_count() -> None:
    kept = Kept()
    write = kept.write

    def fail_then(context: JobContext, request: dict[str, Any]) -> object:
        kept.journal.fail_with = [JournalError("the disk is full")]
        return write(context, request)

    with pytest.raises(JournalError):
        seal(kept.context, write=fail_then)

    assert kept.mark() == SealMark()
    assert kept.entries() == list(map(Entry, range(1, 11), kept.stored))
    # Whether that commit will be there after the next start is not certain, so no file may go yet.
    assert len(kept.warehouse.files) == 3
    assert len(kept.warehouse.steps(1)) == 1
    kept.seal()
    assert kept.is_whole()


def test_files_that_a_process_left_as_it_was_killed_are_removed_by_the_next_run() -> None:
    kept = Kept()
    kept.write(kept.context, {"after": 0, "until": 10, "rows": 3, "parts": 4})

    kept.seal()

    assert kept.is_whole()


def test_a_run_that_is_stopped_keeps_the_parts_that_count() -> None:
    kept = Kept()
    write = kept.write

    def stop(context: JobContext, request: dict[str, Any]) -> object:
        parts = write(context, request)
        context.stop()
        return parts

    with pytest.raises(JobStoppedError):
        seal(kept.context, write=stop)

    assert kept.is_whole()


def test_a_journal_that_cannot_be_written_for_certain_keeps_every_file() -> None:
    kept = Kept()
    kept.write(kept.context, {"after": 0, "until": 10, "rows": 3, "parts": 4})
    names = set(kept.warehouse.files)
    kept.journal.fail_with = [SyncError("a sync failed", reason="a sync failed")]

    with pytest.raises(SyncError):
        kept.seal()

    assert (set(kept.warehouse.files), kept.requests[1:]) == (names, [])


@pytest.mark.parametrize("is_much_older", [False, True])
def test_beside_a_journal_that_is_older_than_the_manifest_no_file_is_removed(is_much_older: bool) -> None:
    kept = Kept(number=12)
    kept.seal()
    names = set(kept.warehouse.files)
    older = Kept(number=11)
    older.warehouse = kept.warehouse
    store = SimpleNamespace(journal=older.journal, warehouse=kept.warehouse)
    older.context = JobContext(Path("data"), cast("Store", store), JobSettings(seal_rows=4), ManualClock())
    if not is_much_older:
        older.journal.commit(Changes((), {}, seal=SealMark(8, 8, 2)))

    with pytest.raises(WarehouseError, match=r"as after an older journal\.db was put there; restore both from one"):
        older.seal()

    assert set(kept.warehouse.files) == names


def opened(data: Path) -> JobContext:
    store = storage.open(data, "write", clock=ManualClock())
    return JobContext(data, store, JobSettings(seal_rows=3), ManualClock())


@pytest.mark.slow
def test_a_folder_is_sealed_by_a_process_at_low_priority_and_read_as_before(tmp_path: Path) -> None:
    context = opened(tmp_path)
    rows = [row(str(number), body=b'{"n":%d,"x":"\xff"}' % number) for number in range(8)]
    context.store.journal.commit(Changes([*rows, row("q")._replace(kind="quarantined")], {}))
    books = context.store.journal.books()

    assert run(context) == "8 messages sealed in 3 files"

    with context.store.snapshot() as snapshot:
        assert [entry for chunk in snapshot.scan("stored") for entry in chunk] == list(map(Entry, range(1, 9), rows))
        assert snapshot.books() == books
        assert imbalances(books, watermark=snapshot.watermark(), quarantine=snapshot.in_quarantine()) == []
    assert context.store.journal.commit(Changes(rows, {})) == [False] * 8
    context.store.close()


@pytest.mark.slow
def test_a_clock_that_jumps_by_a_year_between_two_runs_loses_nothing(tmp_path: Path) -> None:
    context = opened(tmp_path)
    year_us = 365 * 86_400_000_000
    rows = [row(str(turn), received_at=1_700_000_000_000_000 + turn * year_us) for turn in (0, 1, -1, 0)][:3]
    for line in rows:
        context.store.journal.commit(Changes([line], {}))
        run(context)

    with context.store.snapshot() as snapshot:
        assert [entry.row for chunk in snapshot.scan("stored") for entry in chunk] == rows
        assert [file.day[:4] for file in snapshot.files] == ["2023", "2024", "2022"]
    context.store.close()


@pytest.mark.slow
def test_a_file_of_another_program_in_the_warehouse_is_neither_read_nor_touched(tmp_path: Path) -> None:
    context = opened(tmp_path)
    context.store.journal.commit(Changes([row("a")], {}))
    run(context)
    (day,) = (tmp_path / "warehouse").glob("day=*")
    foreign = [day / "000000000001-000000000009-0badc0de.parquet", day / "notes.txt", tmp_path / "warehouse" / "x.db"]
    for path in foreign:
        path.write_bytes(b"PAR1 not ours PAR1")
    context.store.journal.commit(Changes([row("b")], {}))

    run(context)

    assert [path.read_bytes() for path in foreign] == [b"PAR1 not ours PAR1"] * 3
    with context.store.snapshot() as snapshot:
        assert [entry.row.message_id for chunk in snapshot.scan("stored") for entry in chunk] == ["a", "b"]
    context.store.close()


@pytest.mark.slow
def test_a_process_that_fails_ends_the_run_with_one_line_and_the_next_does_all(tmp_path: Path) -> None:
    context = opened(tmp_path)
    context.store.journal.commit(Changes([row("a")], {}))
    (tmp_path / "warehouse").write_bytes(b"a file where the folder should be")

    with pytest.raises(FootfallError, match=r"cannot be|Not a directory"):
        run(context)

    (tmp_path / "warehouse").unlink()
    assert run(context) == "1 message sealed in 1 file"
    context.store.close()

"""Compaction: small files of one day become one, and who began to read before goes on."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import msgspec
import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from tests.storage.sealing import row, seal

from footfall import storage
from footfall.collector.job_settings import JobSettings
from footfall.errors import JournalError, WarehouseError
from footfall.maintenance.compact import compact, groups, run
from footfall.maintenance.context import JobContext
from footfall.maintenance.merge_files import merge
from footfall.storage import Changes, Entry, Row, Store
from footfall.storage.store_snapshot import StoreSnapshot
from footfall.storage.warehouse import SealedFile, live_files
from footfall.testing import ManualClock
from footfall.testing.journal import MemoryJournal
from footfall.testing.warehouse import MemoryWarehouse

DAY_US = 86_400_000_000


def file(day: int, first: int, messages: int) -> SealedFile:
    return SealedFile(f"{day}/{first}", f"2026-11-{day:02}", first, first + messages - 1, messages, 1, "", ())


def numbers(files: list[SealedFile], most: int) -> list[list[int]]:
    return [[file.first for file in group] for group in groups(files, most)]


def test_files_of_one_day_are_put_together_up_to_a_number_of_messages() -> None:
    files = [file(29, 1, 4), file(29, 5, 4), file(29, 9, 4), file(29, 13, 4), file(30, 17, 9)]

    assert numbers(files, 8) == [[1, 5], [9, 13]]
    assert numbers(files, 100) == [[1, 5, 9, 13]]
    assert numbers(files, 7) == []


def test_a_file_that_is_not_small_stays_alone_with_those_before_and_after_it_apart() -> None:
    files = [file(29, 1, 2), file(29, 3, 2), file(29, 5, 90), file(29, 95, 2), file(29, 97, 2)]

    assert numbers(files, 50) == [[1, 3], [95, 97]]


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(1, 9)), max_size=12), st.integers(1, 12))
def test_any_groups_are_of_one_day_and_not_too_large_and_merge_no_file_twice(
    files: list[tuple[int, int]], most: int
) -> None:
    sealed = [file(day, 10 * place, messages) for place, (day, messages) in enumerate(files)]

    chosen = list(groups(sealed, most))

    event(f"groups: {min(len(chosen), 2)}")
    assert all(len(group) > 1 and len({file.day for file in group}) == 1 for group in chosen)
    assert all(sum(file.messages for file in group) <= most for group in chosen)
    names = [file.name for group in chosen for file in group]
    assert len(names) == len(set(names))


class Kept:
    """Twelve messages over two days in six small files, and two that are not sealed; merges run in this process."""

    def __init__(self) -> None:
        self.journal = MemoryJournal()
        self.warehouse = MemoryWarehouse()
        self.clock = ManualClock()
        self.rows: list[Row] = []
        for turn in range(6):
            rows = [row(f"{turn}-{place}", received_at=turn // 3 * DAY_US) for place in range(2)]
            self.journal.commit(Changes(rows, {}))
            seal(self.journal, self.warehouse, self.journal.watermark())
            self.rows += rows
        self.rows += [row("x"), row("y")]
        self.journal.commit(Changes(self.rows[-2:], {}))
        while self.journal.forget():
            pass
        store = SimpleNamespace(journal=self.journal, warehouse=self.warehouse)
        self.context = JobContext(Path("data"), cast("Store", store), JobSettings(), self.clock)

    def merge(self, _: JobContext, request: dict[str, Any]) -> object:
        files = msgspec.convert(request["files"], list[SealedFile])
        return msgspec.to_builtins(merge(self.warehouse, files, None))

    def compact(self) -> str:
        return compact(self.context, merge=self.merge)

    def snapshot(self) -> StoreSnapshot:
        with self.journal.snapshot() as tail:
            return StoreSnapshot(tail, lambda: self.warehouse)

    def is_whole(self, snapshot: StoreSnapshot | None = None) -> bool:
        entries = [entry for chunk in (snapshot or self.snapshot()).scan("stored") for entry in chunk]
        return entries == list(map(Entry, range(1, 15), self.rows))


def test_small_files_of_each_day_become_one_and_nothing_else_changes() -> None:
    kept = Kept()
    books, mark = kept.journal.books(), kept.snapshot().state().seal

    assert kept.compact() == "6 files merged to 2"

    assert [(file.day, file.messages) for file in kept.snapshot().files] == [("1970-01-01", 6), ("1970-01-02", 6)]
    assert kept.is_whole()
    assert (kept.journal.books(), kept.snapshot().state().seal) == (books, mark._replace(steps=mark.steps + 2))


def test_a_second_run_has_nothing_to_do() -> None:
    kept = Kept()
    kept.compact()

    assert kept.compact() == "nothing to compact"
    assert kept.is_whole()


def test_who_began_to_read_before_goes_on_for_an_hour() -> None:
    kept = Kept()
    before = kept.snapshot()
    assert len(before.files) == 6
    kept.compact()

    kept.clock.advance(3599)
    kept.compact()
    assert kept.is_whole(before)
    assert before.losses == []

    kept.clock.advance(2)
    kept.compact()
    assert set(kept.warehouse.files) == {file.name for file in kept.snapshot().files}
    assert kept.is_whole()


def test_a_damaged_file_is_left_as_it_is_and_the_others_are_merged() -> None:
    kept = Kept()
    damaged = kept.snapshot().files[1].name
    kept.warehouse.damage[damaged] = "its bytes were changed"

    assert kept.compact() == "5 files merged to 2"

    assert damaged in [file.name for file in kept.snapshot().files]
    assert sum(file.messages for file in kept.snapshot().files) == 12


@pytest.mark.parametrize("failing", ["write", "append", "commit"])
def test_a_step_that_fails_leaves_all_as_it_was_and_the_next_run_does_it(failing: str) -> None:
    kept = Kept()
    files = kept.snapshot().files

    def fail_then(context: JobContext, request: dict[str, Any]) -> object:
        if failing == "write":
            kept.warehouse.fail_with = [WarehouseError("the disk is full")]
        merged = kept.merge(context, request)
        if failing == "append":
            kept.warehouse.fail_with = [WarehouseError("the disk is full")]
        if failing == "commit":
            kept.journal.fail_with = [JournalError("the disk is full")]
        return merged

    with pytest.raises((WarehouseError, JournalError), match="the disk is full"):
        compact(kept.context, merge=fail_then)

    assert list(kept.snapshot().files) == list(files)
    # After a commit that failed nobody knows yet whether it will be there, so nothing is removed.
    assert (set(kept.warehouse.files) == {file.name for file in files}) == (failing != "commit")
    assert kept.compact() == "6 files merged to 2"
    assert kept.is_whole()
    kept.clock.advance(3601)
    kept.compact()
    assert set(kept.warehouse.files) == {file.name for file in kept.snapshot().files}


def test_a_merge_that_lost_a_message_never_counts() -> None:
    kept = Kept()

    def lose(_: JobContext, request: dict[str, Any]) -> object:
        merged = cast("dict[str, Any]", kept.merge(kept.context, request))
        return {**merged, "names": [file["name"] for file in request["files"]], "files": merged["files"][:0]}

    with pytest.raises(WarehouseError, match="0 of 6 messages were written"):
        compact(kept.context, merge=lose)
    assert kept.is_whole()


@pytest.mark.slow
def test_a_folder_is_compacted_by_a_process_at_low_priority(tmp_path: Path) -> None:
    rows = [row(str(number)) for number in range(6)]
    with storage.open(tmp_path, "write", clock=ManualClock()) as store:
        for number in range(6):
            store.journal.commit(Changes([rows[number]], {}))
            seal(store.journal, store.warehouse, number + 1)
        with store.snapshot() as before:
            assert len(before.files) == 6

            assert run(JobContext(tmp_path, store, JobSettings(), ManualClock())) == "6 files merged to 1"

            assert [entry.row for chunk in before.scan("stored") for entry in chunk] == rows
            assert before.losses == []
        with store.snapshot() as snapshot:
            assert [entry.row for chunk in snapshot.scan("stored") for entry in chunk] == rows
            assert live_files(store.warehouse.steps(7)).keys() == {file.name for file in snapshot.files}
    assert len(list(tmp_path.glob("warehouse/**/*.parquet"))) == 1
    assert len(list(tmp_path.glob("replaced/**/*.parquet"))) == 6

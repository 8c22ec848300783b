"""The ids of stored messages: in memory, in runs, and what is left where a run cannot be written or read."""

from __future__ import annotations

import errno
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from footfall.storage.ids.keys import body_checksum, key_of
from footfall.storage.ids.merging import damaged_runs
from footfall.storage.ids.stored_ids import StoredId, StoredIds, run_name
from footfall.storage.journal import IdRun, RunSwap
from footfall.testing.disk import MemoryDisk

FOLDER = Path("/data/ids")
NOVEMBER = 1_793_000_000_000_000  # µs since 1970: 2026-10-26


class FullDisk(MemoryDisk):
    """A disk that has no room for new files while `is_full`."""

    is_full = False

    @contextmanager
    def replacing(self, path: Path, *, private: bool = False) -> Iterator[IO[bytes]]:
        if self.is_full:
            raise OSError(errno.ENOSPC, "No space left on device")
        with super().replacing(path, private=private) as file:
            yield file


@pytest.fixture
def disk() -> FullDisk:
    return FullDisk()


def rows(numbers: Iterable[int]) -> list[StoredId]:
    return [StoredId(number, "shop", f"m{number}", b"%d" % number, NOVEMBER) for number in numbers]


def begun(disk: MemoryDisk, runs: Iterable[IdRun] = (), *, memory: int = 1 << 20) -> StoredIds:
    ids = StoredIds(FOLDER, disk, recent=4, memory=memory)
    assert ids.reset(list(runs)) == []
    return ids


def known(ids: StoredIds, numbers: Iterable[int], source: str = "shop") -> list[int]:
    checksums = ids.find(source, [key_of(f"m{number}") for number in numbers])
    assert all(checksum == body_checksum(str(key)[1:].encode()) for key, checksum in checksums.items())
    return sorted(int(str(key)[1:]) for key in checksums)


def names(disk: MemoryDisk) -> list[str]:
    return [path.name for path in disk.list(FOLDER)]


def test_full_memory_goes_to_a_run_which_answers_as_memory_did(disk: FullDisk) -> None:
    ids = begun(disk)

    ids.load(rows(range(1, 11)))

    assert [(run.first, run.last, run.ids) for run in ids.pending] == [(1, 4, 4), (5, 8, 4)]
    assert {run.month for run in ids.pending} == {"2026-10"}
    assert ids.last_run == 8
    assert names(disk) == [run_name(1, 4), run_name(5, 8)]
    assert known(ids, range(20)) == list(range(1, 11))
    assert known(ids, range(20), source="app") == []


def test_runs_are_used_again_after_a_start(disk: FullDisk) -> None:
    first = begun(disk)
    first.load(rows(range(1, 11)))

    second = begun(disk, first.pending)

    assert second.seq == 8
    assert known(second, range(20)) == list(range(1, 9))
    second.load(rows([9, 10]))
    assert known(second, range(20)) == list(range(1, 11))


def test_no_run_is_written_of_nothing(disk: FullDisk) -> None:
    ids = begun(disk)

    assert ids.write_run()
    assert ids.pending == []


def test_a_run_that_cannot_be_written_costs_nothing_but_memory(
    disk: FullDisk, caplog: pytest.LogCaptureFixture
) -> None:
    ids = begun(disk)
    disk.is_full = True
    ids.load(rows(range(1, 8)))

    assert not ids.write_run()
    assert (ids.pending, ids.last_run, names(disk)) == ([], 0, [])
    assert known(ids, range(20)) == list(range(1, 8))
    assert len(caplog.messages) == 1
    assert "no run can be written: [Errno 28] No space left on device" in caplog.messages[0]

    disk.is_full = False
    ids.load(rows(range(8, 12)))

    assert [(run.first, run.last) for run in ids.pending][:1] == [(1, 8)]
    assert known(ids, range(20)) == list(range(1, 12))


def test_a_swap_removes_the_files_of_the_runs_that_it_replaces(disk: FullDisk) -> None:
    ids = begun(disk)
    ids.load(rows(range(1, 9)))
    before = list(ids.pending)
    ids.settle()
    merged = IdRun(run_name(1, 8), 1, 8, "2026-10", 8)
    ids.rebuild(merged, rows(range(1, 9)))

    ids.settle([RunSwap(merged, tuple(run.name for run in before))])

    assert names(disk) == [merged.name]
    assert known(ids, range(20)) == list(range(1, 9))


def test_a_run_may_take_its_own_place(disk: FullDisk) -> None:
    ids = begun(disk)
    ids.load(rows(range(1, 5)))
    (run,) = ids.pending

    ids.settle([RunSwap(run, (run.name,))])

    assert known(ids, range(20)) == [1, 2, 3, 4]


def test_a_run_that_is_missing_is_named_at_the_start_and_the_others_work(disk: FullDisk) -> None:
    first = begun(disk)
    first.load(rows(range(1, 9)))
    lost, other = first.pending
    disk.remove(FOLDER / lost.name)
    ids = StoredIds(FOLDER, disk, recent=4)

    ((run, error),) = ids.reset([lost, other])

    assert run == lost
    assert "No such file" in str(error)
    assert known(ids, range(20)) == [5, 6, 7, 8]
    ids.rebuild(lost, rows(range(1, 5)))
    assert known(ids, range(20)) == list(range(1, 9))


def test_a_run_that_is_in_memory_is_checked_as_it_is_opened(disk: FullDisk) -> None:
    first = begun(disk)
    first.load(rows(range(1, 5)))
    with disk.open(FOLDER / first.pending[0].name, "update") as file:
        file.write(b"?")

    ((run, error),) = StoredIds(FOLDER, disk).reset(first.pending)

    assert run == first.pending[0]
    assert "is not as it was written" in str(error)


@pytest.mark.parametrize("memory", [0, 4 * 8, 2 * 4 * 8, 1 << 20])
def test_runs_without_room_in_memory_answer_all_the_same(disk: FullDisk, memory: int) -> None:
    ids = begun(disk, memory=memory)

    ids.load(rows(range(1, 15)))

    assert known(ids, range(20)) == list(range(1, 15))


def test_a_run_that_turns_out_to_be_damaged_is_left_out_and_named_once(
    disk: FullDisk, caplog: pytest.LogCaptureFixture
) -> None:
    first = begun(disk)
    first.load(rows(range(1, 5)))
    path = FOLDER / first.pending[0].name
    with disk.open(path, "update") as file:
        file.write(bytes(8 * 4))
    ids = begun(disk, first.pending, memory=0)

    assert [known(ids, range(20)), known(ids, range(20))] == [[], []]
    assert len(caplog.messages) == 1
    assert "damaged block: until its 4 ids are read from the sealed files" in caplog.messages[0]
    assert damaged_runs(disk, FOLDER, first.pending) == first.pending
    ids.remove_leftovers([])
    assert disk.list(FOLDER) == []


def test_a_run_whose_uuids_are_damaged_is_not_asked_for_its_other_ids(
    disk: FullDisk, caplog: pytest.LogCaptureFixture
) -> None:
    uuid = "0193f2a4-7c1e-7abc-8def-0123456789ab"
    first = begun(disk)
    first.load([*rows(range(1, 4)), StoredId(4, "shop", uuid, b"4", NOVEMBER)])
    with disk.open(FOLDER / first.pending[0].name, "update") as file:
        file.write(bytes(8))  # the first column is of the UUIDs
    ids = begun(disk, first.pending, memory=0)

    assert ids.find("shop", [key_of(uuid), key_of("m1"), key_of("m2"), key_of("m3")]) == {}
    assert len(caplog.messages) == 1


def test_only_our_own_leftovers_are_removed(disk: FullDisk) -> None:
    ids = begun(disk)
    ids.load(rows(range(1, 10)))
    (kept, pending) = ids.pending
    ids.pending[:] = [pending]
    for name in (run_name(5, 6), f".{run_name(1, 2)}.draft", "notes.txt", "1-2.run"):
        with disk.open(FOLDER / name, "write"):
            pass

    ids.remove_leftovers([kept])

    assert names(disk) == sorted([kept.name, pending.name, "notes.txt", "1-2.run"])


def test_a_folder_that_is_not_there_has_no_leftovers(disk: FullDisk) -> None:
    begun(disk).remove_leftovers([])

    with pytest.raises(FileNotFoundError):
        disk.list(FOLDER)

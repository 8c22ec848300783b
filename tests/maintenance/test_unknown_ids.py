"""The ids of sealed messages are looked for in the runs: those of a number's run first, then in all others."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.maintenance.folders import collect, seal
from tests.storage.sealing import batch_of, row

from footfall import storage
from footfall.disk import SystemDisk
from footfall.errors import WarehouseError
from footfall.maintenance.unknown_ids import unknown_ids
from footfall.storage.ids.keys import key_of
from footfall.storage.ids.run_file import write_run
from footfall.storage.journal import Entry, IdRun
from footfall.testing.warehouse import MemoryWarehouse

DISK = SystemDisk()


def test_the_ids_of_a_sealed_file_are_in_the_runs_or_counted(tmp_path: Path) -> None:
    collect(tmp_path, ["a", "b"])
    files = seal(tmp_path)
    with storage.open(tmp_path, "read") as store:
        with store.journal.snapshot() as snapshot:
            runs = snapshot.state().id_runs
        other = IdRun("other.run", 1, 2, "2026-11", 1)
        write_run(DISK, tmp_path / "ids" / "other.run", {"shop": {"a": 1}, "app": {"b": 1}})

        numbers = [unknown_ids(DISK, tmp_path / "ids", some, store.warehouse, files) for some in (runs, [other], [])]

    assert numbers == [0, 1, 0]


def test_a_run_that_cannot_be_read_says_nothing_of_the_ids(tmp_path: Path) -> None:
    (tmp_path / "ids.run").write_bytes(b"no run")

    with pytest.raises(WarehouseError, match=r"ids\.run is no run of ids"):
        unknown_ids(DISK, tmp_path, [IdRun("ids.run", 1, 2, "2026-11", 2)], MemoryWarehouse(), [])


IDS = st.sampled_from([f"{number:08x}-0000-7000-8000-00000000000{number}" for number in range(8)] + ["a", "b", "ø"])
STORED = st.lists(st.tuples(st.sampled_from(["shop", "app"]), IDS), unique=True, min_size=1, max_size=9)


@given(STORED, st.data())
@settings(deadline=None)
def test_any_id_that_is_in_no_run_is_counted(
    tmp_path_factory: pytest.TempPathFactory, stored: list[tuple[str, str]], data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("ids")
    seqs = range(1, len(stored) + 1)
    warehouse = MemoryWarehouse()
    entries = [Entry(seq, row(id_)._replace(source=source)) for seq, (source, id_) in zip(seqs, stored, strict=True)]
    ends = sorted(data.draw(st.sets(st.sampled_from(seqs), min_size=1)))
    files = [file for entry in entries for file in warehouse.write([batch_of([entry])], None)]
    runs, present = [], set()
    for first, last in zip([1, *(end + 1 for end in ends)], ends, strict=False):
        # A run has ids that no file has, and an id may be in the run of another number.
        ids = set(data.draw(st.lists(st.sampled_from(stored))))
        present |= ids
        by_source: dict[str, dict[bytes | str, int]] = {}
        for source, id_ in ids:
            by_source.setdefault(source, {})[key_of(id_)] = 1
        run = IdRun(f"{last}.run", first, last, "2026-11", len(ids))
        write_run(DISK, folder / run.name, by_source)
        runs.append(run)

    expected = sum(id_ not in present for id_ in stored[: ends[-1]])
    assert unknown_ids(DISK, folder, runs, warehouse, files) == expected

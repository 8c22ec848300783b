"""A run is read whole, and the ids of sealed messages are looked for in the runs."""

from __future__ import annotations

from pathlib import Path

from tests.maintenance.folders import collect, seal

from footfall import storage
from footfall.disk import SystemDisk
from footfall.maintenance.ids_check import run_problems, unknown_ids
from footfall.storage.ids.run_file import write_run
from footfall.storage.journal import IdRun

DISK = SystemDisk()
RUN = IdRun("ids.run", 1, 2, "2026-11", 2)


def test_a_run_has_as_many_ids_as_the_journal_says(tmp_path: Path) -> None:
    write_run(DISK, tmp_path / "ids.run", {"shop": {"a": 1, "b" * 16: 2}})

    assert run_problems(DISK, tmp_path / "ids.run", RUN) == []
    assert run_problems(DISK, tmp_path / "ids.run", RUN._replace(ids=3)) == ["it has 2 ids, and the journal says 3"]


def test_every_changed_byte_of_a_run_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "ids.run"
    write_run(DISK, path, {"shop": {"a": 1, bytes(16): 2}})
    whole = path.read_bytes()
    unnoticed = []
    for position in range(len(whole)):
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 1]) + whole[position + 1 :])
        if not run_problems(DISK, path, RUN):
            unnoticed.append(whole[position])

    assert set(unnoticed) <= {0}  # what fills a column up to whole words


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

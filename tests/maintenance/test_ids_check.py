"""A run is read whole, and each changed byte is noticed."""

from __future__ import annotations

from pathlib import Path

from footfall.disk import SystemDisk
from footfall.maintenance.ids_check import run_problems
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

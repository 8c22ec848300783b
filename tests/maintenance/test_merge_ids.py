"""Runs of ids are merged and made anew by a child, and count by one commit of the folder's owner."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.maintenance.folders import collect, merge_here, seal

from footfall import storage
from footfall.collector.job_settings import JobSettings
from footfall.maintenance.context import JobContext
from footfall.maintenance.merge_ids import merge_ids
from footfall.storage.journal import IdRun
from footfall.testing import ManualClock


def runs_of(data: Path) -> list[IdRun]:
    with storage.open(data, "read") as store, store.journal.snapshot() as snapshot:
        return snapshot.state().id_runs


def files(data: Path) -> list[str]:
    return sorted(path.name for path in (data / "ids").iterdir())


IDS = ["a", "b", "0193f2a4-7c1e-7abc-8def-0123456789ab", "d", "e", "f"]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder with sealed messages of three runs."""
    for number in range(0, 6, 2):
        collect(tmp_path, IDS[number : number + 2])
        seal(tmp_path)
    return tmp_path


def test_small_runs_become_one_that_finds_every_repeat(data: Path) -> None:
    assert len(runs_of(data)) == 3

    assert merge_here(data) == 1

    ((run,), (name,)) = runs_of(data), files(data)
    assert (run.first, run.last, run.ids, run.name) == (1, 6, 6, name)
    assert collect(data, [*IDS, "new"])["duplicate"] == 6
    assert merge_here(data) == 0


def test_a_damaged_run_is_made_anew_from_sealed_files_and_finds_repeats_again(data: Path) -> None:
    lost, changed, _ = runs_of(data)
    (data / "ids" / lost.name).unlink()
    content = bytearray((data / "ids" / changed.name).read_bytes())
    content[-40] ^= 1
    (data / "ids" / changed.name).write_bytes(content)

    assert merge_here(data) == 2

    assert {run.name for run in runs_of(data)} >= {lost.name, changed.name}
    assert collect(data, IDS)["duplicate"] == 6
    assert merge_here(data) == 1
    assert collect(data, IDS)["duplicate"] == 6


def test_damage_inside_of_a_run_is_mended_where_all_is_read(data: Path) -> None:
    merge_here(data)
    (run,) = runs_of(data)
    content = bytearray((data / "ids" / run.name).read_bytes())
    content[8] ^= 1
    (data / "ids" / run.name).write_bytes(content)

    assert merge_here(data) == 0
    assert merge_here(data, is_thorough=True) == 1

    assert collect(data, IDS)["duplicate"] == 6


def test_a_run_whose_damage_a_look_up_met_is_made_anew_by_the_next_sealing(data: Path) -> None:
    merge_here(data)
    (run,) = runs_of(data)
    (data / "ids" / f"{run.name}.damaged").touch()

    assert merge_here(data) == 1

    assert files(data) == [run.name]
    assert merge_here(data) == 0
    assert collect(data, IDS)["duplicate"] == 6


def test_no_child_is_started_where_nothing_is_due(tmp_path: Path) -> None:
    collect(tmp_path, IDS)

    with storage.open(tmp_path, "change", command="test", remedy="") as store:
        context = JobContext(tmp_path, store, JobSettings(), ManualClock())
        assert merge_ids(context, write=lambda _, __: pytest.fail("a child")) == 0

"""The demo takes a new folder, an empty one or its own, and no other."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from footfall.cli.demo.example_files import example_file
from footfall.cli.demo.folder import prepare
from footfall.clock import SystemClock
from footfall.disk import SystemDisk
from footfall.errors import DataFolderError, DataFolderHeldError
from footfall.storage.folder import DataFolder


def prepared(data: Path, plan: Path, seed: int = 1) -> int:
    return len(prepare(data, plan, seed=seed, visitors=5, clock=SystemClock(), disk=SystemDisk()))


@pytest.fixture
def plan() -> Path:
    return example_file("tracking_plans/shop_and_gateway")


def test_a_new_folder_gets_a_copy_of_the_plan_without_its_fixtures(tmp_path: Path, plan: Path) -> None:
    prepared(tmp_path / "new", plan)

    copied = {path.relative_to(tmp_path / "new" / "plan") for path in (tmp_path / "new" / "plan").rglob("*.yaml")}
    assert copied == {
        path.relative_to(plan) for path in plan.rglob("*.yaml") if "fixtures" not in path.relative_to(plan).parts
    }
    assert Path("plan.yaml") in copied


def test_a_second_run_into_the_same_folder_is_told_of_the_first(tmp_path: Path, plan: Path) -> None:
    counts = [prepared(tmp_path / "new", plan, seed) for seed in (1, 2, 3)]

    assert counts == [0, 1, 2]


def test_what_the_reader_changed_in_the_plan_stays(tmp_path: Path, plan: Path) -> None:
    prepared(tmp_path / "new", plan)
    mine = tmp_path / "new" / "plan" / "plan.yaml"
    mine.write_text("plan: mine\n")

    prepared(tmp_path / "new", plan)

    assert mine.read_text() == "plan: mine\n"


def test_a_folder_of_somebody_else_is_refused_and_left_as_it_is(tmp_path: Path, plan: Path) -> None:
    (tmp_path / "thesis.txt").write_text("chapter 1")

    with pytest.raises(DataFolderError, match="not footfall's"):
        prepared(tmp_path, plan)

    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_the_folder_of_a_real_collector_is_refused_and_left_as_it_is(tmp_path: Path, plan: Path) -> None:
    DataFolder.open(tmp_path / "real").close()
    before = sorted(path.name for path in (tmp_path / "real").iterdir())

    with pytest.raises(DataFolderError, match="spoil"):
        prepared(tmp_path / "real", plan)

    assert sorted(path.name for path in (tmp_path / "real").iterdir()) == before


def test_a_folder_that_a_collector_holds_is_refused_with_its_process(tmp_path: Path, plan: Path) -> None:
    prepared(tmp_path / "new", plan)
    held = DataFolder.open(tmp_path / "new")

    with pytest.raises(DataFolderHeldError, match=f"process {os.getpid()}"):
        prepared(tmp_path / "new", plan)

    held.close()


def test_a_folder_with_a_broken_note_is_refused(tmp_path: Path, plan: Path) -> None:
    prepared(tmp_path / "new", plan)
    (tmp_path / "new" / "demo.json").write_text("[")

    with pytest.raises(DataFolderError, match=r"demo\.json"):
        prepared(tmp_path / "new", plan)

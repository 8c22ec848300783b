"""A plan's files are the YAML files of a folder; what prevents reading them is a problem."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import IO

import pytest

from footfall.disk import DEEPEST, Mode, SystemDisk
from footfall.plan import read
from footfall.plan.problems import Problems
from footfall.plan.reading.plan_files import parse_files, plan_files


class ClosedDisk(SystemDisk):
    """A disk on which one name cannot be opened or listed."""

    def __init__(self, name: str) -> None:
        self.name = name

    def open(self, path: Path, mode: Mode) -> IO[bytes]:
        if path.name == self.name:
            raise PermissionError(errno.EACCES, "Permission denied")
        return super().open(path, mode)

    def list(self, folder: Path) -> list[Path]:
        if folder.name == self.name:
            raise PermissionError(errno.EACCES, "Permission denied")
        return super().list(folder)


def test_a_path_without_a_file_is_a_problem(tmp_path: Path) -> None:
    (problem,) = read(tmp_path / "nowhere").problems

    assert str(problem) == f"{tmp_path / 'nowhere'}: no such file or folder (check the path)"
    assert problem.code == "missing_file"


def test_a_folder_without_plan_files_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "fixtures").mkdir()
    (tmp_path / "fixtures" / "plan.yaml").write_text("plan: p")
    (tmp_path / ".hidden.yaml").write_text("plan: p")

    (problem,) = read(tmp_path).problems

    assert problem.code == "no_plan_files"


@pytest.mark.parametrize("name", ["plan.yaml", "folder"])
def test_what_may_not_be_read_is_a_problem(name: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "plan.yaml").write_text("plan: p")

    (problem,) = read(tmp_path / "folder", disk=ClosedDisk(name)).problems

    assert problem.code == "unreadable_file"
    assert "Permission denied" in problem.message
    assert problem.file.endswith(name)


def test_only_the_yaml_files_of_a_folder_are_read(tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "fixtures" / "sold").mkdir(parents=True)
    (tmp_path / ".cache").mkdir()
    (tmp_path / "plan.yaml").write_text("plan: p")
    (tmp_path / "deep" / "er" / "events.yml").write_text("events: {sold: {}}")
    (tmp_path / "fixtures" / "sold" / "no.yaml").write_text("not: a plan")
    (tmp_path / ".cache" / "no.yaml").write_text("not: a plan")
    (tmp_path / "README.md").write_text("not: a plan")
    (tmp_path / "round").symlink_to(tmp_path)

    assert list(read(tmp_path).require().events) == ["sold"]


def test_the_files_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in ("b.yaml", "a.yml", "c/a.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("plan: p")

    files, problems = plan_files(tmp_path)

    assert [file.relative_to(tmp_path).as_posix() for file in files] == ["a.yml", "b.yaml", "c/a.yaml"]
    assert problems == []


def test_a_file_is_its_own_list_even_if_it_is_missing(tmp_path: Path) -> None:
    assert plan_files(tmp_path / "plan.yaml") == ([tmp_path / "plan.yaml"], [])


def test_folders_that_are_too_deep_are_a_problem(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["d"] * (DEEPEST + 1))
    deep.mkdir(parents=True)
    (tmp_path / "plan.yaml").write_text("plan: p")

    (problem,) = plan_files(tmp_path)[1]

    assert problem.code == "unreadable_file"
    assert str(DEEPEST) in problem.message


def test_a_file_that_cannot_be_parsed_leaves_the_others(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("plan: [")
    (tmp_path / "b.yaml").write_text("plan: p")
    problems = Problems()

    documents = parse_files(tmp_path, None, problems)

    assert [document.plain() for document in documents] == [{"plan": "p"}]
    assert [problem.code for problem in problems.sorted()] == ["not_yaml"]
    assert problems.incomplete

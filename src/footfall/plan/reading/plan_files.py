"""Finds and parses the YAML files of a plan."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from footfall.disk import DEEPEST, Disk, SystemDisk
from footfall.errors import PlanError, Problem
from footfall.plan.bundle import read_plan_file
from footfall.plan.problems import Location, Problems
from footfall.plan.reading.yaml_source import YamlNode, parse_yaml

__all__ = ["parse_files", "plan_files"]

_YAML = frozenset({".yaml", ".yml"})
_SKIPPED = frozenset({"fixtures"})


def plan_files(path: str | Path) -> tuple[list[Path], list[Problem]]:
    """The YAML files that `read` would read at `path`, in its order, and what prevents finding them.

    A path that is no folder is the one file, whether or not it exists.
    """
    problems = Problems()
    files = _files(Path(path), SystemDisk(), problems)
    return files, problems.sorted()


def parse_files(path: Path, disk: Disk | None, problems: Problems) -> list[YamlNode]:
    """The document of each YAML file of the plan at `path`; a file without one is left out, with a problem."""
    disk = disk or SystemDisk()
    texts = ((str(file), _bytes(file, disk, problems)) for file in _files(path, disk, problems))
    documents = [parse_yaml(data, file, problems) for file, data in texts if data is not None]
    return [document for document in documents if document is not None]


def _bytes(path: Path, disk: Disk, problems: Problems) -> bytes | None:
    try:
        return read_plan_file(path, disk)
    except PlanError as error:
        for problem in error.problems:
            problems.add(problem.code, problem.message, at=Location(str(path), 0, 0), remedy=problem.remedy)
    problems.incomplete = True
    return None


def _files(path: Path, disk: Disk, problems: Problems) -> list[Path]:
    """The YAML files of a plan in a stable order; a path that is no folder is taken as a file."""
    try:
        children = disk.list(path)
    except (NotADirectoryError, FileNotFoundError):
        return [path]  # opening it shows what is wrong, if anything is
    except OSError as error:
        location = Location(str(path), 0, 0)
        message = f"the folder cannot be read: {error.strerror or error}"
        problems.add("unreadable_file", message, at=location, remedy="check its permissions")
        return []
    files = list(_below(children, disk, {path.resolve()}, problems))
    if not files and not len(problems):
        problems.add(
            "no_plan_files",
            "the folder has no .yaml file",
            at=Location(str(path), 0, 0),
            remedy="name the folder of a plan, or write plan.yaml into it",
        )
    return files


def _below(children: list[Path], disk: Disk, visited: set[Path], problems: Problems, depth: int = 1) -> Iterator[Path]:
    for child in children:
        if child.name.startswith(".") or child.name in _SKIPPED:
            continue
        try:
            grandchildren = disk.list(child)
        except OSError:
            if child.suffix in _YAML:
                yield child
            continue
        real = child.resolve()
        if real in visited:  # a link back up would go round for ever
            continue
        visited.add(real)
        if depth == DEEPEST:
            location = Location(str(child), 0, 0)
            message = f"has more than {DEEPEST} folders around it, so it was not looked into"
            problems.add("unreadable_file", message, at=location, remedy="move it, or remove it")
        else:
            yield from _below(grandchildren, disk, visited, problems, depth + 1)

"""The history of an event is the commits that touched its own lines."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from footfall.cli.plan.event_history import git_history
from footfall.plan import read

EVENTS = "events:\n  seen:\n    description: Seen\n  # paid\n  bought:\n    description: Bought\n"


def commit(folder: Path, subject: str) -> None:
    who = ("-c", "user.name=Ann", "-c", "user.email=ann@bakery.example", "-c", "commit.gpgsign=false")
    for arguments in (("init", "-q"), ("add", "."), (*who, "commit", "-qm", subject)):
        subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)


def subjects(file: Path) -> dict[str, list[str]]:
    reading = read(file)
    history = git_history(reading.require(), reading.source_map)
    return {name: [entry.what for entry in entries] for name, entries in history.items()}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "plan.yaml"
    file.write_text(f"plan: bakery\n{EVENTS}")
    commit(tmp_path, "Plan the bread")
    return file


def test_each_event_has_the_commits_of_its_lines_newest_first(file: Path) -> None:
    file.write_text(f"plan: bakery\n{EVENTS.replace('Bought', 'Paid')}")
    commit(file.parent, "Say paid")

    assert subjects(file) == {"seen": ["Plan the bread"], "bought": ["Say paid", "Plan the bread"]}


def test_lines_that_are_not_committed_yet_shift_nothing(file: Path) -> None:
    file.write_text(f"# new\n\n{file.read_text()}")

    assert subjects(file) == {"seen": ["Plan the bread"], "bought": ["Plan the bread"]}


def test_an_event_that_is_not_committed_yet_has_no_history(file: Path) -> None:
    file.write_text(f"{file.read_text()}  new: {{}}\n")

    assert "new" not in subjects(file)


def test_without_a_repository_there_is_no_history(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(f"plan: bakery\n{EVENTS}")

    assert subjects(tmp_path / "plan.yaml") == {}

"""`footfall plan docs` writes pages with history and versions, and removes those of parts that are gone."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.cli.plan.running import SHOP, plan_command

from footfall.cli.plan.docs import git_history
from footfall.plan import read


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return shutil.copytree(SHOP, tmp_path / "shop")


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=Ann", "-c", "user.email=ann@bakery.example")
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


def test_pages_tell_the_commits_of_each_events_own_lines(tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    events = "events:\n  bread_seen:\n    description: Seen\n  bread_bought:\n    description: Bought\n"
    plan.write_text(f"plan: bakery\n{events}")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "plan.yaml")
    git(tmp_path, "commit", "-qm", "Plan the bread")
    plan.write_text(f"plan: bakery\ntimezone: UTC\n{events.replace('Bought', 'Paid for')}")
    git(tmp_path, "commit", "-qam", "Say that bread is <paid> for")
    plan.write_text("# not committed\n\n" + plan.read_text())

    done = plan_command("docs", plan, "-o", tmp_path / "site")
    seen, bought = (
        (tmp_path / "site" / "events" / f"{name}.html").read_text() for name in ("bread_seen", "bread_bought")
    )

    assert done.stdout == f"{tmp_path}/site/index.html: 13 pages\n"
    assert "Plan the bread" in seen
    assert "Say that" not in seen
    assert "Say that bread is &lt;paid&gt; for" in bought
    assert re.search("Ann, [0-9a-f]{7}", bought)

    plan.write_text("plan: bakery\nevents: {bread_seen: {}}\n")
    (tmp_path / "site" / "events" / "mine.html").write_text("mine")
    plan_command("docs", plan, "-o", tmp_path / "site", "--no-history")

    assert not (tmp_path / "site" / "events" / "bread_bought.html").exists()
    assert (tmp_path / "site" / "events" / "mine.html").exists()
    assert "Plan the bread" not in (tmp_path / "site" / "events" / "bread_seen.html").read_text()


def test_pages_tell_the_version_that_the_lock_gives(shop: Path, tmp_path: Path) -> None:
    assert plan_command("lock", shop).returncode == 0

    assert plan_command("docs", shop, "-o", tmp_path / "site").returncode == 0

    assert "<dt>Version</dt><dd>1.0</dd>" in (tmp_path / "site" / "events" / "order_completed.html").read_text()


def test_pages_are_made_outside_of_a_repository(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text("plan: bakery\nevents: {bread_seen: {}}\n")

    done = plan_command("docs", tmp_path, "-o", tmp_path / "site")

    assert (done.returncode, done.stderr) == (0, "")
    assert "Nothing is known." in (tmp_path / "site" / "events" / "bread_seen.html").read_text()


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

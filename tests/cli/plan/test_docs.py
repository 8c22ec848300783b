"""`footfall plan docs` writes pages with history and versions, and removes those of parts that are gone."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.cli.plan.running import SHOP, plan_command


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

    assert done.stdout == f"{tmp_path}/site/index.html: 6 pages\n"
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

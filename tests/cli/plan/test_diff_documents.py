"""What is documented of diff, lock and impact is what they do: kinds, codes, options, and the examples as they run."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import click
import pytest
from tests.cli.plan.running import plan_command

from footfall.cli.plan.diff import command as diff
from footfall.cli.plan.impact import command as impact
from footfall.cli.plan.lock import command as lock
from footfall.planning.diff import HURTS, KINDS
from footfall.planning.lock import LOCK_CODES

TEXT = (Path(__file__).parents[3] / "tracking_plans" / "COMMANDS.md").read_text()
SHARED = {"form", "fail_on", "baseline", "write_baseline"}
PLAN = """\
plan: bakery
teams: {growth: {contact: growth@bakery.example}, till: {contact: till@bakery.example}}
sources: {till: {kind: server}}
events:
  bread_bought:
    {owner: till, sources: [till], properties: {
      kind: {type: string},
      price: {type: decimal, required: true}}}
kpis:
  revenue: {owner: growth, measure: {sum: bread_bought.price}}
"""


def section(name: str) -> str:
    found = re.search(rf"^## footfall plan {name}\n(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


def example(name: str) -> str:
    """What the section's example says that the command prints."""
    found = re.search(r"```\n\$ [^\n]*\n(.*?)```", section(name), re.DOTALL)
    assert found is not None
    return found[1]


def run(*command: str, cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, timeout=60)
    assert done.stderr == ""
    return done.stdout


def footfall(*arguments: str, cwd: Path) -> str:
    done = plan_command(*arguments, cwd=cwd)
    assert done.stderr == ""
    return done.stdout


@pytest.fixture
def bakery(tmp_path: Path) -> Path:
    plan = tmp_path / "tracking_plans" / "plan.yaml"
    plan.parent.mkdir()
    plan.write_text(PLAN)
    footfall("lock", "tracking_plans", cwd=tmp_path)
    run("git", "init", "-q", "-b", "main", cwd=tmp_path)
    run("git", "add", "-A", cwd=tmp_path)
    run("git", "-c", "user.name=Ada", "-c", "user.email=ada@bakery.example", "commit", "-qm", "x", cwd=tmp_path)
    return tmp_path


def test_every_kind_of_change_is_a_row_with_what_the_code_says() -> None:
    rows = {
        f"| `{name}` | {kind.level} | {', '.join(hurt.replace('_', ' ') for hurt in kind.hurts) or 'none'} "
        f"| {kind.meaning} | {kind.why} |"
        for name, kind in KINDS.items()
    }

    assert {line for line in section("diff").splitlines() if line.startswith("| `")} == rows


def test_every_class_and_every_code_is_told() -> None:
    for name, about in HURTS.items():
        assert f"| {name.replace('_', ' ')} | {about} |" in section("diff")
    for code, why in LOCK_CODES.items():
        assert f"| `{code}` | {why} |" in section("lock")


@pytest.mark.parametrize(("name", "command"), [("diff", diff), ("lock", lock), ("impact", impact)])
def test_every_option_is_told(name: str, command: click.Command) -> None:
    for option in command.params:
        if isinstance(option, click.Option) and option.name not in SHARED:
            assert f"`{option.opts[0]}" in section(name)


def test_the_example_of_diff_is_what_it_prints(bakery: Path) -> None:
    file = bakery / "tracking_plans" / "plan.yaml"
    file.write_text(PLAN.replace(",\n      price: {type: decimal, required: true}", ""))

    assert footfall("diff", "tracking_plans", "--base", "main", cwd=bakery) == example("diff")


def test_the_example_of_lock_is_what_it_prints(bakery: Path) -> None:
    file = bakery / "tracking_plans" / "plan.yaml"
    file.write_text(
        PLAN.replace(",\n      price: {type: decimal, required: true}", "").replace(
            "sum: bread_bought.price", "count: bread_bought"
        )
    )

    assert footfall("lock", "tracking_plans", cwd=bakery) == example("lock")


def test_the_example_of_impact_is_what_it_prints(bakery: Path) -> None:
    assert footfall("impact", "tracking_plans", "bread_bought.price", cwd=bakery) == example("impact")

"""A path with no plan is a usage error; a plan with faults is told them, and ends the command."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from footfall.cli.plan.read import counts_of, describe, is_no_plan, refuse_no_plan, require_plan
from footfall.errors import UsageError
from footfall.plan import Plan, read_plan
from footfall.plan.model import Event


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.pass_context
def command(ctx: click.Context, path: Path) -> None:
    click.echo(require_plan(ctx, path).id)


def test_a_command_gets_its_plan(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text("plan: p")

    assert CliRunner().invoke(command, [str(tmp_path)]).stdout == "p\n"


def test_faults_are_told_on_standard_error_and_end_the_command(tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text("plan: p\nevnts: {}")

    done = CliRunner().invoke(command, [str(file)])

    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [
        f"{file}:2:1 unknown key 'evnts' (did you mean 'events'?) [unknown_key]",
        f"{file}: 1 problem in 1 file",
    ]


@pytest.mark.parametrize("content", [None, "", "plan: [}"])
def test_a_path_with_no_plan_is_refused(content: str | None, tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    if content is not None:
        file.write_text(content)
    problems = read_plan(file)[1]

    assert is_no_plan(file, problems)
    with pytest.raises(UsageError, match=r"plan\.yaml"):
        refuse_no_plan(file, problems)


def test_a_broken_file_among_others_is_a_plan_with_faults(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("plan: p")
    (tmp_path / "b.yaml").write_text("events: [}")

    assert not is_no_plan(tmp_path, read_plan(tmp_path)[1])


def test_a_plan_is_described_by_its_counts() -> None:
    plan = Plan(id="p", events={"sold": Event(name="sold", wire_name="sold")})

    assert counts_of(plan)["events"] == 1
    assert describe(plan) == "1 event, 0 properties, 0 goals, 0 KPIs, 0 journeys"

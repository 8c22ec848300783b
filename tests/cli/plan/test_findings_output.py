"""A plan command prints its findings in the form that was asked for, and fails from the level that was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from footfall.cli.plan.findings_output import OutputOptions, output_options, report_findings
from footfall.errors import Problem, UsageError
from footfall.reporting.plan.findings import tally

ERROR = Problem(
    "bad_a", "is wrong: 100 %, see\nb", remedy="mend it", where="sold.total", file="a,b.yaml", line=3, column=5
)
WARNING = Problem("odd_b", "is | odd", where="kpis.sales", file="c.yaml", line=9, column=1, level="warning")


def printed(capsys: pytest.CaptureFixture[str], problems: Sequence[Problem], **options: object) -> tuple[int, str]:
    code = report_findings(problems, options=OutputOptions(**options), summary=lambda rest: tally("p", rest))  # type: ignore[arg-type]  # the tests' own options
    return code, capsys.readouterr().out


@pytest.mark.parametrize(
    ("problems", "fail_on", "code"),
    [
        ([], "warning", 0),
        ([WARNING], "error", 0),
        ([WARNING], "warning", 1),
        ([ERROR], "error", 1),
        ([ERROR], "warning", 1),
    ],
)
@pytest.mark.parametrize("form", ["text", "json", "github", "junit", "markdown", "sarif"])
def test_the_exit_code_says_whether_anything_reached_the_level(
    problems: list[Problem], fail_on: str, code: int, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert printed(capsys, problems, form=form, fail_on=fail_on)[0] == code


def test_what_the_baseline_knows_is_left_out_and_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    baseline = tmp_path / "baseline.json"
    assert printed(capsys, [ERROR, WARNING], baseline=baseline, write_baseline=True)[0] == 0
    moved = Problem(ERROR.code, ERROR.message, where=ERROR.where, file="elsewhere.yaml", line=99, column=1)

    code, text = printed(capsys, [moved, WARNING], baseline=baseline, fail_on="warning")

    assert (code, text.splitlines()) == (0, ["p: clean", f"2 known findings left out by {baseline}"])


def test_a_note_says_that_the_baseline_can_shrink(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    baseline = tmp_path / "baseline.json"
    printed(capsys, [ERROR, WARNING], baseline=baseline, write_baseline=True)

    text = printed(capsys, [WARNING], baseline=baseline)[1]

    assert text.splitlines()[-1] == (
        f"1 known finding left out by {baseline}; 1 of {baseline} no longer found: write it anew with --write-baseline"
    )


def test_the_options_reach_the_command_as_one_value() -> None:
    given: list[OutputOptions] = []

    @click.command()
    @output_options
    def command(options: OutputOptions) -> None:
        given.append(options)

    assert CliRunner().invoke(command, []).exit_code == 0
    CliRunner().invoke(command, ["--format", "junit", "--fail-on", "warning", "--baseline", "b.json"])
    alone = CliRunner().invoke(command, ["--write-baseline"])

    assert given == [OutputOptions(), OutputOptions(form="junit", fail_on="warning", baseline=Path("b.json"))]
    assert isinstance(alone.exception, UsageError)

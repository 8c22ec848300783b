"""Findings are told in six forms, fail the command from the level that was asked for, and leave out what is known."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree as Xml

import click
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from footfall.cli.plan.findings_output import OutputOptions, finding_line, output_options, report_findings, tally
from footfall.errors import BrokenInputError, Problem, UsageError
from footfall.reporting.plan.findings import as_github, as_junit, as_markdown

ERROR = Problem(
    "bad_a", "is wrong: 100 %, see\nb", remedy="mend it", where="sold.total", file="a,b.yaml", line=3, column=5
)
WARNING = Problem("odd_b", "is | odd", where="kpis.sales", file="c.yaml", line=9, column=1, level="warning")


def told(capsys: pytest.CaptureFixture[str], problems: Sequence[Problem], **options: object) -> tuple[int, str]:
    code = report_findings(problems, options=OutputOptions(**options), summary=lambda left: tally("p", left))  # type: ignore[arg-type]  # the tests' own options
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
    assert told(capsys, problems, form=form, fail_on=fail_on)[0] == code


def test_a_line_says_place_name_message_remedy_code_and_a_level_that_is_no_error(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert told(capsys, [WARNING], form="text")[1].splitlines() == [
        "c.yaml:9:1 kpis.sales: is | odd [odd_b, warning]",
        "p: 1 warning in 1 file",
    ]
    assert finding_line(Problem("c", "m", file="x")) == "x m [c]"
    assert finding_line(Problem("c", "m")) == "m [c]"


def test_json_has_every_part_of_a_finding(capsys: pytest.CaptureFixture[str]) -> None:
    answer = json.loads(told(capsys, [ERROR, WARNING], form="json")[1])

    assert (answer["clean"], answer["summary"]) == (False, "p: 1 error and 1 warning in 2 files")
    assert answer["problems"][1] == {
        "code": "odd_b", "column": 1, "file": "c.yaml", "level": "warning", "line": 9, "message": "is | odd",
        "remedy": "", "where": "kpis.sales",
    }  # fmt: skip


def test_github_shows_findings_beside_their_lines() -> None:
    assert list(as_github([ERROR, WARNING])) == [
        "::error file=a%2Cb.yaml,line=3,col=5,title=bad_a::sold.total: is wrong: 100 %25, see%0Ab (mend it)",
        "::warning file=c.yaml,line=9,col=1,title=odd_b::kpis.sales: is | odd",
    ]


def test_junit_fails_a_case_for_what_fails_and_passes_the_others() -> None:
    suite = Xml.fromstring(as_junit([ERROR, WARNING], [ERROR], "p: 2")).find("testsuite")
    assert suite is not None
    cases = list(suite)

    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    assert [(case.get("name"), case.get("classname"), [part.tag for part in case]) for case in cases] == [
        ("sold.total bad_a", "a,b.yaml", ["failure"]),
        ("kpis.sales odd_b", "c.yaml", ["system-out"]),
    ]


def test_junit_of_nothing_is_one_case_that_passed() -> None:
    cases = list(Xml.fromstring(as_junit([], [], "p: clean")).iter("testcase"))

    assert [(case.get("name"), len(case)) for case in cases] == [("p: clean", 0)]


@given(text=st.text())
def test_no_text_breaks_a_form(text: str) -> None:
    problem = Problem("code", text, remedy=text, where=text.replace("\n", ""), file="f.yaml", line=1, column=1)

    parsed = Xml.fromstring(as_junit([problem], [problem], text).encode())
    rows = as_markdown([problem], text, text).split("\n\n")

    assert len(list(parsed.iter("failure"))) == 1
    assert "\n" not in next(as_github([problem]))
    assert len(f"{finding_line(problem)}.".splitlines()) == 1
    assert len(next(part for part in rows if part.startswith("| level")).split("\n")) == 3


def test_markdown_is_a_table_for_a_pull_request() -> None:
    assert as_markdown([WARNING], "p: 1 warning", "1 known finding").splitlines() == [
        "**p: 1 warning**",
        "",
        "| level | where | finding | what to do |",
        "|---|---|---|---|",
        r"| warning | `kpis.sales`<br>`c.yaml:9` | is \| odd (`odd_b`) |  |",
        "",
        "1 known finding",
    ]


def test_what_the_baseline_knows_is_left_out_and_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    baseline = tmp_path / "baseline.json"
    assert told(capsys, [ERROR, WARNING], baseline=baseline, write_baseline=True)[0] == 0
    moved = Problem(ERROR.code, ERROR.message, where=ERROR.where, file="elsewhere.yaml", line=99, column=1)

    code, text = told(capsys, [moved, WARNING], baseline=baseline, fail_on="warning")

    assert (code, text.splitlines()) == (0, ["p: clean", f"2 known findings left out by {baseline}"])


def test_a_second_finding_like_a_known_one_is_new(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    baseline = tmp_path / "baseline.json"
    told(capsys, [ERROR], baseline=baseline, write_baseline=True)

    assert told(capsys, [ERROR, ERROR], baseline=baseline)[0] == 1


def test_a_finding_that_names_another_place_is_known_after_that_place_has_moved(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    baseline = tmp_path / "baseline.json"
    told(capsys, [Problem("c", "'a' is defined here and at x.yaml:3")], baseline=baseline, write_baseline=True)

    assert told(capsys, [Problem("c", "'a' is defined here and at x.yaml:12")], baseline=baseline)[0] == 0
    assert told(capsys, [Problem("c", "'a' is defined here and at y.yaml:12")], baseline=baseline)[0] == 1


def test_what_is_gone_from_the_plan_is_told_so_that_the_baseline_shrinks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    baseline = tmp_path / "baseline.json"
    told(capsys, [ERROR, WARNING], baseline=baseline, write_baseline=True)

    text = told(capsys, [WARNING], baseline=baseline)[1]

    assert text.splitlines()[-1] == (
        f"1 known finding left out by {baseline}; 1 of {baseline} no longer found: write it anew with --write-baseline"
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "cannot be read"),
        (b"", "this is not a baseline"),
        (b"{}", "this is not a baseline"),
        (b"\xff", "this is not a baseline"),
        (b'{"footfall_baseline": 2, "findings": []}', "version 2 is not read"),
        (b'{"footfall_baseline": 1, "findings": [{"code": 1}]}', "this is not a baseline"),
    ],
)
def test_a_broken_baseline_is_told(content: bytes | None, words: str, tmp_path: Path) -> None:
    file = tmp_path / "baseline.json"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(BrokenInputError, match=words):
        report_findings([ERROR], options=OutputOptions(baseline=file), summary="p")


def test_a_baseline_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    options = OutputOptions(baseline=tmp_path / "no" / "where.json", write_baseline=True)

    with pytest.raises(BrokenInputError, match="cannot be written"):
        report_findings([ERROR], options=options, summary="p")


def test_the_options_reach_the_command_as_one_value() -> None:
    seen: list[OutputOptions] = []

    @click.command()
    @output_options
    def command(options: OutputOptions) -> None:
        seen.append(options)

    assert CliRunner().invoke(command, []).exit_code == 0
    CliRunner().invoke(command, ["--format", "junit", "--fail-on", "warning", "--baseline", "b.json"])
    alone = CliRunner().invoke(command, ["--write-baseline"])

    assert seen == [OutputOptions(), OutputOptions(form="junit", fail_on="warning", baseline=Path("b.json"))]
    assert isinstance(alone.exception, UsageError)


@pytest.mark.parametrize(
    ("problems", "words"),
    [
        ([], "p: clean"),
        ([ERROR], "p: 1 problem in 1 file"),
        ([ERROR, ERROR, WARNING], "p: 2 errors and 1 warning in 2 files"),
        ([WARNING, WARNING], "p: 2 warnings in 1 file"),
        ([Problem("c", "m")], "p: 1 problem"),
    ],
)
def test_findings_are_counted_in_words(problems: list[Problem], words: str) -> None:
    assert tally("p", problems) == words

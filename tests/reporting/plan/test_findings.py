"""Findings are written in every form, whatever text is in them."""

from __future__ import annotations

from xml.etree import ElementTree as Xml

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.errors import Problem
from footfall.reporting.plan.findings import FORMS, FindingsReport, as_json, finding_line, tally

ERROR = Problem(
    "bad_a", "is wrong: 100 %, see\nb", remedy="mend it", where="sold.total", file="a,b.yaml", line=3, column=5
)
WARNING = Problem("odd_b", "is | odd", where="kpis.sales", file="c.yaml", line=9, column=1, level="warning")


def written(form: str, *problems: Problem, summary: str = "p: 2", note: str = "") -> str:
    return FORMS[form](FindingsReport(problems=problems, summary=summary, note=note))


def test_a_line_says_place_name_message_remedy_code_and_a_level_that_is_no_error() -> None:
    assert written("text", WARNING, note="n").splitlines() == [
        "c.yaml:9:1 kpis.sales: is | odd [odd_b, warning]", "p: 2", "n",
    ]  # fmt: skip
    assert finding_line(Problem("c", "m", file="x")) == "x m [c]"
    assert finding_line(Problem("c", "m")) == "m [c]"


def test_json_has_every_part_of_a_finding() -> None:
    answer = as_json(FindingsReport(problems=[ERROR, WARNING], summary="p: 2"))

    assert (answer["clean"], answer["summary"]) == (False, "p: 2")
    assert "level" not in answer["problems"][0]
    assert answer["problems"][1] == {
        "code": "odd_b", "column": 1, "file": "c.yaml", "level": "warning", "line": 9, "message": "is | odd",
        "remedy": "", "where": "kpis.sales",
    }  # fmt: skip


def test_facts_of_a_command_replace_the_summary_in_json() -> None:
    answer = as_json(FindingsReport(problems=[], summary="p: clean", facts={"plan": "p"}))

    assert answer == {"plan": "p", "clean": True, "problems": []}


def test_github_shows_findings_beside_their_lines() -> None:
    assert written("github", ERROR, WARNING).splitlines() == [
        "::error file=a%2Cb.yaml,line=3,col=5,title=bad_a::sold.total: is wrong: 100 %25, see%0Ab (mend it)",
        "::warning file=c.yaml,line=9,col=1,title=odd_b::kpis.sales: is | odd",
        "p: 2",
    ]


def test_junit_fails_a_case_for_what_fails_and_passes_the_others() -> None:
    suite = Xml.fromstring(written("junit", ERROR, WARNING)).find("testsuite")
    assert suite is not None
    cases = list(suite)

    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    assert [(case.get("name"), case.get("classname"), [part.tag for part in case]) for case in cases] == [
        ("sold.total bad_a", "a,b.yaml", ["failure"]),
        ("kpis.sales odd_b", "c.yaml", ["system-out"]),
    ]


def test_junit_of_nothing_is_one_case_that_passed() -> None:
    cases = list(Xml.fromstring(written("junit", summary="p: clean")).iter("testcase"))

    assert [(case.get("name"), len(case)) for case in cases] == [("p: clean", 0)]


@given(text=st.text())
def test_no_text_breaks_a_form(text: str) -> None:
    problem = Problem("code", text, remedy=text, where=text.replace("\n", ""), file="f.yaml", line=1, column=1)

    parsed = Xml.fromstring(written("junit", problem, summary=text).encode())
    rows = written("markdown", problem, summary=text, note=text).split("\n\n")

    assert len(list(parsed.iter("failure"))) == 1
    assert len(written("github", problem, summary="").split("\n")) == 2
    assert len(f"{finding_line(problem)}.".splitlines()) == 1
    assert len(next(part for part in rows if part.startswith("| level")).split("\n")) == 3


def test_markdown_is_a_table_for_a_pull_request() -> None:
    assert written("markdown", WARNING, summary="p: 1 warning", note="1 known finding").splitlines() == [
        "**p: 1 warning**",
        "",
        "| level | where | finding | what to do |",
        "|---|---|---|---|",
        r"| warning | `kpis.sales`<br>`c.yaml:9` | is \| odd (`odd_b`) |  |",
        "",
        "1 known finding",
    ]


def test_markdown_of_a_command_replaces_the_table() -> None:
    assert FORMS["markdown"](FindingsReport(problems=[ERROR], summary="p", markdown="### Mine")) == "### Mine"


def test_a_warning_fails_only_where_it_is_asked_for() -> None:
    report = FindingsReport(problems=[WARNING, ERROR], summary="p")

    assert report.failing == [ERROR]
    assert FindingsReport(problems=[WARNING, ERROR], summary="p", fail_on="warning").failing == [WARNING, ERROR]


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

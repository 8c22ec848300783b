"""The forms in which findings are written: lines for people, JSON, GitHub annotations, JUnit XML, Markdown.

`github` are workflow commands
(https://docs.github.com/actions/reference/workflow-commands-for-github-actions), `junit` the XML that CI systems show
as test results, `markdown` a comment for a pull request.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal
from xml.etree import ElementTree as Xml

import msgspec

from footfall.errors import Problem
from footfall.markdown_text import code_span, markdown_table, markdown_text
from footfall.printable import counted, printable

__all__ = ["FORMS", "FindingsReport", "as_json", "finding_line", "tally"]

# What XML 1.0 cannot contain, even escaped (https://www.w3.org/TR/xml/#charsets).
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class FindingsReport(msgspec.Struct, frozen=True, kw_only=True):
    """The findings of a command, with the line that sums them up.

    `note` is about the baseline, `facts` are further keys of the JSON form, `markdown` is that form where the command
    has its own. A finding fails the command if it is of the level `fail_on` or worse.
    """

    problems: Sequence[Problem]
    summary: str
    note: str = ""
    facts: Mapping[str, Any] | None = None
    markdown: str | None = None
    fail_on: Literal["error", "warning"] = "error"

    @property
    def failing(self) -> list[Problem]:
        """The findings that make the command fail."""
        return [problem for problem in self.problems if problem.level == "error" or self.fail_on == "warning"]


def finding_line(problem: Problem) -> str:
    """One line that editors can jump to: `file:line:column where: message (remedy) [code]`, whatever is in it."""
    where = f"{problem.where}:" if problem.where else ""
    remedy = f"({problem.remedy})" if problem.remedy else ""
    code = f"[{problem.code}, warning]" if problem.level == "warning" else f"[{problem.code}]"
    line = f"{problem.file}:{problem.line}:{problem.column}" if problem.line else problem.file
    return printable(" ".join(part for part in (line, where, problem.message, remedy, code) if part))


def _as_text(report: FindingsReport) -> str:
    """A line for each finding, the summary, the note."""
    return _lines(map(finding_line, report.problems), report)


def _as_github(report: FindingsReport) -> str:
    """A workflow command for each finding, which GitHub shows beside the line."""
    return _lines(map(_command, report.problems), report)


def _lines(findings: Iterable[str], report: FindingsReport) -> str:
    return "\n".join([*findings, report.summary, *([report.note] if report.note else [])])


def _command(problem: Problem) -> str:
    parts = {"file": problem.file, "line": problem.line, "col": problem.column, "title": problem.code}
    options = ",".join(f"{key}={_escape(str(value), ':,')}" for key, value in parts.items() if value)
    where = f"{problem.where}: " if problem.where else ""
    remedy = f" ({problem.remedy})" if problem.remedy else ""
    return f"::{problem.level} {options}::{_escape(where + problem.message + remedy)}"


def _escape(text: str, more: str = "") -> str:
    for character in f"%\r\n{more}":
        text = text.replace(character, f"%{ord(character):02X}")
    return text


def _as_junit(report: FindingsReport) -> str:
    """A test case for each finding; the failing ones failed. Without findings it is one case that passed."""
    failed = {id(problem) for problem in report.failing}
    counts = {"tests": str(len(report.problems) or 1), "failures": str(len(failed)), "errors": "0"}
    suites = Xml.Element("testsuites", counts)
    suite = Xml.SubElement(suites, "testsuite", {"name": "footfall plan", **counts})
    for problem in report.problems:
        name, file = _xml(f"{problem.where} {problem.code}".strip()), _xml(problem.file)
        about = {"classname": file, "name": name, "file": file, "line": str(problem.line)}
        case = Xml.SubElement(suite, "testcase", about)
        if id(problem) in failed:
            kind = {"message": _xml(problem.message), "type": problem.code}
            Xml.SubElement(case, "failure", kind).text = _xml(finding_line(problem))
        else:
            Xml.SubElement(case, "system-out").text = _xml(finding_line(problem))
    if not report.problems:
        Xml.SubElement(suite, "testcase", {"classname": "footfall plan", "name": _xml(report.summary)})
    Xml.indent(suites)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + Xml.tostring(suites, encoding="unicode")


def _xml(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)


def _as_markdown(report: FindingsReport) -> str:
    """A comment for a pull request: the command's own, or the summary and a table of the findings."""
    if report.markdown is not None:
        return report.markdown
    table = markdown_table(("level", "where", "finding", "what to do"), map(_row, report.problems))
    return "\n\n".join(filter(None, (f"**{markdown_text(report.summary)}**", table, markdown_text(report.note))))


def _row(problem: Problem) -> tuple[str, str, str, str]:
    line = code_span(f"{problem.file}:{problem.line}" if problem.line else problem.file)
    where = "<br>".join(filter(None, (code_span(problem.where), line)))
    message = f"{markdown_text(problem.message)} (`{problem.code}`)"
    return problem.level, where, message, markdown_text(problem.remedy)


def as_json(report: FindingsReport) -> dict[str, Any]:
    """The facts of the command, and every finding, as plain values."""
    return {
        **(report.facts if report.facts is not None else {"summary": report.summary}),
        "clean": not report.problems,
        "problems": [_fields(problem) for problem in report.problems],
    }


def _fields(problem: Problem) -> dict[str, Any]:
    # An error is what a finding is unless it says otherwise.
    fields = {name: getattr(problem, name) for name in sorted(Problem.__struct_fields__)}
    return fields if problem.level == "warning" else {name: fields[name] for name in fields if name != "level"}


def tally(subject: str, problems: Sequence[Problem]) -> str:
    """How many findings, in how many files: `tracking_plans: 2 problems in 1 file`; `clean` without any."""
    if not problems:
        return f"{subject}: clean"
    files = len({problem.file for problem in problems if problem.file})
    warnings = sum(problem.level == "warning" for problem in problems)
    errors = len(problems) - warnings
    if warnings:
        counts = " and ".join(counted(*each) for each in ((errors, "error"), (warnings, "warning")) if each[0])
    else:
        counts = counted(errors, "problem")
    return f"{subject}: {counts} in {counted(files, 'file')}" if files else f"{subject}: {counts}"


FORMS: Mapping[str, Callable[[FindingsReport], str]] = MappingProxyType(
    {"github": _as_github, "junit": _as_junit, "markdown": _as_markdown, "text": _as_text}
)
"""The forms that are text, by the word of `--format`."""

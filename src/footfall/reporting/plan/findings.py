"""The forms in which findings are written: lines for people, GitHub annotations, JUnit XML, Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from xml.etree import ElementTree as Xml

from footfall.errors import Problem
from footfall.markdown_text import code_span, markdown_text
from footfall.printable import printable

__all__ = ["as_github", "as_junit", "as_markdown", "as_text", "finding_line"]

# What XML 1.0 cannot hold, even escaped (https://www.w3.org/TR/xml/#charsets).
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _place(problem: Problem) -> str:
    return f"{problem.file}:{problem.line}:{problem.column}" if problem.line else problem.file


def finding_line(problem: Problem) -> str:
    """One line that editors can jump to: `file:line:column where: message (remedy) [code]`, whatever is in it."""
    where = f"{problem.where}:" if problem.where else ""
    remedy = f"({problem.remedy})" if problem.remedy else ""
    code = f"[{problem.code}, warning]" if problem.level == "warning" else f"[{problem.code}]"
    return printable(" ".join(part for part in (_place(problem), where, problem.message, remedy, code) if part))


def as_text(problems: Sequence[Problem]) -> Iterator[str]:
    """A line for each finding."""
    return (finding_line(problem) for problem in problems)


def as_github(problems: Sequence[Problem]) -> Iterator[str]:
    """A workflow command for each finding, which GitHub shows beside the line."""
    for problem in problems:
        places = {"file": problem.file, "line": problem.line, "col": problem.column, "title": problem.code}
        told = ",".join(f"{key}={_escape(str(value), ':,')}" for key, value in places.items() if value)
        where = f"{problem.where}: " if problem.where else ""
        remedy = f" ({problem.remedy})" if problem.remedy else ""
        yield f"::{problem.level} {told}::{_escape(where + problem.message + remedy)}"


def _escape(text: str, more: str = "") -> str:
    for character in f"%\r\n{more}":
        text = text.replace(character, f"%{ord(character):02X}")
    return text


def as_junit(problems: Sequence[Problem], failing: Sequence[Problem], summary: str) -> str:
    """A test case for each finding; only those of `failing` failed. A clean answer is one case that passed."""
    failed = {id(problem) for problem in failing}
    counts = {"tests": str(len(problems) or 1), "failures": str(len(failing)), "errors": "0"}
    suites = Xml.Element("testsuites", counts)
    suite = Xml.SubElement(suites, "testsuite", {"name": "footfall plan", **counts})
    for problem in problems:
        name, file = _xml(f"{problem.where} {problem.code}".strip()), _xml(problem.file)
        about = {"classname": file, "name": name, "file": file, "line": str(problem.line)}
        case = Xml.SubElement(suite, "testcase", about)
        if id(problem) in failed:
            kind = {"message": _xml(problem.message), "type": problem.code}
            Xml.SubElement(case, "failure", kind).text = _xml(finding_line(problem))
        else:
            Xml.SubElement(case, "system-out").text = _xml(finding_line(problem))
    if not problems:
        Xml.SubElement(suite, "testcase", {"classname": "footfall plan", "name": _xml(summary)})
    Xml.indent(suites)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + Xml.tostring(suites, encoding="unicode")


def _xml(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)


def as_markdown(problems: Sequence[Problem], summary: str, note: str) -> str:
    """A comment for a pull request: the summary, and a table of the findings."""
    parts = [f"**{markdown_text(summary)}**"]
    if problems:
        head = ["| level | where | finding | what to do |", "|---|---|---|---|"]
        parts.append("\n".join([*head, *(_row(problem) for problem in problems)]))
    if note:
        parts.append(markdown_text(note))
    return "\n\n".join(parts)


def _row(problem: Problem) -> str:
    name = code_span(problem.where)
    place = code_span(f"{problem.file}:{problem.line}" if problem.line else problem.file)
    where = "<br>".join(part for part in (name, place) if part)
    cells = (
        problem.level,
        where,
        f"{markdown_text(problem.message)} (`{problem.code}`)",
        markdown_text(problem.remedy),
    )
    return f"| {' | '.join(cells)} |"

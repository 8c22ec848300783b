"""Findings in SARIF 2.1.0, which code scanning of GitHub and other services shows beside the code.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html, with what GitHub asks for besides:
https://docs.github.com/code-security/reference/code-scanning/sarif-files/sarif-support
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import footfall
from footfall.errors import Problem
from footfall.reporting.plan.codes import Explanation, explanations

__all__ = ["as_sarif"]

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
# Where a finding is about no file: a result without a place is shown nowhere.
_NOWHERE = "."


def as_sarif(problems: Sequence[Problem], *, folder: Path) -> Mapping[str, Any]:
    """The log of one run, as plain values. Files below `folder` are named from there."""
    codes = list(dict.fromkeys(problem.code for problem in problems))
    by_code = {each.code: each for each in reversed(list(explanations()))} if codes else {}
    digests: Counter[str] = Counter()
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "footfall",
                        "semanticVersion": footfall.__version__,
                        "rules": [_rule(code, by_code.get(code), problems) for code in codes],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [_result(problem, codes.index(problem.code), folder, digests) for problem in problems],
            }
        ],
    }


def _rule(code: str, explanation: Explanation | None, problems: Iterable[Problem]) -> dict[str, Any]:
    levels = {problem.level for problem in problems if problem.code == code}
    why = explanation.why if explanation is not None else code
    what = explanation.remedy if explanation is not None else ""
    remedy = f" {what[:1].upper()}{what[1:]}." if what else ""
    return {
        "id": code,
        "shortDescription": {"text": why},
        "help": {"text": f"{why}{remedy} `footfall plan explain {code}` says more."},
        "defaultConfiguration": {"level": "error" if "error" in levels else "warning"},
    }


def _result(problem: Problem, rule: int, folder: Path, digests: Counter[str]) -> dict[str, Any]:
    where = f"{problem.where}: " if problem.where else ""
    remedy = f" ({problem.remedy})" if problem.remedy else ""
    place: dict[str, Any] = {"artifactLocation": {"uri": _uri(problem.file, folder)}}
    if problem.line:
        place["region"] = {"startLine": problem.line, "startColumn": problem.column or 1}
    location: dict[str, Any] = {"physicalLocation": place}
    if problem.where:
        location["logicalLocations"] = [{"fullyQualifiedName": problem.where}]
    return {
        "ruleId": problem.code,
        "ruleIndex": rule,
        "level": problem.level,
        "message": {"text": f"{where}{problem.message}{remedy}"},
        "locations": [location],
        "partialFingerprints": {"primaryLocationLineHash": _fingerprint(problem, digests)},
    }


def _fingerprint(problem: Problem, digests: Counter[str]) -> str:
    """What identifies a finding after lines above it have moved; equal ones are counted."""
    text = "\0".join((problem.code, problem.where, problem.message))
    digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]
    digests[digest] += 1
    return f"{digest}:{digests[digest]}"


def _uri(file: str, folder: Path) -> str:
    path = Path(file)
    if path.is_absolute():
        if not path.is_relative_to(folder):
            return path.as_uri()
        path = path.relative_to(folder)
    return quote(path.as_posix().encode("utf-8", "replace")) if file else _NOWHERE

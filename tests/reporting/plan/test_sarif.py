"""Findings in SARIF are as the standard and GitHub ask for them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import footfall
from footfall.cli.plan import command as group
from footfall.errors import Problem
from footfall.plan.problems import CODES
from footfall.reporting.plan.sarif import as_sarif

FOLDER = Path("/repo")


def record(needs: dict[str, Any], more: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(needs),
        "properties": {**needs, **(more or {})},
        "additionalProperties": False,
    }


TEXT: dict[str, Any] = record({"text": {"type": "string", "minLength": 1}})
COUNT = {"type": "integer", "minimum": 1}
LEVEL = {"enum": ["error", "warning"]}
PLACE = record({"artifactLocation": record({"uri": {"type": "string", "minLength": 1, "pattern": "^[!-~]+$"}})}, {
    "region": record({"startLine": COUNT, "startColumn": COUNT}),
})  # fmt: skip
# The part of the standard's schema that is used here, and what GitHub requires of it.
SARIF = jsonschema_rs.Draft202012Validator(record({
    "$schema": {"type": "string"},
    "version": {"const": "2.1.0"},
    "runs": {"type": "array", "minItems": 1, "maxItems": 1, "items": record({
        "tool": record({"driver": record({
            "name": {"const": "footfall"},
            "semanticVersion": {"type": "string"},
            "rules": {"type": "array", "uniqueItems": True, "items": record({
                "id": {"type": "string", "minLength": 1},
                "shortDescription": TEXT,
                "help": TEXT,
                "defaultConfiguration": record({"level": LEVEL}),
            })},
        })}),
        "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
        "results": {"type": "array", "items": record({
            "ruleId": {"type": "string"},
            "ruleIndex": {"type": "integer", "minimum": 0},
            "level": LEVEL,
            "message": TEXT,
            "locations": {"type": "array", "minItems": 1, "items": record({"physicalLocation": PLACE}, {
                "logicalLocations": {"type": "array", "items": record({"fullyQualifiedName": {"type": "string"}})},
            })},
            "partialFingerprints": record({"primaryLocationLineHash": {"type": "string"}}),
        })},
    })},
}))  # fmt: skip


def problem(code: str = "bad_enum", message: str = "is wrong", **more: Any) -> Problem:
    return Problem(code, message, **more)


def run_of(*problems: Problem) -> Any:
    log = json.loads(json.dumps(as_sarif(problems, folder=FOLDER)))
    SARIF.validate(log)
    return log["runs"][0]


def test_a_finding_is_a_result_of_its_rule_at_its_place() -> None:
    found = problem(remedy="mend it", where="sold.kind", file="plan/a b.yaml", line=3, column=5)

    run = run_of(found, problem("odd", file="/repo/c.yaml", line=2, level="warning"), found)

    driver = run["tool"]["driver"]
    assert driver["semanticVersion"] == footfall.__version__
    assert [(rule["id"], rule["defaultConfiguration"]["level"]) for rule in driver["rules"]] == [
        ("bad_enum", "error"),
        ("odd", "warning"),
    ]
    assert driver["rules"][0]["shortDescription"]["text"] == CODES["bad_enum"]
    first, second, third = run["results"]
    assert (first["ruleIndex"], first["level"], second["ruleIndex"], second["level"]) == (0, "error", 1, "warning")
    assert first["message"]["text"] == "sold.kind: is wrong (mend it)"
    assert first["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "plan/a%20b.yaml"},
                "region": {"startLine": 3, "startColumn": 5},
            },
            "logicalLocations": [{"fullyQualifiedName": "sold.kind"}],
        }
    ]
    assert second["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "c.yaml"
    assert first["partialFingerprints"] != third["partialFingerprints"]


def test_a_finding_keeps_its_fingerprint_when_its_line_moves() -> None:
    before, after = (run_of(problem(file="a.yaml", line=line))["results"][0] for line in (3, 9))

    assert before["partialFingerprints"] == after["partialFingerprints"]


def test_a_finding_without_a_file_has_a_place_all_the_same() -> None:
    (result,) = run_of(problem())["results"]

    assert result["locations"][0]["physicalLocation"] == {"artifactLocation": {"uri": "."}}


def test_nothing_found_is_a_run_without_results() -> None:
    run = run_of()

    assert (run["results"], run["tool"]["driver"]["rules"]) == ([], [])


@given(st.text(), st.text(alphabet=st.characters(exclude_characters="\0")))
def test_any_text_and_any_file_name_make_a_log(message: str, file: str) -> None:
    run_of(problem(message=f"x{message}", where=message, file=file, line=1))


@pytest.mark.parametrize(
    "arguments", [("check",), ("lint",), ("diff", "--base"), ("fmt", "--check"), ("lock", "--check")]
)
def test_commands_with_findings_write_it(arguments: tuple[str, ...], tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text("plan: p\nevents:\n  sold: {properties: {kind:   {type: string}}}\n")
    base = tmp_path / "base.yaml"
    base.write_text("plan: p\nevents:\n  sold: {properties: {kind: {type: integer}}}\n")
    command = [*arguments, *([str(base)] if arguments[0] == "diff" else []), str(plan), "--format", "sarif"]

    done = CliRunner().invoke(group, command, catch_exceptions=False)

    log = json.loads(done.stdout)
    SARIF.validate(log)
    assert bool(log["runs"][0]["results"]) is (arguments[0] != "check")
    assert all(re.fullmatch("[a-z_]+", rule["id"]) for rule in log["runs"][0]["tool"]["driver"]["rules"])

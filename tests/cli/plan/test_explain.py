"""`footfall plan explain` knows every code that a finding can have, and says why and what to do."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path

import pytest
from tests.cli.plan.running import plan_command

from footfall.planning.faults import FAULTS
from footfall.planning.fixtures import FIXTURE_CODES
from footfall.planning.lint import RULES
from footfall.reporting.plan.codes import COMMAND_CODES, REGISTERS

ROOT = Path(__file__).parents[3]
DOCUMENT = (ROOT / "tracking_plans" / "COMMANDS.md").read_text()


def explain(*arguments: str) -> subprocess.CompletedProcess[str]:
    return plan_command("explain", *arguments)


@pytest.fixture(scope="module")
def listed() -> str:
    done = explain()
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_a_rule_is_explained_with_its_level_why_what_to_do_and_how_to_set_it() -> None:
    done = explain("unmet_purpose")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout in DOCUMENT


@pytest.mark.parametrize("code", ["unknown_key", "pattern", "property_removed", "never_seen"])
def test_a_code_of_another_command_is_explained(code: str) -> None:
    done = explain(code)

    assert done.returncode == 0
    assert done.stdout.startswith(code)
    assert "  Why: " in done.stdout


def test_a_word_that_is_two_codes_is_explained_as_both() -> None:
    done = explain("duplicate_key")

    assert done.stdout.count("  Why: ") == 2


def test_an_unknown_code_is_one_line_and_exit_code_2() -> None:
    done = explain("nam_tense")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "footfall: there is no code 'nam_tense': did you mean 'name_tense'?\n"


def test_without_a_code_all_are_listed(listed: str) -> None:
    words = set(listed.split())

    assert {rule.name for rule in RULES} - words == set()
    for _, where in REGISTERS:
        module, _, attribute = where.partition(":")
        assert set(getattr(import_module(module), attribute)) - words == set()


def test_no_code_is_listed_twice_among_its_kind(listed: str) -> None:
    for group in listed.split("\n\n"):
        codes = [line.split()[0] for line in group.splitlines() if line.startswith("  ")]
        assert len(codes) == len(set(codes))


def told() -> Iterator[tuple[str, str]]:
    """Every code that stands as text where a finding is made, in the plan and its commands."""
    for folder in ("plan", "planning", "cli/plan"):
        for path in sorted((ROOT / "src" / "footfall" / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Problem" and node.args:
                    code = node.args[0]
                    if isinstance(code, ast.Constant) and isinstance(code.value, str):
                        yield code.value, str(path.relative_to(ROOT))


def test_every_finding_that_a_command_makes_can_be_explained(listed: str) -> None:
    words = set(listed.split())

    assert [(code, path) for code, path in told() if code not in words] == []


@pytest.mark.parametrize("register", [FAULTS, FIXTURE_CODES, COMMAND_CODES], ids=["faults", "fixtures", "commands"])
def test_the_documentation_has_every_code_that_has_no_other_page(register: Mapping[str, str]) -> None:
    assert [code for code, why in register.items() if f"| `{code}` | {why} |" not in DOCUMENT] == []

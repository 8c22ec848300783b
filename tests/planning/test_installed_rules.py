"""A team's own rules are found by what their package declares, in a real process with a real distribution."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.plan.running import plan_command

MODULE = """
from collections.abc import Iterator

from footfall.planning.lint import Finding, LintRule, View


def judge(view: View) -> Iterator[Finding]:
    for event in view.plan.events.values():
        if not event.links:
            yield Finding(path=(event.name,), message="it links to no handbook page")


LINKED = LintRule(
    name="bakery_linked", level="error", reason="People look things up.", fix="add links: [URL]", judge=judge
)
MORE = [LINKED]
NOT_A_RULE = "bakery"
"""


def installed(folder: Path, entries: str, module: str = MODULE, package: str = "bakery_rules") -> Path:
    """A distribution as pip leaves it behind: the module, and its dist-info with entry points."""
    site = folder / "site"
    info = site / f"{package}-1.0.dist-info"
    info.mkdir(parents=True)
    (site / f"{package}.py").write_text(module)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[footfall.lint]\n{entries}\n")
    (folder / "plan.yaml").write_text(
        "plan: p\nevents:\n  sold: {owner: a, description: A loaf was paid for, status: active, purpose: [goal:g]}\n"
        "goals: {g: {owner: a, description: Sell all loaves, kpis: [k]}}\n"
        "kpis: {k: {owner: a, question: How many?, measure: {count: sold}}}\n"
    )
    return site


@pytest.fixture
def without_rules() -> Iterator[None]:
    """What a test imports of a package of rules is forgotten after it."""
    yield
    for name in [name for name in sys.modules if name.startswith("bakery_")]:
        del sys.modules[name]


def in_process(folder: Path, site: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A plan command for which what is in `site` is installed."""
    sys.path.insert(0, str(site))
    try:
        return plan_command(*arguments, cwd=folder)
    finally:
        sys.path.remove(str(site))


def footfall(folder: Path, site: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from footfall.cli import main; main()", "plan", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(site)}
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, cwd=folder, env=environment)


@pytest.mark.parametrize("entry", ["LINKED", "MORE"])
def test_a_rule_of_an_installed_package_is_run(entry: str, tmp_path: Path) -> None:
    site = installed(tmp_path, f"bakery = bakery_rules:{entry}")

    done = footfall(tmp_path, site, "lint", "plan.yaml")

    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.splitlines() == [
        "plan.yaml:3:3 sold: it links to no handbook page (add links: [URL]) [bakery_linked]",
        "plan.yaml: 1 problem in 1 file",
    ]


def test_without_the_package_nothing_is_found(tmp_path: Path) -> None:
    installed(tmp_path, "bakery = bakery_rules:LINKED")

    done = footfall(tmp_path, tmp_path / "elsewhere", "lint", "plan.yaml")

    assert (done.returncode, done.stderr) == (0, "")
    assert "nothing to object to" in done.stdout


def test_a_teams_rule_is_explained(tmp_path: Path) -> None:
    site = installed(tmp_path, "bakery = bakery_rules:LINKED")

    done = footfall(tmp_path, site, "explain", "bakery_linked")

    assert done.returncode == 0
    assert "People look things up." in done.stdout
    assert "Add links: [URL]." in done.stdout


BROKEN = [
    ("bakery = bakery_rules:NOTHING", MODULE, "cannot be loaded: AttributeError"),
    ("bakery = no_such_module:LINKED", MODULE, "cannot be loaded: ModuleNotFoundError"),
    ("bakery = bakery_rules:LINKED", "raise RuntimeError('out of flour')", "RuntimeError: out of flour"),
    ("bakery = bakery_rules:NOT_A_RULE", MODULE, "is no footfall.planning.lint.LintRule"),
    ("a = bakery_rules:LINKED\nb = bakery_rules:MORE", MODULE, "the name 'bakery_linked' is taken"),
    ("bakery = bakery_rules:LINKED", MODULE.replace("bakery_linked", "name_style"), "the name 'name_style' is taken"),
    ("bakery = bakery_rules:LINKED", MODULE.replace("bakery_linked", "wrong_type"), "the name 'wrong_type' is taken"),
    ("bakery = bakery_rules:LINKED", MODULE.replace("bakery_linked", "Bakery!"), "'Bakery!' is no name for a rule"),
    (
        "bakery = bakery_rules:LINKED",
        MODULE.replace("event.links", "event.nothing"),
        "the lint rule bakery_linked: failed",
    ),
]


@pytest.mark.usefixtures("without_rules")
@pytest.mark.parametrize(("entries", "module", "words"), BROKEN)
def test_rules_that_cannot_be_used_are_named_with_their_package_and_exit_code_3(
    entries: str, module: str, words: str, tmp_path: Path
) -> None:
    site = installed(tmp_path, entries, module)

    done = in_process(tmp_path, site, "lint", "plan.yaml")

    assert (done.returncode, done.stdout) == (3, "")
    assert words in done.stderr
    assert "bakery_" in done.stderr
    assert done.stderr.count("\n") == 1

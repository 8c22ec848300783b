"""The CI examples and the pre-commit hooks: each command in them runs, in a repository made from nothing."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
CI = ROOT / "examples" / "ci"
PLAN = """\
plan: bakery
description: What a bakery learns from its counter
timezone: Europe/Paris
teams:
  growth: {contact: growth@bakery.example}
sources:
  till: {kind: server, language: python, paths: ["src/**"]}
events:
  bread_viewed:
    description: A loaf was shown to a visitor
    owner: growth
    status: active
    since: 2026-01-01
    purpose: [journey:buying, kpi:conversion]
    sources: [till]
    actor: [user]
    properties:
      loaf: {type: string, enum: [rye, wheat], required: true, sensitivity: internal, description: Which kind it is}
  bread_bought:
    description: A loaf was paid for at the counter
    owner: growth
    status: active
    since: 2026-01-01
    purpose: [kpi:revenue, journey:buying, kpi:conversion]
    sources: [till]
    actor: [user]
    properties:
      paid: {type: decimal, min: 0.01, scale: 2, unit: EUR, required: true, sensitivity: internal, description: The sum}
goals:
  grow: {owner: growth, description: Sell more bread, kpis: [revenue, conversion]}
kpis:
  revenue:
    owner: growth
    question: What do we take?
    measure: {sum: bread_bought.paid}
    window: 28d
    target: {direction: up, value: 1000, unit: EUR}
  conversion:
    owner: growth
    question: Who buys?
    measure: {journey: buying, from: see, to: buy}
    window: 28d
    drives: revenue
    target: {direction: up, value: 0.3}
journeys:
  buying:
    owner: growth
    description: From a loaf to a sale
    within: 7d
    steps:
      - {id: see, event: bread_viewed}
      - {id: buy, event: bread_bought, expect: 0.3}
"""
APP = '''\
"""The bakery's counter."""

from decimal import Decimal

import footfall

client = footfall.Client("http://localhost:9", write_key="key")


def sell(user: str) -> None:
    client.track("bread_viewed", {"loaf": "rye"}, user_id=user)
    client.track("bread_bought", {"paid": Decimal("3.20")}, user_id=user)
'''
TEST = """\
from app import sell


def test_sells(footfall_events):
    sell("ann")
    footfall_events.assert_journey("buying", user_id="ann")
"""


def shell(command: str, place: Path, *, base_sha: str = "main") -> subprocess.CompletedProcess[str]:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PYTEST_", "COV_"))},
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "GITHUB_BASE_REF": "main",
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": base_sha,
        "CI_DEFAULT_BRANCH": "main",
        "GIT_CONFIG_GLOBAL": os.devnull,
    }
    return subprocess.run(
        ["bash", "-eu", "-o", "pipefail", "-c", command],
        cwd=place, env=environment, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository on a branch, whose base is `main` and `origin/main`."""
    place = tmp_path / "bakery"
    files = {
        "tracking_plans/plan.yaml": PLAN,
        "src/app.py": APP,
        "tests/test_app.py": TEST,
        "pyproject.toml": '[tool.pytest.ini_options]\npythonpath = ["src"]\n',
    }
    for name, text in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text)
    made = shell(
        "git init -qb main && git config user.email a@b.example && git config user.name a && git add . && "
        "git commit -qm first && git update-ref refs/remotes/origin/main main && git switch -qc change",
        place,
    )
    assert made.returncode == 0, made.stderr
    return place


def change(place: Path, old: str, new: str) -> None:
    path = place / "tracking_plans" / "plan.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    assert shell("git commit -qam change", place).returncode == 0


def commands() -> Iterator[Any]:
    github = yaml.safe_load((CI / "github-actions.yml").read_text())
    for job in github["jobs"].values():
        for step in job["steps"]:
            if "run" in step:
                yield pytest.param(step["run"], id=f"github: {step['name']}")
    gitlab = yaml.safe_load((CI / "gitlab-ci.yml").read_text())
    for name in ("tracking plan", "tracking plan change"):
        for command in gitlab[name]["script"]:
            yield pytest.param(command, id=f"gitlab: {command.partition(' tracking_plans')[0]}")
    for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text()):
        yield pytest.param(" ".join([hook["entry"], *hook["args"]]), id=f"pre-commit: {hook['id']}")
    readme = (CI / "README.md").read_text()
    yield pytest.param(readme.partition("```sh\n")[2].partition("```")[0].strip(), id="readme: baseline")


NOT_OURS = ("pip ", "gh ")
OURS = [command for command in commands() if not command.values[0].startswith(NOT_OURS)]


@pytest.mark.parametrize("command", OURS)
@pytest.mark.slow
def test_each_command_passes_on_a_change_that_hurts_nobody(repository: Path, command: str) -> None:
    change(
        repository,
        "    owner: growth\n    question: What do we take?",
        "    owner: growth\n    question: What do we take in?",
    )

    done = shell(command, repository)

    assert (done.returncode, done.stderr) == (0, ""), done.stdout


def test_the_examples_run_every_step_that_the_readme_tells() -> None:
    lines = (CI / "README.md").read_text().splitlines()
    told = [line.split("`")[1] for line in lines if line.startswith("| `")]

    assert told == [
        *(f"footfall plan {name}" for name in ("diff", "check", "lint", "scan")),
        "pytest --footfall-plan",
    ]
    for step in told:
        for place in ("github", "gitlab"):
            assert any(command.values[0].startswith(step) for command in OURS if str(command.id).startswith(place)), (
                step
            )


def test_the_rest_is_not_ours_to_run() -> None:
    rest = [command.values[0].split()[0] for command in commands() if command not in OURS]

    assert rest == ["pip", "gh"]


def take_the_price_away(place: Path) -> str:
    """Remove the property that the KPI `revenue` sums, and answer the place that a finding about it names."""
    change(
        place,
        "    properties:\n      paid: {type: decimal, min: 0.01, scale: 2, unit: EUR, required: true,"
        " sensitivity: internal, description: The sum}\n",
        "",
    )
    line = next(number for number, text in enumerate(PLAN.splitlines(), 1) if text.startswith("      paid: "))
    return f"tracking_plans/plan.yaml:{line}"


def diffs(place: str, how: str = "") -> list[str]:
    return [
        command.values[0]
        for command in OURS
        if str(command.id).startswith(place) and "plan diff" in command.values[0] and how in command.values[0]
    ]


def test_the_log_of_the_first_github_step_names_the_kpi_its_owner_and_the_line(repository: Path) -> None:
    file, _, line = take_the_price_away(repository).partition(":")
    first = next(command.values[0] for command in OURS)

    done = shell(first, repository)

    told = next(text for text in done.stdout.splitlines() if "kpi:revenue" in text)
    assert (done.returncode, done.stderr) == (1, "")
    assert told.startswith(f"::error file={file},line={line},")
    assert all(word in told for word in ("bread_bought.paid", "kpi:revenue", "growth"))


@pytest.mark.parametrize("base_sha", ["main", ""])
def test_the_log_of_the_gitlab_job_names_the_kpi_its_owner_and_the_line(repository: Path, base_sha: str) -> None:
    place = take_the_price_away(repository)

    done = shell("\n".join(diffs("gitlab")), repository, base_sha=base_sha)

    told = next(text for text in done.stdout.splitlines() if "kpi:revenue" in text)
    assert (done.returncode, done.stderr) == (1, "")
    assert told.startswith(f"{place}:")
    assert all(word in told for word in ("bread_bought.paid", "kpi:revenue", "growth"))
    assert (repository / "plan-diff.txt").read_text() == done.stdout


@pytest.mark.parametrize("service", ["github", "gitlab"])
def test_the_comment_is_written_for_a_change_that_breaks_a_kpi(repository: Path, service: str) -> None:
    take_the_price_away(repository)

    done = shell(diffs(service, "markdown")[0], repository)

    comment = (repository / "plan-diff.md").read_text()
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert all(word in comment for word in ("revenue", "growth", "bread_bought.paid"))


@pytest.mark.parametrize("service", ["github", "gitlab"])
def test_a_comment_that_cannot_be_written_fails_its_step(repository: Path, service: str) -> None:
    command = diffs(service, "markdown")[0]
    assert shell("git update-ref -d refs/remotes/origin/main && git branch -D main", repository).returncode == 0

    done = shell(command, repository)

    assert done.returncode == 1
    assert "main" in done.stderr


def test_every_github_step_after_the_first_runs_though_another_has_failed() -> None:
    steps = yaml.safe_load((CI / "github-actions.yml").read_text())["jobs"]["plan"]["steps"]
    first = next(number for number, step in enumerate(steps) if "footfall plan" in step.get("run", ""))

    assert "plan diff" in steps[first]["run"]
    assert all("!cancelled()" in step["if"] for step in steps[first + 1 :])


@pytest.mark.parametrize("file", [CI / "github-actions.yml", *sorted((ROOT / ".github" / "workflows").iterdir())])
def test_a_workflow_pins_each_action_to_a_commit_and_may_do_no_more_than_it_needs(file: Path) -> None:
    workflow = yaml.safe_load(file.read_text())
    used = [step["uses"] for job in workflow["jobs"].values() for step in job["steps"] if "uses" in step]

    assert used != []
    assert [action for action in used if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", action)] == []
    assert workflow["permissions"] in ({}, {"contents": "read"})
    for job in workflow["jobs"].values():
        runs_its_code = any("checkout" in step.get("uses", "") for step in job["steps"])
        assert not (runs_its_code and "write" in job.get("permissions", {}).values())


def test_the_readme_pins_each_action_to_a_commit() -> None:
    used = re.findall(r"uses: *(.*)", (CI / "README.md").read_text())

    assert used != []
    assert [action for action in used if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40}( +#.*)?", action)] == []


@pytest.mark.slow
def test_a_renamed_event_fails_the_scan_and_the_tests(repository: Path) -> None:
    app = repository / "src" / "app.py"
    app.write_text(app.read_text().replace('"bread_bought"', '"bread_sold"'))

    looking = [command.values[0] for command in OURS if command.values[0].startswith(("footfall plan scan", "pytest"))]
    assert len(looking) == 4  # both files have both
    assert {command: shell(command, repository).returncode for command in looking} == dict.fromkeys(looking, 1)


def test_the_hooks_run_for_any_yaml_and_look_at_the_plan_that_their_args_name(repository: Path) -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert shell("mkdir analytics && git mv tracking_plans analytics/plan", repository).returncode == 0

    assert [hook["id"] for hook in hooks] == ["footfall-plan-check", "footfall-plan-lint", "footfall-plan-fmt"]
    for hook in hooks:
        assert (hook["language"], hook["pass_filenames"], hook["args"]) == ("python", False, ["tracking_plans"])
        names = ("analytics/plan/kpis.yml", "tracking_plans/plan.yaml", "src/app.py", "yaml.md")
        assert [bool(re.search(hook["files"], name)) for name in names] == [True, True, False, False]
        assert shell(f"{hook['entry']} analytics/plan", repository).returncode == 0
        assert shell(" ".join([hook["entry"], *hook["args"]]), repository).returncode == 2

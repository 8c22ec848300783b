"""`footfall plan observe` compares real messages with the plan, and shows the lifecycle of each event."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.cli.plan.running import plan_command


def test_what_differs_from_the_plan_is_found(place: Path, events: Path) -> None:
    done = plan_command("observe", "plan.yaml", events, cwd=place)

    assert (done.returncode, done.stderr) == (1, "")
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["event", "planned", "coded", "tested", "seen", "first", "last", "used", "by"]
    assert lines[2].split() == ["bought", "active", "-", "-", "1", "2026-11-04", "2026-11-04", "kpi:revenue"]
    assert lines[5:] == [
        (
            'plan.yaml:4:25 viewed.kind: should be one of rye, wheat and was "bun" (enum) '
            "(in 1 of 10 messages; add it to the enum, or have the sender mended) [drift_value]"
        ),
        "plan.yaml:7:3 baked: was never seen (send it, make it a draft, or deprecate it) [never_seen, warning]",
        f"{events}: 11 messages; 2 of 3 active events seen: 1 error and 1 warning in 1 file",
    ]


def test_the_lifecycle_knows_what_is_tested(place: Path, events: Path) -> None:
    covered = {"footfall_coverage": 1, "plan": "bakery", "bundle": "", "events": {"bought": {"count": 3}}}
    (place / "covered.json").write_text(json.dumps(covered))

    done = plan_command("observe", "plan.yaml", events, "--tested", "covered.json", "--format", "json", cwd=place)

    answer: Any = json.loads(done.stdout)
    assert {event["event"]: (event["coded"], event["tested"], event["seen"]) for event in answer["lifecycles"]} == {
        "viewed": (None, 0, 10),
        "bought": (None, 3, 1),
        "baked": (None, 0, 0),
    }
    assert [problem["code"] for problem in answer["problems"]] == ["drift_value", "never_seen"]


def test_the_lifecycle_knows_what_is_coded(place: Path, events: Path) -> None:
    (place / "app.py").write_text(
        "import footfall\nclient = footfall.Client('http://localhost:9', write_key='k')\n"
        "client.track('viewed', {'kind': 'rye'})\nclient.track('viewed', {'kind': 'wheat'})\n"
    )
    (place / "scan.json").write_text(plan_command("scan", "plan.yaml", "app.py", "--format", "json", cwd=place).stdout)

    done = plan_command("observe", "plan.yaml", events, "--scan", "scan.json", "--format", "markdown", cwd=place)

    assert "| `viewed` | active | 2 | - | 10 | 2026-11-03 | 2026-11-03 | nothing |" in done.stdout.splitlines()
    assert "| `baked` | active | no | - | never | - | - | nothing |" in done.stdout.splitlines()


@pytest.mark.parametrize("option", ["--tested", "--scan"])
@pytest.mark.parametrize("text", [None, "{", "{}", "[]"])
def test_a_file_about_code_or_tests_that_is_none_is_broken_input(
    place: Path, events: Path, option: str, text: str | None
) -> None:
    if text is not None:
        (place / "other.json").write_text(text)

    done = plan_command("observe", "plan.yaml", events, option, "other.json", cwd=place)

    assert done.returncode == 3
    assert "other.json" in done.stderr


def test_a_later_look_leaves_out_what_was_before(place: Path, events: Path) -> None:
    done = plan_command("observe", "plan.yaml", events, "--since", "2026-11-04", "--format", "json", cwd=place)

    assert json.loads(done.stdout)["seen"] == 1


def test_a_baseline_lets_what_is_known_pass(place: Path, events: Path) -> None:
    plan_command("observe", "plan.yaml", events, "--baseline", "known.json", "--write-baseline", cwd=place)

    done = plan_command("observe", "plan.yaml", events, "--baseline", "known.json", "--fail-on", "warning", cwd=place)

    assert done.returncode == 0

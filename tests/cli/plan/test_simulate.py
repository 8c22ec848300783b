"""`footfall plan simulate` tries a new plan on what a collector keeps."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.plan.running import plan_command

from footfall.collector import Collector


def test_a_new_plan_is_tried_on_what_a_running_collector_keeps(place: Path, data: Path) -> None:
    (place / "new.yaml").write_text(
        (place / "plan.yaml").read_text().replace("scale: 2", "scale: 1").replace("[rye, wheat]", "[rye, bun]")
    )

    with Collector(data, plan=place / "plan.yaml"):
        done = plan_command("simulate", "new.yaml", "--data", data, cwd=place)

    assert (done.returncode, done.stderr) == (1, "")
    assert "10 stored messages: 1 would not be stored; 1 of 1 quarantined would now be stored" in done.stdout
    assert "1  bought.price  scale: expected 1 or fewer decimals, got 3.25" in done.stdout
    assert "kpi      revenue  3.25 → 0 (−100 %)  owner growth" in done.stdout


def test_a_trial_is_a_part_of_a_pull_request_comment(place: Path, data: Path) -> None:
    (place / "new.yaml").write_text((place / "plan.yaml").read_text().replace("scale: 2", "scale: 1"))

    done = plan_command("simulate", "new.yaml", "--data", data, "--format", "markdown", cwd=place)

    assert "| `kpi:revenue` | growth | 3.25 → 0 (−100 %) |" in done.stdout.splitlines()


def test_a_plan_that_loses_nothing_passes(place: Path, data: Path) -> None:
    done = plan_command("simulate", "plan.yaml", "--data", data, "--format", "json", cwd=place)

    answer = json.loads(done.stdout)
    assert (done.returncode, answer["stored"], answer["lost"], answer["freed"]) == (0, 10, 0, 0)

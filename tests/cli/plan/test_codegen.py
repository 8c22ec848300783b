"""`footfall plan codegen` writes code from a plan, and finds what is out of date."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from tests.cli.plan.running import DOCUMENT, SHOP, plan_command

TARGETS = {"python": "events.py", "markdown": "events.md", "json-schema": "events.json"}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return shutil.copytree(SHOP, tmp_path / "shop")


@pytest.mark.slow
@pytest.mark.parametrize("target", sorted(TARGETS))
def test_code_goes_stale_with_the_plan(target: str, shop: Path, tmp_path: Path) -> None:
    file = tmp_path / "made" / TARGETS[target]
    arguments = ("codegen", target, shop, "-o", file)

    missing = plan_command(*arguments, "--check")
    made = plan_command(*arguments)
    fresh = plan_command(*arguments, "--check")
    account = shop / "events" / "account.yaml"
    account.write_text(account.read_text().replace("A customer signed in", "Somebody signed in"))
    stale = plan_command(*arguments, "--check", "--format", "github")

    assert [done.returncode for done in (missing, made, fresh, stale)] == [1, 0, 0, 1]
    assert "was not made yet" in missing.stdout
    assert f"::error file={file},title=stale_code::is not what the plan makes now" in stale.stdout


def test_a_folder_of_schemas_forgets_events_that_are_gone_and_nothing_else(shop: Path, tmp_path: Path) -> None:
    out = tmp_path / "schemas"
    arguments = ("codegen", "json-schema", shop, "-o", out)
    assert plan_command(*arguments).returncode == 0
    (out / "mine.schema.json").write_text("{}")
    (shop / "events" / "voice.yaml").unlink()
    shutil.rmtree(shop / "fixtures")
    for file in ("kpis/shop.yaml", "journeys/all.yaml", "kpis/gateway.yaml"):
        (shop / file).unlink()
    for events in (shop / "events").glob("*.yaml"):
        events.write_text(re.sub(r"    purpose: .*\n", "", events.read_text()))
    plan = shop / "plan.yaml"
    plan.write_text(plan.read_text().replace(", status, purpose]", "]"))

    told = plan_command(*arguments, "--check")
    again = plan_command(*arguments)

    assert (told.returncode, again.returncode) == (1, 0), told.stderr + again.stderr
    assert f"{out}/feedback_given.schema.json is of an event that the plan no longer has" in told.stdout
    assert "mine" not in told.stdout
    assert not (out / "feedback_given.schema.json").exists()
    assert (out / "mine.schema.json").exists()


def test_a_wire_name_that_no_class_can_have_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(
        "plan: p\nevents: {seen: {properties: {a: {type: string, wire_name: 'a\"b'}}}}\n"
    )

    done = plan_command("codegen", "python", tmp_path, "-o", tmp_path / "events.py")

    assert done.returncode == 1
    assert "[unfit_wire_name]" in done.stdout
    assert not (tmp_path / "events.py").exists()


def test_every_target_is_documented() -> None:
    assert [target for target in TARGETS if f"codegen {target} " not in DOCUMENT] == []

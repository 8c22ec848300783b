"""A session with a plan gives each test its messages; an event is covered once it was sent without a fault."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from footfall import Client
from footfall.errors import UsageError
from footfall.testing.plan_coverage import read_gate
from footfall.testing.plan_session import PlanSession
from footfall.testing.switch import Switch

PLAN = "plan: p\nevents: {bought: {properties: {total: {type: integer}}}, sold: {}}\n"


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    file = tmp_path / "plan.yaml"
    file.write_text(PLAN, encoding="utf-8")
    return file


def track(event: str, **properties: object) -> None:
    with Client("http://localhost:9", write_key="k") as client:
        client.track(event, properties, user_id="ann")


def test_a_message_is_noted_for_its_test_unless_the_plan_refuses_it(plan: Path, switch: Switch) -> None:
    session = PlanSession(plan, switch)

    with session.test("test_a") as sent:
        track("bought", total=1)
        track("sold", unplanned=1)
    with session.test("test_b"):
        track("bought", total="x")

    assert sent.events == ["bought", "sold"]
    assert {name: event.tests for name, event in session.coverage.events.items()} == {"bought": ["test_a"]}
    assert session.coverage.events["bought"].properties == ["total"]


def test_what_a_failing_test_sent_counts_too(plan: Path, switch: Switch) -> None:
    session = PlanSession(plan, switch)

    def failing_test() -> None:
        with session.test("test_a"):
            track("sold")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        failing_test()

    assert "sold" in session.coverage.events


def test_the_end_writes_the_file_and_names_each_share_that_was_not_reached(plan: Path, switch: Switch) -> None:
    file = plan.parent / "coverage.json"
    session = PlanSession(plan, switch, gates=[read_gate("50"), read_gate("100")], file=file)
    with session.test("test_a"):
        track("sold")

    (line,) = session.finish()

    assert line == "plan coverage is 50 % (1 of 2 events), less than 100 %: send bought"
    assert json.loads(file.read_text())["events"]["sold"]["tests"] == ["test_a"]


def test_a_share_of_what_the_plan_does_not_have_is_refused_before_the_first_test(plan: Path, switch: Switch) -> None:
    with pytest.raises(UsageError, match="no owner 'nobody' to cover"):
        PlanSession(plan, switch, gates=[read_gate("nobody=50")])

"""A verdict of a test has every fault that the plan's policy for tests refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from footfall.plan import Plan, read
from footfall.testing.verdicts import Verdicts

PLAN = """
plan: p
enforcement: {test: {unknown_event: TEST}, collector: {invalid: keep}}
traits: {user: {tier: {type: string, enum: [gold]}}}
events:
  bought:
    wire_name: Bread Bought
    properties: {total: {type: integer}, mail: {type: string, max_length: 9, transform: hash}}
"""


def plan_of(folder: Path, policy: str = "raise") -> Plan:
    file = folder / "plan.yaml"
    file.write_text(PLAN.replace("TEST", policy), encoding="utf-8")
    return read(file).require()


def codes(verdicts: Verdicts, **message: Any) -> list[tuple[str, str]]:
    sent = {"type": "track", **message}
    return [(fault.path, fault.code) for fault in verdicts.faults(json.dumps(sent).encode(), sent)]


def test_an_event_is_resolved_by_its_name_in_the_plan_and_on_the_wire(tmp_path: Path) -> None:
    verdicts = Verdicts(plan_of(tmp_path))

    assert verdicts.resolve("bought") is verdicts.resolve("Bread Bought") is verdicts.plan.events["bought"]
    assert verdicts.resolve("sold") is None


def test_properties_and_traits_are_checked_and_a_page_is_free(tmp_path: Path) -> None:
    verdicts = Verdicts(plan_of(tmp_path))

    assert codes(verdicts, event="bought", properties={"total": "x"}) == [("total", "type")]
    assert codes(verdicts, type="identify", traits={"tier": "tin"}) == [("tier", "enum")]
    assert codes(verdicts, type="page", properties={"total": "x"}) == []


@pytest.mark.parametrize(("policy", "faults"), [("raise", [("", "unknown_event")]), ("warn", []), ("keep", [])])
def test_an_unknown_event_is_a_fault_unless_the_policy_is_lenient(
    tmp_path: Path, policy: str, faults: list[tuple[str, str]]
) -> None:
    assert codes(Verdicts(plan_of(tmp_path, policy)), event="sold") == faults


def test_a_value_that_a_client_has_transformed_is_checked_as_a_collector_gets_it(tmp_path: Path) -> None:
    verdicts = Verdicts(plan_of(tmp_path))
    properties = {"mail": "a" * 64}

    assert codes(verdicts, event="bought", properties=properties) == [("mail", "max_length")]
    assert codes(verdicts, event="bought", properties=properties, context={"client": {"transformed": True}}) == []


def test_what_is_left_out_of_a_message_that_is_only_counted_is_not_missed() -> None:
    properties: dict[str, Any] = {"a": {"type": "string", "required": True}, "b": {"type": "integer"}}
    verdicts = Verdicts(read({"plan": "p", "events": {"seen": {"properties": properties}}}).require())

    assert codes(verdicts, event="seen", properties={"b": "x"}) == [("b", "type"), ("a", "required")][::-1]
    assert codes(verdicts, event="seen", properties={"b": "x"}, consent="count_only") == [("b", "type")]

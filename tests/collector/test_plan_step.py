"""The plan's word about one message: its event's name, who may send it, what its faults cost it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from footfall.collector import CollectorSettings
from footfall.collector.bundle_rules import BundleRules
from footfall.collector.dialects import STORED
from footfall.collector.message_state import MessageState, RequestContext
from footfall.collector.plan_step import plan as plan_step
from footfall.collector.wire import Piece
from footfall.plan.checking.validate import Validator
from footfall.plan.model import Plan

REQUEST = RequestContext("shop", 0, "2026-09-01", 0, None, {}, CollectorSettings(), lambda _: None, STORED)


def decided(plan: Plan, message: dict[str, Any], *, is_concealed: bool = False) -> MessageState:
    state = MessageState(Piece(msgspec.json.encode(message), message), 0)
    state.type, state.event = message["type"], message.get("event")
    state.rules = BundleRules(plan, "digest", Validator(plan, stage="collector"), is_newest=not is_concealed)
    state.validator = state.rules.validator
    state.is_concealed = is_concealed
    assert plan_step(state, REQUEST)
    return state


def test_without_rules_nothing_is_decided() -> None:
    state = MessageState(Piece(b"{}", {}), 0)

    assert plan_step(state, REQUEST)
    assert (state.bundle, state.outcome) == (None, "stored")


@pytest.mark.parametrize(
    ("message", "event", "outcome", "reason"),
    [
        ({"event": "Order Completed", "properties": {"total": 1}}, "order_completed", "stored", None),
        ({"event": "order_placed", "properties": {"total": 1}}, "order_completed", "stored", None),
        ({"event": "order_made", "properties": {"total": 1}}, "order_made", "quarantined", "unknown_event"),
        ({"event": "reading_reported", "properties": {"gw": "g"}}, "reading_reported", "quarantined", "source"),
        ({"event": "help_rated"}, "help_rated", "quarantined", "draft"),
        ({"event": "help_closed"}, "help_closed", "stored", None),
        ({"event": "clicks_counted", "properties": {"n": "x"}}, "clicks_counted", "rejected", "invalid"),
        ({"event": "clicks_counted", "properties": {"m": 1}}, "clicks_counted", "stored", None),
        ({"event": "Order Completed", "properties": {}}, "order_completed", "quarantined", "invalid"),
        ({"event": "Order Completed", "properties": 5}, "order_completed", "stored", None),
    ],
)
def test_an_event_has_its_name_and_its_policy_of_the_plan(
    plan: Plan, message: dict[str, Any], event: str, outcome: str, reason: str | None
) -> None:
    state = decided(plan, {"type": "track", **message})

    assert (state.event, state.outcome, state.reason, state.bundle) == (event, outcome, reason, "digest")


@pytest.mark.parametrize("type_", ["identify", "group"])
def test_traits_are_checked_as_those_of_a_user_or_an_account(plan: Plan, type_: str) -> None:
    state = decided(plan, {"type": type_, "traits": {"age": -1, "seats": 0}})

    paths = {fault.path for fault in (*(state.faults or ()), *(state.warnings or ())) if fault.code == "min"}
    assert paths == {"age" if type_ == "identify" else "seats"}


def test_a_fault_shows_no_value_that_another_plan_conceals(plan: Plan) -> None:
    message = {"type": "track", "event": "Order Completed", "properties": {"total": "much"}}

    clear, concealed = decided(plan, message), decided(plan, message, is_concealed=True)

    assert [fault.got for fault in clear.faults or ()] != [""]
    assert [fault.got for fault in concealed.faults or ()] == [""]

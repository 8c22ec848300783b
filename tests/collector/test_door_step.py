"""At the door a message gets the rules of its sender's bundle, and loses what these transform."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from footfall.collector import CollectorSettings
from footfall.collector.bundle_registry import BundleRegistry
from footfall.collector.dialects import STORED
from footfall.collector.door_step import bundle_of, conceal, door
from footfall.collector.message_state import MessageState, RequestContext
from footfall.collector.wire import Piece
from footfall.plan import bundle_hash
from footfall.plan.model import Event, Plan, Property
from footfall.testing.control import MemoryControl

PLAIN = Plan(id="p")
SECRET = Plan(
    id="p", events={"e": Event(name="e", wire_name="e", properties=(Property(name="a", wire_name="a", type="string",
    transform="drop"),))},
)  # fmt: skip


def request_of(*plans: Plan) -> RequestContext:
    control = MemoryControl()
    registry = [BundleRegistry(plan, control) for plan in plans][-1]
    return RequestContext("shop", 0, "2026-09-01", 0, None, {}, CollectorSettings(), registry.rules_for, STORED)


def state_of(message: dict[str, Any], text: bytes | None = None) -> MessageState:
    state = MessageState(Piece(text or msgspec.json.encode(message), message), 0)
    state.type, state.context = message.get("type", ""), message.get("context", {})
    return state


def test_a_message_without_transforms_stays_as_it_is() -> None:
    state = state_of({"type": "track", "event": "e"})

    assert door(state, request_of(PLAIN))
    assert state.rules is not None
    assert state.body is state.piece.raw


def test_a_message_gets_the_rules_of_the_bundle_that_it_names() -> None:
    state = state_of({"type": "track", "event": "e", "context": {"plan": {"bundle": bundle_hash(PLAIN)}}})

    door(state, request_of(PLAIN, SECRET))

    assert state.rules is not None
    assert (state.rules.digest, state.rules.is_newest) == (bundle_hash(PLAIN), False)


def test_what_the_plan_transforms_is_gone_before_any_other_step() -> None:
    state = state_of({"type": "track", "event": "e", "properties": {"a": "secret", "b": 1}})

    door(state, request_of(SECRET))

    assert state.is_concealed
    assert state.data["properties"] == {"b": 1}
    assert b"secret" not in state.body
    assert b"secret" in state.checked


def test_a_message_that_cannot_be_read_loses_the_same() -> None:
    state = state_of({"type": "track"}, b'{"event":"e","properties":{"a":"secret"},"event":"e"}')
    state.piece.ambiguous = True

    conceal(state, request_of(SECRET))

    assert b"secret" not in state.body


@pytest.mark.parametrize(
    ("context", "batch", "bundle"),
    [
        ({"plan": {"bundle": "a"}}, {"plan": {"bundle": "b"}}, "a"),
        ({}, {"plan": {"bundle": "b"}}, "b"),
        ({"plan": "a"}, {}, None),
        ({}, {}, None),
    ],
)
def test_a_message_names_its_bundle_before_its_batch_does(
    context: dict[str, Any], batch: dict[str, Any], bundle: object
) -> None:
    assert bundle_of(context, batch) == bundle

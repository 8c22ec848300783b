"""The message for the wire: each step adds its pieces in their order, or refuses the message and says why."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from footfall.client.event_policy import EventPolicy
from footfall.client.message import Message
from footfall.client.wire_message import WireMessage
from footfall.errors import InvalidEventError
from footfall.events import Fault

OWN, CLIENT, TAIL = b',"context":{"library":{}', b',"client":{"id":"c","seq":', b"1}}}"
STAMP = b'"2026-01-02T03:04:05.000000Z"'
ROOM = 10_000


def steps(message: Message, policy: EventPolicy | None = None, room: int = ROOM) -> tuple[WireMessage, list[bool]]:
    """The message after its last step, and what each step returned."""
    policy = policy or EventPolicy(None)
    wire = WireMessage(message)
    outcomes = []
    todo: tuple[Callable[[], bool], ...] = (
        lambda: wire.add_head("id-1", STAMP, policy),
        lambda: wire.add_body(policy),
        lambda: wire.add_context(OWN),
        lambda: wire.seal(CLIENT, room),
    )
    for step in todo:
        outcomes.append(step())
        if not outcomes[-1]:
            break
    return wire, outcomes


def sent(message: Message) -> dict[str, Any]:
    wire, outcomes = steps(message)
    assert outcomes == [True] * 4
    decoded: dict[str, Any] = json.loads(wire.head + TAIL)
    return decoded


def codes(faults: tuple[Fault, ...]) -> list[tuple[str, str]]:
    return [(fault.path, fault.code) for fault in faults]


def test_a_message_has_its_keys_in_the_order_of_the_wire() -> None:
    message = Message("page", "home", {"a": 1}, "ann", "anon", None, {"page": {"url": "/"}}, None, "shop")

    assert list(sent(message)) == [
        *("type", "messageId", "timestamp", "userId", "anonymousId", "name", "category", "properties", "context"),
    ]
    assert list(sent(message)["context"]) == ["library", "page", "client"]


def test_a_type_without_a_body_has_none() -> None:
    assert list(sent(Message("reset", anonymous_id="anon"))) == [
        *("type", "messageId", "timestamp", "anonymousId", "context"),
    ]


def test_an_id_and_a_time_of_ours_are_for_a_message_that_has_none() -> None:
    ours = sent(Message("track", "a", user_id="ann"))
    given = sent(Message("track", "a", user_id="ann", timestamp=date(2026, 2, 3), message_id="mine"))

    assert (ours["messageId"], ours["timestamp"]) == ("id-1", "2026-01-02T03:04:05.000000Z")
    assert (given["messageId"], given["timestamp"]) == ("mine", "2026-02-03T00:00:00+00:00")


@pytest.mark.parametrize(
    "value", [1767323045, 1767323045.0, Decimal(1767323045), datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)]
)
def test_seconds_since_1970_are_a_time(value: Any) -> None:
    assert sent(Message("track", "a", user_id="ann", timestamp=value))["timestamp"].startswith("2026-01-02T03:04:05")


@pytest.mark.parametrize(
    ("value", "code", "got"),
    [
        (1767323045_000, "timestamp", "milliseconds"),
        (float("nan"), "timestamp", "another number"),
        (object(), "type", "object"),
        (True, "type", "bool"),
    ],
)
def test_what_is_no_time_refuses_the_message_in_the_first_step(value: Any, code: str, got: str) -> None:
    wire, outcomes = steps(Message("track", "a", user_id="ann", timestamp=value))

    assert outcomes == [False]
    assert (wire.receipt.reason, [(fault.code, fault.got) for fault in wire.receipt.faults]) == (
        *("invalid", [(code, got)]),
    )


def test_everything_that_is_wrong_with_the_head_is_said_at_once() -> None:
    wire, outcomes = steps(Message("alias", None, None, None, None, object(), None, ""))

    assert outcomes == [False]
    assert codes(wire.receipt.faults) == [
        *(("messageId", "type"), ("timestamp", "type"), ("userId", "type"), ("previousId", "type")),
    ]


def test_a_message_of_nobody_is_sent_with_a_violation() -> None:
    message = Message("track", "a", {"n": 1})

    assert [fault["code"] for fault in sent(message)["context"]["violations"]] == ["no_usable_id"]
    assert codes(steps(message)[0].faults) == [("userId", "no_usable_id")]


def test_a_text_that_is_no_object_is_taken_for_arguments_in_another_order() -> None:
    track = steps(Message("track", "ann", "bought"))[0].receipt
    identify = steps(Message("identify", None, "traits", "ann"))[0].receipt

    assert (track.reason, identify.reason) == ("argument_order", "invalid")
    assert codes(identify.faults) == [("traits", "type")]


@pytest.mark.parametrize(("on_invalid", "outcome"), [("flag", [True] * 4), ("drop", [True, False])])
def test_the_policy_decides_on_a_body_with_faults(on_invalid: Any, outcome: list[bool]) -> None:
    wire, outcomes = steps(Message("track", "a", {"n": float("nan")}, "ann"), EventPolicy(on_invalid))

    assert outcomes == outcome
    assert codes(wire.faults or wire.receipt.faults) == [("n", "not_finite")]


def test_a_policy_that_raises_raises_with_the_receipt() -> None:
    with pytest.raises(InvalidEventError) as caught:
        steps(Message("track", "a", {"n": float("nan")}, "ann"), EventPolicy("raise"))

    assert codes(caught.value.receipt.faults) == [("n", "not_finite")]


@pytest.mark.parametrize(("context", "reason"), [([1], "invalid"), (b"{}", "invalid"), ("x", "invalid")])
def test_a_context_that_is_no_object_refuses_the_message(context: Any, reason: str) -> None:
    wire, outcomes = steps(Message("track", "a", user_id="ann", context=context))

    assert outcomes == [True, True, False]
    assert (wire.receipt.reason, codes(wire.receipt.faults)) == (reason, [("context", "type")])


def test_our_keys_of_a_context_are_left_out_with_a_note() -> None:
    wire, _ = steps(Message("track", "a", user_id="ann", context={"client": 1, "a": {"plan": 2}}))

    assert json.loads(wire.head + TAIL)["context"]["a"] == {"plan": 2}
    assert codes(wire.faults) == [("context.client", "reserved")]


def test_a_message_is_as_long_as_its_room_and_no_longer() -> None:
    message = Message("track", "a", {"text": "x" * 50}, "ann")
    length = len(steps(message)[0].head)

    assert steps(message, room=length)[1] == [True] * 4
    wire, outcomes = steps(message, room=length - 1)
    assert (outcomes, wire.receipt.reason) == ([True, True, True, False], "too_large")

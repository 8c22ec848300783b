"""Prepare: ids of any type, and values that answer badly, in every place where a caller may hand one in."""

from __future__ import annotations

import enum
import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pytest
from tests.client.hostile import hostile_values

from footfall import Client, Receipt
from footfall.testing import Recorder

Call = Callable[[Client, Any], Receipt]


def in_a_scope(client: Client, **said: Any) -> Receipt:
    with client.scope(**said):
        return client.track("a", context={"b": 1})


PLACES: Mapping[str, Call] = {
    "event": lambda client, value: client.track(value, user_id="ann"),
    "properties": lambda client, value: client.track("a", value, user_id="ann"),
    "property": lambda client, value: client.track("a", {"b": value}, user_id="ann"),
    "user_id": lambda client, value: client.track("a", user_id=value),
    "anonymous_id": lambda client, value: client.track("a", anonymous_id=value),
    "timestamp": lambda client, value: client.track("a", user_id="ann", timestamp=value),
    "message_id": lambda client, value: client.track("a", user_id="ann", message_id=value),
    "context": lambda client, value: client.track("a", user_id="ann", context=value),
    "context of nobody": lambda client, value: client.track("a", context=value),
    "our part of the context": lambda client, value: client.track("a", user_id="ann", context={"client": value}),
    "device": lambda client, value: client.track("a", context={"device": {"id": value}}),
    "another order": lambda client, value: client.track(value, value, value),  # type: ignore[call-overload]
    "identify": lambda client, value: client.identify(value),
    "traits": lambda client, value: client.identify("ann", value),
    "page": lambda client, value: client.page(value, user_id="ann"),
    "category": lambda client, value: client.page("p", category=value, user_id="ann"),
    "group": lambda client, value: client.group(value, user_id="ann"),
    "previous_id": lambda client, value: client.alias(value, "ann"),
    "alias": lambda client, value: client.alias("ann", value),
    "reset": lambda client, value: client.reset(anonymous_id=value),
    "a scope's user": lambda client, value: in_a_scope(client, user_id=value),
    "a scope's context": lambda client, value: in_a_scope(client, user_id="ann", context=value),
}


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def client(recorder: Recorder) -> Iterator[Client]:
    with Client(recorder) as client:
        yield client


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("hooks", [[], [lambda message: message]], ids=["plain", "hooked"])
def test_no_value_is_a_defect_of_ours_wherever_it_is_handed_in(
    place: str, hooks: list[Any], caplog: pytest.LogCaptureFixture
) -> None:
    with Client(Recorder(), hooks=hooks) as client:
        reasons = {PLACES[place](client, value).reason for value in hostile_values()}

    assert "internal" not in reasons
    assert reasons <= {None, "invalid", "hook", "argument_order", "unencodable"}
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


@pytest.mark.parametrize(
    ("place", "path"),
    [("user_id", "userId"), ("event", "event"), ("timestamp", "timestamp"), ("previous_id", "previousId")],
)
def test_a_value_that_cannot_be_compared_is_invalid_and_the_fault_names_its_place(
    client: Client, place: str, path: str
) -> None:
    receipt = PLACES[place](client, hostile_values()[0])

    assert receipt.reason == "invalid"
    assert [(fault.path, fault.code) for fault in receipt.faults] == [(path, "type")]


class Account(int, enum.Enum):
    MAIN = 7


@pytest.mark.parametrize("value", [7, Account.MAIN, np.int64(7), 7.0, np.float64(7.0)])
def test_a_whole_number_of_any_type_is_its_digits_in_every_place_of_an_id(
    client: Client, recorder: Recorder, value: Any
) -> None:
    client.track("a", user_id=value, anonymous_id=value)
    client.group(value, user_id=value)
    client.alias(value, value)
    client.flush()

    ids = ("userId", "anonymousId", "groupId", "previousId")
    sent = [message[name] for message in recorder.messages for name in ids if name in message]
    assert sent == ["7"] * 6


def test_a_float_as_an_id_is_a_warning_and_even_a_strict_client_sends_it(recorder: Recorder) -> None:
    with Client(recorder, on_invalid="drop") as client:
        receipt = client.track("a", user_id=12345.0)  # type: ignore[call-overload]  # on purpose

    assert [(fault.path, fault.code, fault.got) for fault in receipt.faults] == [("userId", "float_id", "float")]
    assert [message["userId"] for message in recorder.messages] == ["12345"]
    assert "violations" not in recorder.messages[0]["context"]


def test_a_zero_is_a_placeholder_in_every_type(client: Client) -> None:
    zeros: list[Any] = [0, 0.0, "00", "-0", np.int8(0)]

    assert [client.track("a", user_id=zero).faults[-1].code for zero in zeros] == ["no_usable_id"] * 5


class Key(enum.StrEnum):
    CLIENT = "client"


def test_our_part_of_the_context_is_left_out_whatever_the_type_of_its_key(client: Client, recorder: Recorder) -> None:
    receipt = client.track("a", user_id="ann", context={Key.CLIENT: {"id": "x"}, "page": {"client": "y"}})
    client.flush()

    assert [(fault.path, fault.code) for fault in receipt.faults] == [("context.client", "reserved")]
    assert recorder.messages[0]["context"]["page"] == {"client": "y"}
    assert recorder.messages[0]["context"]["client"]["seq"] == 1

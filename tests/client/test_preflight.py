"""A receipt tells what a collector will find wrong with whom a message is about and when."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import event, find, given, settings
from hypothesis import strategies as st
from tests.client.conftest import codes

from footfall import Client, InvalidEventError
from footfall.client.preflight import id_fault
from footfall.collector import Collector
from footfall.identity.given import id_text
from footfall.plan import read
from footfall.testing import Recorder

HARD_IDS = [None, "", "null", " NULL ", "'0'", "undefined", "ann", 0, -1, 7, "\ud800"]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({}, "no_usable_id"),
        ({"user_id": ""}, "no_usable_id"),
        ({"user_id": "null"}, "no_usable_id"),
        ({"user_id": 0}, "no_usable_id"),
        ({"anonymous_id": ""}, "no_usable_id"),
        ({"context": {"device": {"id": ""}}}, "no_usable_id"),
        ({"context": {"device": "boiler-1"}}, "no_usable_id"),
        ({"user_id": "null", "anonymous_id": "b1"}, "junk_id"),
        ({"user_id": "undefined", "context": {"device": {"id": "boiler-1"}}}, "junk_id"),
        ({"user_id": "ann"}, None),
        ({"user_id": 7}, None),
        ({"anonymous_id": "b1"}, None),
        ({"context": {"device": {"id": "boiler-1"}}}, None),
    ],
)
def test_a_message_about_nobody_is_flagged(client: Client, given: dict[str, Any], code: str | None) -> None:
    assert codes(client, **given) == ([] if code is None else [("userId", code)])


def test_the_fault_stands_on_the_message_and_it_is_sent_all_the_same() -> None:
    recorder = Recorder()
    with Client(recorder) as client:
        client.track("a", {"n": 1})
        client.reset()

    assert [message["context"]["violations"][0]["code"] for message in recorder.messages] == ["no_usable_id"] * 2
    assert recorder.messages[0]["properties"] == {"n": 1}


def test_the_ids_of_a_scope_count(client: Client) -> None:
    with client.scope(anonymous_id="b1"):
        assert codes(client) == []
        assert codes(client, user_id="null") == [("userId", "junk_id")]
    with client.scope(context={"device": {"id": "boiler-1"}}):
        assert codes(client) == []
    with client.scope(user_id="guest"):
        assert codes(client) == [("userId", "no_usable_id")]


@pytest.mark.parametrize("method", ["identify", "alias"])
def test_every_kind_of_message_is_looked_at(client: Client, method: str) -> None:
    arguments = {"identify": ("null",), "alias": ("old", "null")}[method]

    assert [fault.code for fault in getattr(client, method)(*arguments).faults] == ["no_usable_id"]


def test_a_client_told_to_drop_or_raise_does() -> None:
    recorder = Recorder()
    with Client(recorder, on_invalid="drop") as client:
        assert client.track("a").reason == "invalid"
        assert client.reset().reason == "invalid"
    with Client(recorder, on_invalid="raise") as client, pytest.raises(InvalidEventError, match="no_usable_id"):
        client.track("a")

    assert recorder.messages == []


def test_half_a_character_in_a_name_or_an_id_is_flagged(client: Client) -> None:
    found = [
        *client.track("a\ud800", user_id="ann").faults,
        *client.page("p\ud800", user_id="ann").faults,
        *client.group("g\ud800", user_id="ann").faults,
        *client.track("a", user_id="ann", anonymous_id="\ud800").faults,
    ]

    assert [(fault.path, fault.code) for fault in found] == [
        (path, "surrogate") for path in ("event", "name", "groupId", "anonymousId")
    ]


ids = st.sampled_from(HARD_IDS) | st.text(max_size=4)
contexts: st.SearchStrategy[Any] = st.sampled_from(
    [None, {}, {"device": {"id": "d"}}, {"device": {"id": 0}}, {"device": {}}, {"device": 1}]
)


@settings(max_examples=60)
@given(ids, ids, contexts)
def test_the_client_says_of_ids_what_the_collector_says(
    collector: Collector, user_id: Any, anonymous_id: Any, context: Any
) -> None:
    recorder = Recorder()
    with Client(recorder) as client:
        client.track("a", user_id=user_id, anonymous_id=anonymous_id, context=context)
    answer = collector.take(recorder.batches[0].encode())
    theirs = {fault.code for verdict in answer.verdicts for fault in verdict.faults} & {"junk_id", "no_usable_id"}
    fault = id_fault(id_text(user_id), id_text(anonymous_id), context)
    event(str(fault and fault.code))

    assert {fault.code} if fault else set() == theirs


@pytest.mark.parametrize("code", ["junk_id", "no_usable_id"])
def test_the_generated_ids_draw_each_fault(code: str) -> None:
    find(st.tuples(ids, ids, contexts), lambda drawn: (fault := id_fault(*drawn)) is not None and fault.code == code)


@pytest.mark.parametrize(
    ("kind", "properties", "code"),
    [
        ("device", {"gatewayId": "g1"}, None),
        ("device", {"gatewayId": 7}, None),
        ("device", {"gatewayId": ""}, "no_usable_id"),
        ("device", {}, "no_usable_id"),
        ("server", {"gatewayId": "g1"}, "no_usable_id"),
    ],
)
def test_a_device_may_be_named_by_the_property_that_the_plan_says(
    kind: str, properties: dict[str, Any], code: str | None
) -> None:
    plan = read(
        {
            "plan": "p",
            "identity": {"device": "gateway_id"},
            "sources": {"agent": {"kind": kind}},
            "events": {"booted": {"properties": {"gateway_id": {"type": "any", "wire_name": "gatewayId"}}}},
        }
    ).require()
    recorder = Recorder()
    with Client(recorder, plan=plan) as client:
        receipt = client.track("booted", properties)

    assert [fault.code for fault in receipt.faults if fault.path == "userId"] == ([] if code is None else [code])

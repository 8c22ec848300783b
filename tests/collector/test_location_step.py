"""At the collector a message gets the place of its address, and loses the address, before anything is written."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import example, find, given
from hypothesis import strategies as st

from footfall.collector import CollectorSettings
from footfall.collector.bundle_registry import BundleRegistry
from footfall.collector.bundle_rules import RulesFor
from footfall.collector.dialects import STORED
from footfall.collector.locator import Locator
from footfall.collector.pipeline import decide, request_context
from footfall.collector.wire import RequestEnvelope, decoded, piece_of
from footfall.plan import read
from footfall.plan.model import Plan
from footfall.storage.environments import Sender
from footfall.storage.journal import Row
from footfall.testing.control import MemoryControl

ADDRESS = "203.0.113.77"
PLACES = {ADDRESS: {"country": "NO", "region": "03"}, "203.0.114.1": {"country": "SE"}}
LOCATOR = Locator(PLACES.get, ["203.0.113.64/28", "2001:db8::/120"])
SETTINGS = CollectorSettings(max_message_bytes=2_000)


def rows(
    *messages: Mapping[str, Any] | bytes,
    plan: Plan | None = None,
    locator: Locator | None = LOCATOR,
    shared: dict[str, Any] | None = None,
) -> Sequence[Row]:
    texts = [message if isinstance(message, bytes) else json.dumps(message).encode() for message in messages]
    pieces = [piece_of(text, decoded(text, SETTINGS, STORED), SETTINGS, names_key=False) for text in texts]
    envelope = RequestEnvelope(
        pieces,
        context=None if shared is None else shared["context"],
        shared=None if shared is None else json.dumps(shared).encode(),
        form=STORED,
    )
    rules_for: RulesFor = (lambda _: None) if plan is None else BundleRegistry(plan, MemoryControl()).rules_for
    request = request_context(
        envelope, Sender("shop"), received_at=0, rules_for=rules_for, settings=SETTINGS, locator=locator
    )
    return decide(envelope, request).changes.rows


def message(context: Any, **members: Any) -> dict[str, Any]:
    return {"type": "track", "event": "e", "anonymousId": "a", "messageId": "m", "context": context} | members


def context(row: Row) -> Any:
    return json.loads(row.body)["context"]


@pytest.mark.parametrize(
    ("given_context", "kept"),
    [
        ({}, {}),
        ({"ip": None}, {"ip": None}),
        ({"ip": "203.0.114.1"}, {"ip": "203.0.114.0", "location": {"country": "SE"}}),
        ({"ip": "203.0.114.1", "a": "ip"}, {"ip": "203.0.114.0", "location": {"country": "SE"}, "a": "ip"}),
        ({"ip": "203.0.114.1", "a": '"ip"'}, {"ip": "203.0.114.0", "location": {"country": "SE"}, "a": '"ip"'}),
        ({"ip": "203.0.114.1", "location": None}, {"ip": "203.0.114.0", "location": None}),
        ({"ip": "203.0.114.1", "location": {"city": "Oslo"}}, {"ip": "203.0.114.0", "location": {"city": "Oslo"}}),
        ({"ip": "198.51.100.7"}, {"ip": "198.51.100.0"}),
        ({"ip": "2001:db8::7"}, {"ip": "2001:db8::", "staff": True}),
        ({"ip": "2001:db8:1:2::7"}, {"ip": "2001:db8:1::"}),
        (
            {"ip": ADDRESS, "os": {"name": "x"}},
            {"ip": "203.0.113.0", "location": PLACES[ADDRESS], "staff": True, "os": {"name": "x"}},
        ),
        ({"ip": ADDRESS, "staff": False}, {"ip": "203.0.113.0", "location": PLACES[ADDRESS], "staff": False}),
        ({"ip": ""}, {"ip": None}),
        ({"ip": f"{ADDRESS}, 10.0.0.1"}, {"ip": None}),
        ({"ip": [ADDRESS]}, {"ip": None}),
        ({"ip": {"a": ADDRESS}}, {"ip": None}),
        ({"ip": 3_405_803_853}, {"ip": None}),
    ],
)  # fmt: skip
def test_an_address_is_kept_as_its_place(given_context: Any, kept: Any) -> None:
    [row] = rows(message(given_context))

    assert (row.kind, context(row)) == ("stored", kept)


def test_the_address_of_a_batch_is_kept_as_its_place_too() -> None:
    shared = {"context": {"ip": "203.0.114.1"}, "integrations": {"ip": True}}

    [row] = rows({"type": "track", "event": "e", "anonymousId": "a"}, shared=shared)

    assert row.envelope is not None
    assert json.loads(row.envelope) == shared | {"context": {"ip": "203.0.114.0", "location": {"country": "SE"}}}


def test_no_address_is_in_the_context_of_a_batch_that_is_no_object() -> None:
    for shared in (json.dumps({"ip": ADDRESS}), [{"ip": ADDRESS}]):
        [row] = rows({"type": "track", "event": "e", "anonymousId": "a"}, shared={"context": shared})

        assert row.envelope is not None
        assert b"113.77" not in row.envelope


def test_without_a_geo_file_an_address_is_kept_as_it_came() -> None:
    [row] = rows(message({"ip": ADDRESS}), locator=None)

    assert context(row) == {"ip": ADDRESS}


@pytest.mark.parametrize(
    "text",
    [
        b'{"type":"track","event":"e","context":{"ip":"203.0.113.77"}',
        b'{"type":"track","context":{"ip":203.0.113.77}}',
        b'{"type":"track","context":{"ip":"1.1.1.1","ip":"203.0.113.77"}}',
        b'{"type":"track","event":"e","anonymousId":"a","context":[{"ip":"203.0.113.77"}]}',
        b'{"type":"none","context":{"ip":"203.0.113.77"}}',
        json.dumps(message(json.dumps({"ip": ADDRESS}))).encode(),
        json.dumps(message(json.dumps({"ip": [ADDRESS]}))).encode().replace(b'\\"', b"\\u0022"),
        json.dumps(message([json.dumps({"a": json.dumps({"ip": ADDRESS})})])).encode(),
        json.dumps(message(json.dumps({"ip": ADDRESS}))).encode()[:-20],
        json.dumps(message(json.dumps({"ip": ADDRESS, "long": "x" * 2_000}))).encode(),
        json.dumps(message({"ip": ADDRESS, "long": "x" * 2_000})).encode(),
        json.dumps(message({"ip": ADDRESS}, properties=json.loads("[" * 70 + "]" * 70))).encode(),
    ],
)
def test_no_address_is_in_a_message_that_is_quarantined(text: bytes) -> None:
    [row] = rows(text)

    assert row.kind == "quarantined"
    assert b"113.77" not in row.body


def test_no_address_is_left_where_a_step_fails_by_our_mistake() -> None:
    def fails(_: str) -> None:
        raise RuntimeError

    plan = read(
        {"plan": "p", "events": {"e": {"properties": {"a": {"type": "string", "transform": "drop"}}}}}
    ).require()
    text = message({"ip": ADDRESS}, properties={"a": "s"})

    for known in (None, plan):
        [row] = rows(text, plan=known, locator=Locator(fails))

        assert row.kind == "quarantined"
        assert b"113.77" not in row.body


def test_an_id_made_of_the_content_confirms_no_guess_at_an_address_and_is_that_of_a_repeat() -> None:
    def made(address: str, locator: Locator) -> str:
        [row] = rows({"type": "track", "event": "e", "anonymousId": "a", "context": {"ip": address}}, locator=locator)
        return row.message_id

    another = Locator({"203.0.113.1": {"country": "DK"}}.get)

    assert made(ADDRESS, LOCATOR) == made("203.0.113.1", LOCATOR) == made("203.0.113.1", another)
    assert made(ADDRESS, LOCATOR) != made("203.0.114.1", LOCATOR)


texts = st.text(st.sampled_from('ip"\\:{}, é'), max_size=6) | st.sampled_from(["ip", "context", ADDRESS])
values = st.recursive(
    texts | st.integers() | st.none(),
    lambda value: st.lists(value, max_size=3) | st.dictionaries(texts, value, max_size=3),
    max_leaves=8,
)
contexts = st.dictionaries(texts.filter(lambda name: name != "ip"), values, max_size=3).flatmap(
    lambda members: st.permutations([*members.items(), ("ip", ADDRESS)]).map(dict)
)


@given(contexts, st.dictionaries(texts, values, max_size=3), st.booleans(), st.sampled_from([None, 1]))
@example({"ip": ADDRESS}, {"ip": ADDRESS}, False, None)
@example({"a": {"ip": ADDRESS}, "ip": ADDRESS}, {"context": {"ip": 1}}, True, 1)
def test_nothing_but_the_address_changes_whatever_is_around_it(
    around: dict[str, Any], properties: dict[str, Any], is_ascii: bool, indent: int | None
) -> None:
    text = json.dumps(message(around, properties=properties), ensure_ascii=is_ascii, indent=indent).encode()

    [row] = rows(text)

    kept = json.loads(row.body)
    wanted = {"ip": "203.0.113.0", "location": PLACES[ADDRESS], "staff": True} | {
        name: value for name, value in around.items() if name != "ip"
    }
    assert kept == json.loads(text) | {"context": wanted}


def test_texts_with_and_without_a_quoted_key_elsewhere_are_drawn() -> None:
    assert find(contexts, lambda drawn: json.dumps(drawn).count('"ip"') > 1)
    assert find(contexts, lambda drawn: "\\" not in json.dumps(drawn) and json.dumps(drawn).count('"ip"') == 1)


@given(st.binary(max_size=40).map(lambda junk: b'{"a":"' + junk + b'","context":{"ip":"203.0.113.77"'))
@example(b'{"context":{"ip":"203.0.113.77"')
def test_no_damaged_message_fails_the_step(text: bytes) -> None:
    kept = rows(text + b"}}")

    assert all(row.kind in ("stored", "quarantined") for row in kept)

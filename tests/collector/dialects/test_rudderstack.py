"""RudderStack's SDKs say some things in another place than Segment's; on the same path both are read."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from footfall.collector import CollectorSettings
from footfall.collector.dialects.rudderstack import RudderStack

SETTINGS = CollectorSettings(max_message_bytes=200)
FORM = RudderStack.form
ODD = st.sampled_from([None, 5, "x", [], [{"traits": {"a": 1}}], True])


def more_traits(message: Any, shared: Any = None) -> list[bytes]:
    said = None if shared is None else json.dumps(shared).encode()
    return [bytes(text) for text in FORM.more_traits(json.dumps(message).encode(), said)]


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ({}, None),
        ({"timestamp": "a", "originalTimestamp": "b"}, "a"),
        ({"timestamp": None, "originalTimestamp": "b"}, "b"),
        ({"originalTimestamp": "b"}, "b"),
        ({"timestamp": 0, "originalTimestamp": "b"}, 0),
    ],
)
def test_the_time_has_two_names(message: dict[str, Any], said: object) -> None:
    assert FORM.timestamp(message) == said


def test_the_traits_of_the_batch_come_before_those_of_the_message() -> None:
    message = {"traits": {"a": 1}, "context": {"traits": {"b": 2}}}

    assert more_traits(message, {"context": {"traits": {"c": 3}}}) == [b'{"c": 3}', b'{"b": 2}']


@given(context=ODD | st.fixed_dictionaries({"traits": ODD}), shared=ODD | st.just({"context": [1]}))
@example(context={"traits": "x"}, shared={"context": {"traits": 7}})
@example(context={}, shared={})
def test_what_is_no_object_has_no_traits(context: object, shared: object) -> None:
    assert more_traits({"context": context}, shared) == []


def test_a_message_over_the_size_limit_keeps_its_time() -> None:
    body = b'{"originalTimestamp":"2026-01-01","properties":{"a":"%s"}}' % (b"x" * 200)

    envelope = RudderStack().read(body, b"", "track", SETTINGS)

    (piece,) = envelope.pieces
    assert envelope.form.timestamp(piece.data) == "2026-01-01"

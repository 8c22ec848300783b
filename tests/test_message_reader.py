"""What a message says is read in one place: its time, its traits, and what its client has done."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from footfall.message_reader import client_word, clock_skew, json_object, said_time, trait_texts

NOON = 1_767_268_800_000_000  # 2026-01-01T12:00:00Z
MINUTE = 60_000_000


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
    assert said_time(message) == said


@pytest.mark.parametrize(
    ("sent_at", "skew"),
    [
        ("2026-01-01T12:00:00Z", 0),
        ("2026-01-01T11:59:00Z", 0),
        ("2026-01-01T12:01:00Z", 0),
        ("2026-01-01T11:58:59Z", 61_000_000),
        ("2026-01-01T12:01:01Z", -61_000_000),
        ("soon", 0),
        (None, 0),
        (7, 0),
    ],
)
def test_a_clock_that_is_a_minute_off_is_put_right(sent_at: object, skew: int) -> None:
    assert clock_skew(sent_at, NOON) == skew


def texts(type_: str, body: Any, envelope: Any = None) -> list[bytes]:
    said = None if envelope is None else json.dumps(envelope)
    return [bytes(text) for text in trait_texts(type_, json.dumps(body), said)]


def test_an_identify_has_traits_in_three_places_and_its_own_are_the_last_word() -> None:
    body = {"traits": {"a": 1}, "context": {"traits": {"b": 2}}}
    envelope = {"context": {"traits": {"c": 3}}}

    assert texts("identify", body, envelope) == [b'{"c": 3}', b'{"b": 2}', b'{"a": 1}']


def test_a_group_has_the_traits_of_its_account_in_one_place() -> None:
    body = {"traits": {"a": 1}, "context": {"traits": {"b": 2}}}

    assert texts("group", body, {"context": {"traits": {"c": 3}}}) == [b'{"a": 1}']


ODD = st.sampled_from([None, 5, "x", [], [{"traits": {"a": 1}}], True])


@given(traits=ODD, context=ODD | st.fixed_dictionaries({"traits": ODD}), envelope=ODD | st.just({"context": [1]}))
@example(traits=[1], context={"traits": "x"}, envelope={"context": {"traits": 7}})
def test_what_is_no_object_says_nothing(traits: object, context: object, envelope: object) -> None:
    assert texts("identify", {"traits": traits, "context": context}, envelope) == []


def test_a_client_says_what_it_has_done_in_its_part_of_the_context() -> None:
    assert client_word({"client": {"spooled": True}}, "spooled") is True
    assert client_word({"client": {}}, "spooled") is None
    assert client_word({"client": [1]}, "spooled") is None
    assert client_word({}, "spooled") is None


def test_the_members_of_an_object_keep_their_bytes() -> None:
    assert {key: bytes(value) for key, value in json_object('{"a": 1.10}').items()} == {"a": b"1.10"}
    assert [json_object(text) for text in ("[]", "{", "", None)] == [{}, {}, {}, {}]

"""What a message says is read in one place: its sender's clock, its traits, and what its client has done."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.message_reader import client_word, clock_skew, json_object, merged_objects, own_traits, traits_text

NOON = 1_767_268_800_000_000  # 2026-01-01T12:00:00Z


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


def test_a_message_has_traits_if_they_are_an_object() -> None:
    assert [bytes(text) for text in own_traits('{"traits": {"a": 1.10}}')] == [b'{"a": 1.10}']


@given(st.sampled_from(["{}", '{"traits":null}', '{"traits":[{"a":1}]}', '{"traits":"{}"}', "[]", "{", ""]))
def test_what_is_no_object_says_nothing(message: str) -> None:
    assert own_traits(message) == []
    assert traits_text(message, None) is None


def test_the_column_of_traits_goes_before_the_message() -> None:
    assert traits_text('{"traits":{"a":1}}', '{"a":1,"b":2}') == '{"a":1,"b":2}'
    assert traits_text('{"traits":{"a":1}}', None) == own_traits('{"traits":{"a":1}}')[0]


def test_of_several_objects_the_later_ones_count_and_keep_their_bytes() -> None:
    first, second = (own_traits(text)[0] for text in ('{"traits":{"a":1.10,"b":2}}', '{"traits":{"b":3.0}}'))

    assert bytes(merged_objects([first, second])) == b'{"a":1.10,"b":3.0}'
    assert bytes(merged_objects([])) == b"{}"


def test_a_client_says_what_it_has_done_in_its_part_of_the_context() -> None:
    assert client_word({"client": {"spooled": True}}, "spooled") is True
    assert client_word({"client": {}}, "spooled") is None
    assert client_word({"client": [1]}, "spooled") is None
    assert client_word({}, "spooled") is None


def test_the_members_of_an_object_keep_their_bytes() -> None:
    assert {key: bytes(value) for key, value in json_object('{"a": 1.10}').items()} == {"a": b"1.10"}
    assert [json_object(text) for text in ("[]", "{", "", None)] == [{}, {}, {}, {}]

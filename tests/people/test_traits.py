"""Traits: the last word of each key."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from footfall.people.traits import Identify, last_traits


def identify(at: int, body: dict[str, Any], *, name: str = "m1") -> Identify:
    return Identify(at, "web", name, json.dumps(body.get("traits")))


def values(*messages: Identify) -> dict[str, str]:
    return {trait.name: bytes(trait.value).decode() for trait in last_traits(messages)}


def test_the_last_word_of_each_key_counts_and_says_where_it_came_from() -> None:
    first = identify(1, {"traits": {"plan": "free", "city": "Delft"}}, name="m1")
    second = identify(2, {"traits": {"plan": "pro"}}, name="m2")

    found = {trait.name: (bytes(trait.value), trait.source, trait.message_id) for trait in last_traits([first, second])}

    assert found == {"plan": (b'"pro"', "web", "m2"), "city": (b'"Delft"', "web", "m1")}


def test_a_value_stays_the_json_that_was_received() -> None:
    message = Identify(1, "web", "m1", '{"spent":12.50,"note":"caf\\u00e9","tags":[1, 2]}')

    assert values(message) == {"note": '"caf\\u00e9"', "spent": "12.50", "tags": "[1, 2]"}


@settings(max_examples=60)
@given(st.sampled_from(("[1]", "null", "7", "[]", "{}", '"x"', "{", None)))
def test_whatever_is_no_object_says_nothing(text: str | None) -> None:
    assert last_traits([Identify(1, "web", "m1", text)]) == ()


@settings(max_examples=60)
@given(st.lists(st.dictionaries(st.sampled_from("abc"), st.integers()), max_size=6))
def test_traits_are_the_messages_laid_over_one_another_in_order(said: list[dict[str, int]]) -> None:
    expected: dict[str, int] = {}
    for traits in said:
        expected |= traits

    found = values(*(identify(number, {"traits": traits}) for number, traits in enumerate(said)))

    assert found == {name: str(value) for name, value in expected.items()}

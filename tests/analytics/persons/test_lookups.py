"""Look-ups find the messages of ids, and whose each is, as a look at every message does."""

from __future__ import annotations

from typing import Any

import pyarrow
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.analytics.persons.parts import ListPart

from footfall.analytics.persons import Persons
from footfall.analytics.persons.arrays import INT
from footfall.identity.attribution import Observation
from footfall.identity.sessions import SESSION_GAP_US

IDS = ("ann", "bob", "b1", "b2", "old", "sensor")
MESSAGES = st.builds(
    Observation, source=st.just("web"), message_id=st.just("m"), type=st.sampled_from(["page", "alias", "reset"]),
    occurred_at=st.sampled_from([0, 1, SESSION_GAP_US + 2]), user_id=st.sampled_from(["ann", "bob", None, None]),
    anonymous_id=st.sampled_from(["b1", "b2", "null", None]), device_id=st.sampled_from(["sensor", None, None]),
    previous_id=st.sampled_from(["old", "b1", None]),
)  # fmt: skip
LOGS = st.lists(st.lists(MESSAGES, max_size=6), min_size=1, max_size=3)
SHARED = [
    [Observation("web", "m1", "page", 1, "ann", "b1"), Observation("web", "m2", "page", 2, None, "b1")],
    [
        Observation("web", "m3", "page", SESSION_GAP_US * 9, None, "b1"),
        Observation("web", "m4", "page", 2, "bob", "b1"),
    ],
]


def persons_of(log: list[list[Observation]]) -> Persons:
    return Persons.of([ListPart(part) for part in log], "shop")


def every_message(persons: Persons) -> list[tuple[int, int, dict[str, Any]]]:
    """Each message as it is stored, with its part and row."""
    columns = ("type", "user_id", "device_id", "anonymous_id", "previous_id", "occurred_at")
    return [
        (number, row, message)
        for number, part in enumerate(persons.reader.parts)
        for row, message in enumerate(part.read(columns).to_pylist())
    ]


def is_led(message: dict[str, Any], id_: str) -> bool:
    is_alias = message["type"] == "alias" and message["user_id"] is not None
    return (
        id_ in (message["user_id"], message["device_id"])
        or (message["anonymous_id"] == id_ and (message["user_id"] is not None or message["device_id"] is None))
        or (is_alias and message["previous_id"] == id_)
    )


@settings(max_examples=50)
@given(LOGS, st.sampled_from(IDS))
def test_an_id_leads_to_the_messages_that_have_it_but_not_to_those_of_a_product(
    log: list[list[Observation]], id_: str
) -> None:
    persons = persons_of(log)
    number = persons.lookups.number(id_)
    expected = {(part, row) for part, row, message in every_message(persons) if is_led(message, id_)}

    places = set() if number is None else {(e["part"], e["row"]) for e in persons.lookups.led_by(number).to_pylist()}

    assert places == expected


@settings(max_examples=50)
@example(SHARED)
@given(LOGS)
def test_messages_have_their_ids_times_and_persons(log: list[list[Observation]]) -> None:
    persons = persons_of(log)
    rows = {number: pyarrow.array(range(part.messages), INT) for number, part in enumerate(persons.reader.parts)}
    ids = [*persons.dictionary.ids.to_pylist(), None]

    messages = persons.lookups.messages_at(rows)

    for (part, row, stored), message in zip(every_message(persons), messages.to_pylist(), strict=True):
        assert (message["part"], message["row"], message["at"]) == (part, row, stored["occurred_at"])
        assert (ids[message["user"] if message["user"] is not None else -1]) == stored["user_id"]
    whose = [person for number in rows for person in persons.column(number).to_pylist()]
    assert persons.lookups.persons_of(messages).to_pylist() == whose


@settings(max_examples=50)
@example(SHARED)
@given(LOGS)
def test_the_dictionary_says_the_persons_of_an_id_as_its_messages_do(log: list[list[Observation]]) -> None:
    persons = persons_of(log)

    for number in range(len(persons.dictionary.ids)):
        whose = persons.lookups.persons_of(persons.lookups.led_by(number)).to_pylist()
        assert persons.lookups.persons_of_id(number) == set(whose)


@pytest.mark.parametrize("ids", [["ann"], ["ann", "ann", "b1"], list(IDS)])
def test_parts_without_any_of_the_ids_are_left_out(ids: list[str]) -> None:
    other = [Observation("web", "m9", "page", 1, "zoe", "b9")]
    persons = persons_of([other, *SHARED, other])
    numbers = [persons.lookups.number(id_) for id_ in ids]
    asked = pyarrow.array([number for number in numbers if number is not None], INT)

    assert set(persons.lookups.by_part(asked)) == ({1} if set(ids) == {"ann"} else {1, 2})
    assert persons.lookups.by_part(asked) == persons.lookups.by_part(asked)


def test_aliases_are_found_by_their_previous_id_whoever_sent_them() -> None:
    aliases = [Observation("web", "m1", "alias", 1, user, None, None, "old") for user in ("ann", "null")]
    persons = persons_of([[Observation("web", "m2", "page", 1, "old", "b1")], aliases])
    old = persons.lookups.number("old")

    assert list(persons.lookups.aliases_of(pyarrow.array([old], INT))) == [(1, 0), (1, 1)]


def test_an_id_of_no_message_has_no_number() -> None:
    assert persons_of(SHARED).lookups.number("nobody") is None

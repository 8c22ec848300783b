"""Persons over parts are those of the pure rules, however the messages are cut into parts."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.analytics.persons.parts import ListPart, attributions, effects
from tests.identity.logs import logs

from footfall.analytics.persons import Persons
from footfall.identity.attribution import Observation, attribute, effects_of_aliases, namespace


@st.composite
def parts_of(draw: st.DrawFn, log: list[Observation]) -> list[ListPart]:
    """A log in any order, cut into any number of parts, some of them empty."""
    shuffled = draw(st.permutations(log))
    cuts = sorted(draw(st.lists(st.integers(0, len(log)), max_size=6)))
    return [ListPart(shuffled[start:stop]) for start, stop in zip([0, *cuts], [*cuts, len(log)], strict=True)]


@pytest.mark.slow
@settings(max_examples=100)
@given(logs(), st.data())
def test_any_cut_into_parts_in_any_order_gives_the_persons_of_the_pure_rules(
    log: list[Observation], data: st.DataObject
) -> None:
    parts = data.draw(parts_of(log))
    persons = Persons.of(parts, "shop")

    assert attributions(persons, parts) == attribute(log, namespace("shop"))
    assert effects(persons, parts) == effects_of_aliases(log)


@pytest.mark.slow
@settings(max_examples=100)
@given(logs(), st.data())
def test_one_part_more_at_a_time_gives_the_persons_of_all_at_once(log: list[Observation], data: st.DataObject) -> None:
    parts = data.draw(parts_of(log))
    persons = Persons.of((), "shop")
    for part in parts:
        persons = persons.extended(part)

    assert attributions(persons, parts) == attribute(log, namespace("shop"))
    assert effects(persons, parts) == effects_of_aliases(log)


def test_a_device_of_one_user_is_that_users_and_its_first_message_says_so() -> None:
    parts = [
        ListPart([Observation("web", "m1", "page", 1, None, "a1")]),
        ListPart(
            [Observation("web", "m2", "identify", 5, "ann", "a1"), Observation("web", "m3", "page", 2, "ann", "a1")]
        ),
    ]
    persons = Persons.of(parts, "shop")

    assert persons.column(0).to_pylist() == persons.column(1, 1).to_pylist()
    assert persons.reasons(0).to_pylist() == ["sole_owner"]
    assert persons.evidence(0).to_pylist() == [{"source": "web", "message_id": "m3"}]


def test_no_part_has_nobody() -> None:
    persons = Persons.of((), "shop")

    assert (persons.table.num_rows, persons.find("ann")) == (0, [])

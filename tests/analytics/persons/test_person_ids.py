"""The head of a person_id is that of the UUID of its name."""

from __future__ import annotations

from uuid import uuid5

from hypothesis import given
from hypothesis import strategies as st

from footfall.analytics.persons.person_ids import head_of, heads_of
from footfall.identity.attribution import namespace

SPACE = namespace("shop")


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]))))
def test_heads_are_those_of_the_uuids(names: list[str]) -> None:
    assert heads_of(SPACE, names).to_pylist() == [head_of(uuid5(SPACE, name)) for name in names]

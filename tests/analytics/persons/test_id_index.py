"""An index of ids finds what a look at everything finds, however the dictionary grew since it was made."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow
from hypothesis import given
from hypothesis import strategies as st
from tests.analytics.persons.parts import ListPart, attributions

from footfall.analytics.persons import Persons
from footfall.analytics.persons.id_index import IdIndex, RowIndex
from footfall.identity.attribution import Observation, attribute, namespace

INT = pyarrow.int32()
NUMBERS = st.lists(st.integers(0, 8), max_size=30)


def page(name: str, at: int, device: str, user: str | None = None) -> Observation:
    return Observation("web", name, "page", at, user, device)


def chunked(*numbers: Sequence[int]) -> pyarrow.ChunkedArray:
    return pyarrow.chunked_array([pyarrow.array(chunk, INT) for chunk in numbers], INT)


@given(first=NUMBERS, later=NUMBERS, wanted=st.sets(st.integers(0, 9)))
def test_the_places_of_numbers_are_those_of_a_look_at_each_row(
    first: list[int], later: list[int], wanted: set[int]
) -> None:
    places = RowIndex(chunked(first)).places(chunked(first, later), pyarrow.array(wanted, INT))

    assert sorted(places.to_pylist()) == [place for place, number in enumerate([*first, *later]) if number in wanted]


@given(first=NUMBERS, later=NUMBERS, wanted=st.sets(st.integers(0, 9)))
def test_the_rows_of_numbers_are_those_of_a_look_at_each_row(
    first: list[int], later: list[int], wanted: set[int]
) -> None:
    column = chunked(first, later)
    table = pyarrow.table({"number": column, "row": chunked(range(len(column)))})
    rows = RowIndex(chunked(first)).rows(table, "number", pyarrow.array(wanted, INT))

    assert sorted(rows.column("row").to_pylist()) == [
        place for place, number in enumerate([*first, *later]) if number in wanted
    ]


def test_an_index_lists_later_rows_once_they_are_many() -> None:
    index = RowIndex(chunked([1, 2]))

    assert index.renewed(chunked([1, 2], [3] * 1_000)) is index
    assert index.renewed(chunked([1, 2], [3] * 1_001)).size == 1_003


def test_an_index_names_the_parts_of_an_id_and_its_number_there() -> None:
    parts = [ListPart([page("m1", 1, "a1", "ann"), page("m2", 2, "a2")]), ListPart([page("m3", 3, "a2", "bob")])]
    dictionary = Persons.of(parts, "shop").dictionary
    index, (ann, a2) = IdIndex.of(dictionary), (dictionary.ids.index(id_).as_py() for id_ in ("ann", "a2"))
    by_part = index.by_part(dictionary, pyarrow.array([ann, a2], INT))

    assert {
        part: {dictionary.ids[dictionary.maps[part][local].as_py()].as_py() for local in ids}
        for part, ids in by_part.items()
    } == {0: {"ann", "a2"}, 1: {"a2"}}


def test_an_index_fits_the_dictionary_of_which_it_is_until_another_grows_out_of_it() -> None:
    before = Persons.of([ListPart([page("m1", 1, "a1")])], "shop")
    index = IdIndex.of(before.dictionary)
    after = before.extended(ListPart([page("m2", 2, "a2")])).dictionary

    assert index.fits(before.dictionary)
    index.grown(before.dictionary, after)
    assert not index.fits(before.dictionary)
    assert index.fits(after)


def test_many_claims_are_made_fewer_as_the_dictionary_grows() -> None:
    log = [page(f"m{number}", number, f"a{number}", f"u{number}") for number in range(1_001)]
    again = [page(f"n{number}", 5_000 + number, f"a{number}", f"u{number}") for number in range(1_001)]
    other = [page("o1", 9_000, "a1", "u2"), page("o2", 9_001, "a2000", "u2")]
    parts = [ListPart(log), ListPart(again), ListPart(other)]
    persons = Persons.of(parts[:1], "shop").extended(parts[1]).extended(parts[2])

    assert len(persons.dictionary.claims) == 1_003
    assert attributions(persons, parts) == attribute([*log, *again, *other], namespace("shop"))

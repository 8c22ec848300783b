"""The rows of one part, with what identity and the plan say of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import uuid5

import pyarrow
from hypothesis import given
from hypothesis import strategies as st
from tests.analytics.conftest import make_entry

from footfall.analytics.event_names import Meaning
from footfall.analytics.exports import Selection
from footfall.analytics.exports.selected import SelectedRows, joined_in_order
from footfall.analytics.persons import Persons
from footfall.analytics.window import Span
from footfall.identity.attribution import namespace
from footfall.storage.journal import Entry
from footfall.storage.parquet.table_part import TablePart, table_of

MakeEntry = Callable[..., Entry]


def rows_of(entries: Sequence[Entry], **meanings: Meaning) -> SelectedRows:
    part = TablePart([table_of(entries)])
    return SelectedRows([part], Persons.of([part], "test"), meanings, [None])


def lines(rows: SelectedRows, selection: Selection, *names: str) -> list[dict[str, Any]]:
    table: list[dict[str, Any]] = rows.table(0, selection, names).to_pylist()
    return table


def person(name: str) -> str:
    return str(uuid5(namespace("test"), name))


def test_a_row_has_the_person_the_reason_and_the_evidence() -> None:
    entries = [make_entry(1, "seen", 2, user="ann", anonymous="a1"), make_entry(2, "seen", 1, anonymous="a1")]
    names = ("person_id", "reason", "evidence_source", "evidence_message_id")

    first, second = lines(rows_of(entries), Selection(), *names)
    ann = person("u:ann")
    assert first == {"seq": 1, **dict(zip(names, (ann, "explicit", "shop", "m00001"), strict=True))}
    assert second == {"seq": 2, **dict(zip(names, (ann, "sole_owner", "shop", "m00001"), strict=True))}


def test_a_message_that_is_nobodys_has_an_id_of_its_own_and_is_selected_by_it() -> None:
    entries = [make_entry(1, "seen", 1, anonymous="guest"), make_entry(2, "seen", 2, user="ann")]
    nobody = person('m:["shop","m00001"]')
    rows = rows_of(entries)

    assert [line["person_id"] for line in lines(rows, Selection(), "person_id")] == [nobody, person("u:ann")]
    assert [line["seq"] for line in lines(rows, Selection(persons=frozenset({nobody})))] == [1]


def test_an_event_has_the_name_of_the_plan_while_its_name_means_it() -> None:
    entries = [make_entry(seq, name, seq, user="ann") for seq, name in enumerate(("Sold", "sold", "Sold", "x"), 1)]
    rows = rows_of(entries, Sold=Meaning("sold", 3_000_000))
    sold = Selection(events=frozenset({"sold"}))

    assert [line["event"] for line in lines(rows, Selection(), "event")] == ["sold", "sold", "Sold", "x"]
    assert [line["seq"] for line in lines(rows, sold)] == [1, 2]


def test_ids_are_as_they_are_compared() -> None:
    entries = [make_entry(1, "seen", 1, user=" Zoe\u0308\n", anonymous="a1"), make_entry(2, "seen", 2, anonymous="a1")]

    assert [line["user_id"] for line in lines(rows_of(entries), Selection(), "user_id")] == ["Zo\u00eb", None]


def test_the_bounds_of_a_part_are_those_of_its_rows() -> None:
    entries = [make_entry(seq, "seen", at, user="ann") for seq, at in ((7, 5), (3, 9))]

    assert rows_of(entries).bounds(0) == (Span(3, 8), Span(5_000_000, 9_000_001))
    assert rows_of([]).bounds(0) == (Span(0, 0), Span(0, 0))


@given(st.lists(st.sets(st.integers(1, 30)), max_size=4), st.integers(0, 31))
def test_tables_are_joined_in_order_up_to_a_number(numbers: list[set[int]], limit: int) -> None:
    distinct = [sorted(own - set().union(*numbers[:place])) for place, own in enumerate(numbers)]
    tables = [pyarrow.table({"seq": pyarrow.array(own, pyarrow.int64())}) for own in distinct]
    if not tables:
        return

    ready, rest = joined_in_order(tables, limit)

    assert ready.column("seq").to_pylist() == sorted(seq for own in distinct for seq in own if seq <= limit)
    assert [table.column("seq").to_pylist() for table in rest] == [
        later for own in distinct if (later := [seq for seq in own if seq > limit])
    ]

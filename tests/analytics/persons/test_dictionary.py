"""A dictionary's entries: those that count, and those that a later cut replaced."""

from __future__ import annotations

import pyarrow

from footfall.analytics.persons.arrays import INT
from footfall.analytics.persons.dictionary import DEVICE, EMPTY, SESSION, VISITOR
from footfall.analytics.persons.timelines import ENTRIES


def test_only_the_rows_of_a_devices_last_timeline_count() -> None:
    rows = [{"device": device, "row": row} for row, device in enumerate((1, 1, 2, 1, 1, 1, 0))]
    dictionary = EMPTY._replace(
        entries=pyarrow.Table.from_pylist(rows, schema=ENTRIES),
        first_entry=pyarrow.array([6, 3, 2], INT),
        entry_count=pyarrow.array([0, 3, 1], INT),
    )

    assert dictionary.current_entries().column("row").to_pylist() == [2, 3, 4, 5]


def test_each_kind_of_person_has_as_many_numbers_as_any_other() -> None:
    assert [kind * VISITOR for kind in (1, 2, 3, 4)] == [VISITOR, SESSION, DEVICE, 2**31]

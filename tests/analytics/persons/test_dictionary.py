"""A dictionary's entries: those that count, and those that a later cut replaced."""

from __future__ import annotations

import pyarrow

from footfall.analytics.persons.arrays import INT
from footfall.analytics.persons.dictionary import DEVICE, EMPTY, NOBODY, SESSION, SHARED, VISITOR
from footfall.analytics.persons.summary import ALONE, ANONYMOUS, STREAM, USER
from footfall.analytics.persons.timeline_runs import RUNS
from footfall.analytics.persons.timelines import ENTRIES


def test_only_the_rows_of_runs_count() -> None:
    rows = [{"device": device, "row": row} for row, device in enumerate((1, 1, 2, 1, 1, 1, 0))]
    runs = [{"device": 1, "first": 3, "count": 3}, {"device": 2, "first": 2, "count": 1}]
    dictionary = EMPTY._replace(
        entries=pyarrow.Table.from_pylist(rows, schema=ENTRIES), runs=pyarrow.Table.from_pylist(runs, schema=RUNS)
    )

    assert dictionary.current_entries().column("row").to_pylist() == [2, 3, 4, 5]


def test_each_subject_of_a_part_has_the_person_that_a_loop_gives() -> None:
    owners, canonical, numbers = [NOBODY, SHARED, 2, 0], [0, 1, 2, 2], [3, 0, 1]
    dictionary = EMPTY._replace(owners=pyarrow.array(owners, INT), canonical=pyarrow.array(canonical, INT))

    persons = dictionary.persons_by_subject(pyarrow.array(numbers, INT), dictionary.visitors())

    users = [canonical[number] for number in numbers]
    visitors = [VISITOR + number if owners[number] == NOBODY else owners[number] for number in numbers]
    assert persons.to_pylist() == [*users, *visitors, *(DEVICE + number for number in numbers), None]


def test_persons_are_counted_by_kind_and_a_session_once() -> None:
    sessions = [SESSION + number for number in (1, 1, 2, 2, 2)]
    rows = [{"device": 0, "row": row, "person": person} for row, person in enumerate([*sessions, 3, None])]
    dictionary = EMPTY._replace(
        roles=pyarrow.array([ALONE | ANONYMOUS, ALONE, USER, USER, STREAM, USER], pyarrow.uint8()),
        owners=pyarrow.array([SHARED, NOBODY, NOBODY, NOBODY, NOBODY, NOBODY], INT),
        canonical=pyarrow.array([0, 1, 2, 2, 4, 5], INT),
        entries=pyarrow.Table.from_pylist(rows, schema=ENTRIES),
        runs=pyarrow.Table.from_pylist([{"device": 0, "first": 0, "count": len(rows)}], schema=RUNS),
    )

    kinds = {kind: persons.to_pylist() for kind, (persons, _) in dictionary.kinds().items()}
    assert kinds == {"user": [2, 5], "anonymous": [VISITOR + 1], "device": [DEVICE + 4]}
    assert dictionary.of_sessions().column("person").to_pylist() == sessions
    assert dictionary.counts() == (2 + 1 + 2, 1)


def test_each_kind_of_person_has_as_many_numbers_as_any_other() -> None:
    assert [kind * VISITOR for kind in (1, 2, 3, 4)] == [VISITOR, SESSION, DEVICE, 2**31]

"""Timelines of shared devices are cut into sessions as the pure rules cut them."""

from __future__ import annotations

import pyarrow
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.analytics.persons.parts import ListPart

from footfall.analytics.persons.arrays import INT
from footfall.analytics.persons.summary import summarise
from footfall.analytics.persons.timelines import ENTRIES, attributed, entries_of, in_order
from footfall.identity.attribution import Observation
from footfall.identity.sessions import SESSION_GAP_US, TimelineEntry, nearest_identifications, sessions

# A device, a time, the user (whose canonical id is the user's half), and whether it is a reset.
times = st.sampled_from((0, 0, 1, SESSION_GAP_US, SESSION_GAP_US + 1, 2 * SESSION_GAP_US + 1, 9 * SESSION_GAP_US))
moments = st.lists(st.tuples(st.integers(0, 2), times, st.sampled_from((None, None, 0, 1, 2, 3)), st.booleans()))
CANONICAL = pyarrow.array([0, 0, 2, 2], INT)
Moment = tuple[int, int, int | None, bool]


def entries(log: list[Moment]) -> pyarrow.Table:
    rows = [
        {"device": device, "user": user, "part": 0, "row": row, "at": at, "is_reset": is_reset}
        for row, (device, at, user, is_reset) in enumerate(log)
    ]
    return pyarrow.Table.from_pylist(rows, schema=ENTRIES)


def names(_: pyarrow.Array, row: pyarrow.Array) -> tuple[pyarrow.Array, pyarrow.Array]:
    """Names whose order is another one than that of the rows."""
    return row.cast(pyarrow.string()), pyarrow.array([f"m{-number:04}" for number in row.to_pylist()])


def by_the_rules(log: list[Moment]) -> dict[int, tuple[int | None, int | None, int]]:
    """For each row without a user: the owner, the row that identifies it, and the row that begins its session."""
    answers = {}
    for device in range(3):
        timeline = sorted(
            TimelineEntry(at, str(row), f"m{-row:04}", None if user is None else str(user // 2 * 2), is_reset)
            for row, (on, at, user, is_reset) in enumerate(log)
            if on == device
        )
        for session in sessions(timeline):
            for entry, nearest in zip(session, nearest_identifications(session), strict=True):
                if entry.owner is None:
                    owner, evidence = (int(nearest.owner or ""), int(nearest.source)) if nearest else (None, None)
                    answers[int(entry.source)] = (owner, evidence, int(session[0].source))
    return answers


@given(moments)
@example([(0, 0, 0, False), (0, 0, None, False), (0, 0, 2, False), (0, 1, None, True), (0, 1, None, False)])
@example([(1, 0, None, False), (1, SESSION_GAP_US, 1, False), (1, 2 * SESSION_GAP_US + 1, None, False)])
def test_each_message_goes_to_whom_the_pure_rules_say(log: list[Moment]) -> None:
    table, after = attributed(in_order(entries(log), names), CANONICAL, 1000)
    answers = {
        row["row"]: (row["person"] if row["person"] < 1000 else None, row["evidence_row"], row["first_row"])
        for row in table.to_pylist()
        if row["user"] is None
    }
    contested = {(row["person"], row["first_row"]) for row in table.to_pylist() if (row["person"] or 0) >= 1000}

    assert answers == by_the_rules(log)
    assert len(contested) == len({person for person, _ in contested}) == len({first for _, first in contested})
    assert all(person < after for person, _ in contested)


def test_names_are_asked_only_where_times_tie() -> None:
    asked: list[list[int]] = []

    def asking(part: pyarrow.Array, row: pyarrow.Array) -> tuple[pyarrow.Array, pyarrow.Array]:
        asked.append(row.to_pylist())
        return names(part, row)

    in_order(entries([(0, 5, None, False), (0, 7, None, False), (1, 5, None, False)]), asking)
    in_order(entries([(0, 5, None, False), (1, 5, None, False), (0, 6, None, False), (0, 5, 1, False)]), asking)

    assert asked == [[0, 3]]


def test_entries_with_answers_stay_in_their_order_and_only_those_that_tie_with_new_ones_are_named() -> None:
    asked: list[list[int]] = []

    def asking(part: pyarrow.Array, row: pyarrow.Array) -> tuple[pyarrow.Array, pyarrow.Array]:
        asked.append(row.to_pylist())
        return names(part, row)

    old, _ = attributed(entries([(0, 5, 1, False), (0, 5, 2, False), (0, 7, None, False)]), CANONICAL, 9)
    new = entries([(0, 7, None, False)] * 4).slice(3)
    table = in_order(pyarrow.concat_tables([old.take([1, 0, 2]), new]), asking)

    assert table.column("row").to_pylist() == [1, 0, 2, 3]
    assert asked == [[2, 3]]


def test_entries_of_a_part_are_those_of_wanted_devices_and_streams_of_products_take_no_part() -> None:
    part = ListPart([
        Observation("web", "m1", "page", 1, None, "a1"),
        Observation("web", "m2", "page", 2, None, "a2"),
        Observation("web", "m3", "track", 3, None, "a1", "sensor"),
        Observation("web", "m4", "track", 4, "ann", "a1", "sensor"),
        Observation("web", "m5", "alias", 5, "ann", None, None, "a1"),
        Observation("web", "m6", "alias", 6, "ann", "a1", None, "a1"),
        Observation("web", "m7", "reset", 7, None, "a1"),
    ])  # fmt: skip
    summary, (_, times) = summarise(part)
    wanted = pyarrow.array([summary.ids.to_pylist().index("a1")], INT)
    numbers = pyarrow.array(range(len(summary.ids)), INT)
    rows = entries_of(3, part, summary.rows, numbers, wanted, lambda _, rows: times.take(rows)).to_pylist()

    assert sorted((row["at"], row["user"] is not None, row["is_reset"]) for row in rows) == [
        (1, False, False), (4, True, False), (5, True, False), (6, True, False), (7, False, True),
    ]  # fmt: skip
    assert {row["part"] for row in rows} == {3}


@pytest.mark.parametrize("wanted", [1, 30])
def test_entries_of_few_and_of_many_devices_are_chosen_alike(wanted: int) -> None:
    log = [
        Observation("web", f"m{at}", "reset" if at % 7 == 0 else "page", at, None, f"a{at % 40}") for at in range(90)
    ]
    part = ListPart(log)
    summary, (_, times) = summarise(part)
    ids = summary.ids.to_pylist()
    devices = pyarrow.array([number for number, id_ in enumerate(ids) if int(id_[1:]) < wanted], INT)
    numbers = pyarrow.array(range(len(ids)), INT)

    rows = entries_of(0, part, summary.rows, numbers, devices, lambda _, rows: times.take(rows)).to_pylist()

    assert sorted((row["at"], ids[row["device"]], row["is_reset"]) for row in rows) == [
        (at, f"a{at % 40}", at % 7 == 0) for at in range(90) if at % 40 < wanted
    ]

"""A long timeline lies in runs of whole sessions, and entries that come later change the runs near them alone."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pyarrow
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.analytics.persons.parts import ListPart, attributions

from footfall.analytics.persons import Persons
from footfall.analytics.persons.timeline_runs import RUNS, are_near, pieces, renumbered, rows_in, runs_of
from footfall.analytics.persons.timelines import ENTRIES
from footfall.identity.attribution import Observation, attribute, namespace
from footfall.identity.sessions import SESSION_GAP_US as GAP

# How long after the message before, of which user, of which type, and in which part a message comes.
GAPS, USERS = (0, 1, GAP - 1, GAP, GAP + 1, 3 * GAP), ("ann", "bob", None, None, None)
MOMENTS = st.tuples(
    st.sampled_from(GAPS), st.sampled_from(USERS), st.sampled_from(["page", "page", "page", "reset"]), st.integers(0, 3)
)
Moment = tuple[int, str | None, str, int]


def drawn(seed: int, messages: int) -> list[Moment]:
    dice = random.Random(seed)
    return [
        (dice.choice(GAPS), dice.choice(USERS), dice.choice(("page", "page", "reset")), dice.randrange(4))
        for _ in range(messages)
    ]


def parts_of(moments: Sequence[Moment]) -> list[list[Observation]]:
    parts: list[list[Observation]] = [[], [], [], []]
    at = 0
    for number, (gap, user, type_, part) in enumerate(moments):
        at += gap
        parts[part].append(Observation("web", f"m{number}", type_, at, user, f"a{number % 7 // 6}"))
    return parts


def entries(*rows: tuple[int, int, int]) -> Any:
    """Of each the device, when it was, and the number of its session."""
    columns = ({"device": device, "at": at, "first_part": 0, "first_row": session} for device, at, session in rows)
    return pyarrow.Table.from_pylist(list(columns), schema=ENTRIES)


def run(device: int, first: int, count: int, start: int, end: int) -> dict[str, int]:
    return dict(zip(RUNS.names, (device, first, count, start, end), strict=True))


def runs(*rows: dict[str, int]) -> Any:
    return pyarrow.Table.from_pylist(list(rows), schema=RUNS)


@given(st.lists(MOMENTS, max_size=60))
@example(drawn(1, 300))
@example(drawn(2, 300))
@example([(1, "ann", "page", 0), (1, "bob", "page", 0), *[(GAP + 1, None, "page", 1)] * 100, (5, "ann", "page", 2)])
def test_a_timeline_that_grows_part_by_part_gives_the_persons_of_the_pure_rules(moments: list[Moment]) -> None:
    persons, parts = Persons.of((), "shop"), list[ListPart]()
    logs = parts_of(moments)
    for log in logs:
        parts.append(ListPart(log))
        persons = persons.extended(parts[-1])

    every = [observation for log in logs for observation in log]
    assert attributions(persons, parts) == attribute(every, namespace("shop"))


@pytest.mark.parametrize("seed", range(6))
def test_sessions_that_begin_at_one_time_stay_in_order_as_a_timeline_grows(seed: int) -> None:
    dice = random.Random(seed)
    log = [
        Observation(
            dice.choice(("web", "app")), f"m{number}", dice.choice(("page", "page", "reset")),
            dice.randrange(40) * (GAP - 1), dice.choice(USERS), "a1",
        )
        for number in range(400)
    ]  # fmt: skip
    persons, parts = Persons.of((), "shop"), [ListPart(log[start : start + 20]) for start in range(0, 400, 20)]
    for part in parts:
        persons = persons.extended(part)

    assert attributions(persons, parts) == attribute(log, namespace("shop"))


def test_runs_of_one_device_have_no_time_in_common() -> None:
    many = [(1, 7, session) for session in range(40)] + [(1, 8, 50)]

    assert runs_of(entries(*many), 0).to_pylist() == [run(1, 0, 40, 7, 7), run(1, 40, 1, 8, 8)]


def test_a_batch_cuts_the_end_of_a_long_timeline_alone() -> None:
    long = [
        Observation("web", f"m{number}", "page", number * 2 * GAP, "ann" if number % 2 else "bob", "a1")
        for number in range(1_000)
    ]
    before = Persons.of([ListPart(long)], "shop")
    after = before.extended(ListPart([Observation("web", "n", "page", 2_000 * GAP, None, "a1")]))

    assert len(after.dictionary.entries) - len(before.dictionary.entries) <= 33
    assert len(after.dictionary.current_entries()) == 1_001


def test_runs_have_whole_sessions_of_one_device() -> None:
    many = [(1, at, 0) for at in range(40)] + [(1, at, 40) for at in range(100, 110)] + [(2, 5, 50)]

    assert runs_of(entries(*many), 7).to_pylist() == [
        run(1, 7, 40, 0, 39), run(1, 47, 10, 100, 109), run(2, 57, 1, 5, 5),
    ]  # fmt: skip


def test_no_entries_have_no_runs() -> None:
    assert runs_of(entries(), 0).equals(runs())


@pytest.mark.parametrize(
    ("at", "near"), [(-GAP, True), (-GAP - 1, False), (5, True), (10 + GAP, True), (11 + GAP, False)]
)
def test_a_run_is_near_what_its_sessions_reach(at: int, near: bool) -> None:
    mask = are_near(runs(run(1, 0, 3, 0, 10), run(2, 3, 1, 0, 10)), entries((1, at, 0)))

    assert mask.to_pylist() == [near, False]


def test_pieces_are_the_rows_of_each_run_over_chunks() -> None:
    table = pyarrow.concat_tables([entries((1, 0, 0), (1, 1, 0)), entries((2, 2, 0), (2, 3, 0), (3, 4, 0))])
    batches = pieces(table, runs(run(2, 2, 2, 2, 3), run(1, 1, 1, 1, 1)))

    assert [batch.column("at").to_pylist() for batch in batches] == [[2, 3], [1]]


def test_the_rows_of_runs_come_in_order_and_the_runs_get_their_numbers() -> None:
    table = entries((1, 0, 0), (1, 1, 0), (2, 2, 0), (2, 3, 0), (3, 4, 0))
    some = runs(run(3, 4, 1, 4, 4), run(1, 1, 1, 1, 1), run(2, 2, 2, 2, 3))

    assert rows_in(table, some).column("at").to_pylist() == [1, 2, 3, 4]
    assert renumbered(some).to_pylist() == [run(1, 0, 1, 1, 1), run(2, 1, 2, 2, 3), run(3, 3, 1, 4, 4)]

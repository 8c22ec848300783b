"""Deviations are missing steps and broken guards; who did a step off the plan is counted by why it does not count."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.analytics.questions.journey.small import walked

from footfall.analytics.questions.journey.conformance import WayCount, conformance
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]
LATER = 10_000


@pytest.mark.parametrize(
    ("log", "way"),
    [
        ([(0, "view"), (1, "cart"), (2, "buy")], (0, "done", 0)),
        ([(0, "view"), (2, "buy")], (1, "done", 0)),
        ([(0, "view"), (1, "error"), (2, "buy")], (1, "done", 1)),
        ([(0, "view"), (1, "error"), (2, "error")], (0, "late", 3)),
        ([(0, "view"), (1, "cart")], (0, "late", 1)),
    ],
)
def test_a_way_deviates_by_each_missing_step_and_each_broken_guard(
    entry: MakeEntry, log: list[tuple[int, str]], way: tuple[int, str, int]
) -> None:
    with walked(entry, [("ann", at, name) for at, name in log], LATER) as (context, reaches, stages):
        tally = conformance(context, reaches, stages)

    assert tally.ways == (WayCount(*way, 1),)  # type: ignore[arg-type]
    assert tally.guards == (int("error" in dict(map(reversed, log))),)  # type: ignore[arg-type]


def test_nobody_who_still_has_time_lacks_a_step(entry: MakeEntry) -> None:
    with walked(entry, [("ann", 0, "view")], 1) as (context, reaches, stages):
        tally = conformance(context, reaches, stages)

    assert tally.ways == (WayCount(0, "open", 0, 1),)


def test_a_step_off_the_plan_came_too_late_or_without_the_one_before(entry: MakeEntry) -> None:
    log = [("ann", 0, "view"), ("ann", 700, "cart"), ("ann", 701, "buy"), ("bob", 5, "buy"), ("bob", 9, "view")]
    with walked(entry, log, LATER) as (context, reaches, stages):
        tally = conformance(context, reaches, stages)

    assert tally.off_plan == ((0, 1), (0, 1))  # Bob bought before he entered

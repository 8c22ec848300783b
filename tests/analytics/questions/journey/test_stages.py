"""Everybody is at their furthest step; the time for the next one goes by the plan's limits."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.analytics.questions.journey.small import PLAN, walked

from footfall.analytics.questions.journey import journey_options
from footfall.analytics.questions.journey.stages import StageCount, stage_counts, stage_rows
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]
SECOND = 1_000_000
NEVER = 10_000


@pytest.mark.parametrize(
    ("log", "now", "place"),
    [
        ([(0, "view")], 600, (0, 0, 0, "open")),  # the journey's limit, to the last second
        ([(0, "view")], 601, (0, 0, 0, "late")),
        ([(0, "view"), (9, "cart")], 69, (1, 1, 0, "open")),
        ([(0, "view"), (9, "cart")], 70, (1, 1, 0, "late")),
        ([(0, "view"), (9, "cart"), (50, "cart")], 70, (1, 1, 0, "open")),  # the last cart counts
        ([(0, "view"), (9, "cart"), (20, "buy")], NEVER, (2, 2, 0, "done")),
        ([(0, "view"), (20, "buy")], NEVER, (0, 2, 1, "done")),
        ([(0, "view"), (100, "buy")], NEVER, (0, 0, 0, "late")),
    ],
)
def test_a_person_is_where_they_came_by_any_path(
    entry: MakeEntry, log: list[tuple[int, str]], now: int, place: tuple[int, int, int, str]
) -> None:
    with walked(entry, [("ann", at, name) for at, name in log], now) as (context, _, stages):
        (count,) = stage_counts(context, stages)

    assert count == StageCount(*place, 1)  # type: ignore[arg-type]


def test_persons_are_listed_with_what_is_next_and_until_when(entry: MakeEntry) -> None:
    log = [("ann", 0, "view"), ("bob", 0, "view"), ("bob", 9, "cart"), ("eve", 0, "view"), ("eve", 1, "buy")]
    with walked(entry, log, NEVER) as (context, reaches, stages):
        every, carts, late = (
            stage_rows(context, journey_options(PLAN, "buying", **options), reaches, stages)
            for options in ({"persons": True}, {"stage": "cart"}, {"late": True})
        )

    assert sorted((row.step, row.next, row.due) for row in late) == [(0, 1, 600 * SECOND), (1, 2, 69 * SECOND)]
    assert [(row.step, row.since) for row in carts] == [(1, 9 * SECOND)]
    assert {(row.path, row.next, row.due) for row in every if row.state == "done"} == {(1, None, None)}
    assert len({row.person_id for row in every}) == 3

"""How far the ways of those who entered a journey are from its plan, in SQL."""

from __future__ import annotations

import msgspec

from footfall.analytics.question import ShardContext
from footfall.analytics.questions.journey.stages import StageState
from footfall.analytics.reaches import Reaches, guard_breakers, step_messages

__all__ = ["ConformanceTally", "WayCount", "conformance"]


class WayCount(msgspec.Struct, frozen=True):
    """How many went a path, and are in a state, with so many deviations."""

    path: int
    state: StageState
    deviations: int
    actors: int


class ConformanceTally(msgspec.Struct, frozen=True):
    """Ways by their deviations; who broke each guard; and for each step after the first how many did it off the plan.

    `off_plan` has pairs: without a step before it, and too late after it.
    """

    ways: tuple[WayCount, ...]
    guards: tuple[int, ...]
    off_plan: tuple[tuple[int, int], ...]


def conformance(context: ShardContext, reaches: Reaches, stages: str) -> ConformanceTally:
    """Count the deviations of everybody in the table `stages`."""
    dataset, plan, journey = context.dataset, context.report.plan, reaches.journey
    broken = dataset.new_name("broken")
    parts = [
        f"SELECT {number} AS guard, actor FROM ({guard_breakers(dataset, plan, reaches, guard)})"
        for number, guard in enumerate(journey.never)
    ]
    empty = "SELECT NULL::INTEGER AS guard, NULL::INTEGER AS actor WHERE FALSE"
    dataset.connection.execute(f"CREATE TABLE {broken} AS {' UNION ALL '.join([empty, *parts])}")
    sizes = ", ".join(f"({number}, {step}, {missing})" for number, step, missing in _steps_missing(reaches))
    ways = dataset.rows(f"""
        WITH sizes(path, step, missing) AS (VALUES {sizes}),
        guards AS (SELECT actor, count(*) AS broken FROM {broken} GROUP BY actor)
        SELECT path, state, CASE WHEN state = 'late' THEN missing ELSE 0 END + coalesce(broken, 0) AS deviations,
               count(*)
        FROM {stages} JOIN sizes USING (path, step) LEFT JOIN guards USING (actor) GROUP BY ALL
    """)
    by_guard: dict[int, int] = dict(dataset.rows(f"SELECT guard, count(*) FROM {broken} GROUP BY guard"))
    dataset.connection.execute(f"DROP TABLE {broken}")
    return ConformanceTally(
        tuple(WayCount(*row) for row in ways),
        tuple(by_guard.get(number, 0) for number in range(len(journey.never))),
        tuple(_off_plan(context, reaches, stages, step) for step in range(1, len(journey.steps))),
    )


def _steps_missing(reaches: Reaches) -> list[tuple[int, int, int]]:
    """For each path and step how many steps there are from it to the end of the path."""
    return [
        (number, step, len(path.steps) - 1 - position)
        for number, path in enumerate(reaches.paths)
        for position, step in enumerate(path.steps)
    ]


def _off_plan(context: ShardContext, reaches: Reaches, stages: str, step: int) -> tuple[int, int]:
    """How many had the event of a step that they did not reach: without a step before it, or too late after one."""
    before = [
        f"(path = {number} AND position = {path.steps.index(step) - 1})"
        for number, path in enumerate(reaches.paths)
        if step in path.steps[1:]
    ]
    messages = step_messages(context.dataset, context.report.plan, reaches, reaches.journey.steps[step])
    ((early, late),) = context.dataset.rows(f"""
        WITH ready AS (
            SELECT actor, min(time) AS time FROM {reaches.reached} WHERE {" OR ".join(before)} GROUP BY actor
        ), off_plan AS (
            SELECT message.actor, coalesce(bool_or(ready.time <= message.time), FALSE) AS is_late
            FROM ({messages}) AS message
            JOIN {stages} AS stage ON stage.actor = message.actor AND message.time > stage.entered
            ANTI JOIN (SELECT actor FROM {reaches.reached} WHERE step = {step}) AS reached
                ON reached.actor = message.actor
            LEFT JOIN ready ON ready.actor = message.actor
            WHERE NOT message.is_many
            GROUP BY message.actor
        )
        SELECT count(*) FILTER (NOT is_late), count(*) FILTER (is_late) FROM off_plan
    """)
    return int(early), int(late)

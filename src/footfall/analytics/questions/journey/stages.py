"""Where everybody is who entered a journey, in SQL: the furthest step, since when, what is next and until when."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from footfall.analytics.question import ShardContext
from footfall.analytics.questions.journey.options import JourneyOptions
from footfall.analytics.reaches import Reaches

__all__ = ["StageCount", "StageRow", "StageState", "make_stages", "stage_counts", "stage_rows"]

StageState = Literal["done", "open", "late"]
"""At the end of a path; may still go on; or the last moment to go on has passed."""

_SECOND = 1_000_000


class StageCount(msgspec.Struct, frozen=True):
    """How many are at a step that they reached by a path, with the furthest position on the main path."""

    main: int
    step: int
    path: int
    state: StageState
    actors: int


class StageRow(msgspec.Struct, frozen=True):
    """One actor. Times are microseconds since 1970 UTC; `next` is the number of a step."""

    person_id: str
    step: int
    path: int
    state: StageState
    entered: int
    since: int
    next: int | None
    due: int | None


def make_stages(context: ShardContext, reaches: Reaches) -> str:
    """Make the table of all actors, and return its name.

    There are `actor`, `entered`, `main` (the furthest position on the main path), `step` (the furthest on any path),
    `path` (the first that leads there), `since`, `next` (a step), `due` and `state`. A message takes somebody further
    up to `due`, on any path; null is for ever.
    """
    within = reaches.journey.within
    end = "NULL" if within is None else f"reached.entered + {within * _SECOND}"
    name = context.dataset.new_name("stages")
    context.dataset.connection.execute(f"""
        CREATE TABLE {name} AS
        WITH ways(path, position, step, next, span) AS (VALUES {", ".join(_ways(reaches))}),
        furthest AS (
            SELECT actor, any_value(entered) AS entered, max(step) AS step, max(position) FILTER (path = 0) AS main
            FROM {reaches.reached} GROUP BY actor
        ), stage AS (
            SELECT actor, step, min(path) AS path, min(time) AS since
            FROM {reaches.reached} SEMI JOIN furthest USING (actor, step) GROUP BY actor, step
        ), chances AS (
            SELECT actor, max(due) AS due, bool_or(due IS NULL) AS is_endless FROM (
                SELECT reached.actor, least(reached.latest + ways.span, {end}) AS due
                FROM {reaches.reached} AS reached
                JOIN ways ON ways.path = reached.path AND ways.position = reached.position
                JOIN furthest ON furthest.actor = reached.actor
                WHERE ways.next > furthest.step
            ) GROUP BY actor
        ), dated AS (
            SELECT actor, entered, main, step, path, since, ways.next,
                   CASE WHEN ways.next IS NOT NULL AND NOT is_endless THEN chances.due END AS due
            FROM furthest JOIN stage USING (actor, step) JOIN ways USING (path, step) LEFT JOIN chances USING (actor)
        )
        SELECT *, CASE WHEN next IS NULL THEN 'done' WHEN due < {context.report.now} THEN 'late' ELSE 'open' END
            AS state
        FROM dated
    """)
    return name


def _ways(reaches: Reaches) -> Iterator[str]:
    """Each step of each path, with the one after it and the time that there is for that."""
    for number, path in enumerate(reaches.paths):
        for position, step in enumerate(path.steps):
            is_last = position + 1 == len(path.steps)
            following = "NULL::INTEGER" if is_last else str(path.steps[position + 1])
            limit = None if is_last else path.limits[position + 1]
            yield f"({number}, {position}, {step}, {following}, {'NULL' if limit is None else limit}::BIGINT)"


def stage_counts(context: ShardContext, stages: str) -> tuple[StageCount, ...]:
    """How many are where."""
    rows = context.dataset.rows(f"SELECT main, step, path, state, count(*) FROM {stages} GROUP BY ALL")
    return tuple(StageCount(*row) for row in rows)


def stage_rows(context: ShardContext, options: JourneyOptions, reaches: Reaches, stages: str) -> tuple[StageRow, ...]:
    """Who is where, as far as asked for."""
    import pyarrow  # loaded with the engine

    conditions = [f"step = {reaches.step(options.stage)}"] if options.stage else []
    conditions += ["state = 'late'"] if options.late else []
    rows = context.dataset.rows(f"""
        SELECT actor, step, path, state, entered, since, next, due FROM {stages}
        WHERE {" AND ".join(conditions) or "TRUE"}
    """)
    actors = pyarrow.array([row[0] for row in rows], pyarrow.int32())
    ids = context.dataset.persons.person_ids(actors).to_pylist()
    return tuple(StageRow(person_id, *row[1:]) for person_id, row in zip(ids, rows, strict=True))

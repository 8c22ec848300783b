"""Who gave up a journey between two steps and who went on, and what each of them did from the one step on, in SQL."""

from __future__ import annotations

from typing import Literal

import msgspec

from footfall.analytics.engine import literal
from footfall.analytics.question import ShardContext
from footfall.analytics.questions.journey.options import JourneyOptions
from footfall.analytics.questions.journey.things import bad_statuses, faults, step_names, steps, unattributed_faults
from footfall.analytics.reaches import Reaches
from footfall.analytics.risk_sets import tick_sql
from footfall.analytics.window import Span
from footfall.identity.sessions import SESSION_GAP_US
from footfall.journeys.paths import paths
from footfall.plan.calls import base_event
from footfall.plan.model import Journey

__all__ = ["Exposure", "LeaversTally", "NextCount", "Outcome", "is_limited", "leavers"]

Outcome = Literal["went_on", "gave_up", "open", "other_way", "later"]
"""Reached the second step; can no more; still may; got further by another path; or reached it after the session."""


class NextCount(msgspec.Struct, frozen=True):
    """What so many of each did first; "" is nothing, or the second step itself."""

    name: str
    gave_up: int
    went_on: int


class Exposure(msgspec.Struct, frozen=True):
    """How many had something before they gave up or went on.

    `begins` has how many had it in which tick of the time since the first step, `exits` how many of these are decided
    in which later tick, and how many of those go on: see `footfall.analytics.risk_sets`.
    """

    gave_up: int
    went_on: int
    begins: dict[int, int]
    exits: dict[int, tuple[int, int]]


class LeaversTally(msgspec.Struct, frozen=True):
    """Those who reached the first step, by what became of them and by tick; what they did first, and what they had.

    `unattributed` are the messages in quarantine of that time that are of nobody who is known.
    """

    outcomes: dict[str, int]
    exits: dict[int, tuple[int, int]]
    nexts: tuple[NextCount, ...]
    exposures: dict[str, Exposure]
    unattributed: int


def is_limited(journey: Journey, start: int, end: int) -> bool:
    """Whether the plan limits the time from a step to another, on each path through both."""
    if journey.within is not None:
        return True
    ways = [path for path in paths(journey) if {start, end} <= set(path.steps)]
    return all(
        path.limits[position] is not None
        for path in ways
        for position in range(path.steps.index(start) + 1, path.steps.index(end) + 1)
    )


def leavers(context: ShardContext, options: JourneyOptions, reaches: Reaches, stages: str) -> LeaversTally:
    """Count those who reached the first of two steps, and what they did. Raises DamagedFileError."""
    dataset, journey = context.dataset, options.journey
    start, end = (reaches.step(name) for name in options.between or ("", ""))
    doings, watched, had = (dataset.new_name(stem) for stem in ("doings", "watched", "had"))
    create = dataset.connection.execute
    create(f"CREATE TABLE {watched}_began AS {_began(reaches, start)}")
    watch = f"CREATE TABLE {watched} AS {_watched(context, reaches, (start, end), stages, doings, f'{watched}_began')}"
    if is_limited(journey, start, end):  # who does what after that is not read
        create(watch)
        create(f"CREATE TABLE {doings} AS {_doings(context, journey.by, watched)} AND time <= ended")
    else:
        create(f"CREATE TABLE {doings} AS {_doings(context, journey.by, f'{watched}_began')}")
        create(watch)
    create(f"CREATE TABLE {had} AS {_had(context, journey.by, _sent(context, journey, end), doings, watched)}")
    outcomes: dict[str, int] = dict(dataset.rows(f"SELECT outcome, count(*) FROM {watched} GROUP BY outcome"))
    exits = dataset.rows(f"SELECT tick, count(*), count_if(outcome = 'went_on') FROM {watched} GROUP BY tick")
    tally = LeaversTally(
        outcomes,
        {tick: (actors, went_on) for tick, actors, went_on in exits},
        _nexts(context, _sent(context, journey, start), doings, watched),
        _exposures(context, had, options.floor if context.shard.is_whole else 1),
        _unattributed(context, reaches) if context.shard.is_first else 0,
    )
    for table in (had, watched, f"{watched}_began", doings):
        dataset.connection.execute(f"DROP TABLE {table}")
    return tally


def _sent(context: ShardContext, journey: Journey, step: int) -> str:
    """The event of a step as it is sent, which is what ways are made of."""
    return base_event(context.plan, journey.steps[step].event)


def _began(reaches: Reaches, start: int) -> str:
    return f"SELECT actor, min(time) AS began FROM {reaches.reached} WHERE step = {start} GROUP BY actor"


def _doings(context: ShardContext, by: str, began: str) -> str:
    """What those who reached the first step did after that: `actor`, `began`, `time`, `seq`, `step`."""
    return f"""
        SELECT actor, began, time, seq, step FROM ({steps(context, by)}) JOIN {began} USING (actor) WHERE time > began
    """


def _watched(
    context: ShardContext, reaches: Reaches, pair: tuple[int, int], stages: str, doings: str, began: str
) -> str:
    """Everybody who reached the first step: `actor`, `began`, `ended`, `outcome` and the `tick` of their end."""
    now, (start, end) = context.report.now, pair
    through = ", ".join(map(str, reaches.through(reaches.journey.steps[start].id, reaches.journey.steps[end].id)))
    if is_limited(reaches.journey, start, end):
        is_timely = "arrived IS NOT NULL"
        ends = f"SELECT actor, least(coalesce(due, {now}), {now}) AS until, state = 'late' AS is_over FROM {stages}"
    else:
        is_timely = "arrived <= until"
        ends = _session_ends(doings, began, now)
    return f"""
        WITH arrived AS (
            SELECT actor, min(time) AS arrived FROM {reaches.reached}
            WHERE step = {end} AND path IN ({through}) GROUP BY actor
        ), judged AS (
            SELECT actor, began, since, until, arrived, CASE
                WHEN {is_timely} THEN 'went_on' WHEN arrived IS NOT NULL THEN 'later'
                WHEN state = 'done' OR step >= {end} THEN 'other_way' WHEN is_over THEN 'gave_up' ELSE 'open'
            END AS outcome
            FROM {began} JOIN {stages} USING (actor) JOIN ({ends}) USING (actor) LEFT JOIN arrived USING (actor)
        ), decided AS (
            SELECT actor, began, outcome, greatest(began, CASE outcome
                WHEN 'went_on' THEN arrived WHEN 'other_way' THEN least(since, until) ELSE until
            END) AS ended
            FROM judged
        )
        SELECT *, {tick_sql("ended - began")} AS tick FROM decided
    """


def _session_ends(doings: str, began: str, now: int) -> str:
    """Until when each is watched where the plan has no limit: up to the first pause of over 30 minutes."""
    return f"""
        WITH timed AS (
            SELECT actor, time, coalesce(lag(time) OVER (PARTITION BY actor ORDER BY time), began) AS before
            FROM {doings}
        ), pauses AS (
            SELECT actor, min(time) AS pause FROM timed WHERE time - before > {SESSION_GAP_US} GROUP BY actor
        ), last AS (
            SELECT actor, max(time) AS last FROM {doings} LEFT JOIN pauses USING (actor)
            WHERE pause IS NULL OR time < pause GROUP BY actor
        )
        SELECT actor, coalesce(last, began) AS until, until + {SESSION_GAP_US} < {now} AS is_over
        FROM {began} LEFT JOIN last USING (actor)
    """


def _had(context: ShardContext, by: str, last: str, doings: str, watched: str) -> str:
    """What each had before they were decided, and in which tick first: `name`, `outcome`, `tick` and `had`.

    What comes as somebody goes on is no more before that. The event of the second step `last` is no obstacle to it.
    """
    first = f"min(time - watched.began) AS elapsed FROM {{}} JOIN {watched} AS watched USING (actor)"
    before = "time > watched.began AND (time < ended OR (time = ended AND outcome <> 'went_on'))"
    others = " UNION ALL ".join(
        f"(SELECT name, outcome, tick, {first.format(f'({part})')} WHERE {before} GROUP BY actor, name, outcome, tick)"
        for part in (bad_statuses(context, by), faults(context))
    )
    return f"""
        SELECT name, outcome, tick, {tick_sql("elapsed")} AS had FROM (
            SELECT name, outcome, tick, elapsed FROM (
                SELECT actor, step, outcome, tick, {first.format(doings)} WHERE {before}
                GROUP BY actor, step, outcome, tick
            ) JOIN {step_names(context)} USING (step) WHERE name <> {literal(last)}
            UNION ALL {others}
        )
    """


def _exposures(context: ShardContext, had: str, least: int) -> dict[str, Exposure]:
    """By name what at least so many had before they were decided."""
    rows = context.dataset.rows
    totals = rows(
        f"SELECT name, count_if(outcome = 'gave_up'), count_if(outcome = 'went_on') FROM {had} GROUP BY name "
        f"HAVING count_if(had < tick) >= {least}"
    )
    exposures = {name: Exposure(gave_up, went_on, {}, {}) for name, gave_up, went_on in totals}
    earlier = f"FROM {had} WHERE had < tick GROUP BY ALL"
    for name, tick, actors in rows(f"SELECT name, had, count(*) {earlier}"):
        if name in exposures:
            exposures[name].begins[tick] = actors
    for name, tick, actors, went_on in rows(f"SELECT name, tick, count(*), count_if(outcome = 'went_on') {earlier}"):
        if name in exposures:
            exposures[name].exits[tick] = actors, went_on
    return exposures


def _nexts(context: ShardContext, first: str, doings: str, watched: str) -> tuple[NextCount, ...]:
    """What they did first but for the event of the first step again, in order of time and seq."""
    rows = context.dataset.rows(f"""
        WITH others AS (
            SELECT actor, arg_min(step, (time, seq)) AS step FROM {doings} JOIN {watched} AS watched USING (actor)
            WHERE (time < ended OR (time = ended AND outcome <> 'went_on')) AND outcome IN ('gave_up', 'went_on')
              AND step NOT IN (SELECT step FROM {step_names(context)} WHERE name = {literal(first)})
            GROUP BY actor
        )
        SELECT coalesce(name, ''), count_if(outcome = 'gave_up'), count_if(outcome = 'went_on')
        FROM {watched} LEFT JOIN others USING (actor) LEFT JOIN {step_names(context)} USING (step)
        WHERE outcome IN ('gave_up', 'went_on') GROUP BY ALL
    """)
    return tuple(NextCount(*row) for row in rows)


def _unattributed(context: ShardContext, reaches: Reaches) -> int:
    return unattributed_faults(context.dataset, Span(reaches.span.since, context.report.now).sql())

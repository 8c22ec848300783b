"""Walks a journey in SQL: who reached which step when, on the main path and on every branch.

Any chain counts, not only the greedy one: a step is reached at a message if some chain of messages from the entry ends
there. For a step without a limit that is any message since the first reach of the step before. For one with a limit an
ASOF join against the latest reachable message of the step before is exact, because the latest leaves the most room.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations

import msgspec

from footfall.analytics.dataset import Dataset
from footfall.analytics.engine import hand_over
from footfall.analytics.query import ACTORS, NO_SEGMENTS, Memberships, needed, where_sql
from footfall.analytics.shards import WHOLE, Shard
from footfall.analytics.window import Span
from footfall.journeys.paths import Path, paths, step_number
from footfall.journeys.reaches import Filling
from footfall.journeys.reaches import reaches as reaches_of
from footfall.plan.calls import may_share_messages
from footfall.plan.model import Guard, Journey, Plan, Step

__all__ = [
    "Reaches",
    "branch_actors",
    "conversion_actors",
    "funnel",
    "guard_actors",
    "guard_breakers",
    "has_ties",
    "step_messages",
    "walk",
]

_SECOND = 1_000_000


class Reaches(msgspec.Struct, frozen=True):
    """Who reached which step of a journey, and when.

    The table `reached` has a row (path, position, step, actor, entered, time, latest) for each step that an actor
    reached on a path; `time` is the first reach, `latest` the last one. Path 0 is the main one, path n the n-th branch.
    """

    journey: Journey
    span: Span
    shard: Shard
    paths: tuple[Path, ...]
    reached: str
    segments: Memberships = NO_SEGMENTS

    def step(self, name: str) -> int:
        """The position of a step in the plan's list."""
        return step_number(self.journey, name)

    def through(self, *names: str) -> tuple[int, ...]:
        """The numbers of the paths that pass all these steps."""
        wanted = {self.step(name) for name in names}
        return tuple(number for number, path in enumerate(self.paths) if wanted <= set(path.steps))


def has_ties(plan: Plan, journey: Journey) -> bool:
    """Whether one message may fill several steps, so that messages of one time have to be told apart."""
    return any(may_share_messages(plan, *pair) for pair in combinations([step.event for step in journey.steps], 2))


def walk(
    dataset: Dataset,
    plan: Plan,
    journey: Journey,
    span: Span,
    shard: Shard = WHOLE,
    *,
    segments: Memberships = NO_SEGMENTS,
) -> Reaches:
    """Walk a journey for everybody of a shard who enters it in `span`; later steps count up to the end of the data.

    `segments` knows the segments that its conditions name.

    Raises UsageError when the plan has no such event or property.
    """
    reaches = Reaches(journey, span, shard, paths(journey), dataset.new_name("reached"), segments)
    steps = [step_messages(dataset, plan, reaches, step) for step in journey.steps]
    ties = ""
    if has_ties(plan, journey):
        ties = dataset.new_name("ties")
        dataset.connection.execute(f"CREATE TABLE {ties} AS {_ties(steps)}")
    dataset.connection.execute(f"CREATE TABLE {reaches.reached} AS {_reached(reaches, steps, ties)}")
    if ties:
        _walk_ties(dataset, reaches, steps, ties)
        dataset.connection.execute(f"DROP TABLE {ties}")
    return reaches


def _messages(dataset: Dataset, plan: Plan, reaches: Reaches, wanted: Step | Guard, fills: Sequence[Step]) -> str:
    """The messages of a step or a guard, as SQL: seq, actor and time of each, and whether it may fill each of `fills`.

    The columns of these are `fills_0`, `fills_1`, … `seq` is 0 where nobody needs it.
    """
    alike = [step for step in fills if step.event == wanted.event]
    shared = [step for step in fills if step not in alike and may_share_messages(plan, step.event, wanted.event)]
    properties = needed([*wanted.where, *(where for step in alike for where in step.where)])
    is_numbered = bool(shared) or has_ties(plan, reaches.journey) or not reaches.shard.is_whole
    stored = ("person", "seq") if is_numbered else ("person",)
    table = dataset.events(wanted.event, properties, plan=plan, since=reaches.span.since, stored=stored)
    conditions = [
        where_sql(dataset, table, step.where, reaches.segments)
        if step in alike
        else _fills(dataset, plan, reaches, step)
        if step in shared
        else "FALSE"
        for step in fills
    ]
    columns = "".join(f", ({condition}) AS fills_{number}" for number, condition in enumerate(conditions))
    seq = "seq" if is_numbered else "0 AS seq"
    own = where_sql(dataset, table, wanted.where, reaches.segments)
    return (
        f"SELECT {seq}, person AS actor, occurred_at AS time{columns} FROM {table.name} "
        f"WHERE {ACTORS[reaches.journey.by]} AND {reaches.shard.sql()} AND {own}"
    )


def _fills(dataset: Dataset, plan: Plan, reaches: Reaches, step: Step) -> str:
    """The condition on a message of another event that it fills a step too, as SQL."""
    table = dataset.events(
        step.event, needed(step.where), plan=plan, since=reaches.span.since, stored=("person", "seq")
    )
    return f"seq IN (SELECT seq FROM {table.name} WHERE {where_sql(dataset, table, step.where, reaches.segments)})"


def step_messages(dataset: Dataset, plan: Plan, reaches: Reaches, step: Step) -> str:
    """The messages that may fill a step, as SQL: seq, actor and time; `is_many`: a message may fill several steps."""
    others = [
        other
        for other in reaches.journey.steps
        if other is not step and may_share_messages(plan, other.event, step.event)
    ]
    is_many = " OR ".join(f"fills_{number}" for number in range(len(others))) or "FALSE"
    return (
        f"SELECT seq, actor, time, {is_many} AS is_many FROM ({_messages(dataset, plan, reaches, step, others)}) "
        f"WHERE {Span(reaches.span.since).sql('time')}"
    )


def _candidates(steps: Sequence[str]) -> str:
    return " UNION ALL ".join(f"(SELECT {number} AS step, * FROM ({step}))" for number, step in enumerate(steps))


def _ties(steps: Sequence[str]) -> str:
    """The actors with a message that may fill several steps and has the time of another: a join is not exact there."""
    return f"""
        WITH candidates AS MATERIALIZED ({_candidates(steps)})
        SELECT DISTINCT actor FROM (
            SELECT actor FROM candidates GROUP BY actor, time HAVING min(seq) < max(seq) AND bool_or(is_many)
        )
    """


def _reached(reaches: Reaches, steps: Sequence[str], ties: str) -> str:
    """First reaches of the other actors: step joined to step, with named parts for each beginning of a path.

    `all_…` has every message that ends a beginning, for a next step with a limit; else the first of each actor will do.
    """
    limited = {
        path.steps[:end] for path in reaches.paths for end in range(2, len(path.steps)) if path.limits[end] is not None
    }
    parts: dict[str, str] = {}
    firsts = []
    for number, path in enumerate(reaches.paths):
        for position, step in enumerate(path.steps):
            name = _named(path.steps[: position + 1])
            if position == 0:
                parts[f"first_{name}"] = _entries(reaches, steps[step], ties)
            elif f"first_{name}" not in parts:
                ends = _next(path, position, steps[step])
                if path.steps[: position + 1] in limited:
                    parts[f"all_{name}"], ends = ends, f"FROM all_{name}"
                parts[f"first_{name}"] = (
                    f"SELECT actor, entered, min(time) AS time, max(time) AS latest FROM ({ends}) GROUP BY ALL"
                )
            firsts.append(
                f"SELECT {number} AS path, {position} AS position, {step} AS step, actor, entered, time, latest "
                f"FROM first_{name}"
            )
    named = ", ".join(f"{name} AS MATERIALIZED ({query})" for name, query in parts.items())
    return f"WITH {named} {' UNION ALL '.join(firsts)}"


def _named(steps: Sequence[int]) -> str:
    return "_".join(map(str, steps))


def _entries(reaches: Reaches, step: str, ties: str) -> str:
    others = f"ANTI JOIN {ties} USING (actor)" if ties else ""
    return f"""
        SELECT actor, min(time) AS entered, min(time) AS time, min(time) AS latest FROM ({step}) {others}
        WHERE {Span(None, reaches.span.until).sql("time")} GROUP BY actor
    """


def _next(path: Path, position: int, step: str) -> str:
    """Where a step can follow the one before. A message that may fill both looks one microsecond back."""
    limit, before = path.limits[position], _named(path.steps[:position])
    limits = [f"message.time - before.entered <= {path.within}"] if path.within is not None else []
    if limit is not None and position == 1:  # everybody enters once
        limits.append(f"message.time - before.time <= {limit}")
    later = f"""
        SELECT message.actor, before.entered, message.time, message.not_after
        FROM (SELECT actor, time, time - is_many::INTEGER AS not_after FROM ({step})) AS message
        JOIN first_{before} AS before ON message.actor = before.actor AND message.not_after >= before.time
        WHERE {" AND ".join(limits) or "TRUE"}
    """
    if limit is None or position == 1:
        return later
    return f"""
        SELECT message.actor, message.entered, message.time
        FROM ({later}) AS message
        ASOF JOIN all_{before} AS before ON message.actor = before.actor AND message.not_after >= before.time
        WHERE message.time - before.time <= {limit}
    """


def _walk_ties(dataset: Dataset, reaches: Reaches, steps: Sequence[str], ties: str) -> None:
    """Walk the actors that a join cannot, one by one."""
    import pyarrow  # loaded with the engine

    reached = [
        (number, position, path.steps[position], actor, times[0].first, *time)
        for actor, messages in _actors(dataset, steps, ties)
        for number, path in enumerate(reaches.paths)
        if (times := reaches_of(messages, path, reaches.span.until))
        for position, time in enumerate(times)
    ]
    if reached:
        names = ("path", "position", "step", "actor", "entered", "time", "latest")
        table = pyarrow.table(dict(zip(names, map(list, zip(*reached, strict=True)), strict=True)))
        hand_over(dataset.connection, table, f"INSERT INTO {reaches.reached} SELECT * FROM handed")


def _actors(dataset: Dataset, steps: Sequence[str], ties: str) -> Iterator[tuple[int, list[Filling]]]:
    actors: dict[int, dict[int, tuple[int, set[int]]]] = defaultdict(dict)
    for actor, seq, time, step in dataset.rows(
        f"SELECT actor, seq, time, step FROM ({_candidates(steps)}) SEMI JOIN {ties} USING (actor) ORDER BY time, seq"
    ):
        actors[actor].setdefault(seq, (time, set()))[1].add(step)
    for actor, messages in actors.items():
        yield actor, [Filling(time, frozenset(steps)) for time, steps in messages.values()]


def guard_breakers(dataset: Dataset, plan: Plan, reaches: Reaches, guard: Guard) -> str:
    """Who had the guard's event where it should not be, as SQL: the `actor` of each.

    The rule: `journeys.reaches.is_broken`, of which this is the SQL for all actors at once.
    """
    start, end = reaches.step(guard.start), reaches.step(guard.end)
    through = ", ".join(map(str, reaches.through(guard.start, guard.end)))
    limit = "NULL" if reaches.journey.within is None else f"entered + {reaches.journey.within * _SECOND}"
    fills = [reaches.journey.steps[start], reaches.journey.steps[end]]
    return f"""
        WITH started AS (
            SELECT actor, min(entered) AS entered, min(time) AS time
            FROM {reaches.reached} WHERE step = {start} GROUP BY actor
        ), ended AS (
            SELECT actor, min(time) AS time
            FROM {reaches.reached} WHERE step = {end} AND path IN ({through})
            GROUP BY actor
        ), intervals AS (
            SELECT started.actor, started.time AS first, ended.time AS ended, coalesce(ended.time, {limit}) AS last
            FROM started LEFT JOIN ended ON ended.actor = started.actor
        )
        SELECT DISTINCT message.actor
        FROM ({_messages(dataset, plan, reaches, guard, fills)}) AS message
        JOIN intervals ON intervals.actor = message.actor
        WHERE message.time >= first AND (last IS NULL OR message.time <= last)
          AND NOT (fills_0 AND message.time = first) AND NOT (fills_1 AND message.time IS NOT DISTINCT FROM ended)
    """


def guard_actors(dataset: Dataset, plan: Plan, reaches: Reaches, guard: Guard) -> tuple[int, int]:
    """How many had the guard's event where it should not be, and how many reached `start`."""
    ((broken, started),) = dataset.rows(f"""
        SELECT (SELECT count(*) FROM ({guard_breakers(dataset, plan, reaches, guard)})),
               (SELECT count(DISTINCT actor) FROM {reaches.reached} WHERE step = {reaches.step(guard.start)})
    """)
    return int(broken), int(started)


def conversion_actors(dataset: Dataset, reaches: Reaches, start: str, end: str) -> tuple[int, int]:
    """How many reached `start` on any path, and how many of them `end` on a path that passes both."""
    ((entered, reached),) = dataset.rows(
        f"SELECT {_who(reaches, start, start)}, {_who(reaches, end, start)} FROM {reaches.reached}"
    )
    return int(entered), int(reached)


def _who(reaches: Reaches, step: str, start: str) -> str:
    """How many reached a step on a path that passes `start` too, as SQL. Paths that begin alike reach it alike."""
    number = reaches.step(step)
    ways: dict[tuple[int, ...], str] = {}
    for path in reaches.through(start, step):
        steps = reaches.paths[path].steps
        ways.setdefault(steps[: steps.index(number) + 1], str(path))
    actors = "*" if len(ways) == 1 else "DISTINCT actor"
    return f"count({actors}) FILTER (step = {number} AND path IN ({', '.join(ways.values())}))"


def funnel(dataset: Dataset, reaches: Reaches) -> list[tuple[int, dict[int, int]]]:
    """For each step of the main path: how many reached it, and how often each time since the step before occurs.

    Times are microseconds. Of the only shard they are the two in the middle, of which the median is that of all.
    """
    chosen = "[took[(len(took) + 1) // 2], took[len(took) // 2 + 1]]" if reaches.shard.is_whole else "took"
    rows = dataset.rows(f"""
        WITH main AS (
            SELECT position, actor, time FROM {reaches.reached} WHERE path = 0
        ), steps AS (
            SELECT main.position, count(*) AS actors,
                   list_sort(list(main.time - before.time) FILTER (before.time IS NOT NULL)) AS took
            FROM main LEFT JOIN main AS before ON before.actor = main.actor AND before.position = main.position - 1
            GROUP BY main.position
        )
        SELECT position, any_value(actors), histogram(took) FROM (
            SELECT position, actors, unnest(coalesce({chosen}, [NULL])) AS took FROM steps
        ) GROUP BY position
    """)
    steps = {position: (actors, took or {}) for position, actors, took in rows}
    return [steps.get(position, (0, {})) for position in range(len(reaches.journey.steps))]


def branch_actors(dataset: Dataset, reaches: Reaches, branch: int) -> int:
    """How many reached the last step of a branch (counted from 0) by it, and not on the main path."""
    path = branch + 1
    step = reaches.paths[path].steps[-1]
    rows = dataset.rows(f"""
        SELECT count(*) FROM {reaches.reached} AS by_branch
        WHERE path = {path} AND step = {step} AND NOT EXISTS (
            SELECT 1 FROM {reaches.reached} AS by_main
            WHERE by_main.path = 0 AND by_main.step = {step} AND by_main.actor = by_branch.actor
        )
    """)
    return int(rows[0][0])

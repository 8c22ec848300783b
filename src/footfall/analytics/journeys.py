"""Walks a journey: who reached which step when, on the main path and on every branch.

Any chain counts, not only the greedy one: a step is reached at a message if some chain of messages from the entry ends
there. For that an ASOF join against the latest reachable message of the step before is exact, because the latest leaves
the most room for every limit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction

import msgspec

from footfall.analytics.dataset import Dataset
from footfall.analytics.engine import hand_over
from footfall.analytics.query import ACTORS, holds, needed
from footfall.analytics.window import Span
from footfall.journeys.paths import Path, paths, step_number
from footfall.journeys.reaches import Filling, first_reaches
from footfall.plan.model import Guard, Journey, Plan, Step

__all__ = ["Walk", "branched", "converted", "funnel", "guarded", "walk"]

_SECOND = 1_000_000


class Walk(msgspec.Struct, frozen=True):
    """A walked journey.

    The table `reached` has a row (path, place, step, actor, entered, time) for each step that an actor reached on a
    path; `time` is the first reach. Path 0 is the main one, path n the n-th branch. `seen` has every message that may
    fill a step.
    """

    journey: Journey
    span: Span
    paths: tuple[Path, ...]
    reached: str
    seen: str

    def step(self, name: str) -> int:
        """The place of a step in the plan's list."""
        return step_number(self.journey, name)

    def through(self, *names: str) -> str:
        """The paths that pass all these steps, as an SQL list."""
        wanted = {self.step(name) for name in names}
        return f"({', '.join(str(number) for number, path in enumerate(self.paths) if wanted <= set(path.steps))})"


def walk(dataset: Dataset, plan: Plan, journey: Journey, span: Span) -> Walk:
    """Walk a journey for everybody who enters it in `span`; later steps count up to the end of the data.

    Raises UsageError when the plan has no such event or property.
    """
    found = Walk(journey, span, paths(journey), dataset.new_name("reached"), dataset.new_name("seen"))
    _see(dataset, plan, found)
    connection = dataset.connection
    connection.execute(
        f"CREATE TABLE {found.reached} "
        "(path INTEGER, place INTEGER, step INTEGER, actor VARCHAR, entered BIGINT, time BIGINT)"
    )
    tangled = f"{found.seen}_tangled"
    connection.execute(
        f"CREATE TABLE {tangled} AS SELECT DISTINCT actor FROM (SELECT actor FROM {found.seen} GROUP BY actor, time "
        "HAVING count(DISTINCT ord) > 1 AND bool_or(many))"
    )
    _join_paths(dataset, found, tangled)
    _walk_tangled(dataset, found, tangled)
    connection.execute(f"DROP TABLE {tangled}")
    return found


def _see(dataset: Dataset, plan: Plan, found: Walk) -> None:
    """Every message that may fill a step, once for each such step; `many` marks one that may fill several."""
    parts = [
        f"SELECT {number} AS step, {_occurrences(dataset, plan, found.journey, step)} "
        f"AND {Span(found.span.since).sql()}"
        for number, step in enumerate(found.journey.steps)
    ]
    dataset.connection.execute(
        f"CREATE TABLE {found.seen} AS SELECT *, count(*) OVER (PARTITION BY ord) > 1 AS many "
        f"FROM ({' UNION ALL '.join(parts)})"
    )


def _occurrences(dataset: Dataset, plan: Plan, journey: Journey, what: Step | Guard) -> str:
    table = dataset.events(what.event, needed(what.where), plan=plan)
    return (
        f"ord, person_id AS actor, occurred_at AS time FROM {table.name} "
        f"WHERE {ACTORS[journey.by]} AND {holds(dataset, table, what.where)}"
    )


def guarded(dataset: Dataset, plan: Plan, found: Walk, guard: Guard) -> tuple[int, int]:
    """How many had the guard's event after reaching `start` and before reaching `end`, and how many reached `start`.

    Where `end` was not reached it is the journey's `within`, or the end of the data. Equal times count as between, but
    a message that fills `start` or `end` at that moment is no guard's event.
    """
    start, end = found.step(guard.start), found.step(guard.end)
    limit = "NULL" if found.journey.within is None else f"s.entered + {found.journey.within * _SECOND}"
    rows = dataset.rows(
        f"WITH s AS (SELECT actor, min(entered) AS entered, min(time) AS time FROM {found.reached} "
        f"WHERE step = {start} GROUP BY actor), "
        f"e AS (SELECT actor, min(time) AS time FROM {found.reached} WHERE step = {end} "
        f"AND path IN {found.through(guard.start, guard.end)} GROUP BY actor), "
        f"g AS (SELECT {_occurrences(dataset, plan, found.journey, guard)}) "
        "SELECT count(DISTINCT g.actor), (SELECT count(*) FROM s) FROM g JOIN s ON g.actor = s.actor "
        "LEFT JOIN e ON e.actor = g.actor "
        f"WHERE g.time >= s.time AND (coalesce(e.time, {limit}) IS NULL OR g.time <= coalesce(e.time, {limit})) "
        f"AND NOT EXISTS (SELECT 1 FROM {found.seen} f WHERE f.ord = g.ord AND ((f.step = {start} AND f.time = s.time) "
        f"OR (f.step = {end} AND f.time = e.time)))"
    )
    return int(rows[0][0]), int(rows[0][1])


def _join_paths(dataset: Dataset, found: Walk, tangled: str) -> None:
    """Reach step after step. A message that may fill several never follows itself: it looks one microsecond back."""
    made: dict[tuple[int, ...], str] = {}
    for number, path in enumerate(found.paths):
        for place, step in enumerate(path.steps):
            way = path.steps[: place + 1]
            if way not in made:
                made[way] = f"{found.reached}_{len(made)}"
                source = _entries(found, tangled) if place == 0 else _next(found, path, place, made[way[:-1]])
                dataset.connection.execute(f"CREATE TABLE {made[way]} AS {source}")
            dataset.connection.execute(
                f"INSERT INTO {found.reached} SELECT {number}, {place}, {step}, actor, entered, min(time) "
                f"FROM {made[way]} GROUP BY actor, entered"
            )
    for name in made.values():
        dataset.connection.execute(f"DROP TABLE {name}")


def _entries(found: Walk, tangled: str) -> str:
    return (
        f"SELECT actor, min(time) AS entered, min(time) AS time FROM {found.seen} WHERE step = 0 "
        f"AND {Span(None, found.span.until).sql('time')} AND actor NOT IN (SELECT actor FROM {tangled}) GROUP BY actor"
    )


def _next(found: Walk, path: Path, place: int, before: str) -> str:
    limits = [f"o.time - r.time <= {path.limits[place]}"] if path.limits[place] is not None else []
    limits += [f"o.time - r.entered <= {path.within}"] if path.within is not None else []
    return (
        "SELECT DISTINCT o.actor, r.entered, o.time FROM "
        f"(SELECT actor, time, time - many::INTEGER AS back FROM {found.seen} WHERE step = {path.steps[place]}) o "
        f"ASOF JOIN {before} r ON o.actor = r.actor AND o.back >= r.time WHERE {' AND '.join(limits) or 'TRUE'}"
    )


def _walk_tangled(dataset: Dataset, found: Walk, tangled: str) -> None:
    """Actors with a message that may fill several steps and ties with another: one by one, exactly."""
    import pyarrow  # loaded with the engine

    reached = [
        (number, place, path.steps[place], actor, times[0], time)
        for actor, moments in _actors(dataset, found, tangled)
        for number, path in enumerate(found.paths)
        if (times := first_reaches(moments, path, found.span.until))
        for place, time in enumerate(times)
    ]
    if reached:
        names = ("path", "place", "step", "actor", "entered", "time")
        table = pyarrow.table(dict(zip(names, map(list, zip(*reached, strict=True)), strict=True)))
        hand_over(dataset.connection, table, f"INSERT INTO {found.reached} SELECT * FROM handed")


def _actors(dataset: Dataset, found: Walk, tangled: str) -> Iterator[tuple[str, list[Filling]]]:
    moments: dict[str, dict[int, tuple[int, set[int]]]] = defaultdict(dict)
    for actor, ord_, time, step in dataset.rows(
        f"SELECT actor, ord, time, step FROM {found.seen} WHERE actor IN (SELECT actor FROM {tangled}) ORDER BY ord"
    ):
        moments[actor].setdefault(ord_, (time, set()))[1].add(step)
    for actor, messages in moments.items():
        yield actor, [Filling(time, frozenset(steps)) for time, steps in messages.values()]


def converted(dataset: Dataset, found: Walk, start: str, end: str) -> tuple[int, int]:
    """How many reached `start` on any path, and how many of them `end` on a path that passes both."""
    rows = dataset.rows(
        f"SELECT count(DISTINCT actor) FILTER (step = {found.step(start)}), "
        f"count(DISTINCT actor) FILTER (step = {found.step(end)} AND path IN {found.through(start, end)}) "
        f"FROM {found.reached}"
    )
    return int(rows[0][0]), int(rows[0][1])


def funnel(dataset: Dataset, found: Walk) -> list[tuple[int, Fraction | None]]:
    """For each step of the main path: how many reached it, and the median of the microseconds since the step before."""
    rows = dataset.rows(
        "SELECT place, count(*), list_sort(list(took))[(count(took) + 1) // 2] "
        "+ list_sort(list(took))[count(took) // 2 + 1] "
        f"FROM (SELECT a.place, a.time - b.time AS took FROM {found.reached} a LEFT JOIN {found.reached} b "
        "ON b.path = 0 AND b.actor = a.actor AND b.place = a.place - 1 WHERE a.path = 0) GROUP BY place"
    )
    by_place = {place: (count, None if middle is None else Fraction(middle, 2)) for place, count, middle in rows}
    return [by_place.get(place, (0, None)) for place in range(len(found.journey.steps))]


def branched(dataset: Dataset, found: Walk, branch: int) -> int:
    """How many reached the last step of a branch (counted from 0) by it, and not on the main path."""
    path = branch + 1
    place = len(found.paths[path].steps) - 1
    step = found.paths[path].steps[-1]
    rows = dataset.rows(
        f"SELECT count(*) FROM {found.reached} b WHERE path = {path} AND place = {place} AND NOT EXISTS "
        f"(SELECT 1 FROM {found.reached} m WHERE m.path = 0 AND m.step = {step} AND m.actor = b.actor)"
    )
    return int(rows[0][0])

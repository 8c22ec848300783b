"""Why a figure of an earlier moment is another one at a later moment: its change in parts that add up exactly.

One thing after the other is taken from the later moment, and the change that each makes is its part:

1. `window`: windows look back from the later moment. Figures with the same window lose and gain nothing by it.
2. `late`: messages that were received after the earlier moment, and had occurred before it.
3. `new`: all other messages that were received after the earlier moment.
4. `re_attributed`: the messages of the earlier moment get the persons of the later one. What came later has had these
   from the beginning.
5. `plan`: the plan of the later moment says what is asked.

Another order would give other parts, where two of them act together. What was purged is in neither figure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Literal, NamedTuple, get_args

import msgspec

from footfall.analytics.audience import included
from footfall.analytics.dataset import Dataset
from footfall.analytics.earlier import EarlierMoment, snapshot_as_of
from footfall.analytics.engine import hand_over
from footfall.analytics.figures import difference
from footfall.analytics.measures import merge_tallies
from footfall.analytics.question import Report, ReportContext
from footfall.analytics.questions.journeys import JOURNEYS
from footfall.analytics.questions.kpis import KPIS, KpiResult, is_share
from footfall.analytics.report import report
from footfall.analytics.tallies import tally
from footfall.analytics.why.labels import DIMENSIONS, TABLE, Labelled, labels_of
from footfall.analytics.why.worlds import World, Worlds
from footfall.analytics.window import microseconds
from footfall.clock import Clock, SystemClock
from footfall.errors import DamagedFileError, UsageError
from footfall.plan.measure_parts import composed_of, event_measures
from footfall.plan.model import Aggregate, Conversion, Count, Difference, Measure, Plan, SumOf
from footfall.storage.as_of import AsOf
from footfall.storage.control import plan_as_of
from footfall.storage.environments import PRODUCTION, wanted
from footfall.storage.location import open as open_store
from footfall.storage.part import Part
from footfall.timestamps import local_time

__all__ = ["DEFINITION", "PARTS", "Cause", "ChangePart", "FigureChange", "PurgedBetween", "Share", "WhyAnswer", "why"]

Cause = Literal["window", "late", "new", "re_attributed", "plan"]

PARTS: tuple[Cause, ...] = get_args(Cause)
"""The parts of a change, in the order in which they are taken from the later moment."""

DEFINITION = (
    "Each part is the change that one more thing of the later moment makes, in this order. Window: windows look back"
    " from the later moment. Late: messages received after the earlier moment that occurred before it. New: the others"
    " received after it. Re-attributed: the messages of the earlier moment get the persons of the later one; what came"
    " later had these from the beginning. Plan: the later plan says what is asked. The parts add up to the change; a"
    " figure without a value counts as 0. Counts and sums are broken down by the messages' source, release"
    " (context.app.version) and plan version (the bundle that its sender had). What was purged is in neither figure,"
    " so it makes no change; how many messages were purged between the two moments is said apart."
)


class Share(msgspec.Struct, frozen=True):
    """What the messages with one label add to a part: those of a source, release or plan version, None without one."""

    dimension: str
    label: str | None
    change: Decimal


class ChangePart(msgspec.Struct, frozen=True):
    """One part of a change. `shares` of one dimension add up to it; there are none where a figure does not add up."""

    part: Cause
    change: Decimal
    shares: tuple[Share, ...] = ()


class FigureChange(msgspec.Struct, frozen=True):
    """A figure at both moments, None where it has no value, and the parts of its change, which add up to `change`.

    It is a KPI, in a currency where `is_money`, or how many reached the `step` of a journey. `is_share` says that it
    reads best in percent.
    """

    kind: Literal["kpi", "journey"]
    name: str
    step: str | None
    is_money: bool
    currency: str | None
    before: Decimal | None
    after: Decimal | None
    change: Decimal
    parts: tuple[ChangePart, ...]
    is_share: bool = False


class PurgedBetween(msgspec.Struct, frozen=True):
    """Stored messages of a source and event that a rule removed after the earlier moment; they are in no figure."""

    rule: str
    source: str
    event: str
    messages: int


class WhyAnswer(msgspec.Struct, frozen=True):
    """The changes of all figures from one moment to another.

    `purged` is what was removed between them. `losses` says which files are damaged.
    """

    earlier: EarlierMoment
    later: EarlierMoment
    figures: tuple[FigureChange, ...]
    purged: tuple[PurgedBetween, ...] = ()
    losses: tuple[str, ...] = ()
    definition: str = DEFINITION


class _Key(NamedTuple):
    """Which figure it is; see FigureChange."""

    kind: Literal["kpi", "journey"]
    name: str
    step: str | None = None
    is_money: bool = False
    currency: str | None = None


class _Stage(NamedTuple):
    """A world that is asked by a plan, with windows that look back from `now`, in microseconds since 1970 UTC.

    `numbers` are the names of the KPIs that are no shares.
    """

    dataset: Dataset
    plan: Plan
    now: int
    figures: Mapping[_Key, Decimal | None]
    numbers: frozenset[str]


class _Window(NamedTuple):
    since: datetime | None
    until: datetime | None


class _Asked(NamedTuple):
    """What `why` was asked."""

    data: str | Path
    moments: tuple[int | datetime, int | datetime]
    plan: Plan | None
    window: _Window
    clock: Clock
    environment: str


def why(
    data: str | Path,
    earlier: int | datetime,
    later: int | datetime,
    *,
    plan: Plan | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    environment: str = PRODUCTION,
    clock: Clock | None = None,
) -> WhyAnswer:
    """Split the change of each KPI and journey step between two moments, each a number or a time as for `as_of`.

    With `plan` it is asked at both. `since` and `until` are a window for all figures, as for `report`. It
    is of one `environment`, or of `all`. Raises
    UsageError where a moment is not there, `later` is not after `earlier`, or there is no plan, DataFolderError, and
    JournalError.
    """
    asked = _Asked(data, (earlier, later), plan, _Window(since, until), clock or SystemClock(), environment)
    damaged: dict[str, DamagedFileError] = {}
    while True:
        try:
            return _answer(asked, damaged)
        except DamagedFileError as error:
            if error.sha256 in damaged:
                raise
            damaged[error.sha256] = error


def _answer(asked: _Asked, damaged: Mapping[str, DamagedFileError]) -> WhyAnswer:
    """The answer without the files that were read in vain. Raises DamagedFileError."""
    data, points, plan, window, clock, environment = asked
    with open_store(data, "read", clock=clock) as store, store.snapshot() as latest:
        snapshots = [
            snapshot_as_of(store, latest, point, plan, now=clock.now_us(), environment=wanted(environment))
            for point in points
        ]
        moments = [snapshot.as_of for snapshot in snapshots if snapshot.as_of is not None]
        plans = [plan or plan_as_of(store.control, moment) for moment in moments]
        if moments[0].seq > moments[1].seq:
            raise UsageError(
                f"message {moments[0].seq:,} came after message {moments[1].seq:,}: name the earlier first"
            )
        for name in {file.sha256 for file in snapshots[1].files} & damaged.keys():
            snapshots[1].lose(damaged[name])
        parts = snapshots[1].parts()
        losses = tuple(loss.text for loss in snapshots[1].losses)
    first, second = plans
    if first is None or second is None:
        raise UsageError("no plan had been loaded by then, so no figure was asked for; name one by --plan")
    with ExitStack() as stack:
        stages = list(_stages(stack, parts, moments, (first, second), window))
        shown = [EarlierMoment.of(moment, second.timezone) for moment in moments]
        changes = tuple(_changes(stages, _labels(stages[0]), window))
        return WhyAnswer(shown[0], shown[1], changes, tuple(_purged(*moments)), losses)


def _purged(earlier: AsOf, later: AsOf) -> Iterator[PurgedBetween]:
    for count in earlier.purged:
        if count.stored and later.is_after(count.seq, count.at):
            yield PurgedBetween(str(count.rule), count.source, count.event, count.stored)


def _stages(
    stack: ExitStack, parts: Sequence[Part], moments: Sequence[AsOf], plans: tuple[Plan, Plan], window: _Window
) -> Iterator[_Stage]:
    """The earlier moment, and then one for each of PARTS."""
    worlds, labels, (first, second) = Worlds(parts, moments[0], plans[0].id), labels_of(parts), plans

    def dataset(world: World, plan: Plan) -> Dataset:
        opened = stack.enter_context(Dataset.over(world.parts, plan, world.persons))
        hand_over(opened.connection, labels, f"CREATE TABLE {TABLE} AS SELECT * FROM handed")
        return opened.among(included(()), plan)

    def stage(dataset: Dataset, plan: Plan, moment: AsOf) -> _Stage:
        answers = report(
            dataset, plan, since=window.since, until=window.until, now=local_time(moment.at), questions=(KPIS, JOURNEYS)
        )
        numbers = frozenset(kpi.name for kpi in answers[KPIS] if not is_share(kpi))
        return _Stage(dataset, plan, moment.at, dict(_figures(answers)), numbers)

    before = dataset(worlds.earlier, first)
    yield from (stage(before, first, moment) for moment in moments)
    for world in (worlds.with_late, worlds.with_all):
        yield stage(dataset(world, first), first, moments[1])
    after = stage(dataset(worlds.later, first), first, moments[1])
    yield after
    yield after if first == second else stage(dataset(worlds.later, second), second, moments[1])


def _figures(answers: Report) -> Iterator[tuple[_Key, Decimal | None]]:
    for kpi in answers[KPIS]:
        yield from _figures_of(kpi)
    for journey in answers[JOURNEYS]:
        for step in journey.steps:
            yield _Key("journey", journey.name, step.id), Decimal(step.actors)


def _figures_of(kpi: KpiResult) -> Iterator[tuple[_Key, Decimal | None]]:
    if not kpi.currencies:
        yield _Key("kpi", kpi.name), kpi.value
    for figure in kpi.currencies:
        yield _Key("kpi", kpi.name, None, True, figure.currency), figure.value


def _changes(
    stages: Sequence[_Stage], labels: Sequence[tuple[str, str | None]], window: _Window
) -> Iterator[FigureChange]:
    keys = list(dict.fromkeys(key for stage in stages for key in stage.figures))
    money = {key.name for key in keys if key.is_money}
    for key in keys:
        values = [stage.figures.get(key) or Decimal(0) for stage in stages]
        if key.kind == "kpi" and not key.is_money and key.name in money and not any(values):
            continue  # what is money has figures in its currencies
        parts = []
        for number, part in enumerate(PARTS, 1):
            change = difference(values[number], values[number - 1])
            shares = _shares(key, stages[number - 1 : number + 1], labels, window) if change else ()
            parts.append(ChangePart(part, change, tuple(shares)))
        before, after = (stages[place].figures.get(key) for place in (0, -1))
        in_percent = key.kind == "kpi" and not any(key.name in stage.numbers for stage in stages)
        yield FigureChange(*key, before, after, difference(values[-1], values[0]), tuple(parts), in_percent)


def _shares(
    key: _Key, stages: Sequence[_Stage], labels: Sequence[tuple[str, str | None]], window: _Window
) -> Iterator[Share]:
    """What each label adds to the difference of two stages; nothing where a figure does not add up."""
    kpis = [stage.plan.kpis.get(key.name) for stage in stages]
    if key.kind != "kpi" or not all(kpi is None or _adds_up(kpi.measure) for kpi in kpis):
        return
    for dimension, label in labels:
        before, after = (_labelled(stage, key, Labelled(dimension=dimension, label=label), window) for stage in stages)
        if before != after:
            yield Share(dimension, label, difference(after, before))


def _adds_up(measure: Measure) -> bool:
    """Whether a figure of all messages is the sum of those of its parts."""
    if isinstance(measure, SumOf | Difference):
        return all(_adds_up(part) for _, part in composed_of(measure))
    return isinstance(measure, Count) or (isinstance(measure, Aggregate) and measure.function == "sum")


def _labelled(stage: _Stage, key: _Key, shard: Labelled, window: _Window) -> Decimal:
    """The figure of the messages with one label."""
    dataset, plan, kpi = stage.dataset, stage.plan, stage.plan.kpis.get(key.name)
    if kpi is None or isinstance(kpi.measure, Conversion):
        return Decimal(0)
    since, until = (None if time is None else microseconds(time, plan.timezone) for time in window)
    context = ReportContext(dataset, plan, (), since=since, until=until, now=stage.now)
    span = context.span_of(kpi.window)
    segments = context.shards[0].ending_with(span).segments
    tallied = [tally(dataset, plan, part, span, shard, segments=segments) for part in event_measures(kpi.measure)]
    measured = merge_tallies(plan, kpi.measure, [tallied])
    figure = measured.currencies.get(key.currency, measured.nothing) if key.is_money else measured.total
    return figure.value or Decimal(0)


def _labels(stage: _Stage) -> list[tuple[str, str | None]]:
    """Every label that a message has, by its dimension."""
    return [
        (dimension, label)
        for dimension in DIMENSIONS
        for (label,) in stage.dataset.rows(f"SELECT DISTINCT {dimension} FROM {TABLE} ORDER BY ALL")
    ]

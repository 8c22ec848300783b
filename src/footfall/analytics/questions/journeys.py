"""Journeys: each journey of the plan as a funnel, with its branches and its guards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Literal

import msgspec

from footfall.analytics.dataset import EventColumns
from footfall.analytics.definitions import chain_text, window_text
from footfall.analytics.figure_losses import losses_text
from footfall.analytics.figures import Figure, median, quotient
from footfall.analytics.known_loss import KNOWN_LOSS, KnownLoss
from footfall.analytics.query import needed
from footfall.analytics.question import Question, Report, ReportContext, ShardContext
from footfall.analytics.reaches import branch_actors, funnel, guard_actors, has_ties
from footfall.analytics.sections import (
    Amount,
    Bar,
    Bounds,
    Cell,
    Elapsed,
    FigureDefinition,
    Section,
    Table,
    TableRow,
    TargetMet,
    WindowLength,
    alarm,
    plain,
    quiet,
    strong,
)
from footfall.analytics.window import Span, Window
from footfall.plan.model import Conversion, Guard, Journey, Plan, Step

__all__ = ["JOURNEYS", "BranchResult", "GuardResult", "JourneyResult", "StepResult", "journey_span"]

_SECOND = 1_000_000


class StepResult(msgspec.Struct, frozen=True):
    """One step of a journey's main path.

    `actors` are persons or devices; conversions are shares (of the step before, of the first step), None from nobody;
    `median_seconds` is the time from the first reach of the step before to the first reach of this one. `known_loss` is
    what is known to be missing of its event in the journey's window; what is missing after it is not counted.
    """

    id: str
    event: str
    actors: int
    conversion: Decimal | None
    conversion_from_first: Decimal | None
    expect: Decimal | None
    met: bool | None
    median_seconds: Decimal | None
    known_loss: KnownLoss | None = None


class BranchResult(msgspec.Struct, frozen=True):
    """Another way to a later step, and how many got there by it and not by the main path."""

    id: str
    after: str
    steps: tuple[str, ...]
    note: str
    actors: int


class GuardResult(msgspec.Struct, frozen=True):
    """What should not happen between two steps, to how many it did, and of how many that reached `start`."""

    name: str
    event: str
    start: str
    end: str
    actors: int
    of: int


class JourneyResult(msgspec.Struct, frozen=True):
    """A journey as a funnel."""

    name: str
    description: str
    owner: str
    by: Literal["user", "device"]
    window: Window
    entered: int
    steps: tuple[StepResult, ...]
    branches: tuple[BranchResult, ...]
    never: tuple[GuardResult, ...]
    definition: str


class JourneyTally(msgspec.Struct, frozen=True):
    """A journey in one shard: by step, by branch and by guard in the order of the plan.

    `took` has, for each step, how often each time since the step before occurs, in microseconds; of the only shard the
    times in the middle are enough. `guards` has pairs: how many broke it, and how many reached its start.
    """

    actors: tuple[int, ...]
    took: tuple[dict[int, int], ...]
    branches: tuple[int, ...]
    guards: tuple[tuple[int, int], ...]


class JourneysPartial(msgspec.Struct, frozen=True):
    """The journeys of one shard, by name."""

    journeys: dict[str, JourneyTally]


def _partial(context: ShardContext) -> JourneysPartial:
    return JourneysPartial({
        journey.name: _tally(context, journey) for journey in context.report.asked.journeys.values()
    })  # fmt: skip


def _tally(context: ShardContext, journey: Journey) -> JourneyTally:
    dataset, reaches = context.dataset, context.reaches(journey.name, journey_span(context.report, journey))
    steps = funnel(dataset, reaches)
    return JourneyTally(
        tuple(actors for actors, _ in steps),
        tuple(took for _, took in steps),
        tuple(branch_actors(dataset, reaches, number) for number in range(len(journey.branches))),
        tuple(guard_actors(dataset, context.report.plan, reaches, guard) for guard in journey.never),
    )


def _merge(context: ReportContext, partials: Sequence[JourneysPartial]) -> tuple[JourneyResult, ...]:
    return tuple(
        _journey(context, journey, [partial.journeys[journey.name] for partial in partials])
        for journey in context.asked.journeys.values()
    )


def journey_span(context: ReportContext, journey: Journey) -> Span:
    """The windows of the KPIs that measure a journey, together; all there is where none does."""
    windows = [
        kpi.window
        for kpi in context.plan.kpis.values()
        if isinstance(kpi.measure, Conversion) and kpi.measure.journey == journey.name
    ]
    return context.span_of(*(windows or [None]))


def _journey(context: ReportContext, journey: Journey, tallies: Sequence[JourneyTally]) -> JourneyResult:
    span = journey_span(context, journey)
    window, losses = context.window(span), [context.losses.of_events([step.event], span) for step in journey.steps]
    actors = [sum(column) for column in zip(*(tally.actors for tally in tallies), strict=True)]
    took = [_added(column) for column in zip(*(tally.took for tally in tallies), strict=True)]
    branches = [sum(column) for column in zip(*(tally.branches for tally in tallies), strict=True)]
    guards = [
        (sum(broken for broken, _ in column), sum(of for _, of in column))
        for column in zip(*(tally.guards for tally in tallies), strict=True)
    ]
    return JourneyResult(
        name=journey.name,
        description=journey.description,
        owner=journey.owner,
        by=journey.by,
        window=window,
        entered=actors[0],
        steps=tuple(
            msgspec.structs.replace(_step(step, actors, took[number], number), known_loss=losses[number])
            for number, step in enumerate(journey.steps)
        ),
        branches=tuple(
            BranchResult(branch.id, branch.after, branch.steps, branch.note, number)
            for branch, number in zip(journey.branches, branches, strict=True)
        ),
        never=tuple(
            GuardResult(guard.name, guard.event, guard.start, guard.end, *numbers)
            for guard, numbers in zip(journey.never, guards, strict=True)
        ),
        definition=_definition(journey, window) + (f" {KNOWN_LOSS}" if any(loss.missing for loss in losses) else ""),
    )


def _added(histograms: Sequence[Mapping[int, int]]) -> Counter[Decimal]:
    sums: Counter[Decimal] = Counter()
    for histogram in histograms:
        for took, times in histogram.items():
            sums[Decimal(took)] += times
    return sums


def _step(step: Step, actors: Sequence[int], took: Mapping[Decimal, int], number: int) -> StepResult:
    share = quotient(actors[number], actors[number - 1]) if number else Figure.of(None)
    expect = None if step.expect is None else Decimal(str(step.expect))
    return StepResult(
        id=step.id,
        event=step.event,
        actors=actors[number],
        conversion=share.value,
        conversion_from_first=quotient(actors[number], actors[0]).value if number else None,
        expect=expect,
        met=None if expect is None or share.exact is None else share.exact >= Fraction(expect),
        median_seconds=quotient(median(took).exact, _SECOND).value,
    )


def _definition(journey: Journey, window: Window) -> str:
    sentences = [chain_text(journey)]
    if journey.branches:
        sentences.append(
            "A branch counts everyone who reached its last step through the branch and not on the main path."
        )
    if journey.never:
        sentences.append(
            "A guard counts everyone who had its event between first reaching its start and first reaching its end, "
            "inclusive. Only a path through both counts for the end; without it, the interval runs to the journey's "
            "limit or the end of the data. The messages that fill the start or the end do not count."
        )
    sentences.append(f"Entries by corrected time: {window_text(window)}.")
    return " ".join(sentences)


def _reads(plan: Plan) -> Iterator[tuple[str, EventColumns]]:
    for journey in plan.journeys.values():
        parts: list[Step | Guard] = [*journey.steps, *journey.never]
        for part in parts:
            stored = ("person", "seq") if has_ties(plan, journey) else ("person",)
            yield part.event, EventColumns(needed(part.where), stored=stored)


def _sections(report: Report) -> Iterator[Section]:
    for journey in report[JOURNEYS]:
        actors = "persons" if journey.by == "user" else "devices"
        columns = ("step", "", actors, "of before", "expected", "met", "of first", "median")
        yield Section(
            f"Journey: {journey.name}",
            beside=[plain("window ", WindowLength(journey.window, report.now))],
            about=journey.description,
            table=Table(columns, [_row(step, journey.entered) for step in journey.steps]),
            remarks=[*map(_branch, journey.branches), *map(_guard, journey.never), *_loss(journey)],
            definition=FigureDefinition(journey.name, journey.definition),
        )


def _loss(journey: JourneyResult) -> list[Cell]:
    text = losses_text({step.id: step.known_loss for step in journey.steps if step.known_loss is not None})
    return [[quiet(text)]] if text else []


def _row(step: StepResult, entered: int) -> TableRow:
    expected, met = [plain(Bounds(step.expect, is_share=True))], [plain(TargetMet(step.met))]
    return TableRow([
        [strong(step.id)],
        [plain(Bar(step.actors, entered))],
        [strong(step.actors)],
        _share(step.conversion),
        expected if step.expect is not None else (),
        met if step.expect is not None else (),
        _share(step.conversion_from_first),
        [plain(Elapsed(step.median_seconds))],
    ])  # fmt: skip


def _share(value: Decimal | None) -> Cell:
    return () if value is None else [plain(Amount(value, is_share=True))]


def _branch(branch: BranchResult) -> Cell:
    note = f" ({branch.note})" if branch.note else ""
    way = " → ".join((branch.after, *branch.steps))
    return [quiet(f"branch {branch.id}: "), plain(branch.actors, f" more by {way}{note}")]


def _guard(guard: GuardResult) -> Cell:
    part = alarm if guard.actors else plain
    return [
        quiet(f"never {guard.name}: "),
        part(guard.actors, " of ", guard.of),
        plain(f" had {guard.event} between {guard.start} and {guard.end}"),
    ]


JOURNEYS = Question(
    "journeys",
    JourneysPartial,
    _partial,
    _merge,
    _sections,
    _reads,
    asks=lambda plan: bool(plan.journeys),
    is_named=True,
)

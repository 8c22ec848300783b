"""The answer about one journey: where everybody is, how far their ways keep to the plan, and what came in between."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from footfall.analytics.figure_losses import with_losses
from footfall.analytics.figures import quotient
from footfall.analytics.intervals import wilson
from footfall.analytics.question import FlatTable, Question, ReportContext, ShardContext, checked, with_options
from footfall.analytics.questions.journey.conformance import ConformanceTally, WayCount, conformance
from footfall.analytics.questions.journey.leavers import LeaversTally, is_limited, leavers
from footfall.analytics.questions.journey.obstacles import leavers_of
from footfall.analytics.questions.journey.options import JourneyOptions
from footfall.analytics.questions.journey.results import (
    Conformance,
    JourneyNow,
    OffPlan,
    PersonStage,
    Stage,
    Way,
    WayGuard,
)
from footfall.analytics.questions.journey.stages import StageCount, StageRow, make_stages, stage_counts, stage_rows
from footfall.analytics.questions.journey.words import definition, sections
from footfall.analytics.questions.journeys import journey_span
from footfall.journeys.paths import paths
from footfall.timestamps import local_time

__all__ = ["journey"]


class JourneyPartial(msgspec.Struct, frozen=True):
    """One shard: how many are where, their deviations, and what else was asked for."""

    stages: tuple[StageCount, ...]
    conformance: ConformanceTally
    leavers: LeaversTally | None
    persons: tuple[StageRow, ...]


def journey(options: JourneyOptions) -> Question[JourneyPartial, JourneyNow]:
    """The question with these options, which `journey_options` reads. Raises UsageError for one of another type."""
    checked(options)
    question = with_options(
        "journey", options, JourneyPartial, _tally, _merge, sections, lambda result: _table(result, options)
    )
    return with_losses(
        question,
        lambda _: {step.id: [step.event] for step in options.journey.steps},
        lambda context: journey_span(context, options.journey),
    )


def _tally(context: ShardContext, options: JourneyOptions) -> JourneyPartial:
    reaches = context.reaches(options.journey.name, journey_span(context.report, options.journey))
    stages = make_stages(context, reaches)
    partial = JourneyPartial(
        stage_counts(context, stages),
        conformance(context, reaches, stages),
        leavers(context, options, reaches, stages) if options.between else None,
        stage_rows(context, options, reaches, stages) if options.persons else (),
    )
    context.dataset.connection.execute(f"DROP TABLE {stages}")
    return partial


def _merge(context: ReportContext, options: JourneyOptions, partials: Sequence[JourneyPartial]) -> JourneyNow:
    asked, span = options.journey, journey_span(context, options.journey)
    counts = [count for partial in partials for count in partial.stages]
    tallies = [partial.leavers for partial in partials if partial.leavers is not None]
    return JourneyNow(
        name=asked.name,
        description=asked.description,
        owner=asked.owner,
        by=asked.by,
        window=context.window(span),
        entered=sum(count.actors for count in counts),
        stages=tuple(_stages(options, counts)),
        conformance=_conformance(options, [partial.conformance for partial in partials]),
        leavers=leavers_of(options, tallies) if tallies else None,
        persons=_persons(context, options, partials) if options.persons else None,
        definition=definition(options, context.window(span), is_limited=_is_limited(options)),
    )


def _is_limited(options: JourneyOptions) -> bool:
    numbers = {step.id: number for number, step in enumerate(options.journey.steps)}
    first, last = options.between or (options.journey.steps[0].id, options.journey.steps[-1].id)
    return is_limited(options.journey, numbers[first], numbers[last])


def _stages(options: JourneyOptions, counts: Sequence[StageCount]) -> Iterator[Stage]:
    for number, step in enumerate(options.journey.steps):
        here = [count for count in counts if count.step == number]
        by_state = Counter[str]()
        for count in here:
            by_state[count.state] += count.actors
        yield Stage(
            id=step.id,
            event=step.event,
            reached=sum(count.actors for count in counts if count.main >= number),
            here=sum(by_state.values()),
            by_branch=sum(count.actors for count in here if count.path),
            done=by_state["done"],
            open=by_state["open"],
            late=by_state["late"],
        )


def _conformance(options: JourneyOptions, tallies: Sequence[ConformanceTally]) -> Conformance:
    steps, ways = options.journey.steps, paths(options.journey)
    counts = [count for tally in tallies for count in tally.ways]
    decided = [count for count in counts if count.state != "open"]
    deviations = Counter[int]()
    for count in decided:
        deviations[count.deviations] += count.actors
    total, interval = sum(deviations.values()), wilson(deviations[0], sum(deviations.values()))
    return Conformance(
        decided=total,
        kept=deviations[0],
        share=quotient(deviations[0], total).value,
        low=interval and interval.low,
        high=interval and interval.high,
        deviations=tuple(sorted((number, actors) for number, actors in deviations.items() if actors)),
        ways=tuple(
            Way(
                path=_path_name(options, number),
                steps=tuple(steps[step].id for step in way.steps),
                done=_actors(counts, path=number, state="done"),
                open=_actors(counts, path=number, state="open"),
                late=_actors(counts, path=number, state="late"),
                kept=_actors(decided, path=number, deviations=0),
            )
            for number, way in enumerate(ways)
        ),
        guards=tuple(
            WayGuard(guard.name, guard.event, sum(tally.guards[number] for tally in tallies))
            for number, guard in enumerate(options.journey.never)
        ),
        off_plan=tuple(
            OffPlan(step.id, *(sum(tally.off_plan[number][part] for tally in tallies) for part in (0, 1)))
            for number, step in enumerate(steps[1:])
        ),
    )


def _actors(counts: Sequence[WayCount], **wanted: object) -> int:
    return sum(count.actors for count in counts if all(getattr(count, name) == value for name, value in wanted.items()))


def _path_name(options: JourneyOptions, path: int) -> str:
    return options.journey.branches[path - 1].id if path else "main"


def _persons(
    context: ReportContext, options: JourneyOptions, partials: Sequence[JourneyPartial]
) -> tuple[PersonStage, ...]:
    steps = options.journey.steps
    rows = sorted(
        (row for partial in partials for row in partial.persons),
        key=lambda row: (row.step, row.since, row.person_id),
    )
    zone = context.plan.timezone
    return tuple(
        PersonStage(
            row.person_id,
            steps[row.step].id,
            _path_name(options, row.path),
            row.state,
            local_time(row.entered, zone),
            local_time(row.since, zone),
            None if row.next is None else steps[row.next].id,
            context.time(row.due),
        )
        for row in rows
    )


def _table(result: JourneyNow, options: JourneyOptions) -> FlatTable:
    """The persons where they were asked for, else what came between the steps, else the stages."""
    if options.persons:
        return FlatTable(PersonStage.__struct_fields__, tuple(map(msgspec.structs.astuple, result.persons or ())))
    if result.leavers is None:
        return FlatTable(Stage.__struct_fields__, tuple(map(msgspec.structs.astuple, result.stages)))
    nexts = tuple(("next", each.name, each.gave_up, each.went_on, *[None] * 4) for each in result.leavers.nexts)
    obstacles = tuple(
        ("obstacle", each.name, each.gave_up, each.went_on, *map(float, (each.lift, each.low, each.high, each.p_value)))
        for each in result.leavers.obstacles
    )
    columns = ("kind", "name", "gave_up", "went_on", "lift", "low", "high", "p_value")
    return FlatTable(columns, (*nexts, *obstacles))

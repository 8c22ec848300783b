"""Computes everything that a plan asks for over a dataset: goals, KPIs, journeys and volumes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

import msgspec

from footfall.analytics.dataset import Dataset
from footfall.analytics.definitions import journey_definition, kpi_definition
from footfall.analytics.figures import Figure, plain, quotient
from footfall.analytics.measures import Key, Measured, measure, reads
from footfall.analytics.overview import overview
from footfall.analytics.query import needed
from footfall.analytics.reaches import Reaches, branched, converted, funnel, guarded, walk
from footfall.analytics.results import (
    BranchResult,
    CurrencyFigure,
    DataStamp,
    GoalResult,
    Group,
    Guardrail,
    GuardResult,
    JourneyResult,
    KpiResult,
    PlanStamp,
    Report,
    StepResult,
    TargetResult,
    VolumeResult,
)
from footfall.analytics.volumes import volume
from footfall.analytics.window import Span, Window, chosen, microseconds
from footfall.plan.calls import named
from footfall.plan.currencies import ISO_4217
from footfall.plan.model import Aggregate, Conversion, Count, Goal, Guard, Journey, Kpi, Plan, Ratio, Step, Unique
from footfall.timestamps import local_time

__all__ = ["report"]


def report(
    dataset: Dataset, plan: Plan | None, *, since: datetime | None = None, until: datetime | None = None, now: datetime
) -> Report:
    """Every goal, KPI, journey and expected volume of a plan; without one, what there is over time.

    Each KPI looks at its own window back from `now`; `since` (inclusive) and `until` (exclusive) override that for
    everything. A journey goes by the longest window of the KPIs that measure it, or all there is. Moments without an
    offset are read in the plan's timezone. Raises UsageError for an empty window, or a plan that names what is not
    there.
    """
    stamp = None if plan is None else PlanStamp(plan.id, plan.description, plan.timezone)
    return _Reporter(dataset, plan or Plan(id=""), since, until, now).report(stamp)


class _Reporter:
    """One report in the making: the walks are shared between the funnels and the KPIs that measure them."""

    def __init__(
        self, dataset: Dataset, plan: Plan, since: datetime | None, until: datetime | None, now: datetime
    ) -> None:
        self._dataset = dataset
        self._plan = plan
        self._since = None if since is None else microseconds(since, plan.timezone)
        self._until = None if until is None else microseconds(until, plan.timezone)
        self._now = microseconds(now, plan.timezone)
        self._walks: dict[tuple[str, Span], Reaches] = {}

    def report(self, stamp: PlanStamp | None) -> Report:
        plan = self._plan
        for event, properties in _reads(plan).items():
            self._dataset.events(event, properties, plan=plan)
        asked = self._span(None) if self._since is not None else Span(None, self._until)
        now = local_time(self._now, plan.timezone)
        measured = {name: self._kpi(kpi) for name, kpi in plan.kpis.items()}
        volumes = tuple(found for name in plan.events if (found := self._volume(name, asked)) is not None)
        asks = measured or plan.journeys or volumes
        return Report(
            plan=stamp,
            now=now,
            window=self._window(asked),
            data=self._data(),
            goals=tuple(_goal(goal, measured) for goal in plan.goals.values()),
            kpis=tuple(_guarded(plan.kpis[name], found, measured) for name, found in measured.items()),
            journeys=tuple(self._journey(journey) for journey in plan.journeys.values()),
            volumes=volumes,
            intake=self._dataset.intake(asked),
            overview=None if asks else overview(self._dataset, asked, plan.timezone),
        )

    def _data(self) -> DataStamp:
        held, timezone = self._dataset.contents(), self._plan.timezone
        first, last = (None if us is None else local_time(us, timezone) for us in (held.first, held.last))
        every = self._dataset.intake()
        return DataStamp(held.messages, held.persons, held.devices, first, last, every.quarantined, every.rejected)

    def _span(self, seconds: int | None) -> Span:
        return chosen(seconds, since=self._since, until=self._until, now=self._now, timezone=self._plan.timezone)

    def _window(self, span: Span) -> Window:
        return Window.of(span, self._plan.timezone)

    def _walk(self, name: str, span: Span) -> Reaches:
        if (name, span) not in self._walks:
            self._walks[name, span] = walk(self._dataset, self._plan, self._plan.journeys[name], span)
        return self._walks[name, span]

    def _measured(self, asked: Count | Aggregate | Unique | Ratio | Conversion, span: Span) -> Measured:
        if not isinstance(asked, Conversion):
            return measure(self._dataset, self._plan, asked, span)
        entered, reached = converted(self._dataset, self._walk(asked.journey, span), asked.start, asked.end)
        share = quotient(reached, entered)
        return Measured(share, Figure.of(None), of=Figure.of(reached), to=Figure.of(entered))

    def _kpi(self, kpi: Kpi) -> KpiResult:
        span = self._span(kpi.window)
        window = self._window(span)
        found = self._measured(kpi.measure, span)
        group, compared = _compared(self._plan, kpi, found)
        return KpiResult(
            name=kpi.name,
            question=kpi.question,
            owner=kpi.owner,
            value=found.total.value,
            of=found.of.value if found.of else None,
            to=found.to.value if found.to else None,
            target=_target(kpi, group, compared, is_known=found.never is None),
            window=window,
            rows=tuple(_group(found.by, key, figure) for key, figure in found.groups.items()),
            drives=kpi.drives,
            guardrails=(),
            unread=found.unread,
            definition=kpi_definition(self._plan, kpi, window, group, never=found.never),
            rounded=found.total.rounded,
            currencies=tuple(
                CurrencyFigure(code, figure.value, figure.rounded) for code, figure in found.currencies.items()
            ),
        )

    def _journey(self, journey: Journey) -> JourneyResult:
        windows = [
            kpi.window
            for kpi in self._plan.kpis.values()
            if isinstance(kpi.measure, Conversion) and kpi.measure.journey == journey.name
        ]
        longest = max((window for window in windows if window is not None), default=None)
        span = self._span(None if None in windows else longest)
        found = self._walk(journey.name, span)
        window, steps = self._window(span), funnel(self._dataset, found)
        branches = [
            BranchResult(branch.id, branch.after, branch.steps, branch.note, branched(self._dataset, found, number))
            for number, branch in enumerate(journey.branches)
        ]
        guards = [(guard, guarded(self._dataset, self._plan, found, guard)) for guard in journey.never]
        return JourneyResult(
            name=journey.name,
            description=journey.description,
            owner=journey.owner,
            by=journey.by,
            window=window,
            entered=steps[0][0],
            steps=tuple(_step(step, steps, place) for place, step in enumerate(journey.steps)),
            branches=tuple(branches),
            never=tuple(
                GuardResult(guard.name, guard.event, guard.start, guard.end, actors, of)
                for guard, (actors, of) in guards
            ),
            definition=journey_definition(journey, window),
        )

    def _volume(self, name: str, span: Span) -> VolumeResult | None:
        return volume(self._dataset, self._plan, self._plan.events[name], span, self._now)


def _reads(plan: Plan) -> Mapping[str, set[str]]:
    """Which properties of which events the whole report needs, so that each message is read once."""
    found: dict[str, set[str]] = defaultdict(set)
    for kpi in plan.kpis.values():
        parts = (kpi.measure.of, kpi.measure.to) if isinstance(kpi.measure, Ratio) else (kpi.measure,)
        for part in parts:
            if not isinstance(part, Conversion):
                found[part.event] |= reads(plan, part)
    for journey in plan.journeys.values():
        uses: list[Step | Guard] = [*journey.steps, *journey.never]
        for what in uses:
            found[what.event] |= needed(what.where)
    return found


def _step(step: Step, counts: list[tuple[int, Fraction | None]], place: int) -> StepResult:
    actors, median = counts[place]
    share = quotient(actors, counts[place - 1][0]) if place else Figure.of(None)
    expect = None if step.expect is None else Decimal(str(step.expect))
    met = None if expect is None or share.exact is None else share.exact >= Fraction(expect)
    return StepResult(
        id=step.id,
        event=step.event,
        actors=actors,
        conversion=share.value,
        conversion_from_first=quotient(actors, counts[0][0]).value if place else None,
        expect=expect,
        met=met,
        median_seconds=None if median is None else quotient(median, 1_000_000).value,
    )


def _group(by: tuple[str, ...], key: Key, figure: Figure) -> Group:
    values = (plain(value) if isinstance(value, Decimal) else value for value in key)
    return Group(dict(zip(by, values, strict=True)), figure.value, figure.rounded)


def _compared(plan: Plan, kpi: Kpi, found: Measured) -> tuple[str | None, Figure]:
    """What the target is held against: the one group or currency that the target's unit names, else the total."""
    unit = kpi.target.unit if kpi.target else None
    if unit is not None and found.currencies and (unit in found.currencies or unit in ISO_4217):
        return unit, found.currencies.get(unit, found.nothing)
    if unit is None or len(found.by) != 1:
        return None, found.total
    figure = next((figure for key, figure in found.groups.items() if str(key[0]) == unit), None)
    if figure is not None:
        return unit, figure
    asked = kpi.measure
    names = {asked.of.event, asked.to.event} if isinstance(asked, Ratio) else {getattr(asked, "event", "")}
    known = {
        str(value)
        for name in names
        if (event := named(plan, name)) is not None
        for part in event.properties
        if part.name == found.by[0]
        for value in part.enum
    }
    # A currency in which nothing was sold is still the one that the target speaks of.
    return (unit, found.nothing) if unit in known else (None, found.total)


def _target(kpi: Kpi, group: str | None, compared: Figure, *, is_known: bool) -> TargetResult | None:
    """The target held against a figure; a figure of an event that never came is a 0 that says nothing."""
    if kpi.target is None:
        return None
    wanted, met = Fraction(kpi.target.value), None
    if compared.exact is not None and is_known:
        met = compared.exact >= wanted if kpi.target.direction == "up" else compared.exact <= wanted
    return TargetResult(kpi.target.direction, kpi.target.value, kpi.target.unit, compared.value, group, met)


def _guarded(kpi: Kpi, found: KpiResult, measured: dict[str, KpiResult]) -> KpiResult:
    guards = tuple(
        Guardrail(name, guard.value, guard.target.met if guard.target else None)
        for name in kpi.guardrails
        if (guard := measured.get(name))
    )
    return msgspec.structs.replace(found, guardrails=guards)


def _goal(goal: Goal, measured: dict[str, KpiResult]) -> GoalResult:
    targets = [found.target for name in goal.kpis if (found := measured.get(name)) and found.target]
    met = sum(target.met is True for target in targets)
    return GoalResult(goal.name, goal.owner, goal.description, goal.kpis, met, len(targets))

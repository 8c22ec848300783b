"""Usage: which KPIs, journeys, rules and keys of a plan use an event, and each of its properties."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

import msgspec

from footfall.plan.calls import is_described_by
from footfall.plan.checking.rules import compile_rule
from footfall.plan.measure_parts import composed_of
from footfall.plan.model import (
    Aggregate,
    Conversion,
    Count,
    DaysWith,
    Did,
    DidFirstOrLast,
    Event,
    Experiment,
    Goal,
    HasTraits,
    Journey,
    Kpi,
    Plan,
    PlannedSignal,
    Quantity,
    Segment,
    Unique,
    Where,
)
from footfall.plan.segments import MEMBER_OPS, names_in_where, parts_of
from footfall.plan.value_names import ACTOR, single_conditions, top_property

__all__ = ["UsageIndex", "Use", "UseKind", "expression_names", "purposes"]

UseKind = Literal["kpi", "journey", "rule", "derived", "identity", "event", "segment", "experiment", "signal"]


class Use(msgspec.Struct, frozen=True, kw_only=True):
    """One use of an event, or of a property of it.

    `name` is who uses it (a KPI, a journey, `event.rule`, a key of `identity`, another event), `how` the part of it
    that does. `property` is "" where the event as such is used; `where` is the condition, for a use that is one.
    `value` is the name of the value where it is in the property: `lines[].sku` of `lines`.
    """

    kind: UseKind
    name: str
    how: str
    event: str
    owner: str = ""
    property: str = ""
    where: Where | None = None
    value: str = ""


class UsageIndex:
    """The uses of a whole plan, by event and by property."""

    def __init__(self, plan: Plan) -> None:
        self._events: dict[str, list[Use]] = {}
        self._properties: dict[tuple[str, str], list[Use]] = {}
        self._segments: dict[str, list[Use]] = {}
        for use in (each for direct in _uses(plan) for each in _with_derived(direct, plan)):
            self._events.setdefault(use.event, []).append(use)
            if use.property:
                self._properties.setdefault((use.event, use.property), []).append(use)
            for name in names_in_where([use.where] if use.where else []):
                self._segments.setdefault(name, []).append(use)

    def of_event(self, event: str) -> tuple[Use, ...]:
        """Everything that uses the event or one of its properties, in the order of the plan."""
        return tuple(self._events.get(event, ()))

    def of_segments(self, names: Iterable[str]) -> tuple[Use, ...]:
        """Every condition on messages that names one of these segments and cohorts, in the order of these."""
        return tuple(use for name in names for use in self._segments.get(name, ()))

    def of_page(self, key: str, name: str) -> tuple[Use, ...]:
        """Everything that uses this property of what `pages` describes under a key."""
        return tuple(
            use
            for (event, prop), uses in self._properties.items()
            for use in uses
            if prop == name and is_described_by(event, key)
        )

    def of_value(self, event: str, path: Sequence[str]) -> tuple[Use, ...]:
        """Everything that uses what is at a path in the event, or a part of it: `("lines", "[]", "sku")`."""
        return tuple(use for use in self._properties.get((event, path[0]), ()) if _is_in(use.value, path))

    def of_trait(self, path: Sequence[str]) -> tuple[Use, ...]:
        """Everything that uses a trait of persons, at a path or a part of it: of identify, or by `traits.NAME`."""
        named = [
            use
            for (_, prop), uses in self._properties.items()
            for use in uses
            if prop == "traits" and _is_in(use.value, ("traits", *path))
        ]
        return (*self.of_value("identify", path), *named)

    def of_property(self, event: str, name: str) -> tuple[Use, ...]:
        """Everything that uses this property of the event, in the order of the plan."""
        return tuple(self._properties.get((event, name), ()))


def _is_in(name: str, path: Sequence[str]) -> bool:
    """Whether the value of a name is at a path, or is a part of what is there. Below a map any key may be meant."""
    below = "".join(part if part == "[]" else f".{part}" for part in itertools.takewhile("{}".__ne__, path))
    return f".{name}" == below or f".{name}".startswith((f"{below}.", f"{below}[]"))


def purposes(event: Event, plan: Plan) -> Iterator[tuple[str, str, str]]:
    """What the event says that it is collected for: the kind, the name, and the owner of that part of the plan."""
    sections: Mapping[str, Mapping[str, Kpi | Journey | Goal]]
    sections = {"kpi": plan.kpis, "journey": plan.journeys, "goal": plan.goals}
    for purpose in event.purpose:
        kind, _, name = purpose.partition(":")
        part = sections.get(kind, {}).get(name)
        yield kind, name, "" if part is None else part.owner


def _uses(plan: Plan) -> Iterator[Use]:
    for kpi in plan.kpis.values():
        yield from _of_kpi(kpi, plan)
    for signal in plan.signals.values():
        yield from _of_part(signal, "occasion", signal.filter.event, None, signal.filter.where)
        if signal.voice:
            yield from _of_part(signal, "voice", signal.voice, None, ())
    for experiment in plan.experiments.values():
        yield from _of_experiment(experiment)
    for journey in plan.journeys.values():
        yield from _of_journey(journey)
    for segment in plan.segments.values():
        yield from _of_segment(segment)
    for event in plan.events.values():
        for rule in event.rules:
            for name in expression_names(rule.check):
                yield Use(
                    kind="rule", name=f"{event.name}.{rule.id}", owner=event.owner, how="check", event=event.name,
                    property=name, value=name,
                )  # fmt: skip
        yield from _of_derived(event)
        replaced_by = event.deprecated.replaced_by if event.deprecated else None
        if replaced_by:
            yield Use(kind="event", name=event.name, owner=event.owner, how="is replaced by it", event=replaced_by)
    for key in ("device", "account"):
        name = getattr(plan.identity, key)
        for event in plan.events.values() if name else ():
            if any(prop.name == name for prop in event.properties):
                yield Use(kind="identity", name=key, how="names it", event=event.name, property=name, value=name)


def _of_derived(event: Event) -> Iterator[Use]:
    for prop in event.derived:
        for name in expression_names(prop.expression):
            yield Use(
                kind="derived", name=f"{event.name}.{prop.name}", owner=event.owner, how="derive", event=event.name,
                property=name, value=name,
            )  # fmt: skip


def _with_derived(use: Use, plan: Plan) -> Iterator[Use]:
    """A use, and those of the event and the properties that what it uses is derived from."""
    yield use
    derived = plan.derived_events.get(use.event)
    if derived is not None and use.event not in plan.events:
        how = f"{use.how} (by {derived.name})"
        use = msgspec.structs.replace(use, event=derived.event, how=how)
        yield use
        for name in expression_names(derived.when):
            yield msgspec.structs.replace(use, property=name, value=name, where=None)
    event = plan.events.get(use.event)
    for prop in event.derived if event is not None else ():
        if prop.name == use.property:
            how = f"{use.how} (by {prop.name})"
            for name in expression_names(prop.expression):
                yield msgspec.structs.replace(use, property=name, value=name, where=None, how=how)


def _of_segment(segment: Segment) -> Iterator[Use]:
    for part in parts_of(segment.who):
        if isinstance(part, Did | DidFirstOrLast | DaysWith):
            yield from _filtered(segment, part.filter.event, part.filter.where)
        elif isinstance(part, HasTraits):
            yield from _filtered(segment, "identify", part.where)


def _filtered(segment: Segment, event: str, conditions: tuple[Where, ...]) -> Iterator[Use]:
    yield Use(kind="segment", name=segment.name, owner=segment.owner, how="who", event=event)
    for where in (single for part in conditions for single in single_conditions(part)):
        yield Use(
            kind="segment", name=segment.name, owner=segment.owner, how="who, where", event=event,
            property=top_property(_name_in(where)), value=_name_in(where), where=where,
        )  # fmt: skip


def _name_in(where: Where) -> str:
    """The name of the value of a condition; "" for one that is about the person."""
    return "" if where.op in MEMBER_OPS else where.property


def expression_names(text: str) -> list[str]:
    """The properties that an expression names."""
    try:
        return sorted(compile_rule(text).names)
    except ValueError:
        return []  # `plan check` reports that it is no expression


def _of_kpi(kpi: Kpi, plan: Plan) -> Iterator[Use]:
    measure = kpi.measure
    if isinstance(measure, Conversion):
        journey = plan.journeys.get(measure.journey)
        for use in _of_steps(journey) if journey else ():
            how = f"journey {measure.journey}, {use.how}"
            yield msgspec.structs.replace(use, kind="kpi", name=kpi.name, owner=kpi.owner, how=how)
    else:
        yield from _of_figures(kpi, measure, "")


def _of_figures(kpi: Kpi, measure: Quantity, part: str) -> Iterator[Use]:
    if isinstance(measure, Count | Aggregate | Unique):
        yield from _of_figure(kpi, measure, part)
    for name, figure in composed_of(measure):
        yield from _of_figures(kpi, figure, f"{name}: ")


def _of_figure(kpi: Kpi, figure: Count | Aggregate | Unique, part: str) -> Iterator[Use]:
    def use(how: str, name: str = "", where: Where | None = None) -> Use:
        return Use(
            kind="kpi", name=kpi.name, owner=kpi.owner, how=part + how, event=figure.event,
            property=top_property(name), value=name, where=where,
        )  # fmt: skip

    if isinstance(figure, Count):
        yield use("count", figure.property)
    elif isinstance(figure, Aggregate):
        yield use(figure.function, figure.property)
    else:
        yield use("unique actor") if figure.property == ACTOR else use("unique", figure.property)
    for where in (single for part in figure.where for single in single_conditions(part)):
        yield use("where", _name_in(where), where)
    for name in figure.by:
        yield use("by", name)


def _of_journey(journey: Journey) -> Iterator[Use]:
    yield from _of_steps(journey)
    for branch in journey.branches:
        events = {step.id: step.event for step in journey.steps}
        for step in branch.steps:
            yield Use(
                kind="journey", name=journey.name, owner=journey.owner, how=f"branch {branch.id}, step {step}",
                event=events.get(step, ""),
            )  # fmt: skip
    for guard in journey.never:
        yield from _with_conditions(journey, f"guard {guard.name}", guard.event, guard.where)


def _of_steps(journey: Journey) -> Iterator[Use]:
    for step in journey.steps:
        yield from _with_conditions(journey, f"step {step.id}", step.event, step.where)


def _with_conditions(journey: Journey, how: str, event: str, conditions: tuple[Where, ...]) -> Iterator[Use]:
    yield Use(kind="journey", name=journey.name, owner=journey.owner, how=how, event=event)
    for where in (single for part in conditions for single in single_conditions(part)):
        yield Use(
            kind="journey", name=journey.name, owner=journey.owner, how=f"{how}, where", event=event,
            property=top_property(_name_in(where)), value=_name_in(where), where=where,
        )  # fmt: skip


def _of_experiment(experiment: Experiment) -> Iterator[Use]:
    exposure, outcome = experiment.exposure, experiment.outcome
    yield from _of_part(experiment, "exposure", exposure.event, exposure.variant, exposure.where)
    if outcome is not None:
        yield from _of_part(experiment, "outcome", outcome.event, outcome.sum, outcome.where)


def _of_part(
    part: Experiment | PlannedSignal, how: str, event: str, name: str | None, conditions: tuple[Where, ...]
) -> Iterator[Use]:
    kind: UseKind = "experiment" if isinstance(part, Experiment) else "signal"
    use = Use(kind=kind, name=part.name, owner=part.owner, how=how, event=event)
    yield msgspec.structs.replace(use, property=name or "")
    for where in (single for condition in conditions for single in single_conditions(condition)):
        value = _name_in(where)
        yield msgspec.structs.replace(use, how=f"{how}, where", property=top_property(value), value=value, where=where)

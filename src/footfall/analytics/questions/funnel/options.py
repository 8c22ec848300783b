"""What a question of a funnel asks: the steps, what makes an entry, how long it may take, and what ends it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Literal

import msgspec

from footfall.analytics.filtered_messages import ActorKind
from footfall.errors import UsageError
from footfall.journeys.attempts import DropRule, FunnelEntry, FunnelOrder, FunnelRules
from footfall.plan.durations import parse_duration
from footfall.plan.model import ANY_EVENT, EventFilter, Plan
from footfall.plan.problems import did_you_mean
from footfall.plan.reading.event_filters import read_event_filter
from footfall.plan.segments import segments_of

__all__ = ["FunnelBreakdown", "FunnelExclusion", "FunnelOptions", "FunnelStep", "funnel_options"]

_SECOND = 1_000_000
_MOST_STEPS = 20
_MOST_EXCLUSIONS = 10
_RANGE = re.compile(r"([0-9]{1,4})-([0-9]{1,4})", re.ASCII)

TextOrFilter = str | EventFilter


class FunnelStep(msgspec.Struct, frozen=True, kw_only=True):
    """A step: messages that pass a filter, at most `within` seconds after the step before."""

    id: str
    filter: EventFilter
    within: int | None = None
    is_optional: bool = False


class FunnelExclusion(msgspec.Struct, frozen=True, kw_only=True):
    """Messages that end an entry between step `first` and step `last`, counted from 1; or take the person out."""

    filter: EventFilter
    first: int
    last: int
    drops_person: bool = False


class FunnelBreakdown(msgspec.Struct, frozen=True, kw_only=True):
    """A value by which the funnel is cut; `attribution` says of which step: `first`, `last`, or its number.

    `name` is a property at any depth, a part of the context, or a trait; with `segments` it is the first of these that
    the person is in, whatever the step.
    """

    name: str
    segments: tuple[str, ...] = ()
    attribution: Literal["first", "last"] | int = "first"


class FunnelOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked.

    - `order`: the steps come in order (`ordered`), with nothing else between (`strict`), or in `any` order
    - `entry`: the `first` entry of each person, `any` that gets furthest, or `each` by itself
    - `has_ties`: whether messages of equal times count as in order
    - `within`: how many seconds there are from the entry to any step; None is no limit
    - `is_session`: all steps in the session of the entry
    - `exclusions`: what ends an entry between two steps
    - `hold`: properties that have the value of the entry in each step
    - `breakdown`, `top`: cut by a value or by segments, so many values by themselves and all others together
    - `dropped`: the number of a step; the answer lists who reached the step before and not this one
    - `journey`: the plan's journey whose steps these are, and whose window
    """

    steps: tuple[FunnelStep, ...]
    by: ActorKind = "user"
    order: FunnelOrder = "ordered"
    entry: FunnelEntry = "first"
    has_ties: bool = True
    within: int | None = None
    is_session: bool = False
    exclusions: tuple[FunnelExclusion, ...] = ()
    hold: tuple[str, ...] = ()
    breakdown: FunnelBreakdown | None = None
    top: int = 10
    dropped: int | None = None
    journey: str | None = None

    @property
    def rules(self) -> FunnelRules:
        """The same as the walk of one actor takes it."""
        return FunnelRules(
            limits=tuple(None if step.within is None else step.within * _SECOND for step in self.steps),
            optional=tuple(step.is_optional for step in self.steps),
            order=self.order,
            entry=self.entry,
            has_ties=self.has_ties,
            within=None if self.within is None else self.within * _SECOND,
            drops=tuple(DropRule(each.first - 1, each.last - 1, each.drops_person) for each in self.exclusions),
        )

    def before(self, step: int) -> int:
        """The last step before a step, counted from 0, that is not optional."""
        return next(number for number in range(step - 1, -1, -1) if not self.steps[number].is_optional)


def funnel_options(
    plan: Plan,
    steps: Sequence[TextOrFilter] = (),
    *,
    journey: str | None = None,
    by: ActorKind | None = None,
    within: str | None = None,
    step_within: Mapping[int, str] | None = None,
    optional: Collection[int] = (),
    exclude: Sequence[tuple[TextOrFilter, str]] = (),
    exclude_person: Sequence[tuple[TextOrFilter, str]] = (),
    hold: Collection[str] = (),
    breakdown: str | None = None,
    attribution: str | int = "first",
    ties: bool = True,
    **options: object,
) -> FunnelOptions:
    """Read them by a plan.

    `steps` are filters of its events, or those of a `journey`. `within` is `session` or a duration, as are the values
    of `step_within` by the number of the step; `exclude` and `exclude_person` are pairs of a filter and a range of
    steps (`1-3`); the other options are those of `FunnelOptions`. Raises UsageError.
    """
    if bool(steps) == (journey is not None):
        raise UsageError("a funnel has steps, or the name of a journey of the plan; give one of the two")
    planned = [] if journey is None else _journey_steps(plan, journey)
    whole = None if journey is None else plan.journeys[journey].within
    read = planned or [_step(plan, step, number) for number, step in enumerate(steps, 1)]
    if len(read) > _MOST_STEPS:
        raise UsageError(f"a funnel has 1 to {_MOST_STEPS} steps, not {len(read)}")
    names = _distinct([step.id for step in read])
    limits = {number: _seconds(text, f"within of step {number}") for number, text in (step_within or {}).items()}
    _check_numbers(limits, len(read), "a step that has its own time", least=2)
    _check_numbers(optional, len(read), "an optional step", least=2, most=len(read) - 1)
    is_session = within == "session"
    asked = FunnelOptions(
        steps=tuple(
            msgspec.structs.replace(
                step, id=name, within=limits.get(number, step.within), is_optional=number in optional
            )
            for number, (step, name) in enumerate(zip(read, names, strict=True), 1)
        ),
        by=by or ("user" if journey is None else plan.journeys[journey].by),
        has_ties=ties,
        within=whole if within is None else None if is_session else _seconds(within, "within"),
        is_session=is_session,
        exclusions=tuple(
            _exclusion(plan, filter_, text, len(read), drops_person=drops_person)
            for drops_person, pairs in ((False, exclude), (True, exclude_person))
            for filter_, text in pairs
        ),
        hold=tuple(dict.fromkeys(hold)),
        breakdown=None if breakdown is None else _breakdown(plan, breakdown, attribution, len(read)),
        journey=journey,
        **options,  # type: ignore[arg-type] # `funnel` checks their types
    )
    _check(asked)
    return asked


def _journey_steps(plan: Plan, name: str) -> list[FunnelStep]:
    if name not in plan.journeys:
        near = difflib.get_close_matches(name, plan.journeys, 1)
        remedy = f"; did you mean {near[0]!r}?" if near else f"; it has {', '.join(plan.journeys) or 'none'}"
        raise UsageError(f"the plan has no journey {name!r}{remedy}")
    return [
        FunnelStep(id=step.id, filter=EventFilter(event=step.event, where=step.where), within=step.within)
        for step in plan.journeys[name].steps
    ]


def _step(plan: Plan, step: TextOrFilter, number: int) -> FunnelStep:
    filter_ = read_event_filter(step, plan, f"step {number}")
    return FunnelStep(id=filter_.event if filter_.event != ANY_EVENT else "any message", filter=filter_)


def _distinct(names: Sequence[str]) -> list[str]:
    """The names, where several are alike with their number: `view`, `view (2)`."""
    return [
        name if names.index(name) == index else f"{name} ({names[: index + 1].count(name)})"
        for index, name in enumerate(names)
    ]


def _exclusion(plan: Plan, filter_: TextOrFilter, text: str, steps: int, *, drops_person: bool) -> FunnelExclusion:
    match = _RANGE.fullmatch(text.strip())
    if match is None:
        raise UsageError(f"an exclusion is from one step to another, as 1-{max(steps, 2)}, not {text!r}")
    first, last = int(match[1]), int(match[2])
    if not 1 <= first < last <= steps:
        raise UsageError(f"an exclusion is from a step to a later one of 1 to {steps}, not {text!r}")
    read = read_event_filter(filter_, plan, f"exclusion {text}")
    return FunnelExclusion(filter=read, first=first, last=last, drops_person=drops_person)


def _breakdown(plan: Plan, name: str, attribution: str | int, steps: int) -> FunnelBreakdown:
    text = str(attribution)
    kind, sign, names = name.partition(":")
    if sign and kind == "segment":
        segments = tuple(dict.fromkeys(each.strip() for each in names.split(",")))
        for each in segments:
            if each not in (planned := segments_of(plan)):
                raise UsageError(f"the plan has no segment {each!r}; {did_you_mean(each, planned)}")
        return FunnelBreakdown(name=name, segments=segments)
    if text in ("first", "last"):
        return FunnelBreakdown(name=name, attribution="first" if text == "first" else "last")
    if not text.isdecimal() or not 1 <= int(text) <= steps:
        raise UsageError(f"the attribution is first, last, or the number of a step (1 to {steps}), not {text!r}")
    return FunnelBreakdown(name=name, attribution=int(text))


def _seconds(text: str, name: str) -> int:
    try:
        return parse_duration(text)
    except ValueError as error:
        raise UsageError(f"{name}: {error}; write a duration (30m, 7d)") from None


def _check_numbers(numbers: Collection[int], steps: int, what: str, *, least: int = 1, most: int | None = None) -> None:
    most = steps if most is None else most
    wrong = [number for number in numbers if not least <= number <= most]
    if wrong and most < least:
        raise UsageError(f"{what} takes a longer funnel, not one of {steps}; take it out")
    if wrong:
        raise UsageError(f"{what} is one of {least} to {most}, not {wrong[0]}")


def _check(asked: FunnelOptions) -> None:
    """Raise UsageError for options that do not go together."""
    if asked.order == "any" and any(step.is_optional or step.within is not None for step in asked.steps):
        raise UsageError("steps in any order have none before them: no step is optional, or has its own time")
    if asked.is_session and asked.by == "device":
        raise UsageError("connected devices have no sessions; give a duration within which all steps come")
    if len(asked.exclusions) > _MOST_EXCLUSIONS:
        raise UsageError(f"a funnel has {_MOST_EXCLUSIONS} exclusions at most, not {len(asked.exclusions)}")
    if asked.top < 1:
        raise UsageError(f"there is at least 1 value by itself, not {asked.top}")
    if asked.dropped is not None:
        _check_numbers([asked.dropped], len(asked.steps), "the step that was not reached", least=2)
    for each in asked.exclusions:
        if asked.steps[each.first - 1].is_optional or asked.steps[each.last - 1].is_optional:
            raise UsageError(
                f"the exclusion {each.first}-{each.last} begins or ends with an optional step; choose another"
            )

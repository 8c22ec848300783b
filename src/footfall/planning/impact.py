"""What depends on an event or one of its properties: KPIs, journeys, rules, sources and more, each with its owner."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

import msgspec

from footfall.errors import UsageError
from footfall.plan.calls import call_of, named, split_property
from footfall.plan.model import Conversion, Event, Kpi, Plan, Property, Source, Team
from footfall.plan.segments import naming
from footfall.plan.silences import silences_of_event
from footfall.planning.diff.events import accepted_names
from footfall.planning.diff.wording import say_condition, say_silence
from footfall.planning.usage import UsageIndex, Use, purposes

__all__ = ["Dependent", "Groups", "Impact", "impact_of"]


class Dependent(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that depends on an event or a property.

    `kind` is `kpi`, `goal`, `experiment`, `signal`, `journey`, `segment`, `cohort`, `rule`, `derived`, `identity`,
    `purpose`, `event`, `source` or `silence`; `how` names the parts of it that use the event or the property. `through`
    names what it depends on instead, where it does not use it itself.
    """

    kind: str
    name: str
    owner: str = ""
    how: tuple[str, ...] = ()
    through: tuple[str, ...] = ()


class Impact(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that depends on an event, a property or a property group, and the teams that own any of it.

    `name` is what was asked for, in the plan's words. `events` is the one event, or all that include the group;
    `property` is None for an event and a group.
    """

    name: str
    events: tuple[Event, ...]
    property: Property | None
    dependents: tuple[Dependent, ...]
    teams: tuple[Team, ...]


Groups = Mapping[str, Mapping[str, tuple[str, ...]]]


class _Asked(msgspec.Struct, frozen=True):
    """The events and properties that a name means; a property "" is the event as such."""

    name: str
    parts: tuple[tuple[Event, str], ...]
    property: Property | None = None


def impact_of(plan: Plan, name: str, *, groups: Groups = MappingProxyType({})) -> Impact:
    """Everything that depends on `EVENT`, `EVENT.PROPERTY` or a property group.

    The event may be named as on the wire, or by an alias. `groups` are, for each property group, the names of its
    properties by event. Raises UsageError for a name that the plan does not have.
    """
    subject = _subject_of(plan, name, groups)
    index = UsageIndex(plan)
    uses = dict.fromkeys(
        use
        for event, prop in subject.parts
        for use in (index.of_property(event.name, prop) if prop else index.of_event(event.name))
    )
    direct = _direct(uses)
    names = {(user.kind, user.name) for user in direct}
    by_segment = _by_segment(plan, index, names)
    names |= {(user.kind, user.name) for user in by_segment}
    events = {event.name: event for event, _ in subject.parts}
    collected_for = [
        Dependent(kind="purpose", name=f"{kind}:{part}", owner=owner, how=("the event is collected for it",))
        for event, prop in subject.parts
        for kind, part, owner in (purposes(event, plan) if not prop else ())
        if (kind, part) not in names
    ]
    senders = {user.name: user for event in events.values() for user in _senders(plan, event)}
    silences = _silences(plan, events)
    dependents = [*direct, *collected_for, *by_segment, *_indirect(plan, names), *senders.values(), *silences]
    order = (
        "kpi", "goal", "experiment", "signal", "journey", "segment", "cohort", "rule", "derived", "identity", "purpose",
        "event", "source", "silence",
    )  # fmt: skip
    dependents.sort(key=lambda user: (order.index(user.kind), bool(user.through)))
    owned = (*(event.owner for event in events.values()), *(user.owner for user in dependents))
    teams = tuple(plan.teams.get(owner, Team(name=owner)) for owner in dict.fromkeys(filter(None, owned)))
    return Impact(
        name=subject.name,
        events=tuple(events.values()),
        property=subject.property,
        dependents=tuple(dependents),
        teams=teams,
    )


def _subject_of(plan: Plan, name: str, groups: Groups) -> _Asked:
    by_name = {alias: event for event in reversed(tuple(plan.events.values())) for alias in accepted_names(event)}
    by_name |= plan.events
    event = by_name.get(name)
    if event is not None:
        return _Asked(event.name, ((event, ""),))
    call = _find_call(plan, name)
    if call is not None:
        return call
    head, _, last = name.rpartition(".")
    event = by_name.get(head)
    if event is not None:
        for prop in event.properties:
            if last in {prop.name, prop.wire_name}:
                return _Asked(f"{event.name}.{prop.name}", ((event, prop.name),), prop)
        hint = _near(last, [prop.name for prop in event.properties])
        raise UsageError(f"{name}: there is no property {last!r} of {event.name}{hint}")
    group, _, only = name.partition(".")
    if group in groups:
        return _group(plan, name, groups[group], only)
    subject = head.partition(".")[0] or name
    if subject in by_name:
        top = name[len(subject) + 1 :].partition(".")[0].partition("[")[0]
        raise UsageError(f"{name}: impact is of a whole property; ask for {subject}.{top}")
    hint = _near(subject, [*by_name, *groups])
    raise UsageError(f"{name}: there is no event and no property group {subject!r} in the plan{hint}")


def _find_call(plan: Plan, name: str) -> _Asked | None:
    """A page, a screen or another call, or a property of one; None for any other name."""
    head, last = split_property(name)
    event = named(plan, head) if call_of(head) is not None else None
    prop = next((prop for prop in event.properties if prop.name == last), None) if event is not None else None
    if event is not None and prop is not None:
        return _Asked(name, ((event, prop.name),), prop)
    if event is not None and call_of(name) is None:
        hint = _near(last, [prop.name for prop in event.properties])
        raise UsageError(f"{name}: there is no property {last!r} of {event.name}{hint}")
    event = named(plan, name) if call_of(name) is not None else None
    return None if event is None else _Asked(name, ((event, ""),))


def _group(plan: Plan, name: str, members: Mapping[str, tuple[str, ...]], only: str) -> _Asked:
    """The properties of a group, or the `only` one of them, in every event that includes it."""
    names = dict.fromkeys(prop for props in members.values() for prop in props)
    if only and only not in names:
        raise UsageError(f"{name}: there is no property {only!r} in that group{_near(only, [*names])}")
    parts = tuple(
        (plan.events[event], prop)
        for event, props in members.items()
        for prop in props
        if event in plan.events and only in ("", prop)
    )
    return _Asked(name, parts)


def _near(word: str, names: list[str]) -> str:
    near = difflib.get_close_matches(word, names, n=1)
    if near:
        return f"; did you mean {near[0]!r}?"
    return f"; it has {', '.join(sorted(set(names))[:20])}" if names else "; it has none"


def _direct(uses: Iterable[Use]) -> list[Dependent]:
    by_name: dict[tuple[str, str], tuple[str, list[str]]] = {}
    for use in uses:
        parts = by_name.setdefault((use.kind, use.name), (use.owner, []))[1]
        how = use.how if use.where is None else f"{use.how} {say_condition(use.where)}"
        if how not in parts:
            parts.append(how)
    return [
        Dependent(kind=kind, name=name, owner=owner, how=tuple(parts))
        for (kind, name), (owner, parts) in by_name.items()
    ]


def _by_segment(plan: Plan, index: UsageIndex, names: set[tuple[str, str]]) -> list[Dependent]:
    """What depends on one of these segments: segments and cohorts that name it, KPIs and journeys that ask for it."""
    segments = [name for kind, name in names if kind == "segment"]
    indirect = naming(plan, segments)
    dependents = [
        Dependent(
            kind="cohort" if name in plan.cohorts else "segment", name=name,
            owner=(plan.cohorts.get(name) or plan.segments[name]).owner,
            through=tuple(f"segment:{each}" for each in segments),
        )
        for name in sorted(indirect)
    ]  # fmt: skip
    throughs: dict[tuple[str, str], tuple[str, dict[str, None]]] = {}
    for name in (*segments, *sorted(indirect)):
        for use in index.of_segments([name]):
            if use.kind in ("kpi", "journey") and (use.kind, use.name) not in names:
                throughs.setdefault((use.kind, use.name), (use.owner, {}))[1][f"segment:{name}"] = None
    return dependents + [
        Dependent(kind=kind, name=name, owner=owner, through=tuple(through))
        for (kind, name), (owner, through) in throughs.items()
    ]


def _indirect(plan: Plan, names: set[tuple[str, str]]) -> list[Dependent]:
    """What depends on one of these: KPIs over a journey, KPIs that others drive or guard, goals."""
    kpis = {name for kind, name in names if kind == "kpi"}
    journeys = {name for kind, name in names if kind == "journey"}
    dependents = []
    for kpi in plan.kpis.values():
        reasons = _reasons(kpi, plan, kpis, journeys)
        if reasons and kpi.name not in kpis:
            dependents.append(Dependent(kind="kpi", name=kpi.name, owner=kpi.owner, through=tuple(reasons)))
    for goal in plan.goals.values():
        by = tuple(f"kpi:{name}" for name in goal.kpis if name in kpis)
        if by:
            dependents.append(Dependent(kind="goal", name=goal.name, owner=goal.owner, through=by))
    for experiment in plan.experiments.values():
        used = dict.fromkeys(name for name in (experiment.kpi, *experiment.guardrails) if name in kpis)
        if used and ("experiment", experiment.name) not in names:
            through = tuple(f"kpi:{name}" for name in used)
            dependents.append(
                Dependent(kind="experiment", name=experiment.name, owner=experiment.owner, through=through)
            )
    return dependents


def _reasons(kpi: Kpi, plan: Plan, kpis: set[str], journeys: set[str]) -> list[str]:
    reasons = []
    if isinstance(kpi.measure, Conversion) and kpi.measure.journey in journeys:
        reasons.append(f"journey:{kpi.measure.journey}")
    reasons += [
        f"kpi:{name}, which drives it" for name in plan.kpis if name in kpis and plan.kpis[name].drives == kpi.name
    ]
    reasons += [f"kpi:{name}, its guardrail" for name in kpi.guardrails if name in kpis]
    return reasons


def _senders(plan: Plan, event: Event) -> list[Dependent]:
    """The sources that send the event; any source of the plan, where it names none."""
    sources = []
    for name in event.sources or plan.sources:
        source = plan.sources.get(name, Source(name=name))
        about = [f"{source.kind}{f', {source.language}' if source.language else ''}", *source.paths]
        sources.append(Dependent(kind="source", name=name, owner=event.owner, how=tuple(about)))
    return sources


def _silences(plan: Plan, events: Iterable[str]) -> Iterator[Dependent]:
    """The planned silences of any of the events."""
    silences = {each.name: each for name in events for each in silences_of_event(plan, name)}
    for silence in silences.values():
        yield Dependent(kind="silence", name=silence.name, how=(say_silence(silence),))

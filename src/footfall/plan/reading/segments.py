"""Reads segments and cohorts: rules over a person, checked against the events, traits and segments that they name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from graphlib import CycleError, TopologicalSorter
from typing import Any, Final, Protocol, cast

from footfall.plan.model import (
    ANY_EVENT,
    AllOf,
    AnyOf,
    Cohort,
    DaysWith,
    Did,
    DidFirstOrLast,
    Event,
    EventFilter,
    HasTraits,
    InSegment,
    NotIn,
    Segment,
    SegmentRule,
    SessionCount,
    SessionValue,
    TimeSpent,
)
from footfall.plan.problems import MISSING, Location, Path, did_you_mean
from footfall.plan.reading.conditions import ORDERINGS, EventValues, read_any_where, read_where
from footfall.plan.reading.field_types import (
    COUNT,
    DURATION,
    MOMENT,
    NODE,
    NUMBER,
    TEXT,
    FieldType,
    Key,
    ListOf,
    Record,
    TextOrTexts,
)
from footfall.plan.reading.merge import Definition
from footfall.plan.reading.schema import COHORT, SEGMENT
from footfall.plan.reading.subjects import Subjects
from footfall.plan.reading.yaml_source import YamlNode, kind_of
from footfall.plan.segments import names_in_rule

__all__ = [
    "RULES",
    "SESSIONS",
    "SESSION_VALUES",
    "TIME_SPENT",
    "PlanReferences",
    "read_cohorts",
    "read_rule",
    "read_segments",
]

_counted: dict[str, Key] = {"at_least": Key(COUNT), "at_most": Key(COUNT), "within": Key(DURATION)}
SESSIONS: Final = Record({**_counted, "where": Key(NODE)})
TIME_SPENT: Final = Record({"at_least": Key(DURATION), "at_most": Key(DURATION), "within": Key(DURATION)})

RULES: Final[Mapping[str, Record]] = {
    "did": Record({"did": Key(TEXT), "where": Key(NODE), **_counted}),
    **{
        which: Record({which: Key(TEXT), "where": Key(NODE), "before": Key(MOMENT), "after": Key(MOMENT)})
        for which in ("first", "last")
    },
    "days_with": Record({"days_with": Key(TEXT), "where": Key(NODE), **_counted}),
    "share_of_days_with": Record(
        {
            "share_of_days_with": Key(TEXT),
            "where": Key(NODE),
            "at_least": Key(NUMBER),
            "at_most": Key(NUMBER),
            "within": Key(DURATION),
        }
    ),
    "sessions": Record({"sessions": Key(NODE)}),
    "time_spent": Record({"time_spent": Key(NODE)}),
    "traits": Record({"traits": Key(NODE)}),
    "segment": Record({"segment": Key(TextOrTexts())}),
    "all": Record({"all": Key(ListOf(NODE))}),
    "any": Record({"any": Key(ListOf(NODE))}),
    "not": Record({"not": Key(NODE)}),
}
"""The keys of a rule by its form: a rule has exactly one of these."""

SESSION_VALUES: Final[Mapping[str, FieldType]] = {"duration": DURATION, "messages": COUNT, "entry": TEXT, "exit": TEXT}
"""What a session can be chosen by."""

_DAY: Final = 86_400
_DEEPEST: Final = 32  # segments that name one another, down to one that names none: SQL has one inside of the other


class PlanReferences(EventValues, Protocol):
    """Knows the events, properties and segments of a plan, and gathers what is wrong."""

    def event(self, name: str, at: Location, path: Path) -> Event | None:
        """The event or call of a name; None, with a problem, when there is none."""


def read_segments(definitions: Mapping[str, Definition], subjects: Subjects) -> dict[str, Segment]:
    """The segments in their order; one whose rule cannot be read is left out, with a problem."""
    segments: dict[str, Segment] = {}
    for definition in definitions.values():
        path, node = ("segments", definition.name), definition.node
        values = SEGMENT.read(node, path, subjects.problems)
        if values is MISSING:
            continue
        subjects.names.complete("segments", values, definition, path)
        rule = read_rule(values.pop("who"), subjects, (*path, "who")) if "who" in values else None
        if rule is not None:
            segments[definition.name] = Segment(name=definition.name, who=rule, **values)
    return segments


def read_cohorts(
    definitions: Mapping[str, Definition], subjects: Subjects, segments: Mapping[str, Segment]
) -> dict[str, Cohort]:
    """The cohorts in their order; one that cannot be read is left out, with a problem. Rings are reported here."""
    cohorts: dict[str, Cohort] = {}
    for definition in definitions.values():
        path, node = ("cohorts", definition.name), definition.node
        values = COHORT.read(node, path, subjects.problems)
        if values is MISSING:
            continue
        subjects.names.complete("cohorts", values, definition, path)
        other = subjects.names.of("segments").get(definition.name)
        if other is not None:
            subjects.problems.add(
                "duplicate_name", f"{definition.name!r} is a cohort here and a segment at {other.location}",
                at=definition.location, path=path, remedy="rename one of them: both are named in the same places",
            )  # fmt: skip
        if "segment" in values:
            subjects.segment(values["segment"], node.value["segment"], (*path, "segment"))
        if {"segment", "as_of"} <= values.keys():
            cohorts[definition.name] = Cohort(name=definition.name, **values)
    _check_rings(segments, cohorts, subjects)
    return cohorts


def _check_rings(segments: Mapping[str, Segment], cohorts: Mapping[str, Cohort], subjects: Subjects) -> None:
    """Report segments that, step by step, name themselves; each ring once."""
    named = {
        **{name: list(dict.fromkeys(names_in_rule(segment.who))) for name, segment in segments.items()},
        **{name: [cohort.segment] for name, cohort in cohorts.items()},
    }
    try:
        order = list(TopologicalSorter(named).static_order())
    except CycleError:
        _report_rings(named, segments, subjects)
        return
    depths: dict[str, int] = {}
    for name in order:  # each comes after those that it names
        depths[name] = 1 + max((depths[other] for other in named.get(name, ())), default=0)
        if depths[name] > _DEEPEST:
            section = "segments" if name in segments else "cohorts"
            subjects.problems.add(
                "too_large", f"the segment is {depths[name]} segments deep, and {_DEEPEST} is the most",
                at=subjects.names.of(section)[name].location, path=(section, name),
                remedy="write the rules of those that it names in one segment",
            )  # fmt: skip
            return


def _report_rings(named: Mapping[str, list[str]], segments: Mapping[str, Segment], subjects: Subjects) -> None:
    reported: set[frozenset[str]] = set()
    for start in named:
        ring = _ring_from(start, named)
        if ring is None or frozenset(ring) in reported:
            continue
        reported.add(frozenset(ring))
        section = "segments" if start in segments else "cohorts"
        location = subjects.names.of(section)[start].location
        subjects.problems.add(
            "cycle", f"the segment names itself: {' → '.join(ring)}", at=location, path=(section, start),
            remedy="take one of these names out",
        )  # fmt: skip


def _ring_from(start: str, named: Mapping[str, list[str]]) -> list[str] | None:
    """The shortest way from a name back to itself."""
    namers: dict[str, str] = {}
    names = [start]
    for name in names:
        for other in named.get(name, ()):
            if other == start:
                way = [name]
                while way[-1] != start:
                    way.append(namers[way[-1]])
                return [*reversed(way), start]
            if other not in namers:
                namers[other] = name
                names.append(other)
    return None


def read_rule(node: YamlNode, plan: PlanReferences, path: Path) -> SegmentRule | None:
    """A rule of any form; None, with a problem, for one that cannot be read."""
    marks = node.value if isinstance(node.value, dict) else {}
    forms = [form for form in RULES if form in marks]
    if len(forms) != 1:
        if not isinstance(node.value, dict):
            reason = f"is {kind_of(node.value)}, not a mapping"
        else:
            reason = f"has {len(forms)} forms ({', '.join(forms)})" if forms else "has no form"
        near = next((hint for key in marks if (hint := did_you_mean(key, RULES, ""))), "") if not forms else ""
        remedy = near or f"use exactly one of {', '.join(RULES)}"
        plan.problems.add("bad_segment", f"the rule {reason}", at=node, path=path, remedy=remedy)
        return None
    (form,) = forms
    values = RULES[form].read(node, path, plan.problems)
    if values is MISSING or form not in values or values[form] is MISSING:
        return None
    return _READERS[form](_Reading(form, values, node, plan, path))


class _Reading:
    """One rule as it is read: its form, the values of its keys, and where they are."""

    def __init__(self, form: str, values: dict[str, Any], node: YamlNode, plan: PlanReferences, path: Path) -> None:
        self.form = form
        self.values = values
        self.node = node
        self.plan = plan
        self.path = path

    def bad(self, message: str, remedy: str) -> None:
        """Report what makes no rule."""
        self.plan.problems.add("bad_segment", message, at=self.node, path=self.path, remedy=remedy)

    def filter(self) -> EventFilter | None:
        """The messages of the event under the form's key that meet `where`."""
        name, at, where = self.values[self.form], self.node.value[self.form], self.values.get("where")
        path = (*self.path, "where")
        if name == ANY_EVENT:
            return EventFilter(event=name, where=read_any_where(where, self.plan, path))
        event = self.plan.event(name, at, (*self.path, self.form))
        return None if event is None else EventFilter(event=name, where=read_where(where, event, self.plan, path))

    def bounds(self, values: Mapping[str, Any], *, or_once: bool = False) -> tuple[Any, Any] | None:
        """What is at least and at most; with `or_once`, at least 1 where neither is given."""
        least, most = values.get("at_least"), values.get("at_most")
        if least is None and most is None:
            if or_once:
                return 1, None
            self.bad(f"{self.form} says neither how much it takes nor how little", "add at_least, at_most or both")
            return None
        least = 0 if least is None else least
        if most is not None and most < least:
            self.bad(f"at_most is less than at_least in {self.form}", "nobody can meet both: change one of them")
            return None
        return least, most

    def days(self) -> int | None:
        """The whole days of `within`."""
        within = self.values.get("within")
        if within is None or within % _DAY:
            self.bad(f"{self.form} counts in whole days", "add within: 28d, or another number of days")
            return None
        return int(within // _DAY)


def _did(rule: _Reading) -> SegmentRule | None:
    filter_, bounds = rule.filter(), rule.bounds(rule.values, or_once=True)
    if filter_ is None or bounds is None:
        return None
    return Did(filter=filter_, at_least=bounds[0], at_most=bounds[1], within=rule.values.get("within"))


def _first_or_last(rule: _Reading) -> SegmentRule | None:
    filter_, before, after = rule.filter(), rule.values.get("before"), rule.values.get("after")
    if before is None and after is None:
        rule.bad(f"{rule.form} says not when", "add before or after: a day, or a duration ago such as 30d")
        return None
    if filter_ is None:
        return None
    return DidFirstOrLast(which=cast("Any", rule.form), filter=filter_, before=before, after=after)


def _days_with(rule: _Reading) -> SegmentRule | None:
    filter_, bounds, days = rule.filter(), rule.bounds(rule.values), rule.days()
    if filter_ is None or bounds is None or days is None:
        return None
    return DaysWith(filter=filter_, days=days, at_least=bounds[0], at_most=bounds[1])


def _share_of_days_with(rule: _Reading) -> SegmentRule | None:
    filter_, bounds, days = rule.filter(), rule.bounds(rule.values), rule.days()
    if filter_ is None or bounds is None or days is None:
        return None
    if not all(0 <= share <= 1 for share in bounds if share is not None):
        rule.bad("a share is a number from 0 to 1", "write at_least: 0.5 for half of the days")
        return None
    least, most = Decimal(bounds[0]) * days, None if bounds[1] is None else Decimal(bounds[1]) * days
    return DaysWith(
        filter=filter_,
        days=days,
        at_least=int(least.to_integral_value(ROUND_CEILING)),
        at_most=None if most is None else int(most.to_integral_value(ROUND_FLOOR)),
    )


def _sessions(rule: _Reading) -> SegmentRule | None:
    values = SESSIONS.read(rule.values["sessions"], (*rule.path, "sessions"), rule.plan.problems)
    bounds = None if values is MISSING else rule.bounds(values, or_once=True)
    if bounds is None:
        return None
    where = tuple(_session_values(values["where"], rule)) if "where" in values else ()
    return SessionCount(at_least=bounds[0], at_most=bounds[1], within=values.get("within"), where=where)


def _session_values(node: YamlNode, rule: _Reading) -> Iterator[SessionValue]:
    path = (*rule.path, "sessions", "where")
    if not isinstance(node.value, dict):
        message = f"takes a mapping from values of a session to conditions, not {kind_of(node.value)}"
        rule.plan.problems.add("wrong_type", message, at=node, path=path, remedy="write {duration: {gte: 10m}}")
        return
    for name, condition in node.value.items():
        kind = SESSION_VALUES.get(name)
        if kind is None:
            rule.plan.problems.unknown("value of a session", name, SESSION_VALUES, at=node.key(name), path=path)
            continue
        yield from _session_value(name, kind, condition, rule, (*path, name))


def _session_value(name: str, kind: FieldType, node: YamlNode, rule: _Reading, path: Path) -> Iterator[SessionValue]:
    if not isinstance(node.value, dict):
        yield from _one_of(name, "in", kind, node, rule, path)
        return
    operators = ("not", *(() if kind is TEXT else ORDERINGS))
    for key, value in node.value.items():
        if key not in operators:
            message, remedy = f"unknown key {key!r}", did_you_mean(key, operators)
            rule.plan.problems.add("unknown_key", message, at=node.key(key), path=path, remedy=remedy)
        elif key == "not":
            yield from _one_of(name, "not_in", kind, value, rule, path)
        else:
            bound = kind.read(value, path, rule.plan.problems)
            if bound is not MISSING:
                yield SessionValue(value=cast("Any", name), op=cast("Any", key), values=(bound,))


def _one_of(name: str, op: str, kind: FieldType, node: YamlNode, rule: _Reading, path: Path) -> Iterator[SessionValue]:
    items = node.value if isinstance(node.value, list) else [node]
    values = [kind.read(item, path, rule.plan.problems) for item in items]
    if values and MISSING not in values:
        yield SessionValue(value=cast("Any", name), op=cast("Any", op), values=tuple(values))


def _time_spent(rule: _Reading) -> SegmentRule | None:
    values = TIME_SPENT.read(rule.values["time_spent"], (*rule.path, "time_spent"), rule.plan.problems)
    bounds = None if values is MISSING else rule.bounds(values)
    if bounds is None:
        return None
    return TimeSpent(at_least=bounds[0], at_most=bounds[1], within=values.get("within"))


def _traits(rule: _Reading) -> SegmentRule | None:
    node, path = rule.values["traits"], (*rule.path, "traits")
    event = rule.plan.event("identify", node, path)
    where = () if event is None else read_where(node, event, rule.plan, path)
    if any("[]" in part.property for part in where):
        message, remedy = "a list in a trait has no latest value of its own", "name a trait that is a single value"
        rule.plan.problems.add("not_scalar", message, at=node, path=path, remedy=remedy)
        return None
    return HasTraits(where=where) if where else None


def _segment(rule: _Reading) -> SegmentRule | None:
    node = rule.node.value["segment"]
    items = node.value if isinstance(node.value, list) else [node]
    names = [
        item.value
        for item in items
        if isinstance(item.value, str) and rule.plan.segment(item.value, item, (*rule.path, "segment"))
    ]
    if not items:
        rule.bad("segment names none", "name at least one")
    return InSegment(names=tuple(names)) if names and len(names) == len(items) else None


def _several(rule: _Reading) -> SegmentRule | None:
    nodes = rule.values[rule.form]
    if not nodes:
        rule.bad(f"{rule.form} has no rule", "list at least one rule")
    parts = [read_rule(part, rule.plan, (*rule.path, rule.form, f"[{index}]")) for index, part in enumerate(nodes)]
    rules = tuple(part for part in parts if part is not None)
    if not rules or len(rules) < len(parts):
        return None
    return AllOf(rules=rules) if rule.form == "all" else AnyOf(rules=rules)


def _not(rule: _Reading) -> SegmentRule | None:
    part = read_rule(rule.values["not"], rule.plan, (*rule.path, "not"))
    return None if part is None else NotIn(of=part)


_READERS: Final[Mapping[str, Callable[[_Reading], SegmentRule | None]]] = {
    "did": _did,
    "first": _first_or_last,
    "last": _first_or_last,
    "days_with": _days_with,
    "share_of_days_with": _share_of_days_with,
    "sessions": _sessions,
    "time_spent": _time_spent,
    "traits": _traits,
    "segment": _segment,
    "all": _several,
    "any": _several,
    "not": _not,
}

"""Reads filters of messages that are written outside of a plan: on the command line, or in Python."""

from __future__ import annotations

import re

from footfall.errors import UsageError
from footfall.plan.calls import CALLS, named
from footfall.plan.model import ANY_EVENT, Cohort, Event, EventFilter, InSegment, Plan, Segment, SegmentRule
from footfall.plan.problems import Location, Path, Problems
from footfall.plan.reading.conditions import read_any_where, read_where
from footfall.plan.reading.segments import read_rule
from footfall.plan.reading.yaml_source import parse_yaml
from footfall.plan.segments import segments_of
from footfall.plan.value_names import NoValue, ValueName, user_traits, value_of

__all__ = ["read_event_filter", "read_segment"]


_BRACE = re.compile(r"\s+\{")


def read_event_filter(text: str | EventFilter, plan: Plan, place: str) -> EventFilter:
    """Read `EVENT`, or `EVENT {PROPERTY: VALUE, …}` with the conditions of a plan's `where`; `*` is every message.

    `place` names the filter in an error. Raises UsageError with every problem: an event, property or value that the
    plan does not have.
    """
    if isinstance(text, EventFilter):
        return text
    text, problems = text.strip(), Problems()
    brace = _BRACE.search(text)
    name, conditions = (text[: brace.start()], text[brace.end() - 1 :]) if brace else (text, "")
    # Half a surrogate pair, as a byte of the command line that is no UTF-8, becomes a problem of the text.
    node = parse_yaml(conditions.encode(errors="surrogatepass"), place, problems) if conditions else None
    events, filter_ = _PlanEvents(plan, problems), EventFilter(event=name)
    if name == ANY_EVENT:
        filter_ = EventFilter(event=name, where=read_any_where(node, events, (name,)))
    else:
        event = events.event(name, Location(place, 0, 0))
        if event is not None and not len(problems):
            filter_ = EventFilter(event=name, where=read_where(node, event, events, (name,)))
    _raise(problems)
    return filter_


def read_segment(text: str | Segment | Cohort | SegmentRule, plan: Plan, place: str) -> SegmentRule:
    """Read the name of a segment or cohort, or a rule as a plan has it under `who`: `{did: order_completed}`.

    `place` names it in an error. Raises UsageError with every problem: an event, property or segment that the plan does
    not have.
    """
    if isinstance(text, Segment | Cohort):
        return InSegment(names=(text.name,))
    if not isinstance(text, str):
        return text
    text, problems = text.strip(), Problems()
    events = _PlanEvents(plan, problems)
    rule: SegmentRule | None = InSegment(names=(text,))
    if text.startswith("{"):
        node = parse_yaml(text.encode(errors="surrogatepass"), place, problems)
        rule = None if node is None else read_rule(node, events, ())
    else:
        events.segment(text, Location(place, 0, 0), ())
    _raise(problems)
    assert rule is not None
    return rule


def _raise(problems: Problems) -> None:
    if len(problems):
        raise UsageError("; ".join(str(problem) for problem in problems.sorted()))


class _PlanEvents:
    """The events of a plan that has no problem, and what is wrong with what asks for them."""

    def __init__(self, plan: Plan, problems: Problems) -> None:
        self.problems = problems
        self._plan = plan

    def event(self, name: str, at: Location, path: Path = ()) -> Event | None:
        event = named(self._plan, name)
        if event is None and name in self._plan.kpis:
            message = f"there is no event {name!r}: it is a KPI"
            self.problems.add("unknown_reference", message, at=at, path=path, remedy="name the event that it counts")
        elif event is None:
            self.problems.unknown("event", name, [*self._plan.events, *CALLS], at=at, path=path)
        return event

    def segment(self, name: str, at: Location, path: Path) -> bool:
        names = segments_of(self._plan)
        if name not in names:
            self.problems.unknown("segment", name, names, at=at, path=path)
        return name in names

    def value(self, event: Event, name: str, at: Location, path: Path) -> ValueName | None:
        value = value_of(event, name, user_traits(self._plan))
        if not isinstance(value, NoValue):
            return value
        self.problems.add(value.code, value.message, at=at, path=path, remedy=value.remedy)
        return None

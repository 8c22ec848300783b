"""Reads filters of messages that are written outside of a plan: on the command line, or in Python."""

from __future__ import annotations

import re

from footfall.errors import UsageError
from footfall.plan.calls import CALLS, named
from footfall.plan.model import ANY_EVENT, Event, EventFilter, Plan, Property
from footfall.plan.problems import Location, Path, Problems
from footfall.plan.reading.measures import read_where
from footfall.plan.reading.yaml_source import parse_yaml

__all__ = ["read_event_filter"]


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
    filter_ = EventFilter(event=name)
    if name != ANY_EVENT:
        event = _PlanEvents(plan, problems).event(name, Location(place, 0, 0))
        if event is not None and not len(problems):
            filter_ = EventFilter(event=name, where=read_where(node, event, _PlanEvents(plan, problems), (name,)))
    elif node is not None:
        message = f"{ANY_EVENT} is every message, which has no properties of its own"
        problems.add("bad_condition", message, at=node, path=(name,), remedy="name an event")
    if len(problems):
        raise UsageError("; ".join(str(problem) for problem in problems.sorted()))
    return filter_


class _PlanEvents:
    """The events of a plan that has no problem, and what is wrong with what asks for them."""

    def __init__(self, plan: Plan, problems: Problems) -> None:
        self.problems = problems
        self._plan = plan

    def event(self, name: str, at: Location) -> Event | None:
        event = named(self._plan, name)
        if event is None:
            self.problems.unknown("event", name, [*self._plan.events, *CALLS], at=at, path=())
        return event

    def property(self, event: Event, name: str, at: Location, path: Path) -> Property | None:
        properties = {prop.name: prop for prop in event.properties}
        if name not in properties:
            self.problems.unknown(f"property of {event.name}", name, properties, at=at, path=path)
        return properties.get(name)

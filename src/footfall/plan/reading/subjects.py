"""What KPIs, journeys and `replaced_by` refer to: events and their properties, and the calls of pages and traits."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from footfall.plan.calls import CALLS, call_of, subject
from footfall.plan.model import DerivedEvent, Event, Page, Property
from footfall.plan.problems import Location, Path, Problems, did_you_mean
from footfall.plan.reading.events import Events
from footfall.plan.reading.names import Names
from footfall.plan.segments import READY_SEGMENTS
from footfall.plan.value_names import ACTOR, NoValue, ValueName, parted, top_property, value_named

__all__ = ["Subjects"]


class Subjects(NamedTuple):
    """The events, pages and traits of a plan, as far as they could be read."""

    names: Names
    events: Events
    pages: Mapping[str, Page]
    traits: Mapping[str, tuple[Property, ...]]
    derived: Mapping[str, DerivedEvent] = MappingProxyType({})

    @property
    def problems(self) -> Problems:
        """What is wrong with the plan so far."""
        return self.names.problems

    @property
    def user_traits(self) -> tuple[Property, ...]:
        """The traits of persons."""
        return self.traits.get("user", ())

    def find(self, name: str) -> Event | None:
        """The event or call of a name; None, without a problem, when there is none."""
        return subject(name, self.events.by_name, self.pages, self.traits, self.derived)

    def event(self, name: str, at: Location, path: Path) -> Event | None:
        """The event or call of a name; None, with a problem, when there is none."""
        defined = self.names.of("events")
        if name in defined:
            return self.events.by_name.get(name)
        event = self.find(name)
        if event is not None:
            return event
        problems = self.names.problems
        owner = next((event.name for event in self.events.by_name.values() if event.wire_name == name), None)
        if owner is not None:
            message, remedy = f"{name!r} is a name on the wire", f"use the event's own name, {owner!r}"
            problems.add("unknown_reference", message, at=at, path=path, remedy=remedy)
            return None
        rest = name.partition(":")[2]
        choices = [*defined, *self.derived, *CALLS, *((f"page:{rest}", f"screen:{rest}") if rest else ())]
        problems.unknown("event", name, choices, at=at, path=path)
        return None

    def value(self, event: Event, name: str, at: Location, path: Path) -> ValueName | None:
        """What a name means in a message of an event; None, with a problem, when it means nothing."""
        value = self._value(event, name)
        if not isinstance(value, NoValue):
            return value
        is_call = event.name not in self.names.of("events")
        is_own = top_property(name) not in {"context", "traits", "channel"}
        if is_call and is_own and not event.properties:
            self._unplanned(event.name, name, at, path)
        elif value.code != "unknown_reference" or not (
            self.problems.incomplete or (is_own and event.name in self.events.partial)
        ):
            self.problems.add(value.code, value.message, at=at, path=path, remedy=value.remedy)
        return None

    def _value(self, event: Event, name: str) -> ValueName | NoValue | None:
        properties = self.events.properties.get(event.name) or {prop.name: prop for prop in event.properties}
        return value_named(event.name, name, properties, self.user_traits, event.derived)

    def parted(self, text: str) -> tuple[str, str]:
        """The event and the value of EVENT.VALUE; "" for what is missing."""
        ways = parted(text)
        fits = (way for way in ways if (event := self.find(way[0])) is not None and self._means(event, way[1]))
        return next(fits, ways[0] if ways else ("", ""))

    def _means(self, event: Event, name: str) -> bool:
        return name == ACTOR or not isinstance(self._value(event, name), NoValue)

    def _unplanned(self, event: str, name: str, at: Location, path: Path) -> None:
        problems = self.names.problems
        if problems.incomplete:
            return
        call = call_of(event)
        assert call is not None
        near = did_you_mean(call.name, self.pages, "") if call.name else ""
        hint = f"{near} Or " if near else ""
        write = f"write pages: {{{call.name or call.type}: {{properties: {{{name}: …}}}}}}"
        message = f"the plan knows no property of {event}, so there is no {name!r} to read"
        remedy = f"{hint}{write}, or use count or unique: {event}.actor"
        problems.add("unknown_reference", message, at=at, path=path, remedy=remedy)

    def segment(self, name: str, at: Location, path: Path) -> bool:
        """Whether there is a segment or cohort of this name; a problem if not."""
        names = {*self.names.of("segments"), *self.names.of("cohorts"), *READY_SEGMENTS}
        if name not in names:
            self.problems.unknown("segment", name, names, at=at, path=path)
        return name in names

    def all_properties(self) -> set[str]:
        """The names of the properties of all events and pages."""
        pages = {prop.name for page in self.pages.values() for prop in page.properties}
        return pages.union(*self.events.properties.values())

"""Answers whether a name that one part of a plan uses is defined by another, and tells when it is not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from footfall.plan.calls import CALLS, call_of, subject
from footfall.plan.model import Event, Page, Property
from footfall.plan.problems import Location, Path, Problems, did_you_mean
from footfall.plan.reading.merge import Definition, MergedFiles
from footfall.plan.reading.schema import PURPOSES
from footfall.plan.reading.yaml_source import YamlNode

__all__ = ["References"]

_PURPOSE_SECTIONS = {"kpi": "kpis", "journey": "journeys", "goal": "goals"}


class References:
    """The names of a whole plan.

    Events and journey steps are added as they are read. What is defined but could not be made sense of counts as
    known, and nothing is concluded from it: its own fault is told already.
    """

    def __init__(self, gathered: MergedFiles, problems: Problems) -> None:
        self.problems = problems
        self.steps: dict[str, tuple[str, ...] | None] = {}
        self._sections: Mapping[str, Mapping[str, Definition]] = gathered.sections
        self._events: dict[str, Event] = {}
        self._properties: dict[str, dict[str, Property | None]] = {}
        self._wire_names: dict[str, str] = {}
        self._pages: Mapping[str, Page] = {}
        self._traits: Mapping[str, tuple[Property, ...]] = {}
        self._partial: set[str] = set()

    def lookup(self, name: str) -> Event | None:
        """What a KPI or a journey names, as far as it could be read; without a finding when there is none."""
        return subject(name, self._events, self._pages, self._traits)

    def add_event(self, event: Event, properties: Mapping[str, Property | None], *, whole: bool) -> None:
        """Make an event known, with its properties; None stands for one that could not be made sense of.

        An event that is not `whole` includes a group that nobody knows, so that any property could be one of its own.
        """
        self._events[event.name] = event
        self._properties[event.name] = dict(properties)
        self._wire_names.setdefault(event.wire_name, event.name)
        if not whole:
            self._partial.add(event.name)

    def add_pages(self, pages: Mapping[str, Page], traits: Mapping[str, tuple[Property, ...]]) -> None:
        """Make known what stands under `pages`, and the traits."""
        self._pages, self._traits = pages, traits

    def defined(self, section: str, what: str, name: str, location: Location, path: Path) -> bool:
        """Whether a section defines a name."""
        names = self._sections[section]
        if name in names:
            return True
        self.problems.unknown(what, name, names, at=location, path=path)
        return False

    def has(self, section: str, name: str) -> bool:
        """Whether a section defines a name, without a finding when it does not."""
        return name in self._sections[section]

    def metadata(self, required: tuple[str, ...], values: Mapping[str, Any], entry: Definition, path: Path) -> None:
        """What the plan's `require` section asks for is there; an empty list counts, as it was thought of."""
        for key in required:
            if key not in entry.node.value and not values.get(key):
                self.problems.add(
                    "missing_metadata",
                    f"{key!r} is missing",
                    at=entry.location,
                    path=path,
                    remedy=f"add {key}: the plan's `require` asks for it",
                )

    def event(self, name: str, location: Location, path: Path) -> Event | None:
        """The event of this canonical name, or the call that is named in its place."""
        if name in self._sections["events"]:
            return self._events.get(name)
        event = subject(name, self._events, self._pages, self._traits)
        if event is not None:
            self._properties[name] = {prop.name: prop for prop in event.properties}
        else:
            if name in self._wire_names:
                self.problems.add(
                    "unknown_reference", f"{name!r} is a name on the wire", at=location, path=path,
                    remedy=f"use the event's own name, {self._wire_names[name]!r}",
                )  # fmt: skip
            else:
                rest = name.partition(":")[2]
                known = [*self._sections["events"], *CALLS, *((f"page:{rest}", f"screen:{rest}") if rest else ())]
                self.problems.unknown("event", name, known, at=location, path=path)
        return event

    def property(self, event: Event, name: str, location: Location, path: Path) -> Property | None:
        """The property of an event."""
        known = self._properties[event.name]
        if not known and call_of(event.name) is not None and event.name not in self._sections["events"]:
            self._unplanned(event.name, name, location, path)
        elif name not in known and event.name not in self._partial:
            self.problems.unknown(f"property of {event.name}", name, known, at=location, path=path)
        return known.get(name)

    def _unplanned(self, event: str, name: str, location: Location, path: Path) -> None:
        if self.problems.incomplete:
            return
        call = call_of(event)
        assert call is not None
        near = did_you_mean(call.name, self._pages) if call.name else ""
        hint = f"{near} Or " if near.startswith("did you mean") else ""
        write = f"write pages: {{{call.name or call.type}: {{properties: {{{name}: …}}}}}}"
        self.problems.add(
            "unknown_reference", f"the plan knows no property of {event}, so there is no {name!r} to read", at=location,
            path=path, remedy=f"{hint}{write}, or use count or unique: {event}.actor",
        )  # fmt: skip

    def all_properties(self) -> set[str]:
        """The names of the properties of all events."""
        return {name for properties in self._properties.values() for name in properties}

    def owner(self, values: Mapping[str, Any], node: YamlNode, path: Path) -> None:
        """An owner is one of the teams, when the plan names its teams."""
        teams = self._sections["teams"]
        if teams and "owner" in values and "owner" in node.value and values["owner"] not in teams:
            self.problems.unknown("team", values["owner"], teams, at=node.value["owner"], path=(*path, "owner"))

    def entry_owner(self, values: dict[str, Any], entry: Definition, path: Path) -> None:
        """As `owner`; an entry without an owner of its own gets that of its file's defaults."""
        self.owner(values, entry.node, path)
        if "owner" in entry.defaults.values and "owner" not in entry.node.value:
            values["owner"] = entry.defaults.values["owner"]

    def sources(self, values: Mapping[str, Any], node: YamlNode, path: Path) -> None:
        """The sources of an event are declared, as write keys are given to sources."""
        for item, name in _texts(node, "sources", values):
            self.defined("sources", "source", name, item, (*path, "sources"))

    def groups(self, values: Mapping[str, Any], node: YamlNode, path: Path) -> None:
        """Included property groups are defined."""
        for item, name in _texts(node, "include", values):
            self.defined("property_groups", "property group", name, item, (*path, "include"))

    def purposes(self, values: Mapping[str, Any], node: YamlNode, path: Path) -> None:
        """A purpose is a KPI, a journey or a goal: `kpi:revenue`."""
        here = (*path, "purpose")
        for item, text in _texts(node, "purpose", values):
            kind, colon, name = text.partition(":")
            if not colon or kind not in PURPOSES:
                remedy = f"write {', '.join(f'{purpose}:NAME' for purpose in PURPOSES[:-1])} or {PURPOSES[-1]}:NAME"
                self.problems.add("unknown_value", f"{text!r} is not a purpose", at=item, path=here, remedy=remedy)
            else:
                self.defined(_PURPOSE_SECTIONS[kind], kind, name, item, here)

    def named(self, section: str, what: str, key: str, values: Mapping[str, Any], node: YamlNode, path: Path) -> None:
        """Every name in a list of names is defined in a section."""
        for item, name in _texts(node, key, values):
            self.defined(section, what, name, item, (*path, key))


def _texts(node: YamlNode, key: str, values: Mapping[str, Any]) -> list[tuple[YamlNode, str]]:
    """The texts of a list with their places; nothing when the list is not the node's own, or could not be read."""
    inner = node.get(key)
    if inner is None or key not in values or not isinstance(inner.value, list):
        return []
    return [(item, item.value) for item in inner.value if isinstance(item.value, str)]

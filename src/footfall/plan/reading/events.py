"""Reads events: file defaults, included groups, own properties, rules, names on the wire, enforcement."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, cast

import msgspec

from footfall.plan.checking.rules import compile_rule
from footfall.plan.checking.validate import policy_of
from footfall.plan.model import (
    Alias,
    Consent,
    Deprecation,
    Enforcement,
    Event,
    Plan,
    Property,
    Rule,
    VolumeExpectation,
)
from footfall.plan.problems import MISSING, Location, Path
from footfall.plan.reading.consent import check_consent
from footfall.plan.reading.currencies import check_currency
from footfall.plan.reading.derived import read_derived
from footfall.plan.reading.merge import Definition, MergedFiles
from footfall.plan.reading.names import Names
from footfall.plan.reading.properties import PropertyReader, ResolvedProperty
from footfall.plan.reading.schema import EVENT
from footfall.plan.reading.yaml_source import YamlNode

__all__ = ["Events", "Replacement", "read_enforcement", "read_events"]

_NO_PLAN = Plan(id="none")
_NOT_COPIED = frozenset({"include", "properties", "aliases", "deprecated", "rules", "expect", "enforcement", "derive"})


def read_enforcement(
    stages: Mapping[str, Mapping[str, Any]], over: Mapping[str, Enforcement]
) -> dict[str, Enforcement]:
    """Whole policies for each stage that is named; what is left out comes from `over`, or else from the defaults."""
    return {
        stage: msgspec.structs.replace(over.get(stage) or policy_of(_NO_PLAN, cast("Any", stage)), **_policies(stated))
        for stage, stated in stages.items()
        if stage != "x"
    }


def _policies(stated: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in stated.items() if key != "x"}


class Replacement(NamedTuple):
    """A `replaced_by`: the name, where it is written, and in which part of the plan."""

    name: str
    node: YamlNode
    path: Path


class Events(NamedTuple):
    """The events of a plan in their order, as far as they could be read.

    `properties` has those of each event, None for one that cannot be read. An event is `partial` if it includes a group
    that the plan does not define: any property could be in that group.
    """

    by_name: dict[str, Event]
    properties: dict[str, dict[str, Property | None]]
    partial: set[str]
    replacements: list[Replacement]


def read_events(
    files: MergedFiles,
    names: Names,
    properties: PropertyReader,
    enforcement: Mapping[str, Enforcement],
    consent: Consent | None,
) -> Events:
    """The events in their order; one that cannot be read is left out, with a problem."""
    reader = _EventReader(files, names, properties, enforcement, consent)
    for definition in files.sections["events"].values():
        reader.read(definition)
    return reader.events


class _EventReader:
    def __init__(
        self,
        files: MergedFiles,
        names: Names,
        properties: PropertyReader,
        enforcement: Mapping[str, Enforcement],
        consent: Consent | None,
    ) -> None:
        self.events = Events({}, {}, set(), [])
        self._files = files
        self._names = names
        self._problems = names.problems
        self._reader = properties
        self._enforcement = enforcement
        self._consent = consent
        self._wire: dict[str, tuple[str, Location]] = {}

    def read(self, definition: Definition) -> None:
        path, node = (definition.name,), definition.node
        values = EVENT.read(node, path, self._problems)
        if values is MISSING:
            return
        self._names.check_event_keys(values, node, path)
        check_consent(values, node, path, self._consent, self._files, self._problems)
        values.update(definition.defaults_of(EVENT.keys))
        self._names.check_metadata("events", values, definition, path)
        groups = self._files.groups_of(definition)
        is_whole = len(groups) == len(values.get("include", ()))
        resolved = self._properties(definition, groups, values, path)
        check_currency(resolved, path, self._problems, whole=is_whole)
        self._check_wire_names(definition, values, path)
        properties = {part.name: part.property for part in resolved}
        self.events.by_name[definition.name] = Event(
            name=definition.name,
            wire_name=values.pop("wire_name", definition.name),
            properties=tuple(prop for prop in properties.values() if prop is not None),
            aliases=tuple(
                Alias(name=alias["name"], until=alias.get("until", ""))
                for alias in values.get("aliases", ())
                if "name" in alias
            ),
            rules=tuple(self._rules(values, node, properties, path)),
            derived=tuple(read_derived(values, node, properties, path, self._problems)),
            deprecated=self._deprecation(values, node, path),
            volume=self._volume(values, node, path),
            enforcement=read_enforcement(values.get("enforcement", {}), self._enforcement),
            **{key: value for key, value in values.items() if key not in _NOT_COPIED},
        )
        self.events.properties[definition.name] = properties
        if not is_whole:
            self.events.partial.add(definition.name)

    def _properties(
        self, definition: Definition, groups: list[Definition], values: Mapping[str, Any], path: Path
    ) -> list[ResolvedProperty]:
        """The event's own properties after those of its groups; one that comes twice must be the same."""
        sensitivity = definition.defaults.values.get("sensitivity")
        node = values.get("properties")
        own = [] if node is None else self._reader.properties(node, path, sensitivity)
        if not groups:
            return own
        merged: dict[str, ResolvedProperty] = {}
        wire_names: dict[str, Location] = {}
        for part in (*(part for group in groups for part in self._reader.group(group.name, sensitivity)), *own):
            first, part_path = merged.setdefault(part.name, part), (*path, part.name)
            if first.property is None or part.property is None:
                continue
            if first is part:
                self._reader.check_wire_name(part.property.wire_name, part.location, part_path, wire_names)
            elif first.property != part.property:
                self._problems.add(
                    "duplicate_property",
                    f"{definition.name} has {part.name!r} here and at {first.location}, and they differ",
                    at=part.location if part.location.file == definition.location.file else definition.location,
                    path=part_path,
                    remedy="keep one of them, or make them the same",
                )
        return list(merged.values())

    def _check_wire_names(self, definition: Definition, values: Mapping[str, Any], path: Path) -> None:
        node = definition.node
        names: list[tuple[str, Location, str]] = [(definition.name, definition.location, "")]
        if "wire_name" in values and values["wire_name"] != definition.name:
            names.append((values["wire_name"], node.value["wire_name"], "wire_name"))
        if "aliases" in values:
            for item in node.value["aliases"].value:
                name = item.get("name")
                if name is not None and isinstance(name.value, str):
                    names.append((name.value, name, "aliases"))
        for name, location, key in names:
            owner, first = self._wire.setdefault(name, (definition.name, location))
            if first is not location:
                self._problems.add(
                    "duplicate_wire_name",
                    f"{name!r} is a name of {owner} at {first}, and of {definition.name} here",
                    at=location,
                    path=(*path, key) if key else path,
                    remedy="an event that arrives under it could be either: rename one",
                )

    def _rules(
        self, values: Mapping[str, Any], node: YamlNode, properties: Mapping[str, Property | None], path: Path
    ) -> Iterator[Rule]:
        ids: dict[str, Location] = {}
        for item in node.value["rules"].value if "rules" in values else ():
            check, id_ = item.get("check"), item.get("id")
            if check is None or id_ is None or not isinstance(check.value, str) or not isinstance(id_.value, str):
                continue
            part_path = (*path, "rules", id_.value)
            first = ids.setdefault(id_.value, id_)
            if first is not id_:
                message = f"the rule {id_.value!r} is here and at {first}"
                self._problems.add("duplicate_name", message, at=id_, path=part_path, remedy="rename one of them")
            try:
                compile_rule(check.value, None if self._problems.incomplete else properties.keys())
            except ValueError as error:
                self._problems.add("bad_rule", str(error), at=check, path=part_path, remedy="mend the expression")
            message_node = item.get("message")
            text = message_node.value if message_node is not None and isinstance(message_node.value, str) else ""
            yield Rule(id=id_.value, check=check.value, message=text)

    def _deprecation(self, values: Mapping[str, Any], node: YamlNode, path: Path) -> Deprecation | None:
        stated = values.get("deprecated")
        if stated is None:
            return None
        written, part_path = node.value["deprecated"], (*path, "deprecated")
        if values.get("status", "active") != "deprecated":
            self._problems.add(
                "bad_status", f"the status is {values.get('status', 'active')}, yet 'deprecated' is filled in",
                at=node.key("deprecated"), path=part_path, remedy="set status: deprecated, or take it out",
            )  # fmt: skip
        if "since" in stated and "remove_after" in stated and stated["since"] > stated["remove_after"]:
            self._problems.add(
                "empty_range", "remove_after is before since", at=written.value["remove_after"], path=part_path,
                remedy="choose a later day",
            )  # fmt: skip
        if stated.get("replaced_by"):
            replacement = Replacement(stated["replaced_by"], written.value["replaced_by"], (*part_path, "replaced_by"))
            self.events.replacements.append(replacement)
        fields = {key: stated[key] for key in Deprecation.__struct_fields__ if key in stated}
        return Deprecation(**fields)

    def _volume(self, values: Mapping[str, Any], node: YamlNode, path: Path) -> VolumeExpectation | None:
        volume = values.get("expect", {}).get("volume")
        if volume is None or "per" not in volume:
            return None
        if "min" in volume and "max" in volume and volume["min"] > volume["max"]:
            most = node.value["expect"].value["volume"].value["max"]
            message = f"min {volume['min']} is more than max {volume['max']}"
            part_path = (*path, "expect", "volume")
            self._problems.add("empty_range", message, at=most, path=part_path, remedy="lower min or raise max")
        return VolumeExpectation(per=volume["per"], min=volume.get("min"), max=volume.get("max"))

"""Reads events: file defaults, included groups, own properties, rules, names on the wire, enforcement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import msgspec

from footfall.plan.checking.rules import compile_rule
from footfall.plan.checking.validate import policy_of
from footfall.plan.currencies import check_currency
from footfall.plan.model import Alias, Deprecation, Enforcement, Event, Plan, Property, Rule, VolumeExpectation
from footfall.plan.problems import MISSING, Location, Path, Problems
from footfall.plan.reading.merge import Definition
from footfall.plan.reading.references import References
from footfall.plan.reading.resolve import ResolvedProperty, Resolver
from footfall.plan.reading.schema import EVENT
from footfall.plan.reading.yaml_source import YamlNode

__all__ = ["EventReader", "read_enforcement"]

_NO_PLAN = Plan(id="none")
_NOT_COPIED = frozenset({"include", "properties", "aliases", "deprecated", "rules", "expect", "enforcement"})


def read_enforcement(
    stages: Mapping[str, Mapping[str, Any]], over: Mapping[str, Enforcement]
) -> dict[str, Enforcement]:
    """Whole policies for each stage that is named; what is left out comes from `over`, or else from the defaults."""
    return {
        stage: msgspec.structs.replace(over.get(stage) or policy_of(_NO_PLAN, cast("Any", stage)), **_policies(stated))
        for stage, stated in stages.items()
    }


def _policies(stated: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in stated.items() if key != "x"}


class EventReader:
    """Reads every event of a plan, and keeps the names on the wire apart."""

    def __init__(
        self,
        resolver: Resolver,
        references: References,
        *,
        required: tuple[str, ...],
        enforcement: Mapping[str, Enforcement],
    ) -> None:
        self._resolver = resolver
        self._references = references
        self._problems: Problems = references.problems
        self._required = required
        self._enforcement = enforcement
        self._wire: dict[str, tuple[str, Location]] = {}
        self._replacements: list[tuple[str, YamlNode, Path]] = []

    def read(self, entries: Mapping[str, Definition]) -> dict[str, Event]:
        """The events in their order. One that cannot be read is left out, and told."""
        events: dict[str, Event] = {}
        for entry in entries.values():
            event = self._event(entry)
            if event is not None:
                events[entry.name] = event
        for name, location, path in self._replacements:
            self._references.event(name, location, path)
        return events

    def _event(self, entry: Definition) -> Event | None:
        path = (entry.name,)
        node = entry.node
        values = EVENT.read(node, path, self._problems)
        if values is MISSING:
            return None
        for check in ("owner", "sources", "groups", "purposes"):
            getattr(self._references, check)(values, node, path)
        for key, value in entry.defaults.values.items():
            if key in EVENT.keys and key not in node.value:
                values[key] = value
        self._references.metadata(self._required, values, entry, path)
        found = self._properties(entry, values, path)
        properties = {each.name: each.property for each in found}
        known = self._includes_known(values)
        beside = [(each.property, each.name, each.location) for each in found]
        check_currency(beside, path, self._problems, whole=known)
        self._names(entry, values, path)
        event = Event(
            name=entry.name,
            wire_name=values.pop("wire_name", entry.name),
            properties=tuple(each.property for each in found if each.property is not None),
            aliases=tuple(
                Alias(name=alias["name"], until=alias.get("until", ""))
                for alias in values.get("aliases", ())
                if "name" in alias
            ),
            rules=self._rules(values, node, properties, path),
            deprecated=self._deprecation(values, node, path),
            volume=self._volume(values, node, path),
            enforcement=read_enforcement(values.get("enforcement", {}), self._enforcement),
            **{key: value for key, value in values.items() if key not in _NOT_COPIED},
        )
        self._references.add_event(event, properties, whole=known)
        return event

    def _includes_known(self, values: Mapping[str, Any]) -> bool:
        return all(self._references.has("property_groups", name) for name in values.get("include", ()))

    def _properties(self, entry: Definition, values: Mapping[str, Any], path: Path) -> list[ResolvedProperty]:
        sensitivity = entry.defaults.values.get("sensitivity")
        # A group that is not defined is told where it is written: in the event, or in the defaults of its file.
        groups = [name for name in values.get("include", ()) if self._references.has("property_groups", name)]
        sets = [self._resolver.group(name, entry.location, path, sensitivity) for name in groups]
        node = values.get("properties")
        own = [] if node is None else self._resolver.properties(node, path, sensitivity)
        if not sets:
            return own
        merged: dict[str, ResolvedProperty] = {}
        wire_names: dict[str, Location] = {}
        for found in (each for one in (*sets, own) for each in one):
            first = merged.setdefault(found.name, found)
            if first is found:
                if found.property is not None:
                    here = (*path, found.name)
                    self._resolver.one_wire_name(found.property.wire_name, found.location, here, wire_names)
            elif first.property is not None and found.property is not None and first.property != found.property:
                self._problems.add(
                    "duplicate_property",
                    f"{entry.name} has {found.name!r} here and at {first.location}, and they differ",
                    at=found.location if found.location.file == entry.location.file else entry.location,
                    path=(*path, found.name),
                    remedy="keep one of them, or make them the same",
                )
        return list(merged.values())

    def _names(self, entry: Definition, values: Mapping[str, Any], path: Path) -> None:
        node = entry.node
        names: list[tuple[str, Location, str]] = [(entry.name, entry.location, "")]
        if "wire_name" in values and values["wire_name"] != entry.name:
            names.append((values["wire_name"], node.value["wire_name"], "wire_name"))
        if "aliases" in values:
            for item in node.value["aliases"].value:
                name = item.get("name")
                if name is not None and isinstance(name.value, str):
                    names.append((name.value, name, "aliases"))
        for name, location, key in names:
            owner, first = self._wire.setdefault(name, (entry.name, location))
            if first is not location:
                self._problems.add(
                    "duplicate_wire_name",
                    f"{name!r} is a name of {owner} at {first}, and of {entry.name} here",
                    at=location,
                    path=(*path, key) if key else path,
                    remedy="an event that arrives under it could be either: rename one",
                )

    def _rules(
        self, values: Mapping[str, Any], node: YamlNode, properties: Mapping[str, Property | None], path: Path
    ) -> tuple[Rule, ...]:
        rules = []
        seen: dict[str, Location] = {}
        for item in node.value["rules"].value if "rules" in values else ():
            check, id_ = item.get("check"), item.get("id")
            if check is None or id_ is None or not isinstance(check.value, str) or not isinstance(id_.value, str):
                continue
            here = (*path, "rules", id_.value)
            first = seen.setdefault(id_.value, id_)
            if first is not id_:
                message = f"the rule {id_.value!r} stands here and at {first}"
                self._problems.add("duplicate_name", message, at=id_, path=here, remedy="rename one of them")
            self._rule(check, properties, here)
            message_node = item.get("message")
            text = message_node.value if message_node is not None and isinstance(message_node.value, str) else ""
            rules.append(Rule(id=id_.value, check=check.value, message=text))
        return tuple(rules)

    def _rule(self, check: YamlNode, properties: Mapping[str, Property | None], path: Path) -> None:
        whole = not self._problems.incomplete
        try:
            compile_rule(check.value, properties.keys() if whole else None)
        except ValueError as error:
            self._problems.add("bad_rule", str(error), at=check, path=path, remedy="mend the expression")

    def _deprecation(self, values: Mapping[str, Any], node: YamlNode, path: Path) -> Deprecation | None:
        stated = values.get("deprecated")
        if stated is None:
            return None
        location, here = node.value["deprecated"], (*path, "deprecated")
        if values.get("status", "active") != "deprecated":
            self._problems.add(
                "bad_status", f"the status is {values.get('status', 'active')}, yet 'deprecated' is filled in",
                at=node.key("deprecated"), path=here, remedy="set status: deprecated, or take it out",
            )  # fmt: skip
        if "since" in stated and "remove_after" in stated and stated["since"] > stated["remove_after"]:
            self._problems.add(
                "empty_range", "remove_after is before since", at=location.value["remove_after"], path=here,
                remedy="choose a later day",
            )  # fmt: skip
        if stated.get("replaced_by"):
            self._replacements.append((stated["replaced_by"], location.value["replaced_by"], (*here, "replaced_by")))
        fields = {key: stated[key] for key in Deprecation.__struct_fields__ if key in stated}
        return Deprecation(**fields)

    def _volume(self, values: Mapping[str, Any], node: YamlNode, path: Path) -> VolumeExpectation | None:
        volume = values.get("expect", {}).get("volume")
        if volume is None or "per" not in volume:
            return None
        if "min" in volume and "max" in volume and volume["min"] > volume["max"]:
            location = node.value["expect"].value["volume"].value["max"]
            message = f"min {volume['min']} is more than max {volume['max']}"
            here = (*path, "expect", "volume")
            self._problems.add("empty_range", message, at=location, path=here, remedy="lower min or raise max")
        return VolumeExpectation(per=volume["per"], min=volume.get("min"), max=volume.get("max"))

"""Resolves properties: `use` of named types (with narrowing), `include` of property groups, inherited sensitivity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from footfall.plan.model import Property
from footfall.plan.problems import MISSING, Location, Path, Problems
from footfall.plan.reading.constraints import check_constraints
from footfall.plan.reading.field_types import NAME, Record, check_name
from footfall.plan.reading.merge import Definition
from footfall.plan.reading.schema import PROPERTY, PROPERTY_GROUP, TYPE
from footfall.plan.reading.yaml_source import YamlNode, kind_of
from footfall.plan.wording import say_types

__all__ = ["Example", "ResolvedProperty", "Resolver"]

_MOST_VALUES = 200_000  # of a whole plan: types in one another multiply
_BROKEN = Property(type="any")
# Where a property stands decides which keys have no meaning there.
_NAMELESS = ("required", "wire_name")
_TRAIT = ("required",)
# Keys that leave a used type's values as they are, so that its examples need no second look.
_SAME_VALUES = frozenset(
    ("use", "required", "wire_name", "description", "sensitivity", "unit", "currency", "retention", "no_lint", "x")
)


class ResolvedProperty:
    """A resolved property of an event with its location; `property` is None when it could not be made sense of."""

    __slots__ = ("location", "name", "property")

    def __init__(self, name: str, location: Location, prop: Property | None) -> None:
        self.name = name
        self.location = location
        self.property = prop


class Example:
    """A property whose own node brings examples, to be checked once everything is resolved."""

    __slots__ = ("node", "path", "property")

    def __init__(self, prop: Property, node: YamlNode, path: Path) -> None:
        self.property = prop
        self.node = node
        self.path = path


class Resolver:
    """Makes whole properties from what files say. Each named type is resolved once, so that the work is linear.

    `required` names, by section, the metadata that the plan wants on a property; `levels` are the known sensitivities.
    """

    def __init__(
        self,
        types: Mapping[str, Definition],
        groups: Mapping[str, Definition],
        problems: Problems,
        *,
        levels: tuple[str, ...],
        required: Mapping[str, tuple[str, ...]],
    ) -> None:
        self.examples: list[Example] = []
        self._types = types
        self._groups = groups
        self._problems = problems
        self._levels = levels
        self._required = required
        self._done: dict[str, Property | None] = {}
        self._open: list[str] = []
        self._group_done: dict[tuple[str, str | None], list[ResolvedProperty]] = {}
        self._values = 0
        self._is_told = False
        self._sizes: dict[str, int] = {}

    def resolve_all(self) -> None:
        """Resolve every type and group, also those that nothing uses, so that their faults are told."""
        for name, entry in self._types.items():
            self.type(name, entry.location, ("types", name))
        for name, entry in self._groups.items():
            self.group(name, entry.location, ("property_groups", name), None)

    def type(self, name: str, location: Location, path: Path) -> Property | None:
        """The named type as a property without a name, or None (told) when there is none or it never ends."""
        if name in self._done:
            return self._done[name]
        entry = self._types.get(name)
        if entry is None:
            self._problems.unknown("type", name, self._types, at=location, path=path)
            return None
        if name in self._open:
            circle = " → ".join([*self._open[self._open.index(name) :], name])
            self._problems.add(
                "cycle", f"types use each other in a circle: {circle}", at=location, path=path, remedy="cut it here"
            )
            return None
        self._open.append(name)
        before = self._values
        self._done[name] = self._make(TYPE, "", entry.node, ("types", name), None)
        self._sizes[name] = self._values - before
        self._open.pop()
        return self._done[name]

    def group(self, name: str, location: Location, path: Path, sensitivity: str | None) -> list[ResolvedProperty]:
        """The properties of a property group, for events whose file has this default sensitivity."""
        done = self._group_done.get((name, sensitivity))
        if done is not None:
            return done
        entry = self._groups.get(name)
        if entry is None:
            self._problems.unknown("property group", name, self._groups, at=location, path=path)
            return []
        here = ("property_groups", name)
        values = PROPERTY_GROUP.read(entry.node, here, self._problems)
        node = values.get("properties") if values is not MISSING else None
        found = [] if node is None else self.properties(node, here, sensitivity)
        for each in found if values is not MISSING else ():
            if each.property is not None:
                rules = tuple(dict.fromkeys((*each.property.no_lint, *values.get("no_lint", ()))))
                said = each.property.description or values.get("description", "")
                each.property = msgspec.structs.replace(each.property, no_lint=rules, description=said)
        self._group_done[name, sensitivity] = found
        return found

    def properties(self, node: YamlNode, path: Path, sensitivity: str | None) -> list[ResolvedProperty]:
        """Every property of a `properties` mapping, in its order."""
        if not isinstance(node.value, dict):
            message = f"takes a mapping from names to properties, not {kind_of(node.value)}"
            self._problems.add("wrong_type", message, at=node, path=path, remedy="write NAME: {type: …} under it")
            return []
        found = []
        wire_names: dict[str, Location] = {}
        for name, inner in node.value.items():
            here = (*path, name)
            check_name(name, NAME, node=node, path=here, problems=self._problems)
            prop = self._make(PROPERTY, name, inner, here, sensitivity)
            location = node.key(name)
            found.append(ResolvedProperty(name, location, prop))
            if prop is not None:
                self._metadata(prop, inner, location, here, "properties")
                self.one_wire_name(prop.wire_name, location, here, wire_names)
        return found

    def one_wire_name(self, name: str, location: Location, path: Path, seen: dict[str, Location]) -> None:
        """Tell when two properties that travel side by side have one name on the wire."""
        first = seen.setdefault(name, location)
        if first is not location:
            self._problems.add(
                "duplicate_wire_name",
                f"the wire name {name!r} is used here and at {first}",
                at=location,
                path=path,
                remedy="give one of them another wire_name",
            )

    def trait(self, entry: Definition, kind: str) -> Property | None:
        """One trait; a trait is never required, as what is known of a person grows over time."""
        path = ("traits", kind, entry.name)
        self._misplaced(entry.node, _TRAIT, "a trait, which is never required", path)
        prop = self._make(PROPERTY, entry.name, entry.node, path, entry.defaults.values.get("sensitivity"))
        if prop is not None:
            self._metadata(prop, entry.node, entry.location, path, "traits")
        return prop

    def _metadata(self, prop: Property, node: YamlNode, location: Location, path: Path, section: str) -> None:
        for key in self._required.get(section, ()):
            if key not in node.value and getattr(prop, key, None) in (None, "", (), False):
                self._problems.add(
                    "missing_metadata", f"{key!r} is missing", at=location, path=path,
                    remedy=f"add {key}: the plan's `require` asks for it",
                )  # fmt: skip

    def _misplaced(self, node: YamlNode, keys: tuple[str, ...], what: str, path: Path) -> None:
        for key in keys:
            if key in node.marks:
                self._problems.add(
                    "misplaced_key", f"{key!r} has no meaning on {what}", at=node.key(key), path=path,
                    remedy="take it out",
                )  # fmt: skip

    def _make(self, record: Record, name: str, node: YamlNode, path: Path, sensitivity: str | None) -> Property | None:
        fields = record.read(node, path, self._problems)
        if fields is MISSING:
            return None
        own = tuple(fields)
        self._values += 1
        if isinstance(fields.get("type"), tuple):
            fields["type"], fields["types"] = "union", fields["type"]
        self._inner(fields, path)
        base = None
        if "use" in fields:
            used = fields.pop("use")
            base = self.type(used, node.value["use"], path)
            self._values += self._sizes.get(used, 0)
            if base is None or self._is_too_large(node.value["use"], path):
                return None
            self._narrow(base, fields, node, path)
        elif "type" not in fields:
            if "type" not in node.value and "use" not in node.value:
                message, remedy = "neither 'type' nor 'use' is given", "add type: string (or another), or use: NAME"
                self._problems.add("missing_type", message, at=node, path=path, remedy=remedy)
            return None
        level = fields.get("sensitivity")
        if level is not None and level not in self._levels:
            self._problems.unknown("sensitivity level", level, self._levels, at=node.value["sensitivity"], path=path)
        if sensitivity is not None and level is None and (base is None or base.sensitivity is None):
            fields["sensitivity"] = sensitivity
        if name:
            fields["name"] = name
            fields.setdefault("wire_name", name)
        prop = Property(**fields) if base is None else msgspec.structs.replace(base, **fields)
        check_constraints(prop, own, node, path, self._problems)
        if prop.examples and not _SAME_VALUES.issuperset(own):
            self.examples.append(Example(prop, node, path))
        return _inherit(prop) if prop.sensitivity is not None else prop

    def _is_too_large(self, location: Location, path: Path) -> bool:
        """Whether types that use types have made more values than a plan can need; told once."""
        if self._values > _MOST_VALUES and not self._is_told:
            self._is_told = True
            message = f"the types that it uses make the plan larger than {_MOST_VALUES:,} values"
            remedy = "use fewer types in one another, or type: map where any key may be"
            self._problems.add("too_large", message, at=location, path=path, remedy=remedy)
        return self._values > _MOST_VALUES

    def _inner(self, fields: dict[str, Any], path: Path) -> None:
        for key in ("items", "values"):
            node = fields.get(key)
            if node is not None:
                here = (*path, "[]" if key == "items" else "{}")
                if isinstance(node.value, dict):
                    self._misplaced(node, _NAMELESS, f"what stands under {key!r}", here)
                fields[key] = self._make(PROPERTY, "", node, here, None) or _BROKEN
        node = fields.get("properties")
        if node is not None:
            found = self.properties(node, path, None)
            fields["properties"] = tuple(each.property for each in found if each.property is not None)

    def _narrow(self, base: Property, fields: dict[str, Any], node: YamlNode, path: Path) -> None:
        own, used = say_types(fields.get("type", base.type), fields.get("types", ())), say_types(base.type, base.types)
        if "type" in fields and own != used:
            self._problems.add(
                "type_changed",
                f"the type used is {used}, and cannot become {own}",
                at=node.value["type"],
                path=path,
                remedy="take `type` out, or define the property without `use`",
            )
            del fields["type"]
            fields.pop("types", None)
        if "x" in fields:
            fields["x"] = {**base.x, **fields["x"]}


def _inherit(prop: Property) -> Property:
    """Hand a sensitivity down to inner parts that state none."""
    if prop.items is None and prop.values is None and not prop.properties:
        return prop
    return msgspec.structs.replace(
        prop,
        items=None if prop.items is None else _with(prop.items, prop.sensitivity),
        values=None if prop.values is None else _with(prop.values, prop.sensitivity),
        properties=tuple(_with(inner, prop.sensitivity) for inner in prop.properties),
    )


def _with(prop: Property, sensitivity: str | None) -> Property:
    if prop.sensitivity is None:
        prop = msgspec.structs.replace(prop, sensitivity=sensitivity)
    return _inherit(prop)

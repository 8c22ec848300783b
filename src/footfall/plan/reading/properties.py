"""Reads properties: `use` of named types (with narrowing), property groups, inherited sensitivity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from footfall.plan.checking.validate import Validator
from footfall.plan.model import Event, Plan, Property
from footfall.plan.problems import MISSING, Location, Path, Problems
from footfall.plan.reading.constraints import check_constraints
from footfall.plan.reading.field_types import NAME, Record, check_name
from footfall.plan.reading.merge import Definition, MergedFiles
from footfall.plan.reading.schema import PROPERTY, PROPERTY_GROUP, TYPE
from footfall.plan.reading.yaml_source import YamlNode, kind_of
from footfall.plan.wording import say_types

__all__ = ["PropertyReader", "ResolvedProperty", "check_examples"]

_KEY = "example"
_encoder = msgspec.json.Encoder(decimal_format="number")


def check_examples(prop: Property, node: YamlNode, path: Path, problems: Problems) -> None:
    """Report every example that a property would refuse; `node` is where the property is written."""
    alone = msgspec.structs.replace(prop, name=_KEY, wire_name=_KEY, transform=None)
    event = Event(name=_KEY, wire_name=_KEY, properties=(alone,))
    validator = Validator(Plan(id=_KEY, events={_KEY: event}), stage="client")
    for value in prop.examples:
        faults = validator.check(event, _encoder.encode({_KEY: value})).faults
        if faults:
            problems.add(
                "bad_example",
                f"the example {_shown(value)} does not fit: {str(faults[0]).removeprefix(_KEY).strip()}",
                at=node.get("examples") or node,
                path=path,
                remedy="mend the example, or the constraint",
            )


def _shown(value: object) -> str:
    text = _encoder.encode(value).decode()
    return text if len(text) <= 40 else text[:37] + "…"


_MOST_VALUES = 200_000  # of a whole plan: types in one another multiply
_BROKEN = Property(type="any")
# Keys without a meaning on a part that has no name, and on a trait.
_NAMELESS = ("required", "wire_name")
_TRAIT = ("required",)
# Keys that leave a used type's values as they are, so that its examples need no second look.
_SAME_VALUES = frozenset(
    ("use", "required", "wire_name", "description", "sensitivity", "unit", "currency", "retention", "no_lint", "x")
)


class ResolvedProperty(msgspec.Struct, eq=False):
    """A whole property and its location; `property` is None when it cannot be read."""

    name: str
    location: Location
    property: Property | None


class PropertyReader:
    """Makes whole properties of what the files say. Each named type is read once, so the work is linear.

    All types and groups are read at once, also those that nothing uses, so that their problems are reported. `levels`
    are the sensitivities that the plan knows.
    """

    def __init__(self, files: MergedFiles, problems: Problems, levels: tuple[str, ...]) -> None:
        self._types = files.sections["types"]
        self._groups = files.sections["property_groups"]
        self._problems = problems
        self._levels = levels
        self._required: Mapping[str, tuple[str, ...]] = files.header.get("require", {})
        self._resolved_types: dict[str, Property | None] = {}
        self._open: list[str] = []
        self._resolved_groups: dict[tuple[str, str | None], list[ResolvedProperty]] = {}
        self._examples: list[tuple[Property, YamlNode, Path]] = []
        self._values = 0
        self._is_reported = False
        self._sizes: dict[str, int] = {}
        for definition in self._types.values():
            self._type(definition.name, definition.location, ("types", definition.name))
        for name in self._groups:
            self.group(name, None)

    def _type(self, name: str, location: Location, path: Path) -> Property | None:
        """The named type as a property without a name; None, with a problem, if there is none or it never ends."""
        if name in self._resolved_types:
            return self._resolved_types[name]
        definition = self._types.get(name)
        if definition is None:
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
        self._resolved_types[name] = self._make(TYPE, "", definition.node, ("types", name), None)
        self._sizes[name] = self._values - before
        self._open.pop()
        return self._resolved_types[name]

    def group(self, name: str, sensitivity: str | None) -> list[ResolvedProperty]:
        """The properties of a property group, for events whose file has this default sensitivity."""
        resolved = self._resolved_groups.get((name, sensitivity))
        if resolved is not None:
            return resolved
        path = ("property_groups", name)
        values = PROPERTY_GROUP.read(self._groups[name].node, path, self._problems)
        node = values.get("properties") if values is not MISSING else None
        resolved = [] if node is None else self.properties(node, path, sensitivity)
        for part in resolved:
            if part.property is not None:
                no_lint = tuple(dict.fromkeys((*part.property.no_lint, *values.get("no_lint", ()))))
                description = part.property.description or values.get("description", "")
                part.property = msgspec.structs.replace(part.property, no_lint=no_lint, description=description)
        self._resolved_groups[name, sensitivity] = resolved
        return resolved

    def properties(self, node: YamlNode, path: Path, sensitivity: str | None) -> list[ResolvedProperty]:
        """Every property of a `properties` mapping, in its order."""
        if not isinstance(node.value, dict):
            message = f"takes a mapping from names to properties, not {kind_of(node.value)}"
            self._problems.add("wrong_type", message, at=node, path=path, remedy="write NAME: {type: …} under it")
            return []
        resolved = []
        wire_names: dict[str, Location] = {}
        for name, definition in node.value.items():
            part_path = (*path, name)
            check_name(name, NAME, node=node, path=part_path, problems=self._problems)
            prop = self._make(PROPERTY, name, definition, part_path, sensitivity)
            location = node.key(name)
            resolved.append(ResolvedProperty(name, location, prop))
            if prop is not None:
                self._check_metadata(prop, definition, location, part_path, "properties")
                self.check_wire_name(prop.wire_name, location, part_path, wire_names)
        return resolved

    def check_wire_name(self, name: str, location: Location, path: Path, wire_names: dict[str, Location]) -> None:
        """Report two properties of one event that have the same name on the wire."""
        first = wire_names.setdefault(name, location)
        if first is not location:
            self._problems.add(
                "duplicate_wire_name",
                f"the wire name {name!r} is used here and at {first}",
                at=location,
                path=path,
                remedy="give one of them another wire_name",
            )

    def check_examples(self) -> None:
        """Check the examples of all properties that were read; each makes a class, which slows the code after it."""
        for prop, node, path in self._examples:
            check_examples(prop, node, path, self._problems)

    def trait(self, definition: Definition, kind: str) -> ResolvedProperty:
        """One trait. A trait is never required: what is known of a person grows over time."""
        path, node = ("traits", kind, definition.name), definition.node
        self._misplaced(node, _TRAIT, "a trait, which is never required", path)
        prop = self._make(PROPERTY, definition.name, node, path, definition.defaults.values.get("sensitivity"))
        if prop is not None:
            self._check_metadata(prop, node, definition.location, path, "traits")
        return ResolvedProperty(definition.name, definition.location, prop)

    def _check_metadata(self, prop: Property, node: YamlNode, location: Location, path: Path, section: str) -> None:
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
            base = self._type(used, node.value["use"], path)
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
            self._examples.append((prop, node, path))
        return _inherit(prop) if prop.sensitivity is not None else prop

    def _is_too_large(self, location: Location, path: Path) -> bool:
        """Whether types that use types make more values than a plan can need; reported once."""
        if self._values > _MOST_VALUES and not self._is_reported:
            self._is_reported = True
            message = f"the types that it uses make the plan larger than {_MOST_VALUES:,} values"
            remedy = "use fewer types in one another, or type: map where any key may be"
            self._problems.add("too_large", message, at=location, path=path, remedy=remedy)
        return self._values > _MOST_VALUES

    def _inner(self, fields: dict[str, Any], path: Path) -> None:
        for key in ("items", "values"):
            node = fields.get(key)
            if node is not None:
                part_path = (*path, "[]" if key == "items" else "{}")
                if isinstance(node.value, dict):
                    self._misplaced(node, _NAMELESS, f"the part under {key!r}", part_path)
                fields[key] = self._make(PROPERTY, "", node, part_path, None) or _BROKEN
        node = fields.get("properties")
        if node is not None:
            resolved = self.properties(node, path, None)
            fields["properties"] = tuple(part.property for part in resolved if part.property is not None)

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
    """Give a property's sensitivity to its inner parts that state none."""
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

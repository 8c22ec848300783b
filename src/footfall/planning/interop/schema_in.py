"""Reads a JSON Schema as a property of the plan; what the plan cannot say is kept under `x_json_schema` and told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from footfall.plan import read
from footfall.plan.checking.formats import FORMATS
from footfall.plan.model import PATTERN_MAX_LENGTH
from footfall.plan.patterns import check_pattern, longest_value
from footfall.planning.codegen.json_schema import FORMATS_AS_ECMA, SCALE
from footfall.planning.interop.ecma_in import FromEcma, read_ecma
from footfall.planning.interop.keywords import (
    ANNOTATIONS,
    ASIDE,
    FORMAT_ALIASES,
    FORMAT_TYPES,
    MAX_DEPTH,
    NON_NULL,
    TYPE_ALIASES,
    TYPE_HINTS,
)  # fmt: skip
from footfall.planning.interop.losses import LossReport, shown
from footfall.planning.interop.names import snake_case, unique
from footfall.planning.interop.simplify import as_types, simplify
from footfall.planning.interop.values_in import (
    as_whole,
    distinct,
    fits,
    is_count,
    is_number,
    kinds_of,
    nearest_beyond,
    open_enum,
    scale_of,
)

__all__ = ["SchemaReader", "annotate", "take_additional"]

_TYPES = frozenset(("string", "number", "integer", "boolean", "object", "array", "null"))
_SCALARS = frozenset(("string", "number", "integer", "boolean"))
_TEXT_TYPES = frozenset(("string", "datetime", "date", "uuid"))
_MOST_REFERRED = 2_000
_FIXED_LENGTH = {"uuid": 36, "date": 10}


def _plan_pattern(text: str, most: int) -> FromEcma:
    """A pattern as a plan says it. Raises ValueError for what it cannot say, or not for values of `most` characters."""
    read = read_ecma(text)
    check_pattern(read.pattern)
    longest = longest_value(read.pattern)
    if most > longest:
        raise ValueError(f"it is too slow for {most:,} characters; with a maxLength of {longest} it is read")
    return read


def take_additional(left: dict[str, Any], unsaid: bool | None) -> bool | None:
    """Whether an object may have keys that it does not name; what was read exactly is taken out of its schema.

    `unsaid` is what holds where the schema says nothing. A schema for such keys, or for those that match a pattern, is
    left where it is: the plan cannot say it, so it allows them all.
    """
    stated = left.get("additionalProperties", left.get("unevaluatedProperties") if _is_plain(left) else None)
    if "patternProperties" in left or not (stated is None or isinstance(stated, bool) or stated == {}):
        return True
    for keyword in ("additionalProperties", "unevaluatedProperties") if stated is not None else ():
        left.pop(keyword, None)
    return unsaid if stated is None else stated is not False


def _is_plain(schema: Mapping[str, Any]) -> bool:
    """Whether no other keyword says what keys there may be, so that `unevaluatedProperties` means all others."""
    return _APPLICATORS.isdisjoint(schema)


_APPLICATORS = frozenset(
    ("$ref", "$dynamicRef", "allOf", "anyOf", "oneOf", "if", "then", "else", "dependentSchemas", "dependencies")
)


class _Part:
    """A schema on its way to a property: what is still to be read, what was made of it, and where it stands."""

    def __init__(self, left: dict[str, Any], place: str, depth: int, seen: frozenset[str]) -> None:
        self.left = left
        self.place = place
        self.depth = depth
        self.seen = seen
        self.types: list[str] = []
        self.made: dict[str, Any] = {}
        self.aside: dict[str, Any] = {}
        self.reasons: dict[str, str] = {}

    def keep(self, *keywords: str) -> None:
        for keyword in keywords:
            if keyword in self.left:
                self.aside[keyword] = self.left.pop(keyword)


class SchemaReader:
    """Reads the schemas of one document, whose `definitions` they may refer to.

    `unsaid` is whether an object that says nothing of keys that it does not name may have them; in JSON Schema it may.
    `definitions` are those that something kept aside still refers to, to be kept with it.
    """

    def __init__(self, document: Mapping[str, Any], losses: LossReport, *, unsaid: bool | None = True) -> None:
        self.definitions: dict[str, Any] = {}
        self._document = document
        self._losses = losses
        self._referred = 0
        self._unsaid = unsaid

    def property(
        self, schema: Any, place: str, *, depth: int = 1, seen: frozenset[str] = frozenset()
    ) -> dict[str, Any]:
        """The property that a schema describes, as it is written in a plan; without a name, so never `required`."""
        if schema is True or schema == {}:
            return {"type": "any", "nullable": True}
        if not isinstance(schema, Mapping):
            self._losses.aside(place, "the schema", schema)
            return {
                "type": "any",
                "nullable": True,
                ASIDE: {"not": {}} if schema is False else {"not_a_schema": schema},
            }
        # Two references to one definition at each level double the work with every level.
        self._referred += bool(seen)
        plain, seen = simplify(schema, self._document if self._referred <= _MOST_REFERRED else {}, seen)
        part = _Part(plain, place, depth, seen)
        if depth > MAX_DEPTH and _holds_parts(plain):
            part.made = {"type": "any", "nullable": True}
            part.keep(*plain)
        else:
            self._read(part)
        return self._finish(part)

    def refer(self, aside: Any) -> None:
        """Note the definitions that something which is kept aside may refer to."""
        if isinstance(aside, Mapping):
            if "$ref" in aside:
                found = {name: self._document[name] for name in ("definitions", "$defs") if name in self._document}
                self.definitions.update(found)
            for inner in aside.values():
                self.refer(inner)
        elif isinstance(aside, list):
            for inner in aside:
                self.refer(inner)

    def members(self, part: Mapping[str, Any], place: str, *, depth: int, seen: frozenset[str]) -> dict[str, Any]:
        """The properties of an object schema, by their names in the plan."""
        stated = part.get("properties")
        schemas: dict[str, Any] = dict(stated) if isinstance(stated, Mapping) else {}
        required = part.get("required")
        names = [name for name in required if isinstance(name, str)] if isinstance(required, list) else []
        for name in names:
            schemas.setdefault(name, {})
        made: dict[str, Any] = {}
        for key, schema in schemas.items():
            name = unique(snake_case(key), made)
            here = f"{place}.{name}" if place else name
            prop = self.property(schema, here, depth=depth, seen=seen)
            stated_here = isinstance(schema, Mapping) and schema.get("required") is True
            if stated_here:
                self._losses.add("loss_read_as", here, "required true, as in draft 3", "the property is required")
            head = {"wire_name": key} if key != name else {}
            need = {"required": True} if key in names or stated_here else {}
            made[name] = {"type": prop.pop("type"), **head, **need, **prop}
        return made

    def _read(self, part: _Part) -> None:
        left = part.left
        self._annotations(part)
        if isinstance(left.get("required"), bool):
            del left["required"]  # draft 3 says it on the property; `members` reads it
        types = self._types(part)
        nullable = "null" in types or not types
        types = [each for each in types if each != "null"]
        if "number" in types and "integer" in types:
            types.remove("integer")
        if set(types) == set(NON_NULL):
            types = []
            part.made["type"] = "any"
        opened = open_enum(left)
        if opened is not None:
            del left["anyOf"]
            left["enum"], types = opened
            part.made["open"] = True
            nullable = "null" in types
            types = [each for each in types if each != "null"]
        if "enum" in left:
            types, nullable = self._enum(part, types, nullable)
        if part.made.get("type") == "any" or not types or (len(types) > 1 and not _SCALARS.issuperset(types)):
            self._any(part, types, nullable)
            return
        left.pop("type", None)
        part.made["type"] = ""  # its place in the order; what it is, the keywords may still narrow
        if nullable:
            part.made["nullable"] = True
        part.types = list(types)
        # In a union, each keyword speaks of the values of its own type alone, in a schema as in a plan.
        for read_keywords in dict.fromkeys(_BY_TYPE[word] for word in types):
            read_keywords(self, part)
        part.made["type"] = part.types[0] if len(part.types) == 1 else part.types

    def _types(self, part: _Part) -> list[str]:
        left = part.left
        types = as_types(left)
        stated = left.get("type", "")
        if not isinstance(stated, str) and (not isinstance(stated, list) or len(types) != len(stated)):
            part.keep("type")
            return []
        meant: list[str] = []
        for word in types:
            instead = TYPE_ALIASES.get(word.lower())
            if word in _TYPES:
                meant.append(word)
            elif instead is not None:
                self._losses.add("loss_read_as", part.place, f"type {shown(word)}", f"read as {shown(dict(instead))}")
                meant.append(instead["type"])
                left.update({key: value for key, value in instead.items() if key != "type"})
            else:
                if word.lower() != "any":
                    self._losses.add("loss_read_as", part.place, f"type {shown(word)}", "read as any type")
                left.pop("type")
                return []
        if types:
            left["type"] = meant
            return meant
        left.pop("type", None)
        hints = {TYPE_HINTS[key] for key in left if key in TYPE_HINTS}
        if len(hints) == 1 and "enum" not in left:
            hint = hints.pop()
            self._losses.add(
                "loss_read_as", part.place, "no type is given", f"read as {hint}, which its other keys fit"
            )
            return [hint]
        return []

    def _any(self, part: _Part, types: list[str], nullable: bool) -> None:
        part.made["type"] = "any"
        if nullable:
            part.made["nullable"] = True
        if types or part.left.get("type") == ["null"]:
            # A union with arrays or objects, or null alone, is more than the plan's `type` can say.
            part.keep("type")
        else:
            part.left.pop("type", None)

    def _enum(self, part: _Part, types: list[str], nullable: bool) -> tuple[list[str], bool]:
        values = part.left["enum"]
        if not isinstance(values, list) or not values:
            return types, nullable
        nullable = nullable and None in values
        whole = types and "number" not in types
        stated = [as_whole(value) if whole or not types else value for value in values if value is not None]
        left_out = [value for value in stated if not fits(value, types)]
        members = distinct([value for value in stated if fits(value, types)])
        kinds = {type(value) for value in members}
        if left_out and members:
            self._losses.add(
                "loss_read_as", part.place, f"enum members {shown(left_out)}", "left out: never of the type"
            )
        if kinds == {bool} and len(members) == 2:
            del part.left["enum"]
            return ["boolean"], nullable
        if not kinds or not kinds <= {str, int} or (int in kinds and "number" in types):
            return (types or kinds_of(members)), nullable
        del part.left["enum"]
        part.made["enum"] = members
        return [word for word, kind in (("string", str), ("integer", int)) if kind in kinds], nullable

    def _annotations(self, part: _Part) -> None:
        left = part.left
        for name in ("definitions", "$defs", "$schema", "self"):
            left.pop(name, None)
        description = left.pop("description", None)
        if isinstance(description, str) and description.strip():
            part.made["description"] = description
        elif description not in (None, ""):
            part.made["x_description"] = description
        examples = left.pop("examples", None)
        if isinstance(examples, list) and examples:
            part.made["examples"] = examples
        annotate(left, part.made)

    def _string(self, part: _Part) -> None:
        left = part.left
        self._format(part)
        if "string" not in part.types:
            fixed = next((_FIXED_LENGTH[word] for word in part.types if word in _FIXED_LENGTH), 0)
            if is_count(left.get("maxLength")) and fixed and left["maxLength"] >= fixed:
                self._losses.add(
                    "loss_read_as", part.place, f"maxLength {left['maxLength']}", "said by the type already"
                )
                del left["maxLength"]
            return
        if isinstance(left.get("pattern"), str):
            self._pattern(part)
        self._counts(part, "min_length", "minLength", "max_length", "maxLength")

    def _pattern(self, part: _Part) -> None:
        stated = part.left.get("maxLength")
        most = PATTERN_MAX_LENGTH if stated is None or not is_count(stated) else int(stated)
        try:
            read = _plan_pattern(part.left["pattern"], most)
        except ValueError as error:
            part.keep("pattern")
            part.reasons["pattern"] = str(error)
            return
        part.made["pattern"] = read.pattern
        lost = f"pattern {shown(part.left.pop('pattern'))}"
        for note in read.notes:
            self._losses.add("loss_read_as", part.place, lost, note)
        if stated == PATTERN_MAX_LENGTH:  # goes without saying in a plan
            del part.left["maxLength"]
        elif not is_count(stated) and not part.made.get("enum"):
            instead = f"for values of up to {PATTERN_MAX_LENGTH:,} characters; a longer one is a fault"
            self._losses.add("loss_read_as", part.place, f"{lost} without a maxLength", instead)

    def _format(self, part: _Part) -> None:
        left = part.left
        if left.get("pattern") == FORMATS_AS_ECMA["date-time"]:
            left["format"] = "date-time"
            del left["pattern"]
        stated = left.get("format")
        if not isinstance(stated, str):
            return
        name = FORMAT_ALIASES.get(stated, stated)
        if name != stated:
            self._losses.add("loss_read_as", part.place, f"format {shown(stated)}", f"read as {name}")
        others = {"pattern", "minLength", "maxLength"} & left.keys() or "enum" in part.made
        if name in FORMAT_TYPES and "enum" not in part.made and not (name == "uuid" and others and _narrows_uuid(left)):
            part.types[part.types.index("string")] = FORMAT_TYPES[name]
            del left["format"]
        elif name in FORMATS:
            part.made["format"] = name
            del left["format"]
            if left.get("pattern") == FORMATS_AS_ECMA.get(name):
                left.pop("pattern", None)

    def _number(self, part: _Part) -> None:
        left = part.left
        whole = "integer" in part.types
        step = left.get("multipleOf")
        decimals = left.get(SCALE)
        may_be_decimal = not whole and _TEXT_TYPES.isdisjoint(part.types)
        if is_count(decimals) and may_be_decimal:
            part.types[part.types.index("number")] = "decimal"
            part.made["scale"] = int(left.pop(SCALE))
        elif is_number(step) and step > 0:
            scale = scale_of(step)
            if whole and step == 1:
                del left["multipleOf"]
            elif scale is not None and may_be_decimal:
                instead = f"a decimal of scale {scale}, which takes a number in a text too"
                self._losses.add("loss_read_as", part.place, f"multipleOf {shown(step)}", instead)
                part.types[part.types.index("number")] = "decimal"
                part.made["scale"] = scale
                del left["multipleOf"]
        if whole:
            self._losses.add("loss_read_as", "plan", "1.0 as an integer", "a fault: an integer of a plan has no point")
        for bound, keyword, exclusive, away in (
            ("min", "minimum", "exclusiveMinimum", 1),
            ("max", "maximum", "exclusiveMaximum", -1),
        ):
            self._bound(part, bound, keyword, exclusive, away, whole=whole)
        if "min" in part.made and "max" in part.made and part.made["min"] > part.made["max"]:
            self._losses.add(
                "loss_read_as", part.place, f"maximum {part.made['max']}", "left out: it is below the minimum"
            )
            part.aside["maximum"] = part.made.pop("max")

    def _bound(self, part: _Part, bound: str, keyword: str, exclusive: str, away: int, *, whole: bool) -> None:
        """Read a bound; `away` is 1 for one from below and -1 for one from above."""
        left = part.left
        if left.get(exclusive) is False:
            del left[exclusive]
        if left.get(exclusive) is True and is_number(left.get(keyword)):  # draft 4: a flag beside the bound
            left[exclusive] = left.pop(keyword)
        value, strict = left.get(keyword), left.get(exclusive)
        if is_number(value):
            part.made[bound] = left.pop(keyword)
        if not is_number(strict):
            return
        nearest = nearest_beyond(strict, away, whole=whole, scale=part.made.get("scale"))
        stated = part.made.get(bound)
        pick = max if away > 0 else min
        part.made[bound] = nearest if stated is None else pick(nearest, stated)
        if nearest != strict or part.made[bound] != strict:
            del left[exclusive]
        else:
            part.keep(exclusive)
            part.reasons[exclusive] = f"{bound} {shown(strict)} takes that value too"

    def _boolean(self, part: _Part) -> None:
        """A boolean has no keywords of its own."""

    def _array(self, part: _Part) -> None:
        left = part.left
        if left.get("uniqueItems") is False:
            del left["uniqueItems"]
        items = left.get("items", True)
        if isinstance(items, bool | Mapping) and items is not False:
            left.pop("items", None)
            part.made["items"] = self.property(items, f"{part.place}[]", depth=part.depth + 1, seen=part.seen)
        else:
            part.made["items"] = {"type": "any", "nullable": True}
        self._counts(part, "min_items", "minItems", "max_items", "maxItems")

    def _object(self, part: _Part) -> None:
        left = part.left
        beyond = left.get("additionalProperties", True)
        if not isinstance(left.get("properties", {}), Mapping):
            part.keep("properties")
        named = left.get("properties") or left.get("required")
        if named or beyond is False:
            additional = take_additional(left, self._unsaid)
            if additional is not None:
                part.made["additional"] = additional
            part.made["properties"] = self.members(left, part.place, depth=part.depth + 1, seen=part.seen)
            if not part.made["properties"]:
                del part.made["properties"]
            for key in ("properties", "required"):
                left.pop(key, None)
            return
        left.pop("properties", None)
        left.pop("required", None)
        left.pop("additionalProperties", None)
        part.types = ["map"]
        part.made["values"] = self.property(beyond, f"{part.place}{{}}", depth=part.depth + 1, seen=part.seen)
        self._counts(part, "min_items", "minProperties", "max_items", "maxProperties")

    def _counts(self, part: _Part, low: str, low_keyword: str, high: str, high_keyword: str) -> None:
        for key, keyword in ((low, low_keyword), (high, high_keyword)):
            value = part.left.get(keyword)
            if is_count(value):
                part.made[key] = int(part.left.pop(keyword))
        if low in part.made and high in part.made and part.made[low] > part.made[high]:
            part.aside[high_keyword] = part.made.pop(high)

    def _finish(self, part: _Part) -> dict[str, Any]:
        part.keep(*part.left)
        for keyword, value in part.aside.items():
            self._losses.aside(part.place, keyword, value, reason=part.reasons.get(keyword, ""))
        if part.aside:
            part.made[ASIDE] = part.aside
            self.refer(part.aside)
        if "examples" in part.made and not _examples_fit(part.made):
            self._losses.add("loss_kept_aside", part.place, "examples", "kept under x_examples: not all of them fit")
            part.made["x_examples"] = part.made.pop("examples")
        return part.made


_BY_TYPE: Mapping[str, Callable[[SchemaReader, _Part], None]] = {
    "string": SchemaReader._string,  # noqa: SLF001 # the table stands beside the class that it dispatches for
    "integer": SchemaReader._number,  # noqa: SLF001 # as above
    "number": SchemaReader._number,  # noqa: SLF001 # as above
    "boolean": SchemaReader._boolean,  # noqa: SLF001 # as above
    "array": SchemaReader._array,  # noqa: SLF001 # as above
    "object": SchemaReader._object,  # noqa: SLF001 # as above
}


def annotate(left: dict[str, Any], made: dict[str, Any]) -> None:
    """Move what checks nothing from a schema to the free keys of what is made of it."""
    for keyword in list(left):
        if keyword in ANNOTATIONS:
            made[ANNOTATIONS[keyword]] = left.pop(keyword)
        elif keyword.startswith(("x_", "x-")) and keyword != SCALE:
            made["x_" + keyword[2:].replace("-", "_")] = left.pop(keyword)


def _examples_fit(prop: Mapping[str, Any]) -> bool:
    document = {"plan": "one", "events": {"one": {"properties": {"one": prop}}}}
    return not read(document).problems


def _holds_parts(schema: Mapping[str, Any]) -> bool:
    return bool({"array", "object"} & {*as_types(schema)} or {"properties", "items"} & schema.keys())


def _narrows_uuid(schema: Mapping[str, Any]) -> bool:
    least, most = schema.get("minLength", 0), schema.get("maxLength", 36)
    return "pattern" in schema or not (is_count(least) and is_count(most) and least <= 36 <= most)

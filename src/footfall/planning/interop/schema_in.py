"""Reads a JSON Schema as a property of the plan; what the plan cannot say is kept under `x_json_schema`."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from footfall.plan import read
from footfall.plan.checking.formats import FORMATS
from footfall.plan.model import PATTERN_MAX_LENGTH
from footfall.plan.patterns import check_pattern, longest_value
from footfall.planning.codegen.json_schema import DECIMAL_PATTERN, FORMATS_AS_ECMA, SCALE
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
from footfall.planning.interop.names import snake_case
from footfall.planning.interop.simplify import as_types, fits, simplify
from footfall.planning.interop.untrusted import as_list, as_map
from footfall.planning.interop.values_in import (
    as_whole,
    distinct,
    is_count,
    is_number,
    kinds_of,
    nearest_beyond,
    open_enum,
    scale_of,
)
from footfall.planning.words import first_free

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


def take_additional(rest: dict[str, Any], unsaid: bool | None) -> bool | None:
    """Whether an object may have keys that it does not name; what was read exactly is taken out of its schema.

    `unsaid` is the answer where the schema says nothing. A schema for such keys, or for those that match a pattern, is
    not taken out: the plan cannot say it, so it allows them all.
    """
    # Where no other keyword says what keys there may be, `unevaluatedProperties` means all others.
    unevaluated = rest.get("unevaluatedProperties") if _APPLICATORS.isdisjoint(rest) else None
    stated = rest.get("additionalProperties", unevaluated)
    if "patternProperties" in rest or not (stated is None or isinstance(stated, bool) or stated == {}):
        return True
    for keyword in ("additionalProperties", "unevaluatedProperties") if stated is not None else ():
        rest.pop(keyword, None)
    return unsaid if stated is None else stated is not False


_APPLICATORS = frozenset(
    ("$ref", "$dynamicRef", "allOf", "anyOf", "oneOf", "if", "then", "else", "dependentSchemas", "dependencies")
)


class _Part:
    """A schema on its way to a property: the `rest` that is not read yet, and the `prop` that was read from it."""

    def __init__(
        self, rest: dict[str, Any], path: str, depth: int, references: frozenset[str], losses: LossReport
    ) -> None:
        self.rest = rest
        self.path = path
        self.depth = depth
        self._losses = losses
        self.references = references
        self.types: list[str] = []
        self.prop: dict[str, Any] = {}
        self.aside: dict[str, Any] = {}
        self.reasons: dict[str, str] = {}

    def read_as(self, lost: str, instead: str) -> None:
        """Note a loss: something is read as something else."""
        self._losses.add("loss_read_as", self.path, lost, instead)

    def keep(self, *keywords: str) -> None:
        for keyword in keywords:
            if keyword in self.rest:
                self.aside[keyword] = self.rest.pop(keyword)


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
        self, schema: Any, path: str, *, depth: int = 1, references: frozenset[str] = frozenset()
    ) -> dict[str, Any]:
        """The property that a schema describes, as it is written in a plan; without a name, so never `required`."""
        if schema is True or schema == {}:
            return {"type": "any", "nullable": True}
        if not isinstance(schema, Mapping):
            self._losses.aside(path, "the schema", schema)
            aside = {"not": {}} if schema is False else {"not_a_schema": schema}
            return {"type": "any", "nullable": True, ASIDE: aside}
        # Two references to one definition at each level double the work with every level.
        self._referred += bool(references)
        plain, references = simplify(schema, self._document if self._referred <= _MOST_REFERRED else {}, references)
        part = _Part(plain, path, depth, references, self._losses)
        if depth > MAX_DEPTH and _has_parts(plain):
            part.prop = {"type": "any", "nullable": True}
            part.keep(*plain)
        else:
            self._read(part)
        return self._finish(part)

    def refer(self, aside: Any) -> None:
        """Note the definitions that something which is kept aside may refer to."""
        if isinstance(aside, Mapping) and "$ref" in aside:
            sections = [name for name in ("definitions", "$defs") if name in self._document]
            self.definitions.update({name: self._document[name] for name in sections})
        for part in aside.values() if isinstance(aside, Mapping) else as_list(aside):
            self.refer(part)

    def members(self, part: Mapping[str, Any], path: str, *, depth: int, references: frozenset[str]) -> dict[str, Any]:
        """The properties of an object schema, by their names in the plan."""
        schemas: dict[str, Any] = dict(as_map(part.get("properties")))
        names = [name for name in as_list(part.get("required")) if isinstance(name, str)]
        for name in names:
            schemas.setdefault(name, {})
        members: dict[str, Any] = {}
        for key, schema in schemas.items():
            name = first_free(snake_case(key), members)
            here = f"{path}.{name}" if path else name
            prop = self.property(schema, here, depth=depth, references=references)
            as_in_draft_3 = as_map(schema).get("required") is True
            if as_in_draft_3:
                self._losses.add("loss_read_as", here, "required true, as in draft 3", "the property is required")
            head = {"wire_name": key} if key != name else {}
            need = {"required": True} if key in names or as_in_draft_3 else {}
            members[name] = {"type": prop.pop("type"), **head, **need, **prop}
        return members

    def _read(self, part: _Part) -> None:
        rest = part.rest
        self._annotations(part)
        if isinstance(rest.get("required"), bool):
            del rest["required"]  # draft 3 says it on the property; `members` reads it
        types = self._types(part)
        nullable = "null" in types or not types
        types = [each for each in types if each != "null"]
        if "number" in types and "integer" in types:
            types.remove("integer")
        if set(types) == set(NON_NULL):
            types = []
            part.prop["type"] = "any"
        choice = open_enum(rest)
        if choice is not None:
            del rest["anyOf"]
            rest["enum"], types = choice
            part.prop["open"] = True
            nullable = "null" in types
            types = [each for each in types if each != "null"]
        if "enum" in rest:
            types, nullable = self._enum(part, types, nullable)
        if part.prop.get("type") == "any" or not types or (len(types) > 1 and not _SCALARS.issuperset(types)):
            self._any(part, types, nullable)
            return
        if {"number", "string"} <= set(types) and rest.get("pattern") == DECIMAL_PATTERN:
            types = ["decimal" if word == "number" else word for word in types if word != "string"]
            del rest["pattern"]
        rest.pop("type", None)
        part.prop["type"] = ""  # first in the order; the keywords may still narrow it
        if nullable:
            part.prop["nullable"] = True
        part.types = list(types)
        # In a union, each keyword concerns the values of its type alone, in a schema as in a plan.
        for read_keywords in dict.fromkeys(_BY_TYPE[word] for word in types if word in _BY_TYPE):
            read_keywords(self, part)
        part.prop["type"] = part.types[0] if len(part.types) == 1 else part.types

    def _types(self, part: _Part) -> list[str]:
        rest = part.rest
        types = as_types(rest)
        stated = rest.get("type", "")
        if not isinstance(stated, str) and (not isinstance(stated, list) or len(types) != len(stated)):
            part.keep("type")
            return []
        meant: list[str] = []
        for word in types:
            instead = TYPE_ALIASES.get(word.lower())
            if word in _TYPES:
                meant.append(word)
            elif instead is not None:
                part.read_as(f"type {shown(word)}", f"read as {shown(dict(instead))}")
                meant.append(instead["type"])
                rest.update({key: value for key, value in instead.items() if key != "type"})
            else:
                if word.lower() != "any":
                    part.read_as(f"type {shown(word)}", "read as any type")
                rest.pop("type")
                return []
        if types:
            rest["type"] = meant
            return meant
        rest.pop("type", None)
        hints = {TYPE_HINTS[key] for key in rest if key in TYPE_HINTS}
        if len(hints) == 1 and "enum" not in rest:
            hint = hints.pop()
            part.read_as("no type is given", f"read as {hint}, which its other keys fit")
            return [hint]
        return []

    def _any(self, part: _Part, types: list[str], nullable: bool) -> None:
        part.prop["type"] = "any"
        if nullable:
            part.prop["nullable"] = True
        if types or part.rest.get("type") == ["null"]:
            # A union with arrays or objects, or null alone, is more than the plan's `type` can say.
            part.keep("type")
        else:
            part.rest.pop("type", None)

    def _enum(self, part: _Part, types: list[str], nullable: bool) -> tuple[list[str], bool]:
        values = part.rest["enum"]
        if not isinstance(values, list) or not values:
            return types, nullable
        nullable = nullable and None in values
        whole = types and "number" not in types
        stated = [as_whole(value) if whole or not types else value for value in values if value is not None]
        left_out = [value for value in stated if not fits(value, types)]
        members = distinct([value for value in stated if fits(value, types)])
        kinds = {type(value) for value in members}
        if left_out and members:
            part.read_as(f"enum members {shown(left_out)}", "left out: never of the type")
        if kinds == {bool} and len(members) == 2:
            del part.rest["enum"]
            return ["boolean"], nullable
        if not kinds or not kinds <= {str, int} or (int in kinds and "number" in types):
            return (types or kinds_of(members)), nullable
        del part.rest["enum"]
        part.prop["enum"] = members
        return [word for word, kind in (("string", str), ("integer", int)) if kind in kinds], nullable

    def _annotations(self, part: _Part) -> None:
        rest = part.rest
        for name in ("definitions", "$defs", "$schema", "self"):
            rest.pop(name, None)
        description = rest.pop("description", None)
        if isinstance(description, str) and description.strip():
            part.prop["description"] = description
        elif description not in (None, ""):
            part.prop["x_description"] = description
        examples = rest.pop("examples", None)
        if isinstance(examples, list) and examples:
            part.prop["examples"] = examples
        annotate(rest, part.prop)

    def _string(self, part: _Part) -> None:
        rest = part.rest
        self._format(part)
        if "string" not in part.types:
            fixed = next((_FIXED_LENGTH[word] for word in part.types if word in _FIXED_LENGTH), 0)
            if is_count(rest.get("maxLength")) and fixed and rest["maxLength"] >= fixed:
                part.read_as(f"maxLength {rest['maxLength']}", "said by the type already")
                del rest["maxLength"]
            return
        if isinstance(rest.get("pattern"), str):
            self._pattern(part)
        self._counts(part, "length", "Length")

    def _pattern(self, part: _Part) -> None:
        stated = part.rest.get("maxLength")
        most = PATTERN_MAX_LENGTH if stated is None or not is_count(stated) else int(stated)
        try:
            read = _plan_pattern(part.rest["pattern"], most)
        except ValueError as error:
            part.keep("pattern")
            part.reasons["pattern"] = str(error)
            return
        part.prop["pattern"] = read.pattern
        lost = f"pattern {shown(part.rest.pop('pattern'))}"
        for note in read.notes:
            part.read_as(lost, note)
        if stated == PATTERN_MAX_LENGTH:  # goes without saying in a plan
            del part.rest["maxLength"]
        elif not is_count(stated) and not part.prop.get("enum"):
            instead = f"for values of up to {PATTERN_MAX_LENGTH:,} characters; a longer one is a fault"
            part.read_as(f"{lost} without a maxLength", instead)

    def _format(self, part: _Part) -> None:
        rest = part.rest
        if rest.get("pattern") == FORMATS_AS_ECMA["date-time"]:
            rest["format"] = "date-time"
            del rest["pattern"]
        stated = rest.get("format")
        if not isinstance(stated, str):
            return
        name = FORMAT_ALIASES.get(stated, stated)
        if name != stated:
            part.read_as(f"format {shown(stated)}", f"read as {name}")
        if rest.get("pattern") == FORMATS_AS_ECMA.get(name):
            rest.pop("pattern", None)  # it says what the format says
        others = {"pattern", "minLength", "maxLength"} & rest.keys() or "enum" in part.prop
        if name in FORMAT_TYPES and "enum" not in part.prop and not (name == "uuid" and others and _narrows_uuid(rest)):
            part.types[part.types.index("string")] = FORMAT_TYPES[name]
        elif name in FORMATS:
            part.prop["format"] = name
        else:
            return
        del rest["format"]

    def _number(self, part: _Part) -> None:
        rest = part.rest
        whole = "integer" in part.types
        step = rest.get("multipleOf")
        decimals = rest.get(SCALE)
        may_be_decimal = not whole and _TEXT_TYPES.isdisjoint(part.types)
        if is_count(decimals) and may_be_decimal:
            part.types = ["decimal" if word == "number" else word for word in part.types]
            part.prop["scale"] = int(rest.pop(SCALE))
        elif is_number(step) and step > 0:
            scale = scale_of(step)
            if whole and step == 1:
                del rest["multipleOf"]
            elif scale is not None and may_be_decimal:
                if "number" in part.types:
                    instead = f"a decimal of scale {scale}, which takes a number in a text too"
                    part.read_as(f"multipleOf {shown(step)}", instead)
                part.types = ["decimal" if word == "number" else word for word in part.types]
                part.prop["scale"] = scale
                del rest["multipleOf"]
        if whole:
            self._losses.add("loss_read_as", "plan", "1.0 as an integer", "a fault: an integer of a plan has no point")
        for bound, keyword, exclusive, away in (
            ("min", "minimum", "exclusiveMinimum", 1),
            ("max", "maximum", "exclusiveMaximum", -1),
        ):
            self._bound(part, bound, keyword, exclusive, away, whole=whole)
        if "min" in part.prop and "max" in part.prop and part.prop["min"] > part.prop["max"]:
            part.read_as(f"maximum {part.prop['max']}", "left out: it is below the minimum")
            part.aside["maximum"] = part.prop.pop("max")

    def _bound(self, part: _Part, bound: str, keyword: str, exclusive: str, away: int, *, whole: bool) -> None:
        """Read a bound; `away` is 1 for one from below and -1 for one from above."""
        rest = part.rest
        if rest.get(exclusive) is False:
            del rest[exclusive]
        if rest.get(exclusive) is True and is_number(rest.get(keyword)):  # draft 4: a flag beside the bound
            rest[exclusive] = rest.pop(keyword)
        value, strict = rest.get(keyword), rest.get(exclusive)
        if is_number(value):
            part.prop[bound] = rest.pop(keyword)
        if not is_number(strict):
            return
        nearest = nearest_beyond(strict, away, whole=whole, scale=part.prop.get("scale"))
        stated = part.prop.get(bound)
        pick = max if away > 0 else min
        part.prop[bound] = nearest if stated is None else pick(nearest, stated)
        if nearest != strict or part.prop[bound] != strict:
            del rest[exclusive]
        else:
            part.keep(exclusive)
            part.reasons[exclusive] = f"{bound} {shown(strict)} takes that value too"

    def _array(self, part: _Part) -> None:
        rest = part.rest
        if rest.get("uniqueItems") is False:
            del rest["uniqueItems"]
        items = rest.get("items", True)
        if isinstance(items, bool | Mapping) and items is not False:
            rest.pop("items", None)
            part.prop["items"] = self._inside(part, items, "[]")
        else:
            part.prop["items"] = {"type": "any", "nullable": True}
        self._counts(part, "items", "Items")

    def _object(self, part: _Part) -> None:
        rest = part.rest
        others = rest.get("additionalProperties", True)
        if not isinstance(rest.get("properties", {}), Mapping):
            part.keep("properties")
        if rest.get("properties") or rest.get("required") or others is False:
            additional = take_additional(rest, self._unsaid)
            if additional is not None:
                part.prop["additional"] = additional
            members = self.members(rest, part.path, depth=part.depth + 1, references=part.references)
            part.prop |= {"properties": members} if members else {}
        else:
            rest.pop("additionalProperties", None)
            part.types = ["map"]
            part.prop["values"] = self._inside(part, others, "{}")
            self._counts(part, "items", "Properties")
        for keyword in ("properties", "required"):
            rest.pop(keyword, None)

    def _inside(self, part: _Part, schema: Any, mark: str) -> dict[str, Any]:
        """What each item of an array is, or each value of a map."""
        return self.property(schema, f"{part.path}{mark}", depth=part.depth + 1, references=part.references)

    def _counts(self, part: _Part, key: str, keyword: str) -> None:
        for side in ("min", "max"):
            if is_count(part.rest.get(f"{side}{keyword}")):
                part.prop[f"{side}_{key}"] = int(part.rest.pop(f"{side}{keyword}"))
        if part.prop.get(f"min_{key}", 0) > part.prop.get(f"max_{key}", math.inf):
            part.aside[f"max{keyword}"] = part.prop.pop(f"max_{key}")

    def _finish(self, part: _Part) -> dict[str, Any]:
        part.keep(*part.rest)
        for keyword, value in part.aside.items():
            self._losses.aside(part.path, keyword, value, reason=part.reasons.get(keyword, ""))
        if part.aside:
            part.prop[ASIDE] = part.aside
            self.refer(part.aside)
        if "examples" in part.prop and not _examples_fit(part.prop):
            self._losses.add("loss_kept_aside", part.path, "examples", "kept under x_examples: not all of them fit")
            part.prop["x_examples"] = part.prop.pop("examples")
        return part.prop


_BY_TYPE: Mapping[str, Callable[[SchemaReader, _Part], None]] = {
    "string": SchemaReader._string,  # noqa: SLF001 # the table of the class that it dispatches for
    "integer": SchemaReader._number,  # noqa: SLF001 # as above
    "number": SchemaReader._number,  # noqa: SLF001 # as above
    "decimal": SchemaReader._number,  # noqa: SLF001 # as above
    "array": SchemaReader._array,  # noqa: SLF001 # as above
    "object": SchemaReader._object,  # noqa: SLF001 # as above
}


def annotate(rest: dict[str, Any], part: dict[str, Any]) -> None:
    """Move the keywords that check nothing from a schema to the free keys of the property or event."""
    for keyword in list(rest):
        if keyword in ANNOTATIONS:
            part[ANNOTATIONS[keyword]] = rest.pop(keyword)
        elif keyword.startswith(("x_", "x-")) and keyword != SCALE:
            part["x_" + keyword[2:].replace("-", "_")] = rest.pop(keyword)


def _examples_fit(prop: Mapping[str, Any]) -> bool:
    document = {"plan": "one", "events": {"one": {"properties": {"one": prop}}}}
    return not read(document).problems


def _has_parts(schema: Mapping[str, Any]) -> bool:
    return bool({"array", "object"} & {*as_types(schema)} or {"properties", "items"} & schema.keys())


def _narrows_uuid(schema: Mapping[str, Any]) -> bool:
    least, most = schema.get("minLength", 0), schema.get("maxLength", 36)
    return "pattern" in schema or not (is_count(least) and is_count(most) and least <= 36 <= most)

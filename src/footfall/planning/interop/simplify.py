"""Brings a schema to its plainest form: references followed, `allOf` merged, choices with null taken as nullable.

Each step is exact: what it cannot turn into plain keywords stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

__all__ = ["as_types", "fits", "is_null", "resolve", "simplify"]

_CHOICES = ("anyOf", "oneOf")
_FREE = frozenset(("title", "description", "$comment"))
_FREE_OF_TYPE = _FREE | {"default", "deprecated", "examples"}
_CLOSING = ("additionalProperties", "patternProperties", "unevaluatedProperties")
_MOST_STEPS = 64
_JSON_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "string": str, "integer": int, "number": (int, float, Decimal), "boolean": bool, "object": dict, "array": list,
    "null": type(None),
}  # fmt: skip


def as_types(schema: Mapping[str, Any]) -> list[str]:
    """The types that a schema names; empty when it names none."""
    stated = schema.get("type")
    if isinstance(stated, str):
        return [part.strip() for part in stated.split(",") if part.strip()]
    return [each for each in stated if isinstance(each, str)] if isinstance(stated, list) else []


def fits(value: Any, types: list[str]) -> bool:
    """Whether a value is of one of the types; of any, if there are none."""
    return not types or any(
        isinstance(value, _JSON_TYPES.get(word, ())) and isinstance(value, bool) == (word == "boolean")
        for word in types
    )


def is_null(schema: Any) -> bool:
    """Whether a schema is known to take null and nothing else."""
    if not isinstance(schema, Mapping) or not _JUDGES_NULL.isdisjoint(schema):
        return False
    types, enum, const = as_types(schema), schema.get("enum", [None]), schema.get("const")
    takes_null = fits(None, types) and isinstance(enum, list) and None in enum and const is None
    return takes_null and (types == ["null"] or schema.get("enum") == [None] or "const" in schema)


# What may refuse null too; every other keyword takes it, or is looked at.
_JUDGES_NULL = frozenset(("$ref", "$dynamicRef", "allOf", "anyOf", "oneOf", "not", "if", "then", "else"))


def resolve(pointer: str, document: Mapping[str, Any]) -> Any:
    """What a reference inside the document (`#/definitions/price`) points at; None when there is nothing.

    By RFC 6901; a bare `#name` finds the part with that `$anchor` or `$id`.
    """
    if pointer == "#":
        return document
    if not pointer.startswith("#/"):
        return _anchored(pointer, document) if pointer.startswith("#") else None
    part: Any = document
    for step in pointer[2:].split("/"):
        key = unquote(step).replace("~1", "/").replace("~0", "~")
        if isinstance(part, Mapping) and key in part:
            part = part[key]
        elif isinstance(part, list) and key.isdecimal() and int(key) < len(part):
            part = part[int(key)]
        else:
            return None
    return part


def _anchored(pointer: str, document: Mapping[str, Any]) -> Any:
    for section in ("definitions", "$defs"):
        parts = document.get(section)
        for part in parts.values() if isinstance(parts, Mapping) else ():
            if isinstance(part, Mapping) and (part.get("$anchor") == pointer[1:] or part.get("$id") == pointer):
                return part
    return None


def simplify(
    schema: Mapping[str, Any], document: Mapping[str, Any], references: frozenset[str]
) -> tuple[dict[str, Any], frozenset[str]]:
    """The schema in plainer words, and the references followed on the way (with `references`, those around it).

    A reference that is in `references` would go round for ever, and stays. In an empty document none is followed.
    """
    plain = dict(schema)
    for _ in range(_MOST_STEPS):
        step = _follow(plain, document, references) or _choose(plain, document, references)
        if step is not None:
            plain, references = step
            continue
        rewritten = next((result for rewrite in _REWRITES if (result := rewrite(plain)) is not None), None)
        if rewritten is None:
            break
        plain = rewritten
    return plain, references


def _follow(
    schema: dict[str, Any], document: Mapping[str, Any], references: frozenset[str]
) -> tuple[dict[str, Any], frozenset[str]] | None:
    target = _target(schema, document, references)
    if target is not None:
        return _beside(target, schema), references | {schema["$ref"]}
    parts = schema.get("allOf")
    if not isinstance(parts, list) or not all(isinstance(part, Mapping) for part in parts):
        return None
    targets = [_target(part, document, references) for part in parts]
    if len(parts) - targets.count(None) < 2:
        return None  # one reference can be merged as it is, and is followed then
    followed = [part if to is None else _beside(to, part) for part, to in zip(parts, targets, strict=True)]
    pointers = {part["$ref"] for part, to in zip(parts, targets, strict=True) if to is not None}
    return {**schema, "allOf": followed}, references | pointers


def _target(
    schema: Mapping[str, Any], document: Mapping[str, Any], references: frozenset[str]
) -> Mapping[str, Any] | None:
    """What a schema refers to; None where it refers to nothing, or is not to be followed."""
    pointer = schema.get("$ref")
    if not isinstance(pointer, str) or pointer in references or not document:
        return None
    target = resolve(pointer, document)
    if target is True:
        return {}
    return target if isinstance(target, Mapping) else None


def _beside(target: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """What a schema refers to, and what it says beside the reference: both count."""
    beside = {key: value for key, value in schema.items() if key != "$ref"}
    clash = any(key in target and target[key] != value for key, value in beside.items() if key not in _FREE_OF_TYPE)
    return {"allOf": [target, beside]} if clash else {**target, **beside}


def _constant(schema: dict[str, Any]) -> dict[str, Any] | None:
    if "const" not in schema or "enum" in schema:
        return None
    rest = {key: value for key, value in schema.items() if key != "const"}
    return {**rest, "enum": [schema["const"]]}


def _openapi_null(schema: dict[str, Any]) -> dict[str, Any] | None:
    # OpenAPI 3.0 (https://spec.openapis.org/oas/v3.0.3#schema-object) and Typewriter plans say null in this way.
    if not isinstance(schema.get("nullable"), bool):
        return None
    rest = {key: value for key, value in schema.items() if key != "nullable"}
    return _with_null(rest) if schema["nullable"] and as_types(rest) else rest


def _merge_all(schema: dict[str, Any]) -> dict[str, Any] | None:
    parts = schema.get("allOf")
    if not isinstance(parts, list) or not all(isinstance(part, Mapping) for part in parts):
        return None
    merged = {key: value for key, value in schema.items() if key != "allOf"}
    # A keyword that closes an object concerns the properties of its part only.
    is_open = all(part.get(key, True) in (True, {}) for part in (schema, *parts) for key in _CLOSING)
    for part in parts:
        for key, value in part.items():
            if key in merged and merged[key] != value and key not in _FREE_OF_TYPE:
                both = _both(key, merged[key], value) if is_open else None
                if both is None:
                    return None
                merged[key] = both
            merged.setdefault(key, value)
    return merged


def _both(key: str, first: Any, second: Any) -> Any:
    """One value of a keyword that says what two say; None where none does."""
    if key == "required" and isinstance(first, list) and isinstance(second, list):
        return [*first, *(name for name in second if name not in first)]
    if key != "properties" or not isinstance(first, Mapping) or not isinstance(second, Mapping):
        return None
    in_both = {name: {"allOf": [first[name], second[name]]} for name in first.keys() & second.keys()}
    return {**first, **second, **{name: part for name, part in in_both.items() if first[name] != second[name]}}


_REWRITES = (_constant, _openapi_null, _merge_all)


def _choose(
    schema: dict[str, Any], document: Mapping[str, Any], references: frozenset[str]
) -> tuple[dict[str, Any], frozenset[str]] | None:
    """One choice, one choice or null, or a list of constants: all can be said without choosing."""
    for key in _CHOICES:
        choices = schema.get(key)
        if not isinstance(choices, list) or not all(isinstance(choice, Mapping) for choice in choices):
            continue
        rest = {name: value for name, value in schema.items() if name != key}
        if not _FREE_OF_TYPE.issuperset(rest):
            continue
        constants = _constants(choices)
        if constants is not None and (key == "anyOf" or not _repeats(constants)):
            return {**rest, "enum": constants}, references
        non_null = [choice for choice in choices if not is_null(choice)]
        if len(non_null) != 1:
            continue
        only, inner_references = simplify(non_null[0], document, references)
        if len(non_null) == len(choices):
            return {**only, **rest}, inner_references
        if key == "oneOf" and fits(None, as_types(only)):
            continue  # what two choices take, `oneOf` refuses
        if as_types(only) and not any(word in only for word in ("$ref", "allOf", *_CHOICES)):
            return {**_with_null(only), **rest}, inner_references
    return None


def _constants(choices: list[Any]) -> list[Any] | None:
    values = []
    for choice in choices:
        if not (_FREE | {"const", "type"}).issuperset(choice):
            return None
        if not is_null(choice) and not ("const" in choice and fits(choice["const"], as_types(choice))):
            return None
        values.append(choice.get("const"))
    return values or None


def _repeats(values: list[Any]) -> bool:
    return any(value in values[:index] for index, value in enumerate(values))


def _with_null(schema: dict[str, Any]) -> dict[str, Any]:
    types = as_types(schema)
    widened = {**schema, "type": [*types, "null"]} if types and "null" not in types else dict(schema)
    enum = widened.get("enum")
    return {**widened, "enum": [*enum, None]} if isinstance(enum, list) and None not in enum else widened

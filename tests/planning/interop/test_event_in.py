"""An imported event refuses nothing that its JSON Schema takes, in no place and at no depth."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from decimal import Decimal
from random import Random
from typing import Any

import jsonschema_rs

from footfall.plan.checking.validate import Validator
from footfall.planning.interop import import_plan

PATTERNS = (r"^\d+$", "^[A-Z]{3}$", r"^\w+$", r"^\s*$", "^.$", "a|b", r"^[^\s]+$")
TEXTS = ("", "a", "b", "ABC", "ABC\n", "12", "\u0661\u0662", "\xe9", " ", "\xa0", "x y", "1")
NUMBERS = (0, 1, 2, 3, -1, 0.5, 0.3, 1.5)
OTHERS: tuple[dict[str, Any], ...] = (
    {}, {}, {"additionalProperties": True}, {"additionalProperties": False}, {"unevaluatedProperties": False},
    {"additionalProperties": {"type": "integer"}},
    {"additionalProperties": False, "patternProperties": {"^z": {"type": "integer"}}},
)  # fmt: skip


def draw_number(random: Random, kind: str) -> dict[str, Any]:
    bounds = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
    stated = {bound: random.choice((0, 1, 2, 0.5, -1)) for bound in bounds if random.random() < 0.2}
    return {"type": kind, **stated, **({"multipleOf": random.choice((1, 0.5, 2))} if random.random() < 0.2 else {})}


def draw_object(random: Random, depth: int) -> dict[str, Any]:
    members = {name: draw_schema(random, depth - 1) for name in random.sample("abc", random.randint(1, 3))}
    need = {"required": random.sample(sorted(members), 1)} if random.random() < 0.3 else {}
    made = {"type": "object", "properties": members, **need, **random.choice(OTHERS)}
    return random.choice((made, made, {"allOf": [made]}, {"anyOf": [made, {"type": "null"}]}))


LEAVES: Mapping[str, Callable[[Random], dict[str, Any]]] = {
    "text": lambda random: {"type": "string", **({"maxLength": 2} if random.random() < 0.5 else {"minLength": 1})},
    "pattern": lambda random: {"type": "string", "pattern": random.choice(PATTERNS)},
    "integer": lambda random: draw_number(random, "integer"),
    "number": lambda random: draw_number(random, "number"),
    "enum": lambda random: {"enum": random.sample(["a", "b", 0, 1, 0.5, None, True, "1", [1]], random.randint(1, 4))},
    "union": lambda random: {"type": random.sample(["string", "integer", "number", "boolean", "null", "array"], 2)},
    "any": lambda _: {},
}


def draw_schema(random: Random, depth: int) -> dict[str, Any]:
    if depth and random.random() < 0.5:
        inner = draw_object(random, depth)
        return inner if random.random() < 0.7 else {"type": "array", "items": inner}
    return random.choice(list(LEAVES.values()))(random)


def draw_value(random: Random, schema: Any, depth: int = 4) -> Any:
    """A value that fits the schema, or nearly."""
    schema = schema.get("allOf", schema.get("anyOf", [schema]))[0]
    kind = schema.get("type")
    kind = random.choice(kind) if isinstance(kind, list) else kind
    if random.random() < 0.1 or depth == 0 or kind is None:
        return random.choice(schema.get("enum", (*TEXTS, *NUMBERS, True, None, {"z": 1}, [])))
    if kind == "object":
        made = {key: draw_value(random, inner, depth - 1) for key, inner in schema["properties"].items()}
        return {**made, **({random.choice("yz"): random.choice((1, "x", {}))} if random.random() < 0.4 else {})}
    if kind == "array":
        return [draw_value(random, schema.get("items", {}), depth - 1) for _ in range(random.randint(0, 2))]
    values = {"string": TEXTS, "integer": (0, 1, 2, -1), "number": NUMBERS, "boolean": (True, False), "null": (None,)}
    return random.choice(values[kind])


def test_what_a_schema_takes_the_event_takes_in_every_place() -> None:
    seen: Counter[str] = Counter()

    for seed in range(150):
        random = Random(seed)
        schema = {"type": "object", "properties": {name: draw_schema(random, 3) for name in "abc"}}
        judge = jsonschema_rs.Draft202012Validator(schema)
        read = json.loads(json.dumps(schema), parse_float=Decimal)
        plan = import_plan({"e.json": read}, "jsonschema").plan
        for place in ("test", "client", "collector"):
            validator = Validator(plan, stage=place)
            for _ in range(10):
                value = draw_value(random, schema)
                takes = judge.is_valid(value)
                faults = validator.check(plan.events["e"], json.dumps(value).encode()).faults
                seen[f"schema {'takes' if takes else 'refuses'}"] += 1
                seen["both refuse"] += bool(faults) and not takes
                assert not (takes and faults), (schema, value, faults)

    assert min(seen[name] for name in ("schema takes", "schema refuses", "both refuse")) > 0, seen

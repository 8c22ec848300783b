"""The fast way and the walker give the same answer, for any plan and any text.

The draws below make properties of every type with every constraint, and JSON texts that fit them, nearly fit them, or
are junk; the text is built, not encoded, so that numbers and keys come in every spelling.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from decimal import Decimal
from random import Random
from typing import Any, get_args

import msgspec

from footfall.plan.checking.explain import Faults, PropertyCheck, decode, explain, make_check
from footfall.plan.checking.fast_decoder import compile_decoder
from footfall.plan.model import Property, PropertyType, ScalarType

TYPES: tuple[PropertyType, ...] = get_args(PropertyType)
PATTERNS = {"^[A-Z]{2}$": "SE", r"\d": "a1b", "^$": "", "é|😀": "x😀"}
UNIONS: tuple[tuple[ScalarType, ...], ...] = (
    ("string", "integer"), ("string", "number"), ("string", "boolean"), ("number", "string", "boolean"),
    ("boolean", "decimal"), ("datetime", "integer"), ("date", "integer", "boolean"), ("uuid", "number"),
)  # fmt: skip
FORMATTED = {
    "email": ("ada@shop.example", "ada@"),
    "ipv4": ("10.0.0.1", "10.0.0.256"),
    "ipv6": ("::1", "::g"),
    "url": ("https://shop.example/a?b", "shop.example"),
    "uuid": ("0785ee10-d5da-46d9-80f4-36a000000000", "0785ee10d5da46d980f436a000000000"),
    "sha256": ("0" * 64, "0" * 63),
    "unheard_of": ("anything", "anything"),
}
STRINGS = (
    "",
    "a",
    "SE",
    "SE\n",
    "x😀",
    "\u0000",
    'q"\\',
    "1.50",
    "1_000",
    "NaN",
    " 1 ",
    "e" * 200,
    "2026-03-01",
    "Ünï",
    "١",
)
NUMBERS = (
    "0", "-0", "1", "1.0", "-1", "1e2", "1E-2", "-0.0", "0.1", "12.50", "12.345", "1e400", "-1e400", "1e-400", "5e-324",
    "1e999999999", "1e99999999999999999999999", "1.7976931348623157e308", "1.7976931348623159e308", "9007199254740993",
    "9223372036854775807", "9223372036854775808", "-9223372036854775809", "9" * 30, "1" + "0" * 400, "9" * 5000,
    "12345678901234567.89", "0." + "1" * 99, "0." + "1" * 101, "1e99", "1e100", "0e500", "1.500", "100", "99.999",
)  # fmt: skip
DECIMAL_STRINGS = (
    "1.50",
    "+2",
    ".5",
    "7.",
    "1e3",
    "00.10",
    "1_000",
    "NaN",
    "Infinity",
    " 1 ",
    "1e9999999",
    "١",
    "-3",
    "",
)
TIMES = (
    "2026-03-01T10:00:00Z", "2026-03-01T10:00:00.123456789+05:30", "2026-03-01 10:00:00z", "2026-03-01T10:00:00",
    "2026-02-30T10:00:00Z", "2026-03-01T24:00:00Z", "0001-01-01T00:00:00+14:00", "2026-03-01T10:00:00+25:00",
    "2026-03-01", "2026-03-01T10:00:60Z", "2026-03-01 10:00:00+01", "2026-03-01T10:00:00-0130", "9999-12-31T24:00:00Z",
)  # fmt: skip
DATES = ("2026-03-01", "2026-02-30", "0000-01-01", "20260301", "2026-03-01T00:00:00Z")
JUNK = (
    "null", "true", "false", '""', "{}", "[]", "[[]]", '{"a":{"a":[1,{"b":null}]}}', "nul", "01", "+1", "[1,]", "NaN",
    '"\udfff"',
    '"\\ud800"', '"\\ude00"', '"\\ud83d\\ude00"', '"\x01"', '"\\u0041"', "[" * 90 + "]" * 90, "", '"\xe9', "{'a':1}",
)  # fmt: skip


def draw_property(random: Random, depth: int = 4, **given: Any) -> Property:
    """A property of any type, nested to `depth`, with any constraints that its type has."""
    kind = given.pop("type", None) or random.choice(
        (*TYPES, "array", "map", "decimal") if depth else [name for name in TYPES if name not in _NESTED]
    )
    fields: dict[str, Any] = {"nullable": random.random() < 0.3, **_CONSTRAINTS.get(kind, _no_constraints)(random)}
    if kind == "object":
        fields |= {"properties": draw_properties(random, depth - 1), "additional": draw_additional(random)}
    if kind == "union":
        fields["types"] = random.choice(UNIONS)
        for name in fields["types"]:
            drawn = _CONSTRAINTS.get(name, _no_constraints)(random)
            fields |= {key: value for key, value in drawn.items() if key != "enum"}
        if random.random() < 0.4 and {"string", "integer"}.issuperset(fields["types"]):
            fields["enum"] = random.choice((("a", 1), ("SE", "x😀", 2**63), ("a",), (1,)))
    inner = _NESTED.get(kind)
    if inner and random.random() < 0.85:
        fields[inner] = draw_property(random, depth - 1)
    if kind in {"array", "map"} and random.random() < 0.6:
        fields["min_items"], fields["max_items"] = random.choice([(1, None), (None, 2), (1, 3)])
    return Property(type=kind, **given, **fields)


def draw_additional(random: Random) -> bool | None:
    return random.choice((None, None, True, False))


def draw_whole(random: Random) -> Property:
    """The object of all properties of an event."""
    return Property(type="object", properties=draw_properties(random, 4), additional=draw_additional(random))


def draw_properties(random: Random, depth: int) -> tuple[Property, ...]:
    """Up to five properties with different keys, some of which JSON has to escape."""
    keys = random.sample(["a", "b", "Wire Name", "é", "x.y", "", 'quo"te' if random.random() < 0.5 else "f0"], 5)
    return tuple(
        draw_property(random, depth, name=f"p{index}", wire_name=key, required=random.random() < 0.5)
        for index, key in enumerate(keys[: random.randrange(6)])
    )


def draw_text(random: Random, prop: Property, junk: float) -> str:
    """The JSON text of a value for `prop`; each part is junk, or left out, or added, with the probability `junk`."""
    if random.random() < junk:
        return random.choice((random.choice(JUNK), random.choice(NUMBERS), json.dumps(random.choice(STRINGS))))
    if prop.nullable and random.random() < 0.1:
        return "null"
    if prop.type == "object":
        return _draw_object(random, prop, junk)
    least, most = prop.min_items or 0, 3 if prop.max_items is None else prop.max_items
    size = random.randint(0, 6) if random.random() < 3 * junk else random.randint(least, most)
    if prop.type == "array":
        inner = prop.items or Property(type="any")
        return "[" + ",".join(draw_text(random, inner, junk) for _ in range(size)) + "]"
    if prop.type == "map":
        inner = prop.values or Property(type="any")
        return "{" + ",".join(f'"k{index}":{draw_text(random, inner, junk)}' for index in range(size)) + "}"
    return _draw_scalar(random, prop, junk)


def _draw_object(random: Random, prop: Property, junk: float) -> str:
    members = [
        (child.wire_name, draw_text(random, child, junk))
        for child in prop.properties
        if random.random() > (junk if child.required else 0.4)
    ]
    random.shuffle(members)
    if random.random() < (0.5 if prop.additional else junk):
        right = ("{}", "[1]", *NUMBERS, *map(json.dumps, STRINGS))
        texts = right if random.random() > junk else JUNK
        members.append((random.choice(["unknown", "a", "f0", "\ud7ff"]), random.choice(texts)))
    write = random.choice((json.dumps, lambda key: json.dumps(key, ensure_ascii=False)))
    space = random.choice(("", " ", "\n"))
    return "{" + ",".join(f"{space}{write(key)}{space}:{text}" for key, text in members) + space + "}"


def _draw_scalar(random: Random, prop: Property, junk: float) -> str:
    if prop.type == "union":
        prop = msgspec.structs.replace(prop, type=random.choice(prop.types), types=())
    if prop.enum and random.random() > junk:
        return json.dumps(random.choice(prop.enum))
    if prop.type == "string" and prop.pattern and random.random() > junk:
        return json.dumps(PATTERNS[prop.pattern])
    if prop.type == "string" and prop.format:
        return json.dumps(FORMATTED[prop.format][random.random() < junk])
    texts = _SCALARS[prop.type]
    return texts[0] if random.random() > junk else random.choice(texts)


def _no_constraints(_random: Random) -> dict[str, Any]:
    return {}


def _string_constraints(random: Random) -> dict[str, Any]:
    return {
        "enum": random.choice(((), (), ("SE", "x😀", ""), ("a", 1), (1,))),
        "open": random.random() < 0.5,
        "pattern": random.choice((None, None, *PATTERNS)),
        "format": random.choice((None, None, None, *FORMATTED)),
        "min_length": random.choice((None, None, 0, 1, 3)),
        "max_length": random.choice((None, None, 2, 64)),
    }


def _bounds(random: Random) -> dict[str, Any]:
    low = random.choice((None, None, "0", "0.5", "1", "-3", "9007199254740993", "-1e30"))
    high = random.choice((None, None, "0.1", "100", "99.999", "12.5", "1e30", "9223372036854775807", "-1"))
    return {"min": low and Decimal(low), "max": high and Decimal(high)}


def _number_constraints(random: Random) -> dict[str, Any]:
    enum = random.choice(((), (), (), (1, 100, 2**63), ("1",), (2**70,), (1, -1)))
    return {**_bounds(random), "enum": enum, "open": random.random() < 0.5}


def _decimal_constraints(random: Random) -> dict[str, Any]:
    enum = random.choice(((), (), (), ("1.5", "12.50", 1)))
    return {**_bounds(random), "enum": enum, "scale": random.choice((None, 0, 2, 2, 30))}


def _uuid_constraints(random: Random) -> dict[str, Any]:
    return {"enum": random.choice(((), (), (FORMATTED["uuid"][0],)))}


_NESTED: Mapping[str, str] = {"array": "items", "map": "values", "object": ""}
_CONSTRAINTS: Mapping[str, Callable[[Random], dict[str, Any]]] = {
    "string": _string_constraints,
    "integer": _number_constraints,
    "number": _number_constraints,
    "decimal": _decimal_constraints,
    "uuid": _uuid_constraints,
}
_SCALARS: Mapping[str, tuple[str, ...]] = {
    "string": ('"a1b"', *map(json.dumps, STRINGS)),
    "integer": ("1", *NUMBERS),
    "number": ("1", *NUMBERS),
    "decimal": ("1", *NUMBERS, *map(json.dumps, DECIMAL_STRINGS)),
    "boolean": ("true", "false", "1", '"true"'),
    "datetime": tuple(map(json.dumps, TIMES)),
    "date": tuple(map(json.dumps, DATES)),
    "uuid": (
        json.dumps(FORMATTED["uuid"][0]),
        json.dumps(FORMATTED["uuid"][0].upper()),
        json.dumps(FORMATTED["uuid"][1]),
    ),
    "any": ('"x"', *JUNK[:7], *NUMBERS),
}


def has_duplicate_keys(text: bytes) -> bool:
    """Whether any object in the text names a key twice; text that is not JSON has none."""
    duplicated = False

    def look(pairs: list[tuple[str, object]]) -> dict[str, object]:
        nonlocal duplicated
        duplicated = duplicated or len({key for key, _ in pairs}) < len(pairs)
        return dict(pairs)

    try:
        json.loads(text, object_pairs_hook=look, parse_int=str, parse_float=str)
    except ValueError:
        return False
    return duplicated


CODES = {
    "json", "required", "null", "type", "enum", "pattern", "format", "min", "max", "min_length", "max_length",
    "min_items", "max_items", "scale", "unknown_property", "additional",
}  # fmt: skip
TEXTS_PER_PLAN = 80


def walked_codes(node: PropertyCheck, text: bytes) -> list[str]:
    listed = Faults()
    try:
        explain(node, decode(text), "", listed)
    except (ValueError, RecursionError):
        return ["json"]
    return [fault.code for fault in (*listed.wrong, *listed.novel, *listed.unknown)]


def holds_more(prop: Property, value: Any) -> bool:
    """Whether an object has a key at its top that the plan does not name."""
    return isinstance(value, dict) and not value.keys() <= {part.wire_name for part in prop.properties}


def passes_fast(node: PropertyCheck, text: bytes) -> bool | None:
    fast = compile_decoder(node)
    if fast is None:
        return None
    decoder, is_clean = fast
    try:
        return bool(is_clean(decoder(text)))
    except (ValueError, RecursionError):
        return False


ODD_TIME = re.compile(rb"[Tt ]24:|:60|[+-][0-9]{2}\"")


def test_fast_and_slow_agree_on_any_plan_and_any_text() -> None:
    counts: Counter[str] = Counter()

    for seed in range(100):
        random = Random(seed)
        prop = draw_whole(random)
        node = make_check(prop, received=False, secret=lambda _: False)
        counts.update(f"type {part.type}" for part in prop.properties)
        for _ in range(TEXTS_PER_PLAN):
            text = draw_text(random, prop, random.choice((0.0, 0.05, 0.2))).encode(errors="surrogatepass")
            codes, passed = walked_codes(node, text), passes_fast(node, text)
            counts["clean, with a key that is not named"] += not codes and holds_more(prop, decode(text))
            counts.update(
                {"clean" if not codes else "faulty", *codes, "no fast form" if passed is None else "fast form"}
            )
            if passed is None:
                continue
            if has_duplicate_keys(text):
                counts["duplicate keys"] += 1
                # msgspec checks every occurrence, the walker only the one that counts.
                assert not (passed and codes), (prop, text)
            else:
                # The fast way leaves a time in a spelling that msgspec does not read to the walker.
                odd = not passed and ODD_TIME.search(text) is not None
                counts["odd time"] += odd and not codes
                assert odd or passed is (not codes), (prop, text, codes)

    hard = {
        "clean",
        "faulty",
        "clean, with a key that is not named",
        "duplicate keys",
        "no fast form",
        "odd time",
        *CODES,
        *(f"type {name}" for name in TYPES),
    }
    assert {name for name in hard if not counts[name]} == set()
    assert min(counts["clean"], counts["faulty"]) * 5 > counts["clean"] + counts["faulty"]

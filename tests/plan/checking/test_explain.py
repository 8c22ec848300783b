"""The walker: what each type takes, to the digit, and what its faults say and do not say."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from random import Random
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.events import Fault
from footfall.plan.checking.explain import MISFIT, Faults, decode, explain, make_check, read_decimal
from footfall.plan.model import Property, PropertyType
from footfall.plan.wording import TEXT_LIMIT

SECRET = "s3cret-b0b"


def found_in(prop: Property, text: str, *, secret: bool = False, received: bool = False) -> list[Fault]:
    listed = Faults()
    node = make_check(prop, received=received, secret=lambda part: secret and part.sensitivity == "personal")
    explain(node, decode(text.encode()), "p", listed)
    return [*listed.wrong, *listed.novel, *listed.unknown]


def codes(prop: Property, text: str) -> list[str]:
    return [fault.code for fault in found_in(prop, text)]


def test_a_value_that_is_too_long_is_never_searched() -> None:
    prop = Property(type="string", pattern="(a|a)*$")

    assert codes(prop, json.dumps("a" * 1_024)) == []
    assert codes(prop, json.dumps("a" * 1_024 + "!")) == ["max_length"]
    assert found_in(prop, json.dumps("a" * 30_000 + "!"))[0].expected == "1024 or fewer characters"


def test_a_value_of_a_union_is_judged_as_the_member_whose_type_it_has() -> None:
    prop = Property(type="union", types=("string", "integer"), max_length=2, max=Decimal(9), pattern="^[a-z]+$")
    faults = found_in(prop, "true")

    assert [codes(prop, text) for text in ('"ab"', "9")] == [[], []]
    assert codes(prop, '"AB"') == ["pattern"]
    assert codes(prop, '"ABC"') == ["max_length"]
    assert codes(prop, "10") == ["max"]
    assert (faults[0].code, faults[0].expected, faults[0].got) == ("type", "a string or an integer", "true")
    assert codes(prop, "null") == ["null"]


def test_an_enum_of_a_union_judges_the_values_of_every_member() -> None:
    prop = Property(type="union", types=("string", "integer"), enum=("a", 1))

    assert [codes(prop, text) for text in ('"a"', "1", '"1"', "2")] == [[], [], ["enum"], ["enum"]]


TAKEN: dict[PropertyType, list[str]] = {
    "string": ['""', '"\\ud83d\\ude00"'],
    "integer": ["0", "-0", "1", "9" * 30, "-" + "9" * 4000],
    "number": ["0", "1", "1.5", "1e308", "-1e-400", "9" * 300],
    "decimal": [
        "0", "1", "1.50", "1e5", "1E-5", "12345678901234567.89", '"12.50"', '"+1"', '".5"', '"5."', '"007"', '"1e-99"',
        "1e99", "0." + "1" * 100, '"\\u0031"',
    ],
    "boolean": ["true", "false"],
    "datetime": ['"2026-03-01T10:00:00Z"', '"2026-03-01T10:00:00.123456789+05:30"', '"0001-01-01T00:00:00+14:00"'],
    "date": ['"2026-03-01"', '"2024-02-29"'],
    "uuid": ['"0785ee10-d5da-46d9-80f4-36a000000000"', '"0785EE10-D5DA-46D9-80F4-36A000000000"'],
    "object": ["{}"],
    "array": ["[]", '[1,"a",null,{}]'],
    "map": ["{}", '{"a":null,"b":[1]}'],
    "any": ["1", '"a"', "[]", "{}", "1e400", "1e99999999999999999999999"],
}  # fmt: skip
REFUSED: dict[PropertyType, list[str]] = {
    "string": ["1", "true", "[]", "{}"],
    "integer": ["1.0", "1e2", "true", '"1"', "[]"],
    "number": ["1e400", "-1e400", "1" + "0" * 400, "true", '"1"', "1e99999999999999999999999"],
    "decimal": [
        '"1_000"', '"NaN"', '"Infinity"', '" 1 "', '"-inf"', '""', '"."', '"1e"', '"٣"', '"1,5"', "true", "[]", "1e100",
        '"1e100"', "1e999999999", '"1e999999999"', "1e99999999999999999999999", '"1e99999999999999999999999"', "1e-101",
        "9" * 101, "0." + "1" * 101, "0e500",
    ],
    "boolean": ["0", "1", '"true"'],
    "datetime": ['"2026-03-01T10:00:00"', '"2026-02-30T10:00:00Z"', '"2026-03-01"', "1772359200", '""'],
    "date": ['"2026-02-30"', '"20260301"', '"2026-03-01T00:00:00Z"', "0"],
    "uuid": ['"0785ee10d5da46d980f436a000000000"', '"{0785ee10-d5da-46d9-80f4-36a000000000}"', "1"],
    "object": ["[]", '"{}"', "1"],
    "array": ["{}", '"[]"', "1"],
    "map": ["[]", "1"],
}  # fmt: skip


def test_every_type_has_rows() -> None:
    assert set(get_args(PropertyType)) - {"union"} == set(TAKEN)


@pytest.mark.parametrize("kind", TAKEN)
def test_a_type_takes_its_values_and_null_only_where_the_plan_says_so(kind: PropertyType) -> None:
    assert [text[:40] for text in TAKEN[kind] if codes(Property(type=kind), text)] == []
    assert [text[:40] for text in REFUSED.get(kind, []) if codes(Property(type=kind), text) != ["type"]] == []
    assert codes(Property(type=kind), "null") == ["null"]
    assert codes(Property(type=kind, nullable=True), "null") == []


@pytest.mark.parametrize(
    ("prop", "good", "bad", "code"),
    [
        (Property(type="string", enum=("a", "b")), '"a"', '"c"', "enum"),
        (Property(type="integer", enum=(1, 2)), "2", "3", "enum"),
        (Property(type="number", enum=(1,)), "1.0", "1.5", "enum"),
        (Property(type="decimal", enum=("1.5", 2)), '"1.50"', "1.51", "enum"),
        (Property(type="string", pattern="b+"), '"abbc"', '"ac"', "pattern"),
        (Property(type="string", format="email"), '"a@b.c"', '"a@b"', "format"),
        (Property(type="string", format="from_a_newer_footfall"), '"x"', "1", "type"),
        (Property(type="string", min_length=2), '"😀😀"', '"😀"', "min_length"),
        (Property(type="string", max_length=2), '"😀😀"', '"😀😀😀"', "max_length"),
        (Property(type="integer", min=Decimal("0.5")), "1", "0", "min"),
        (Property(type="integer", max=Decimal(2**70)), str(2**70), str(2**70 + 1), "max"),
        (Property(type="number", max=Decimal("0.1")), "0.1", "0.10000000000000002", "max"),
        (Property(type="decimal", max=Decimal("0.1")), "0.1", '"0.100000000000000000000000000001"', "max"),
        (
            Property(type="decimal", min=Decimal("12345678901234567.89")),
            "12345678901234567.89",
            "12345678901234567.88",
            "min",
        ),
        (Property(type="decimal", scale=2), "12.3400", "12.345", "scale"),
        (Property(type="decimal", scale=0), "1e5", '"1e-5"', "scale"),
        (Property(type="decimal", scale=50), "1." + "0" * 49 + "1", "1." + "0" * 50 + "1", "scale"),
        (Property(type="array", min_items=1), "[null]", "[]", "min_items"),
        (Property(type="array", max_items=1), "[1]", "[1,2]", "max_items"),
        (Property(type="map", max_items=1), '{"a":1,"a":2}', '{"a":1,"b":2}', "max_items"),
    ],
)
def test_a_constraint_holds_to_the_digit(prop: Property, good: str, bad: str, code: str) -> None:
    assert codes(prop, good) == []
    assert codes(prop, bad) == [code]


@given(st.decimals(allow_nan=False, allow_infinity=False, places=20, min_value=-(10**40), max_value=10**40))
def test_a_decimal_is_read_exactly_from_a_number_and_from_a_string(value: Decimal) -> None:
    for text in (f"{value:f}", f'"{value:f}"', f"{value:E}", f'"{value}"'):
        assert read_decimal(decode(text.encode())) == value


@given(st.text(max_size=12) | st.from_regex(r"[+-]?[0-9_ .eE]{1,6}"))
def test_a_string_is_a_decimal_only_if_it_is_plain_ascii_digits(text: str) -> None:
    read = read_decimal(text)

    assert read is MISFIT or (text.isascii() and Decimal(text) == read and not set(text) - set("0123456789.eE+-"))


def test_the_last_of_two_equal_keys_counts() -> None:
    prop = Property(type="object", properties=(Property(name="a", type="integer", required=True),))

    assert codes(prop, '{"a":"x","a":1}') == []
    assert codes(prop, '{"a":1,"a":"x"}') == ["type"]


def test_a_path_leads_through_objects_arrays_and_maps() -> None:
    line = Property(type="object", properties=(Property(name="price", wire_name="Price", type="decimal"),))
    prop = Property(type="map", values=Property(type="array", items=line))

    assert [fault.path for fault in found_in(prop, '{"b":[{},{"Price":"x"}],"a":[1]}')] == ["p.a[0]", "p.b[1].Price"]


def draw_secret(random: Random, depth: int = 3) -> Property:
    """A property that holds something personal: itself, what is around it, or a part of it."""
    kind = random.choice(["string", "object", "array", "map"] if depth else ["string"])
    sensitivity = "personal" if kind == "string" or random.random() < 0.3 else None
    if kind == "object":
        part = draw_secret(random, depth - 1)
        child = Property(name="a", type=part.type, sensitivity="personal", properties=part.properties, items=part.items)
        return Property(type="object", sensitivity=sensitivity, properties=(child,))
    if kind == "array":
        return Property(type="array", sensitivity=sensitivity, items=draw_secret(random, depth - 1))
    if kind == "map":
        return Property(type="map", sensitivity="personal", values=draw_secret(random, depth - 1))
    return Property(type="string", sensitivity="personal", pattern="^$", format="email", enum=("x",))


def draw_secret_text(random: Random, depth: int = 4) -> Any:
    shape = random.choice(["text", "list", "a", SECRET]) if depth else "text"
    if shape == "text":
        return SECRET
    inner = draw_secret_text(random, depth - 1)
    return [inner] if shape == "list" else {shape: inner}


def test_a_fault_never_shows_a_value_of_a_personal_property_and_its_texts_are_short() -> None:
    drawn: Counter[str] = Counter()

    for seed in range(100):
        random = Random(seed)
        prop = draw_secret(random)
        for _ in range(20):
            value = draw_secret_text(random)
            for fault in found_in(prop, json.dumps(value), secret=True):
                drawn[fault.code] += 1
                assert SECRET not in fault.got + fault.expected
                assert len(fault.expected) <= TEXT_LIMIT
                assert 0 < len(fault.got) <= TEXT_LIMIT
                assert fault.code == "unknown_property" or SECRET not in fault.path

    assert {"type", "pattern", "format", "enum", "unknown_property"} <= drawn.keys()


def test_what_is_received_after_a_transform_has_the_transformed_type() -> None:
    hashed = Property(type="string", format="email", min_length=100, transform="hash")
    dropped = Property(
        type="object", properties=(Property(name="a", type="string", required=True, nullable=True, transform="drop"),)
    )

    assert found_in(hashed, f'"{"0" * 64}"', received=True) == []
    assert [fault.code for fault in found_in(hashed, '"a@b.c"', received=True)] == ["format"]
    assert found_in(Property(type="integer", transform="mask"), '"1***2"', received=True) == []
    assert found_in(dropped, "{}", received=True) == []
    assert [fault.code for fault in found_in(dropped, '{"a":"x"}', received=True)] == ["type"]
    assert [fault.code for fault in found_in(dropped, '{"a":null}', received=True)] == ["type"]


def test_of_a_value_with_very_many_faults_no_more_is_looked_at() -> None:
    items = Property(type="array", items=Property(type="string"))
    deep = Property(type="array", items=Property(type="array", items=Property(type="string")))
    values = Property(type="map", values=Property(type="string"))
    novel = Property(type="array", items=Property(type="string", enum=("a",), open=True))
    shut = Property(type="object", additional=False)

    assert codes(items, json.dumps([1] * 9_000)) == ["type"] * 100
    assert codes(deep, json.dumps([[1] * 30] * 300)) == ["type"] * 100
    assert codes(values, json.dumps({str(number): 1 for number in range(9_000)})) == ["type"] * 100
    assert codes(novel, json.dumps(["b"] * 9_000)) == ["enum"] * 100
    assert codes(shut, json.dumps({str(number): 1 for number in range(900)})) == ["additional"] * 100
    assert codes(Property(type="object"), json.dumps({str(n): 1 for n in range(900)})) == ["unknown_property"] * 100


def test_values_that_only_warn_hide_no_fault_that_comes_after_them() -> None:
    prop = Property(type="array", items=Property(type="string", enum=("a",), open=True))

    assert codes(prop, json.dumps([*["b"] * 9_000, 1])) == ["type", *["enum"] * 100]

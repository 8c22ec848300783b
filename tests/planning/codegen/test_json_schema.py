"""The JSON Schema of an event takes what the validator takes; an independent implementation of the draft is asked."""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from tests.planning.codegen.shapes import SHAPES, event_of, plan_of

from footfall.plan import read
from footfall.plan.checking.explain import DECIMAL_TEXT
from footfall.plan.checking.validate import Validator
from footfall.plan.model import Alias, Event, Property, PropertyType, Rule
from footfall.planning.codegen.json_schema import (
    VALIDATION,
    Schema,
    SchemaDialect,
    event_schema,
    plan_schema,
    property_schema,
    schema_text,
)
from footfall.planning.interop.schema_out import EXCHANGE

ROOT = Path(__file__).parents[3]
EXAMPLES = [ROOT / "tracking_plans" / "shop_and_gateway", ROOT / "tests" / "plan" / "data" / "acme"]


def schema_takes(event: Event, text: str) -> bool:
    schema = schema_text(event_schema(event, plan_of(event)))
    return jsonschema_rs.Draft202012Validator(json.loads(schema)).is_valid(json.loads(text))


def written(prop: Property) -> Schema:
    return property_schema(prop, VALIDATION, closed=True)


def plan_takes(event: Event, text: str) -> bool:
    # In a test, where an unknown property is a fault.
    return not Validator(plan_of(event), stage="test").check(event, text.encode()).faults


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: f"{shape[0].type}-{SHAPES.index(shape)}")
def test_a_schema_takes_what_the_validator_takes(shape: tuple[Property, tuple[str, ...], tuple[str, ...]]) -> None:
    prop, right, wrong = shape
    event = event_of(prop)
    texts = [f'{{"value":{text}}}' for text in (*right, *wrong)] + ["{}"]

    expected = [True] * len(right) + [False] * len(wrong) + [False]
    assert [plan_takes(event, text) for text in texts] == expected
    assert [schema_takes(event, text) for text in texts] == expected


@pytest.mark.parametrize("form", [{"type": "datetime"}, {"type": "string", "format": "date-time"}])
@pytest.mark.parametrize(
    "text",
    ["2026-03-01T24:00:00Z", "2026-03-01T10:00:60+0100", "2026-03-01 10:00:00-01", "9999-12-31T10:00:60Z"],
)
def test_a_time_in_any_spelling_is_taken_also_by_a_reader_that_checks_formats(text: str, form: dict[str, Any]) -> None:
    event = event_of(Property(name="value", required=True, **form))
    schema = json.loads(schema_text(event_schema(event, plan_of(event))))
    reader = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)

    assert plan_takes(event, f'{{"value":"{text}"}}')
    assert reader.is_valid({"value": text})


def test_a_decimal_that_travels_as_a_number_keeps_its_bounds() -> None:
    price = Property(name="price", type="decimal", min=Decimal("0.01"), max=Decimal(1000), scale=2)
    event = event_of(price)
    texts = {"0.01": True, "129.90": True, "0.070": True, "1000": True, "0": False, "1000.01": False}

    for number, right in texts.items():
        text = f'{{"price":{number}}}'
        assert (plan_takes(event, text), schema_takes(event, text)) == (right, right), number


def test_every_amount_of_cents_is_right_and_the_scale_is_a_note() -> None:
    price = Property(name="price", type="decimal", scale=2)
    whole = Property(name="price", type="decimal", scale=0)
    schema = jsonschema_rs.Draft202012Validator(written(price))

    assert all(schema.is_valid(cents / 100) for cents in range(1, 10_000))
    assert written(price)["x-scale"] == 2
    assert "multipleOf" not in written(price)
    assert written(whole)["multipleOf"] == 1


def test_an_open_enum_takes_every_value_of_its_type_and_names_those_it_knows() -> None:
    kind = Property(name="kind", type="string", enum=("rye", "wheat"), open=True, max_length=5)

    assert written(kind)["anyOf"][0] == {"enum": ["rye", "wheat"]}
    assert schema_takes(event_of(kind), '{"kind":"spelt"}')
    assert not schema_takes(event_of(kind), '{"kind":"pumpernickel"}')
    assert not schema_takes(event_of(kind), '{"kind":1}')


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_the_fixtures_of_the_example_plans_are_judged_alike(folder: Path) -> None:
    plan = read(folder).require()
    judged = []
    for file in sorted((folder / "fixtures").glob("*/*/*.json")):
        event, kind = plan.events[file.parts[-3]], file.parts[-2]
        held = json.loads(file.read_text())
        payload = held if kind == "valid" else held["payload"]
        only_rules = kind == "invalid" and {code for _, code in held["errors"]} == {"rule"}
        assert schema_takes(event, json.dumps(payload)) is (kind == "valid" or only_rules), file
        judged.append(kind)

    assert set(judged) == {"valid", "invalid"}


def test_one_document_judges_whole_messages_by_any_name_of_the_event() -> None:
    needs = Property(name="total", type="integer", required=True)
    order = event_of(needs, name="order_completed", wire_name="Order Completed", aliases=(Alias(name="order"),))
    schema: dict[str, Any] = json.loads(schema_text(plan_schema(plan_of(order, event_of(name="page_seen")))))
    jsonschema_rs.meta.validate(schema)
    takes = jsonschema_rs.Draft202012Validator(schema).is_valid

    for name in ("Order Completed", "order_completed", "order"):
        assert takes({"event": name, "properties": {"total": 1}, "userId": "ann"})
        assert not takes({"event": name, "properties": {"total": "1"}})
        assert not takes({"event": name})
    assert takes({"event": "page_seen"})
    assert not takes({"event": "unheard_of", "properties": {}})


def test_what_is_known_beside_the_type_is_told() -> None:
    prop = Property(
        name="mail", type="string", format="email", description="Where to", sensitivity="personal", transform="hash",
        retention=86_400, examples=("a@b.example",),
    )  # fmt: skip
    event = event_of(prop, description="Seen", status="deprecated", rules=(Rule(id="r", check="mail is None"),))

    schema = event_schema(event, plan_of(event))

    told = schema["properties"]["mail"]
    assert {key: told[key] for key in told if key.startswith("x-")} == {
        "x-sensitivity": "personal", "x-transform": "hash", "x-retention": "1d",
    }  # fmt: skip
    assert (told["description"], told["examples"], told["format"]) == ("Where to", ["a@b.example"], "email")
    assert (schema["title"], schema["description"], schema["deprecated"]) == ("thing_seen", "Seen", True)
    assert schema["$comment"] == "rule r: mail is None"


def test_a_pattern_that_the_dialect_cannot_say_is_told_in_words() -> None:
    schema = written(Property(type="string", pattern="(?i)^ab$"))

    assert "pattern" not in schema
    assert schema["$comment"] == "a match of (?i)^ab$, in Python's words"


def test_a_pattern_and_a_format_hold_together() -> None:
    event = event_of(Property(name="mail", type="string", pattern="^ann", format="email"))

    assert schema_takes(event, '{"mail":"ann@shop.example"}')
    assert not schema_takes(event, '{"mail":"bob@shop.example"}')
    assert not schema_takes(event, '{"mail":"ann"}')


DIALECTS: list[tuple[Property, Schema, Schema]] = [
    (
        Property(type="decimal", min=Decimal(0)),
        {"type": ["number", "string"], "minimum": 0, "pattern": f"^{DECIMAL_TEXT.pattern}$"},
        {"type": "number", "minimum": 0},
    ),
    (
        Property(type="number", max=Decimal(2**63 - 1)),
        {"type": "number", "maximum": Decimal("9.223372036854776E+18")},
        {"type": "number", "maximum": Decimal(2**63 - 1)},
    ),
    (
        Property(type="any"),
        {"not": {"type": "null"}},
        {"type": ["string", "number", "boolean", "object", "array"]},
    ),
    (
        Property(type="string", pattern=r"^\d$", max_length=1),
        {"type": "string", "maxLength": 1, "pattern": "^[0-9]$"},
        {"type": "string", "maxLength": 1, "pattern": r"^\d$"},
    ),
    (
        Property(type="string", pattern="(?i)a", max_length=1),
        {"type": "string", "maxLength": 1, "$comment": "a match of (?i)a, in Python's words"},
        {"type": "string", "maxLength": 1},
    ),
    (
        Property(type="string", format="country"),
        {"type": "string", "pattern": "^[A-Z]{2}$"},
        {"type": "string", "pattern": "^[A-Z]{2}$", "format": "country"},
    ),
    (
        Property(type="string", format="country", pattern="^S", max_length=2),
        {"type": "string", "maxLength": 2, "allOf": [{"pattern": "^S"}, {"pattern": "^[A-Z]{2}$"}]},
        {"type": "string", "maxLength": 2, "pattern": "^S", "format": "country"},
    ),
    (
        Property(type="boolean", sensitivity="personal", retention=86_400, x={"x_title": "Paid"}),
        {"type": "boolean", "x-sensitivity": "personal", "x-retention": "1d"},
        {"type": "boolean", "title": "Paid"},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("prop", "validation", "exchange"), DIALECTS)
def test_the_dialects_differ_in_what_the_table_of_the_module_names(
    prop: Property, validation: Schema, exchange: Schema
) -> None:
    assert written(prop) == validation
    assert property_schema(prop, EXCHANGE, closed=True) == exchange


@pytest.mark.parametrize("kind", ["date", "uuid"])
def test_a_format_that_readers_know_is_a_pattern_too_for_validators_alone(kind: PropertyType) -> None:
    prop = Property(type=kind)

    assert written(prop).keys() == {"type", "format", "pattern"}
    assert property_schema(prop, EXCHANGE, closed=True) == {"type": "string", "format": kind}


@pytest.mark.parametrize("dialect", [VALIDATION, EXCHANGE])
def test_a_union_is_a_list_of_types_and_each_keyword_judges_the_values_of_its_own(dialect: SchemaDialect) -> None:
    prop = Property(type="union", types=("date", "integer"), nullable=True, min=Decimal(3))
    schema = property_schema(prop, dialect, closed=True)
    takes = jsonschema_rs.Draft202012Validator(schema, validate_formats=True).is_valid

    assert schema["type"] == ["string", "integer", "null"]
    assert [takes(value) for value in ("2026-02-28", 3, None)] == [True] * 3
    assert [takes(value) for value in ("2026-02-29", 2, 3.5, True)] == [False] * 4


@pytest.mark.parametrize("bound", [Decimal("1e400"), Decimal(2**60 + 1), Decimal("0.1"), Decimal(7)])
def test_a_bound_of_a_number_is_a_double_for_validators(bound: Decimal) -> None:
    prop = Property(name="value", wire_name="value", type="number", min=-bound, max=bound)
    schema = json.loads(schema_text(written(prop)))
    takes = jsonschema_rs.Draft202012Validator(schema).is_valid
    inside = [sign * min(float(bound), sys.float_info.max) for sign in (1, -1)]

    assert [takes(value) for value in inside] == [True, True]
    assert [plan_takes(event_of(prop), json.dumps({"value": value})) for value in inside] == [True, True]
    assert bound > 1e300 or not any(takes(value * 1.001) for value in inside)

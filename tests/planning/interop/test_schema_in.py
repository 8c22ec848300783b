"""Each word of JSON Schema becomes the word of the plan that means the same, or is kept aside and told."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import jsonschema_rs
import msgspec
import pytest
from tests.planning.codegen.shapes import SHAPES, Shape

from footfall.plan.checking.validate import Validator
from footfall.plan.model import Property
from footfall.planning.codegen.json_schema import VALIDATION, property_schema, schema_text
from footfall.planning.interop import export_plan, import_plan
from footfall.planning.interop.keywords import MAX_DEPTH
from footfall.planning.interop.schema_out import EXCHANGE

SAID: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("text", {"type": "string"}, {"type": "string"}),
    ("nullable", {"type": ["string", "null"], "maxLength": 3}, {"type": "string", "nullable": True, "max_length": 3}),
    ("null first", {"type": ["null", "integer"]}, {"type": "integer", "nullable": True}),
    ("any", {}, {"type": "any", "nullable": True}),
    ("union", {"type": ["string", "integer"]}, {"type": ["string", "integer"]}),
    ("union with bounds", {"type": ["string", "integer"], "maxLength": 3, "minimum": 0},
     {"type": ["string", "integer"], "max_length": 3, "min": 0}),
    ("union of a time", {"type": ["string", "integer"], "format": "date-time"}, {"type": ["datetime", "integer"]}),
    ("integer or number", {"type": ["integer", "number"]}, {"type": "number"}),
    ("enum", {"enum": ["a", "b"]}, {"type": "string", "enum": ["a", "b"]}),
    ("enum of whole numbers with a point", {"type": "integer", "enum": [Decimal("1.0"), 2]},
     {"type": "integer", "enum": [1, 2]}),
    ("above 0 in cents", {"type": "number", "multipleOf": Decimal("0.01"), "exclusiveMinimum": 0},
     {"type": "decimal", "scale": 2, "min": Decimal("0.01")}),
    ("below 1.005 in cents", {"type": "number", "multipleOf": Decimal("0.01"), "exclusiveMaximum": Decimal("1.005")},
     {"type": "decimal", "scale": 2, "max": Decimal("1.00")}),
    ("enum of whole numbers", {"type": "integer", "enum": [1, 2]}, {"type": "integer", "enum": [1, 2]}),
    ("enum with null", {"type": ["string", "null"], "enum": ["a", None]},
     {"type": "string", "nullable": True, "enum": ["a"]}),
    ("enum that null is not in", {"type": ["string", "null"], "enum": ["a"]}, {"type": "string", "enum": ["a"]}),
    ("enum of both truth values", {"enum": [True, False]}, {"type": "boolean"}),
    ("const", {"const": "a"}, {"type": "string", "enum": ["a"]}),
    ("choice of constants", {"oneOf": [{"const": "a", "title": "A"}, {"const": "b"}]},
     {"type": "string", "enum": ["a", "b"]}),
    ("choice with null", {"anyOf": [{"type": "integer"}, {"type": "null"}]}, {"type": "integer", "nullable": True}),
    ("reference or null", {"anyOf": [{"$ref": "#/definitions/money"}, {"type": "null"}]},
     {"type": "decimal", "scale": 2, "nullable": True}),
    ("open enum", {"anyOf": [{"enum": ["a"]}, {"type": "string"}]}, {"type": "string", "enum": ["a"], "open": True}),
    ("OpenAPI's null", {"type": "string", "nullable": True}, {"type": "string", "nullable": True}),
    ("expression of usual length", {"type": "string", "pattern": "^a*$", "maxLength": 1024},
     {"type": "string", "pattern": "^a*$"}),
    ("slow expression of short values", {"type": "string", "pattern": "^a*a*$", "maxLength": 256},
     {"type": "string", "pattern": "^a*a*$", "max_length": 256}),
    ("parts of one", {"allOf": [{"type": "string"}, {"maxLength": 3}]}, {"type": "string", "max_length": 3}),
    ("reference", {"$ref": "#/definitions/money"}, {"type": "decimal", "scale": 2}),
    ("described reference", {"$ref": "#/definitions/money", "description": "d"},
     {"type": "decimal", "scale": 2, "description": "d"}),
    ("time", {"type": "string", "format": "date-time"}, {"type": "datetime"}),
    ("day", {"type": "string", "format": "date"}, {"type": "date"}),
    ("uuid", {"type": "string", "format": "uuid", "maxLength": 36}, {"type": "uuid"}),
    ("narrow uuid", {"type": "string", "format": "uuid", "pattern": "^2"},
     {"type": "string", "format": "uuid", "pattern": "^2"}),
    ("uri", {"type": "string", "format": "uri"}, {"type": "string", "format": "uri"}),
    ("ipv4", {"type": "string", "format": "ipv4"}, {"type": "string", "format": "ipv4"}),
    ("draft 3's format", {"type": "string", "format": "ip-address"}, {"type": "string", "format": "ipv4"}),
    ("above 0, whole", {"type": "integer", "exclusiveMinimum": 0}, {"type": "integer", "min": 1}),
    ("draft 4's above 0", {"type": "integer", "minimum": 0, "exclusiveMinimum": True}, {"type": "integer", "min": 1}),
    ("below 10, whole", {"type": "integer", "exclusiveMaximum": 10}, {"type": "integer", "max": 9}),
    ("steps of a cent", {"type": "number", "multipleOf": Decimal("0.01")}, {"type": "decimal", "scale": 2}),
    ("steps as a note", {"type": "number", "x-scale": 3}, {"type": "decimal", "scale": 3}),
    ("whole steps", {"type": "integer", "multipleOf": 1}, {"type": "integer"}),
    ("list", {"type": "array", "items": {"type": "string"}, "minItems": 1},
     {"type": "array", "items": {"type": "string"}, "min_items": 1}),
    ("list of anything", {"type": "array"}, {"type": "array", "items": {"type": "any", "nullable": True}}),
    ("map", {"type": "object", "additionalProperties": {"type": "integer"}, "minProperties": 1},
     {"type": "map", "values": {"type": "integer"}, "min_items": 1}),
    ("object of anything", {"type": "object"}, {"type": "map", "values": {"type": "any", "nullable": True}}),
    ("object", {"type": "object", "properties": {"orderID": {"type": "string"}}, "required": ["orderID"]},
     {"type": "object", "additional": True,
      "properties": {"order_id": {"type": "string", "wire_name": "orderID", "required": True}}}),
    ("notes", {"type": "string", "title": "T", "default": "d", "x-team": "shop", "$comment": "c"},
     {"type": "string", "x_title": "T", "x_default": "d", "x_team": "shop", "x_comment": "c"}),
    ("examples", {"type": "string", "examples": ["a"]}, {"type": "string", "examples": ["a"]}),
]  # fmt: skip

ASIDE: list[tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    ("above 0", {"type": "number", "exclusiveMinimum": 0}, {"type": "number", "min": 0}, {"exclusiveMinimum": 0}),
    ("above 0, as in draft 4", {"type": "number", "minimum": 0, "exclusiveMinimum": True}, {"type": "number", "min": 0},
     {"exclusiveMinimum": 0}),
    ("below 3 and at most 5", {"type": "number", "exclusiveMaximum": 3, "maximum": 5}, {"type": "number", "max": 3},
     {"exclusiveMaximum": 3}),
    ("enum of broken and whole numbers", {"enum": [0, Decimal("0.5"), 1]}, {"type": "number"},
     {"enum": [0, Decimal("0.5"), 1]}),
    ("enum of text, numbers and null", {"enum": ["all", 1, Decimal("0.5"), None]},
     {"type": ["number", "string"], "nullable": True}, {"enum": ["all", 1, Decimal("0.5"), None]}),
    ("choice of broken constants", {"anyOf": [{"const": 1}, {"const": Decimal("2.5")}]}, {"type": "number"},
     {"enum": [1, Decimal("2.5")]}),
    ("enum of 1 and true", {"enum": [1, True]}, {"type": ["boolean", "integer"]}, {"enum": [1, True]}),
    ("step of a time or number", {"type": ["string", "number"], "format": "date", "multipleOf": Decimal("0.1")},
     {"type": ["date", "number"]}, {"multipleOf": Decimal("0.1")}),
    ("other steps", {"type": "number", "multipleOf": 5}, {"type": "number"}, {"multipleOf": 5}),
    ("no double", {"type": "array", "uniqueItems": True},
     {"type": "array", "items": {"type": "any", "nullable": True}}, {"uniqueItems": True}),
    ("union with a list", {"type": ["string", "array"]}, {"type": "any"}, {"type": ["string", "array"]}),
    ("null alone", {"type": "null"}, {"type": "any", "nullable": True}, {"type": ["null"]}),
    ("choice", {"oneOf": [{"minLength": 1}, {"pattern": "a"}]},
     {"type": "any", "nullable": True}, {"oneOf": [{"minLength": 1}, {"pattern": "a"}]}),
    ("enum of fractions", {"type": "number", "enum": [Decimal("0.5")]}, {"type": "number"}, {"enum": [Decimal("0.5")]}),
    ("another's expression", {"type": "string", "pattern": r"^\p{L}+$"}, {"type": "string"}, {"pattern": r"^\p{L}+$"}),
    ("an expression too slow for its values", {"type": "string", "pattern": "^a*a*$", "maxLength": 257},
     {"type": "string", "max_length": 257}, {"pattern": "^a*a*$"}),
    ("an endless expression", {"type": "string", "pattern": "(a+)+$"}, {"type": "string"}, {"pattern": "(a+)+$"}),
    ("unknown format", {"type": "string", "format": "regex"}, {"type": "string"}, {"format": "regex"}),
    ("reference out of the file", {"$ref": "other.json"}, {"type": "any", "nullable": True}, {"$ref": "other.json"}),
    ("list of kinds", {"type": "array", "items": [{"type": "string"}]},
     {"type": "array", "items": {"type": "any", "nullable": True}}, {"items": [{"type": "string"}]}),
]  # fmt: skip


def read(schema: dict[str, Any]) -> tuple[dict[str, Any], Any]:
    money = {"type": "number", "multipleOf": Decimal("0.01")}
    whole = {"type": "object", "definitions": {"money": money}, "properties": {"p": schema}}
    imported = import_plan({"e.json": whole}, "jsonschema")
    return imported.document["events"]["e"]["properties"]["p"], imported


@pytest.mark.parametrize(("schema", "said"), [case[1:] for case in SAID], ids=[case[0] for case in SAID])
def test_a_keyword_is_said_by_the_plan(schema: dict[str, Any], said: dict[str, Any]) -> None:
    made, imported = read(schema)

    assert made == said
    assert not any(loss.code == "loss_kept_aside" for loss in imported.losses)


@pytest.mark.parametrize(("schema", "said", "aside"), [case[1:] for case in ASIDE], ids=[case[0] for case in ASIDE])
def test_what_the_plan_cannot_say_is_kept_told_and_written_back(
    schema: dict[str, Any], said: dict[str, Any], aside: dict[str, Any]
) -> None:
    made, imported = read(schema)

    assert made == {**said, "x_json_schema": aside}
    assert [loss.code for loss in imported.losses if loss.code != "loss_read_as"] == ["loss_kept_aside"] * len(aside)
    written = export_plan(imported.plan, "jsonschema").files["events/e.schema.json"]["properties"]["p"]
    assert {key: written[key] for key in aside} == aside


@pytest.mark.parametrize(
    ("schema", "type_"),
    [
        ({"type": "float"}, "number"),
        ({"type": "Datetime"}, "datetime"),
        ({"type": "money"}, "any"),
        ({"minLength": 3}, "string"),
        ({"properties": {"a": {}}}, "object"),
    ],
)
def test_what_is_not_quite_a_schema_is_read_as_it_is_meant_and_told(schema: dict[str, Any], type_: str) -> None:
    made, imported = read(schema)

    assert made["type"] == type_
    assert [loss.code for loss in imported.losses] == ["loss_read_as"]


@pytest.mark.parametrize(
    "broken", [False, None, 3, "text", [], {"type": 3}, {"enum": []}, {"properties": 3}, {"$ref": 4}]
)
def test_no_junk_in_a_schema_is_an_error(broken: Any) -> None:
    made, imported = read(broken)

    assert made["type"] in ("any", "map", "object")
    assert imported.losses != ()
    assert imported.plan.events["e"].properties[0].name == "p"


def nested(depth: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "integer"}
    for _ in range(depth):
        schema = {
            "type": "array",
            "items": {"type": "object", "properties": {"p": schema}, "additionalProperties": False},
        }
    return schema


def depth_of(prop: Property | None) -> int:
    if prop is None:
        return 0
    return max([1 + depth_of(prop.items)] if prop.items else [1 + depth_of(part) for part in prop.properties] or [0])


def test_lists_of_objects_are_read_to_depth_16_and_kept_aside_below() -> None:
    schema = {"type": "object", "properties": {"p": nested(MAX_DEPTH // 2)}, "additionalProperties": False}
    deeper = {"type": "object", "properties": {"p": nested(MAX_DEPTH)}, "additionalProperties": False}

    whole = import_plan({"e.json": schema}, "jsonschema")
    cut = import_plan({"e.json": deeper}, "jsonschema")

    assert [(loss.code, loss.lost) for loss in whole.losses] == [("loss_read_as", "1.0 as an integer")]
    assert depth_of(whole.plan.events["e"].properties[0]) == MAX_DEPTH
    assert {loss.code for loss in cut.losses if loss.where != "plan"} == {"loss_kept_aside"}
    again = import_plan(export_plan(cut.plan, "jsonschema").files, "jsonschema", name=cut.plan.id)
    assert again.plan.events == cut.plan.events


def test_needs_become_rules_and_come_back() -> None:
    schema = {
        "type": "object",
        "properties": {"cost": {"type": "number"}, "model": {"type": "string"}},
        "dependencies": {"cost": ["model"]},
        "minProperties": 1,
    }

    imported = import_plan({"e.json": schema}, "jsonschema")

    assert [(rule.id, rule.check) for rule in imported.plan.events["e"].rules] == [
        ("cost_needs_model", "cost is None or model is not None"),
        ("not_empty", "cost is not None or model is not None"),
    ]
    assert imported.losses == ()
    written = export_plan(imported.plan, "jsonschema").files["events/e.schema.json"]
    assert (written["dependencies"], written["minProperties"]) == ({"cost": ["model"]}, 1)


def test_a_need_of_what_may_be_null_is_kept_aside() -> None:
    schema = {
        "type": "object",
        "properties": {"cost": {"type": ["number", "null"]}, "model": {"type": "string"}},
        "dependencies": {"cost": ["model"]},
    }

    event = import_plan({"e.json": schema}, "jsonschema").plan.events["e"]

    assert event.rules == ()
    assert event.x["x_json_schema"] == {"dependencies": {"cost": ["model"]}}


UNSAID: dict[str, Any] = {}
OTHER_KEYS = [UNSAID, {"additionalProperties": False}, {"additionalProperties": True}, {"additionalProperties": {}}]


@pytest.mark.parametrize("around", OTHER_KEYS)
@pytest.mark.parametrize("inside", OTHER_KEYS)
@pytest.mark.parametrize("form", ["jsonschema", "segment", "snowplow"])
def test_an_object_takes_the_keys_that_its_schema_takes_at_every_depth(
    form: str, around: dict[str, Any], inside: dict[str, Any]
) -> None:
    inner = {"type": "object", "properties": {"a": {"type": "string"}}, **inside}
    schema = {"type": "object", "properties": {"o": inner, "l": {"type": "array", "items": inner}}, **around}
    judge = jsonschema_rs.Draft7Validator(schema)
    texts = ('{"z":1}', '{"o":{"z":1}}', '{"l":[{"z":1}]}', '{"z":1,"o":{"z":1}}', '{"o":{"a":"x"}}')

    plan = import_plan(file_of(schema, form), form).plan

    (event,) = plan.events.values()
    for place in ("test", "client", "collector"):
        checked = [Validator(plan, stage=place).check(event, text.encode()) for text in texts]
        assert [not (each.faults or each.warnings) for each in checked] == [
            judge.is_valid(json.loads(text)) for text in texts
        ]
    again = import_plan(export_plan(plan, form).files, form).plan
    assert [each.properties for each in again.events.values()] == [event.properties]
    assert [each.additional for each in again.events.values()] == [event.additional]


def file_of(schema: dict[str, Any], form: str) -> dict[str, Any]:
    """A document of a format with one event."""
    message = {"type": "object", "properties": {"properties": schema}}
    return {
        "jsonschema": {"e.json": schema},
        "segment": {"plan.json": {"rules": [{"type": "TRACK", "key": "E", "jsonSchema": message}]}},
        "snowplow": {"schemas/com.a/e/jsonschema/1-0-0": {"self": {"vendor": "com.a", "name": "e"}, **schema}},
    }[form]


@pytest.mark.parametrize(
    "keys",
    [
        {"additionalProperties": {"type": "integer"}},
        {"additionalProperties": False, "patternProperties": {"^z": {"type": "integer"}}},
        {"unevaluatedProperties": False, "anyOf": [{"required": ["a"]}, {"properties": {"z": {}}}]},
        {"additionalProperties": "junk"},
    ],
)
def test_what_is_said_of_other_keys_and_no_plan_can_say_refuses_none(keys: dict[str, Any]) -> None:
    inner = {"type": "object", "properties": {"a": {"type": "string"}}, **keys}

    imported = import_plan({"e.json": {"type": "object", "properties": {"o": inner}, **keys}}, "jsonschema")

    event = imported.plan.events["e"]
    assert Validator(imported.plan, stage="test").check(event, b'{"z":1,"o":{"z":1}}').faults == ()
    assert [(loss.code, loss.lost.split()[0]) for loss in imported.losses if loss.where == "e.o"] == [
        ("loss_kept_aside", key) for key in keys
    ]
    assert event.x["x_json_schema"] == keys


def test_unevaluated_properties_say_the_same_where_no_choice_stands_beside_them() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string"}}, "unevaluatedProperties": False}

    imported = import_plan({"e.json": schema}, "jsonschema")

    assert (imported.plan.events["e"].additional, imported.losses) == (False, ())


@pytest.mark.parametrize(
    ("schema", "lost", "instead"),
    [
        ({"type": "integer"}, "1.0 as an integer", "a fault: an integer of a plan has no point"),
        (
            {"type": "number", "multipleOf": 1},
            "multipleOf 1",
            "a decimal of scale 0, which takes a number in a text too",
        ),
        ({"type": "string", "format": "ip-address"}, 'format "ip-address"', "read as ipv4"),
        ({"type": "string", "required": True}, "required true, as in draft 3", "the property is required"),
    ],
)
def test_what_an_older_draft_says_otherwise_is_told(schema: dict[str, Any], lost: str, instead: str) -> None:
    _, imported = read(schema)

    assert [(loss.code, loss.lost, loss.instead) for loss in imported.losses] == [("loss_read_as", lost, instead)]


def test_a_pattern_without_a_length_is_told_to_have_one_and_comes_back_with_it() -> None:
    made, imported = read({"type": "string", "pattern": "^a+$"})

    assert made == {"type": "string", "pattern": "^a+$"}
    assert [loss.instead for loss in imported.losses] == [
        "for values of up to 1,024 characters; a longer one is a fault"
    ]
    written = property_schema(imported.plan.events["e"].properties[0], EXCHANGE, closed=False)
    assert written == {"type": "string", "pattern": "^a+$", "maxLength": 1024}
    assert read(written)[0] == made


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: f"{shape[0].type}-{SHAPES.index(shape)}")
def test_what_is_written_for_validators_is_read_back_as_the_type_that_it_was(shape: Shape) -> None:
    prop = msgspec.structs.replace(shape[0], format=None, pattern=None)
    schema = json.loads(schema_text(property_schema(prop, VALIDATION, closed=True)), parse_float=Decimal)

    imported = import_plan({"e.json": {"type": "object", "properties": {"value": schema}}}, "jsonschema")

    read_back = imported.plan.events["e"].properties[0]
    assert (read_back.type, read_back.types, read_back.scale) == (prop.type, prop.types, prop.scale)
    assert "x_json_schema" not in read_back.x or prop.type == "any"


def test_a_decimal_written_for_validators_keeps_its_scale_and_bounds() -> None:
    for prop in (
        Property(name="value", wire_name="value", type="decimal", scale=2, min=Decimal(0), nullable=True),
        Property(name="value", wire_name="value", type="decimal", scale=0),
        Property(name="value", wire_name="value", type="union", types=("boolean", "decimal"), scale=1),
    ):
        schema = json.loads(schema_text(property_schema(prop, VALIDATION, closed=True)), parse_float=Decimal)

        imported = import_plan({"e.json": {"type": "object", "properties": {"value": schema}}}, "jsonschema")

        assert (imported.plan.events["e"].properties, imported.losses) == ((prop,), ())

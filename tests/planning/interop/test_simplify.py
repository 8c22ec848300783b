"""A schema in plainer words takes the same values."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from footfall.planning.interop import import_plan
from footfall.planning.interop.simplify import as_types, fits, is_null, resolve, simplify

DOCUMENT: dict[str, Any] = {
    "definitions": {
        "a/b": {"type": "integer"},
        "c~d": {"$anchor": "here", "type": "string"},
        "list": [{"type": "boolean"}],
    }
}


@pytest.mark.parametrize(
    ("pointer", "part"),
    [
        ("#", DOCUMENT),
        ("#/definitions/a~1b", {"type": "integer"}),
        ("#/definitions/c~0d", {"$anchor": "here", "type": "string"}),
        ("#/definitions/a%7E1b", {"type": "integer"}),
        ("#/definitions/list/0", {"type": "boolean"}),
        ("#here", {"$anchor": "here", "type": "string"}),
        ("#/definitions/list/1", None),
        ("#/definitions/none", None),
        ("#none", None),
        ("https://a.example/b", None),
    ],
)
def test_a_reference_finds_its_part_of_the_document(pointer: str, part: Any) -> None:
    assert resolve(pointer, DOCUMENT) == part


@pytest.mark.parametrize(
    ("schema", "plain"),
    [
        ({"const": 3}, {"enum": [3]}),
        ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
        ({"type": "string", "nullable": False}, {"type": "string"}),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, {"type": ["string", "null"]}),
        ({"oneOf": [{"const": "a"}, {"const": "b", "title": "B"}, {"const": None}]}, {"enum": ["a", "b", None]}),
        ({"oneOf": [{"type": "string"}]}, {"type": "string"}),
        ({"allOf": [{"type": "string"}, {"maxLength": 3}]}, {"type": "string", "maxLength": 3}),
        ({"$ref": "#/definitions/a~1b", "title": "A"}, {"type": "integer", "title": "A"}),
        ({"enum": ["a"], "type": "string"}, {"enum": ["a"], "type": "string"}),
    ],
)
def test_each_step_says_the_same_in_plainer_words(schema: dict[str, Any], plain: dict[str, Any]) -> None:
    assert simplify(schema, DOCUMENT, frozenset())[0] == plain


def test_what_cannot_be_said_plainly_stays() -> None:
    for schema in (
        {"anyOf": [{"type": "string"}, {"type": "integer"}]},
        {"allOf": [{"maxLength": 3}, {"maxLength": 4}]},
        {"$ref": "#/definitions/none"},
    ):
        assert simplify(schema, DOCUMENT, frozenset()) == (schema, frozenset())


def test_the_references_that_were_followed_are_named_and_not_followed_again() -> None:
    pointer = "#/definitions/a~1b"

    plain, references = simplify({"$ref": pointer}, DOCUMENT, frozenset())

    assert (plain, set(references)) == ({"type": "integer"}, {pointer})
    assert simplify({"$ref": pointer}, DOCUMENT, references) == ({"$ref": pointer}, references)


KEYWORDS: dict[str, st.SearchStrategy[Any]] = {
    "type": st.sampled_from(["string", "integer", ["string", "null"], "null"]),
    "maxLength": st.integers(0, 3),
    "minimum": st.integers(0, 3),
    "const": st.sampled_from(["a", 1, None]),
    "enum": st.sampled_from([["a", 1], ["b", None]]),
}
SCHEMAS = st.recursive(
    st.fixed_dictionaries({}, optional=KEYWORDS),
    lambda inner: st.fixed_dictionaries(
        {},
        optional={
            **KEYWORDS,
            **{word: st.lists(inner, min_size=1, max_size=3) for word in ("allOf", "anyOf", "oneOf")},
            "properties": st.dictionaries(st.sampled_from("pq"), inner, max_size=2),
            "required": st.sampled_from([["p"], ["q"]]),
            "additionalProperties": st.booleans(),
        },
    ),
    max_leaves=8,
)
VALUES = ["a", "b", "abcd", 0, 1, 4, None, {}, {"p": "a"}, {"p": 1, "q": None}, {"r": 1}]


@given(schema=SCHEMAS)
@example(schema={"allOf": [{"properties": {"p": {"type": "string"}}}, {"properties": {"p": {"maxLength": 3}}}]})
@example(schema={"allOf": [{"properties": {"p": {}}, "additionalProperties": False}, {"properties": {"q": {}}}]})
@example(schema={"oneOf": [{"type": "string", "enum": ["a", "b"]}, {"type": "null"}]})
@example(schema={"anyOf": [{"const": "a"}, {"const": None, "type": "string"}]})
@example(schema={"oneOf": [{"const": "a"}, {"const": "a"}]})
@example(schema={"oneOf": [{"type": ["string", "null"]}, {"type": "null"}]})
@example(schema={"anyOf": [{"type": "string"}, {"type": "null", "enum": ["a"]}]})
@example(schema={"anyOf": [{"type": "string"}, {"type": "null", "allOf": [{"type": "string"}]}]})
@example(schema={"const": "a", "enum": ["b", None]})
@example(schema={"anyOf": [{"minimum": 1}, {"type": "null"}]})
def test_any_schema_takes_the_same_values_before_and_after(schema: dict[str, Any]) -> None:
    plain, _ = simplify(schema, {}, frozenset())

    before, after = (jsonschema_rs.Draft7Validator(each) for each in (schema, plain))
    assert [before.is_valid(value) for value in VALUES] == [after.is_valid(value) for value in VALUES]


def test_types_are_read_from_a_word_words_in_one_text_or_a_list() -> None:
    assert [as_types({"type": stated}) for stated in ("string", "string, null", ["string", 3], 4)] == [
        ["string"], ["string", "null"], ["string"], [],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "types"),
    [("a", ["string"]), (1, ["integer"]), (1, ["number"]), (Decimal("1.5"), ["number"]), (True, ["boolean"]), (1, [])],
)
def test_a_value_fits_its_type(value: Any, types: list[str]) -> None:
    assert fits(value, types)


@pytest.mark.parametrize(("value", "types"), [("a", ["integer"]), (True, ["integer", "number"]), (1, ["boolean"])])
def test_a_boolean_is_no_number_and_a_number_no_boolean(value: Any, types: list[str]) -> None:
    assert not fits(value, types)


def test_null_can_be_said_in_three_ways() -> None:
    assert all(map(is_null, ({"type": "null"}, {"enum": [None]}, {"const": None})))
    assert not any(
        map(is_null, ({"type": ["null", "string"]}, {}, {"enum": [None, 1]}, {"const": None, "type": "string"}, None))
    )


def test_a_schema_inside_itself_ends_and_keeps_its_definitions() -> None:
    tree = {"type": "object", "properties": {"left": {"$ref": "#/definitions/tree"}}}
    schema = {"type": "object", "definitions": {"tree": tree}, "properties": {"root": {"$ref": "#/definitions/tree"}}}

    event = import_plan({"e.json": schema}, "jsonschema").plan.events["e"]

    left = event.properties[0].properties[0]
    assert (left.type, left.x["x_json_schema"]) == ("any", {"$ref": "#/definitions/tree"})
    assert event.x["x_json_schema"] == {"definitions": {"tree": tree}}


def test_definitions_that_double_with_every_level_are_followed_only_so_far() -> None:
    parts = {f"d{n}": {"properties": {key: {"$ref": f"#/definitions/d{n + 1}"} for key in "ab"}} for n in range(40)}
    document = {"type": "object", "properties": {"a": {"$ref": "#/definitions/d0"}}, "definitions": parts}

    imported = import_plan({"e.json": document}, "jsonschema")

    assert list(imported.plan.events) == ["e"]
    assert '$ref "#/definitions/d' in " ".join(loss.lost for loss in imported.losses)
    assert len(imported.losses) < 10_000


@pytest.mark.parametrize(
    "schema",
    [
        {"allOf": [{"$ref": "#/definitions/base"}, {"properties": {"b": {"type": "integer"}}, "required": ["b"]}]},
        {"$ref": "#/definitions/base", "properties": {"b": {"type": "integer"}}, "required": ["b"]},
        {"allOf": [{"$ref": "#/definitions/base"}, {"$ref": "#/definitions/more"}]},
    ],
)
def test_the_properties_of_all_parts_of_a_schema_are_read(schema: dict[str, Any]) -> None:
    base = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
    more = {"type": "object", "properties": {"b": {"type": "integer"}}, "required": ["b"]}
    document = {"type": "object", **schema, "definitions": {"base": base, "more": more}}

    event = import_plan({"e.json": document}, "jsonschema").plan.events["e"]

    assert [(prop.name, prop.type, prop.required) for prop in event.properties] == [
        ("a", "string", True), ("b", "integer", True),
    ]  # fmt: skip


def test_a_property_that_two_parts_have_keeps_to_both() -> None:
    parts = [{"properties": {"a": {"type": "string"}}}, {"properties": {"a": {"maxLength": 3}}}]

    event = import_plan({"e.json": {"type": "object", "allOf": parts}}, "jsonschema").plan.events["e"]

    assert [(prop.type, prop.max_length) for prop in event.properties] == [("string", 3)]

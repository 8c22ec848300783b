"""Properties: types that build on types, groups, what is inside as sensitive as what is around it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from tests.plan.reading.loading import loaded

from footfall.plan import Plan, read
from footfall.plan.model import Property
from footfall.plan.problems import Problems
from footfall.plan.reading.properties import check_examples
from footfall.plan.reading.yaml_source import node_of


def only(plan: Plan, event: str = "sold") -> Property:
    (prop,) = plan.events[event].properties
    return prop


def test_a_property_is_read_whole_and_its_bounds_are_exact(tmp_path: Path) -> None:
    plan = loaded(
        tmp_path,
        """
events:
  sold:
    properties:
      total:
        type: decimal
        wire_name: Total
        description: What was paid
        required: true
        nullable: true
        min: 0.10
        max: 1e3
        scale: 2
        unit: EUR
        examples: [1.50, "2.25"]
        sensitivity: personal
        transform: hash
        retention: 400d
        no_lint: [unit]
        x_column: TOTAL
""",
    )

    assert only(plan) == Property(
        name="total",
        wire_name="Total",
        type="decimal",
        description="What was paid",
        required=True,
        nullable=True,
        min=Decimal("0.10"),
        max=Decimal("1e3"),
        scale=2,
        unit="EUR",
        examples=(Decimal("1.50"), "2.25"),
        sensitivity="personal",
        transform="hash",
        retention=400 * 86_400,
        no_lint=("unit",),
        x={"x_column": "TOTAL"},
    )
    assert str(only(plan).min) == "0.10"


def test_types_build_on_types_and_each_use_may_narrow_them(tmp_path: Path) -> None:
    plan = loaded(
        tmp_path,
        """
types:
  paid: {use: money, min: 0.01, x_b: 2}
  money: {type: decimal, min: 0, scale: 2, description: Amount, x_a: 1}
events:
  sold: {properties: {total: {use: paid, required: true, max: 9, x_c: 3}}}
""",
    )

    assert only(plan) == Property(
        name="total",
        wire_name="total",
        type="decimal",
        required=True,
        description="Amount",
        scale=2,
        min=Decimal("0.01"),
        max=Decimal(9),
        x={"x_a": 1, "x_b": 2, "x_c": 3},
    )


def test_types_may_be_used_inside_objects_arrays_and_maps(tmp_path: Path) -> None:
    plan = loaded(
        tmp_path,
        """
types:
  sku: {type: string}
  line: {type: object, properties: {sku: {use: sku, required: true}, tags: {type: map, values: {use: sku}}}}
events:
  sold: {properties: {lines: {type: array, items: {use: line}}}}
""",
    )
    items = only(plan).items

    assert items is not None
    assert items.properties == (
        Property(name="sku", wire_name="sku", type="string", required=True),
        Property(name="tags", wire_name="tags", type="map", values=Property(type="string")),
    )


def test_what_is_inside_a_property_is_as_sensitive_as_the_property(tmp_path: Path) -> None:
    plan = loaded(
        tmp_path,
        """
types: {name: {type: object, properties: {first: {type: string}, title: {type: string, sensitivity: public}}}}
events:
  sold: {properties: {people: {type: array, sensitivity: personal, items: {use: name}}}}
""",
    )
    items = only(plan).items

    assert items is not None
    assert [(prop.name, prop.sensitivity) for prop in (items, *items.properties)] == [
        ("", "personal"),
        ("first", "personal"),
        ("title", "public"),
    ]


def test_types_in_one_another_that_multiply_without_end_are_a_fault_and_no_wait(tmp_path: Path) -> None:
    uses = ", ".join(f"k{number}: {{use: t%d}}" for number in range(10))
    lines = [f"  t{level}: {{type: object, properties: {{{uses % ((level - 1,) * 10)}}}}}" for level in range(1, 12)]
    file = tmp_path / "plan.yaml"
    file.write_text("\n".join(["plan: p", "types:", "  t0: {type: string}", *lines]))

    codes = [problem.code for problem in read(file).problems]

    assert codes == ["too_large"]


def test_types_that_nothing_uses_are_checked() -> None:
    reading = read({"plan": "p", "types": {"a": {"use": "b"}, "b": {"use": "a"}, "c": {"type": "strng"}}})

    assert [(problem.code, problem.where) for problem in reading.problems] == [
        ("cycle", "types.b"), ("unknown_value", "types.c.type"),
    ]  # fmt: skip


def test_a_group_gives_its_description_and_no_lint_to_its_properties() -> None:
    group = {"description": "All", "no_lint": ["a"], "properties": {"x": {"type": "any", "no_lint": ["b"]}}}
    plan = read({"plan": "p", "property_groups": {"g": group}, "events": {"e": {"include": ["g"]}}}).require()

    prop = only(plan, "e")

    assert (prop.description, prop.no_lint) == ("All", ("b", "a"))


def test_two_properties_of_one_event_have_two_names_on_the_wire() -> None:
    properties = {"a": {"type": "any"}, "b": {"type": "any", "wire_name": "a"}}

    (problem,) = read({"plan": "p", "events": {"e": {"properties": properties}}}).problems

    assert (problem.code, problem.where) == ("duplicate_wire_name", "e.b")


def test_required_metadata_is_asked_of_properties_and_traits() -> None:
    document = {
        "plan": "p", "require": {"properties": ["description"], "traits": ["sensitivity"]},
        "events": {"e": {"properties": {"x": {"type": "any"}, "y": {"type": "any", "description": ""}}}},
        "traits": {"user": {"t": {"type": "any"}}},
    }  # fmt: skip

    assert [(problem.code, problem.where) for problem in read(document).problems] == [
        ("missing_metadata", "e.x"), ("missing_metadata", "traits.user.t"),
    ]  # fmt: skip


def messages(prop: Property) -> list[str]:
    problems = Problems()
    check_examples(prop, node_of({"examples": list(prop.examples)}, "plan.yaml"), ("e", prop.name), problems)
    return [problem.message for problem in problems.sorted()]


def test_an_example_is_checked_like_a_value() -> None:
    prop = Property(name="n", type="integer", min=Decimal(1), examples=(1, 0, "one"))

    assert messages(prop) == [
        "the example 0 does not fit: min (expected at least 1, got 0)",
        'the example "one" does not fit: type (expected an integer, got "one")',
    ]


def test_a_long_example_is_cut_in_the_message() -> None:
    (message,) = messages(Property(name="n", type="integer", examples=("a" * 50,)))

    assert message.startswith(f'the example "{"a" * 36}… does not fit')


def test_an_example_is_a_value_before_the_transform() -> None:
    assert messages(Property(name="n", type="integer", transform="hash", examples=(1,))) == []


@pytest.mark.parametrize(("use", "codes"), [({}, []), ({"max": 1}, ["bad_example"])])
def test_the_examples_of_a_type_are_checked_again_where_it_is_narrowed(use: dict[str, int], codes: list[str]) -> None:
    types = {"t": {"type": "integer", "examples": [2]}}
    document = {"plan": "p", "types": types, "events": {"e": {"properties": {"x": {"use": "t", **use}}}}}

    assert [problem.code for problem in read(document).problems] == codes

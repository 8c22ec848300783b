"""The example of an event is one that the plan takes."""

from __future__ import annotations

import json
from decimal import Decimal

import msgspec
import pytest
from tests.planning.codegen.shapes import SHAPES, Shape, event_of, plan_of

from footfall.plan.checking.validate import Validator
from footfall.plan.model import Event, Property, Rule
from footfall.planning.codegen.payload import example_payload


def is_valid(event: Event) -> bool:
    return not Validator(plan_of(event), stage="test").check(event, example_payload(event)).faults


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: f"{shape[0].type}-{SHAPES.index(shape)}")
def test_the_example_of_every_shape_is_valid(shape: Shape) -> None:
    assert is_valid(event_of(shape[0]))


def test_an_example_leaves_out_what_would_break_a_rule() -> None:
    event = event_of(
        Property(name="a", type="integer", required=True),
        Property(name="b", type="integer"),
        rules=(Rule(id="alone", check="b is None"),),
    )

    assert json.loads(example_payload(event)) == {"a": 3}


@pytest.mark.parametrize(
    ("prop", "value"),
    [
        (Property(type="string", examples=("b",), enum=("a", "b")), "b"),
        (Property(type="string", enum=("a", "abc"), min_length=2), "abc"),
        (Property(type="string", min_length=6), "textxx"),
        (Property(type="string", max_length=2), "te"),
        (Property(type="string", pattern=r"^[A-Z]{3}-\d+|x$"), "AAA-1"),
        (Property(type="string", pattern="^[^a]b?(c|d)$"), "bc"),
        (Property(type="string", format="country"), "SE"),
        (Property(type="integer", min=Decimal("6.5")), 7),
        (Property(type="integer", max=Decimal("-0.5")), -1),
        (Property(type="decimal", scale=1, min=Decimal("200.04")), 200.1),
        (Property(type="union", types=("boolean", "integer")), True),
        (Property(type="array", items=Property(type="integer"), min_items=2), [3, 3]),
        (Property(type="array", items=Property(type="integer"), max_items=0), []),
        (Property(type="map", values=Property(type="boolean"), min_items=2), {"key_1": True, "key_2": True}),
    ],
)
def test_an_example_value_keeps_to_what_the_plan_says(prop: Property, value: object) -> None:
    named = msgspec.structs.replace(prop, name="p")

    assert json.loads(example_payload(event_of(named))) == {"p": value}


def test_an_amount_keeps_its_digits() -> None:
    assert b"129.90" in example_payload(event_of(Property(name="p", type="decimal", scale=2)))

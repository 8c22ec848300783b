"""Every value that is drawn for a plan is one that the plan allows."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.encoding import encode
from footfall.errors import UsageError
from footfall.plan.checking.validate import Validator
from footfall.plan.model import Event, Plan, Property
from footfall.testing.planted.values import draw_object, draw_value

KINDS: list[dict[str, Any]] = [
    {"type": "string", "min_length": 3, "max_length": 5},
    {"type": "string", "max_length": 0},
    *({"type": "string", "format": name} for name in ("email", "uri", "hostname", "ipv4", "ipv6", "uuid", "date")),
    *({"type": "string", "format": name} for name in ("date-time", "duration")),
    {"type": "integer", "min": Decimal(-3), "max": Decimal(3)},
    {"type": "number"},
    {"type": "decimal", "min": Decimal("0.01"), "max": Decimal(1), "scale": 3},
    *({"type": name} for name in ("boolean", "datetime", "date", "uuid", "any")),
    {"type": "string", "enum": ("a", "b")},
    {"type": "array", "items": Property(type="integer"), "min_items": 2, "max_items": 4},
    {"type": "map", "values": Property(type="boolean"), "min_items": 1},
    {"type": "object", "properties": (Property(name="x", wire_name="x", type="date", required=True),)},
]


@pytest.mark.parametrize("kind", KINDS, ids=str)
@given(st.integers(0, 2**32))
def test_a_drawn_value_has_no_fault(kind: dict[str, Any], seed: int) -> None:
    prop = Property(name="p", wire_name="p", required=True, **kind)
    event = Event(name="e", wire_name="e", properties=(prop,))
    validator = Validator(Plan(id="p", events={"e": event}), stage="test")

    text, _ = encode({"p": draw_value(prop, Random(seed))})

    assert text is not None
    assert validator.check(event, text).faults == ()


def test_what_is_nullable_is_sometimes_null_and_what_is_optional_sometimes_missing() -> None:
    props = (
        Property(name="a", wire_name="a", type="integer", required=True, nullable=True),
        Property(name="b", wire_name="B", type="integer"),
    )
    drawn = [draw_object(props, Random(seed)) for seed in range(50)]

    assert {values["a"] is None for values in drawn} == {True, False}
    assert {tuple(values) for values in drawn} == {("a",), ("a", "B")}


def test_a_pattern_needs_an_example() -> None:
    with pytest.raises(UsageError, match="need an example of a string with a pattern"):
        draw_value(Property(name="p", type="string", pattern="^a+$"), Random(1))
    assert draw_value(Property(name="p", type="string", pattern="^a+$", examples=("aa",)), Random(1)) == "aa"

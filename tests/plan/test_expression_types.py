"""Expressions have a type, or a part that is named as wrong."""

from __future__ import annotations

import re

import pytest

from footfall.plan.expression_types import expression_currency, expression_type
from footfall.plan.model import Property, PropertyType

TYPES: dict[str, PropertyType] = {
    "total": "decimal", "count": "integer", "weight": "number", "code": "string", "paid": "boolean", "day": "date",
    "lines": "array",
}  # fmt: skip
PROPERTIES: dict[str, Property | None] = {name: Property(name=name, type=type_) for name, type_ in TYPES.items()}


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("total", "decimal"),
        ("code", "string"),
        ("count + 1", "integer"),
        ("-count", "integer"),
        ("count / 2", "decimal"),
        ("count * weight", "decimal"),
        ("total - 0.5", "decimal"),
        ("total > count", "boolean"),
        ("day >= '2026-01-01'", "boolean"),
        ("code == 1", "boolean"),
        ("code in ['a', 'b'] and not paid", "boolean"),
        ("total is not None or paid", "boolean"),
        ("len(code)", "integer"),
        ("True", "boolean"),
        ("None", None),
        ("[1, 2]", None),
    ],
)
def test_an_expression_has_a_type(text: str, type_: str | None) -> None:
    assert expression_type(text, PROPERTIES) == type_


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("total - coste", "unknown property 'coste'"),
        ("total - code", "'code' is of type string, not a number"),
        ("-paid", "'paid' is of type boolean, not a number"),
        ("total > code", "'total > code' compares decimal with string, which have no order"),
        ("len(total)", "'len\\(total\\)' is the length of a value of type decimal"),
        ("len(lines)", "'lines' is of type array, not a single value"),
        ("total ** 2", "only \\+ - \\* / can be used"),
        ("total +", "not an expression"),
    ],
)
def test_a_part_that_is_wrong_is_named(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        expression_type(text, PROPERTIES)


def test_what_could_not_be_read_may_be_of_any_type() -> None:
    properties = {**PROPERTIES, "broken": None}

    assert expression_type("broken", properties) is None
    assert expression_type("broken + 1", properties) == "decimal"
    assert expression_type("elsewhere > 1", properties, is_whole=False) == "boolean"


AMOUNTS: dict[str, Property | None] = {
    "total": Property(name="total", type="decimal", currency="currency"),
    "cost": Property(name="cost", type="decimal", currency="currency"),
    "fee": Property(name="fee", type="decimal", currency="EUR"),
    "count": Property(name="count", type="integer"),
}


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("total - cost", "currency"),
        ("-(total + cost) * 2", "currency"),
        ("count * total", "currency"),
        ("total / count", "currency"),
        ("total - 5", "currency"),
        ("fee * 1.25", "EUR"),
        ("total / cost", None),
        ("total / fee", None),
        ("count / total", None),
        ("total > cost", None),
        ("count + 1", None),
    ],
)
def test_an_expression_over_amounts_has_their_currency(text: str, currency: str | None) -> None:
    assert expression_currency(text, AMOUNTS) == currency


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("total - fee", "'total - fee' has amounts in the currencies currency and EUR"),
        ("count * (total + fee)", "'total + fee' has amounts"),
        ("total * cost", "'total * cost' is an amount times an amount"),
    ],
)
def test_amounts_that_are_in_no_one_currency_are_an_error(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=re.escape(problem)):
        expression_currency(text, AMOUNTS)

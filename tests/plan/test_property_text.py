"""Values of properties are read from their own JSON text."""

from __future__ import annotations

from decimal import Decimal

import pytest

from footfall.plan.model import Property, PropertyType
from footfall.plan.property_text import MOST_DIGITS, READERS, number_text, wire_type


@pytest.mark.parametrize(
    ("type_", "text", "value"),
    [
        ("string", b'"\\u00f8"', "ø"),
        ("boolean", b"true", True),
        ("integer", b"-12345678901234567890123", Decimal(-12345678901234567890123)),
        ("number", b"0.1000", Decimal("0.1000")),
        ("decimal", b'"+.5"', Decimal("0.5")),
        ("object", b'{"a": 1}', '{"a": 1}'),
        ("union", b"1.50", "1.5"),
    ],
)
def test_a_text_of_its_type_is_its_exact_value(type_: PropertyType, text: bytes, value: object) -> None:
    assert READERS[type_](text) == value


@pytest.mark.parametrize(
    ("type_", "text"),
    [("string", b"1"), ("boolean", b'"true"'), ("integer", b"1.0"), ("number", b'"1"'), ("decimal", b'"1,5"'),
     ("number", b"1e%d" % (MOST_DIGITS + 1))],
)  # fmt: skip
def test_a_text_of_another_type_is_no_value(type_: PropertyType, text: bytes) -> None:
    with pytest.raises((ValueError, KeyError)):
        READERS[type_](text)


def test_what_a_transform_changed_is_text_on_the_wire() -> None:
    assert wire_type(Property(type="integer")) == "integer"
    assert wire_type(Property(type="integer", transform="hash")) == "string"


def test_equal_numbers_have_one_text() -> None:
    assert {number_text(Decimal(text)) for text in ("1.50", "1.5", "15e-1")} == {"1.5"}
    assert number_text(Decimal("-0.0")) == "0"

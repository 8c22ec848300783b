"""Ids as they are given: what is one, in which type, and that no value is asked more than it can answer."""

from __future__ import annotations

import enum
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.client.hostile import hostile_values

from footfall.identity.given import digits_of, id_text, plain_text, whole_number


class Account(int, enum.Enum):
    MAIN = 7


class Color(enum.StrEnum):
    RED = "red"


class Flags(enum.IntFlag):
    A = 1
    B = 2


class Named(int):
    def __str__(self) -> str:
        return "number seven"


class Lazy:
    """As Django's SimpleLazyObject: it says that it is of the type of what it stands for, and answers as that does."""

    def __init__(self, value: Any) -> None:
        self._value = value

    __class__ = property(lambda self: type(self._value))

    def __str__(self) -> str:
        return str(self._value)


UUID_TEXT = "12345678-1234-5678-1234-567812345678"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("ann", "ann"),
        (Color.RED, "red"),
        (7, "7"),
        (-7, "-7"),
        (2**70, str(2**70)),
        (Account.MAIN, "7"),
        (Named(7), "7"),
        (Flags.B, "2"),
        (np.int64(7), "7"),
        (np.uint8(7), "7"),
        (np.str_("ann"), "ann"),
        (UUID(UUID_TEXT), UUID_TEXT),
        (Lazy("ann"), "ann"),
        (Lazy(7), "7"),
        (Lazy(UUID(UUID_TEXT)), UUID_TEXT),
    ],
    ids=str,
)
def test_an_id_is_text_a_uuid_or_a_whole_number_of_any_type(value: object, text: str) -> None:
    assert id_text(value) == text
    assert type(id_text(value)) is str


@pytest.mark.parametrize(
    "value",
    [None, True, False, np.bool_(True), 7.0, 7.5, Decimal(7), b"ann", ["ann"], object(), Lazy(True), 10**5000],
    ids=lambda value: type(value).__name__,
)
def test_all_else_is_no_id(value: object) -> None:
    assert id_text(value) is None


@pytest.mark.parametrize(
    ("value", "digits"),
    [
        (12345.0, "12345"),
        (-0.0, "0"),
        (1e22, "10000000000000000000000"),
        (np.float64(7.0), "7"),
        (np.float32(7.0), "7"),
        (Decimal("7.00"), "7"),
        (Decimal("1E+3"), "1000"),
        (Fraction(14, 2), "7"),
        (7.5, None),
        (float("nan"), None),
        (float("inf"), None),
        (np.float64("nan"), None),
        (Decimal("NaN"), None),
        (Decimal("1E+999999"), None),
        (True, None),
        ("7.0", None),
        (None, None),
    ],
)
def test_a_number_without_a_fraction_has_its_digits(value: object, digits: str | None) -> None:
    assert whole_number(value) == digits


@pytest.mark.parametrize(
    ("number", "digits"),
    [
        ("9007199254740993.0", "9007199254740993"),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
        ("1.5e1", "15"),
        ("-0.0", "0"),
        ("1e400", "1" + "0" * 400),
        ("1e401", None),
        ("1e-1", None),
        ("1.5", None),
        ("null", None),
        ("[7]", None),
    ],
)
def test_a_number_in_json_keeps_every_digit(number: str, digits: str | None) -> None:
    assert digits_of(number) == digits


@given(st.integers(min_value=-(2**53), max_value=2**53))
def test_a_whole_number_is_one_id_in_every_type(number: int) -> None:
    assert id_text(number) == whole_number(float(number)) == whole_number(Decimal(number)) == digits_of(f"{number}.0")


def test_no_value_can_make_a_function_fail() -> None:
    values = hostile_values()
    answers = [function(value) for value in values for function in (id_text, plain_text, whole_number)]

    assert len(values) >= 15
    assert {type(answer) for answer in answers} == {str, type(None)}

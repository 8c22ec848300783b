"""Properties become the values that their JSON says, digit by digit, or NULL, counted."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from footfall.plan.model import PropertyType
from footfall.query.typed import SCALARS, ReadColumn, assembled, json_texts
from footfall.query.views import ViewColumn
from footfall.storage.parquet.promoted import read_leaves
from footfall.storage.part import Leaf


def read_column(properties: Any, column: ViewColumn) -> ReadColumn:
    """A column out of the properties of some messages as JSON text, read as a part does that has no column of it."""
    if column.property_type not in SCALARS:
        return assembled(column, [json_texts(properties, column)])
    return assembled(column, read_leaves([Leaf(column.path, column.property_type)], properties))


def read(type_: PropertyType, *texts: str | None, scale: int = 0) -> tuple[list[Any], int]:
    """The values of a property `p` with these JSON texts, None where it is absent, and how many could not be read."""
    column = ViewColumn("p", "", path=("p",), property_type=type_, scale=scale)
    properties = pyarrow.array(["{}" if text is None else f'{{"p":{text}}}' for text in texts])
    typed = read_column(properties, column)
    return typed.values.to_pylist(), typed.unread


@pytest.mark.parametrize(
    ("type_", "texts", "values", "unread"),
    [
        ("string", ('"a\\u0000b"', "null", None, "7"), ["a\x00b", None, None, None], 1),
        ("integer", ("7", str(2**63 - 1), str(2**63), "1.0", '"7"'), [7, 2**63 - 1, None, None, None], 3),
        ("number", ("0.1", "1e300", "-0.0", "1e400", '"1"'), [0.1, 1e300, -0.0, None, None], 2),
        ("decimal", ("64.95", '"0.001"', "1e2"), [Decimal("64.950"), Decimal("0.001"), Decimal(100)], 0),
        ("decimal", ("1" * 21, "1"), [None, Decimal(1)], 1),
        ("boolean", ("true", "false", "1"), [True, False, None], 1),
        ("date", ('"2026-11-01"', '"2026-02-30"', '"20261101"'), [date(2026, 11, 1), None, None], 2),
        ("uuid", ('"6BA7B810-9DAD-11D1-80B4-00C04FD430C8"', '"Other"'),
         ["6ba7b810-9dad-11d1-80b4-00c04fd430c8", "Other"], 0),
        ("array", ('[1.50, "a"]', "null"), ['[1.50, "a"]', None], 0),
        ("object", ('{"a": 0.10}',), ['{"a": 0.10}'], 0),
        ("any", ('"text"', "0.10", "[1]"), ["text", "0.10", "[1]"], 0),
        ("union", ('"text"', "0.10"), ["text", "0.1"], 0),
    ],
)  # fmt: skip
def test_a_value_is_read_by_its_type(
    type_: PropertyType, texts: tuple[str, ...], values: list[Any], unread: int
) -> None:
    assert read(type_, *texts) == (values, unread)


def test_a_datetime_is_its_moment_and_a_text_without_offset_is_none() -> None:
    times = (
        '"2026-11-01T10:00:00.5+01:00"',
        '"2026-11-01T09:00:00.5Z"',
        '"2026-11-01T10:00:00"',
        '"0001-01-01T00:00:00+02:00"',
    )

    values, unread = read("datetime", *times)

    assert values == [datetime(2026, 11, 1, 9, 0, 0, 500_000, UTC)] * 2 + [None, None]
    assert unread == 2


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=5))
@example([5e-324, 1.7976931348623157e308, 0.1 + 0.2, 123456789.123456789])
def test_a_number_is_the_nearest_double_to_its_digits(numbers: list[float]) -> None:
    assert read("number", *map(json.dumps, numbers)) == (numbers, 0)


@given(
    st.lists(
        st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**15), max_value=10**15), min_size=1
    )
)
def test_a_decimal_keeps_every_digit(numbers: list[Decimal]) -> None:
    assert read("decimal", *(f'"{number:f}"' for number in numbers)) == (numbers, 0)


def test_a_property_of_an_object_is_read_by_its_path_on_the_wire() -> None:
    column = ViewColumn("address.city", "", path=("adr", "City"), property_type="string")
    properties = pyarrow.array(['{"adr":{"City":"Oslo"}}', '{"adr":7}', None, "{}"])

    typed = read_column(properties, column)

    assert typed.values.to_pylist() == ["Oslo", None, None, None]


@pytest.mark.parametrize("type_", ["integer", "number", "decimal", "boolean", "datetime", "date", "string", "any"])
def test_a_property_that_nobody_sent_has_the_type_of_one_that_somebody_sent(type_: PropertyType) -> None:
    text = {"datetime": '"2026-11-01T09:00:00Z"', "date": '"2026-11-01"', "boolean": "true", "string": '"a"'}
    column = ViewColumn("p", "", path=("p",), property_type=type_)
    sent, absent = (
        read_column(pyarrow.array([properties]), column).values.type
        for properties in (f'{{"p":{text.get(type_, "1")}}}', "{}")
    )

    assert sent == absent

"""Properties get typed columns, exactly, and what has no place in them is text beside them."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pyarrow
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from footfall.plan.model import Event, Property, PropertyType
from footfall.storage.parquet.promoted import PlannedLeaf, leaves, promote

TYPES: list[PropertyType] = ["string", "integer", "number", "decimal", "boolean", "datetime", "date", "uuid"]


def event(*properties: Property) -> Event:
    return Event(name="order", wire_name="Order", properties=properties)


def column(type_: PropertyType, *values: str | None, scale: int | None = None) -> tuple[Any, list[Any], list[Any]]:
    """The type, the values and the texts of a column of a property with these JSON values; None is absent."""
    wanted = leaves(event(Property(name="a", wire_name="a", type=type_, scale=scale)))
    texts = ["{}" if value is None else f'{{"a":{value}}}' for value in values]
    columns = promote(wanted, pyarrow.array(texts, pyarrow.string()))
    if not columns:
        return None, [None] * len(texts), [None] * len(texts)
    (promoted,) = columns
    beside = [None] * len(texts) if promoted.text is None else promoted.text.to_pylist()
    return promoted.values.type, promoted.values.to_pylist(), beside


def test_scalar_properties_and_leaves_of_objects_are_found_by_their_names_on_the_wire() -> None:
    city = Property(name="city", wire_name="City", type="string")
    wanted = leaves(
        event(
            Property(name="total", wire_name="Total", type="decimal", scale=2),
            Property(name="address", wire_name="addr", type="object", properties=(city,)),
            Property(name="card", wire_name="card", type="object", transform="hash"),
            Property(name="lines", wire_name="lines", type="array"),
            Property(name="any", wire_name="any", type="any"),
        )
    )

    assert wanted == [
        PlannedLeaf("order.total", ("Total",), "decimal", 2),
        PlannedLeaf("order.address.city", ("addr", "City"), "string", 0),
        PlannedLeaf("order.card", ("card",), "string", 0),
    ]


def test_decimals_keep_every_digit_and_get_the_scale_that_they_need() -> None:
    type_, values, texts = column("decimal", "12345678901234567890.12", '"0.1000"', "1e2", "null", None)

    assert type_ == pyarrow.decimal128(22, 2)
    assert values == [Decimal("12345678901234567890.12"), Decimal("0.10"), Decimal("100.00"), None, None]
    assert texts == [None] * 5


def test_the_scale_of_the_plan_is_the_least() -> None:
    assert column("decimal", "1", scale=2)[0] == pyarrow.decimal128(22, 2)
    assert column("decimal", "1.125", scale=2)[0] == pyarrow.decimal128(23, 3)


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        ("decimal", "123456789012345678901"),
        ("decimal", "1e20"),
        ("decimal", "0.1234567890123456789"),
        ("decimal", '"NaN"'),
        ("decimal", "true"),
        ("number", '"1.5"'),
        ("number", "1e-19"),
        ("integer", "9223372036854775808"),
        ("integer", "1.0"),
        ("integer", '"1"'),
        ("boolean", "1"),
        ("string", "1"),
        ("string", '{"b": [1]}'),
    ],
)
@pytest.mark.parametrize("copies", [1, 40])
def test_what_does_not_fit_is_its_json_text_beside_the_column(type_: PropertyType, value: str, copies: int) -> None:
    good = {"decimal": "1.5", "number": "1.5", "integer": "7", "boolean": "true", "string": '"x"'}[type_]

    _, values, texts = column(type_, *[good] * copies, value, good)

    assert texts == [None] * copies + [value, None]
    assert values[copies] is None
    assert None not in values[:copies]


def test_a_value_in_a_key_that_repeats_is_the_last_as_everywhere() -> None:
    text = ['{"a":1,"a":2}'] * 20
    (promoted,) = promote([PlannedLeaf("order.a", ("a",), "integer", 0)], pyarrow.array(text, pyarrow.string()))

    assert promoted.values.to_pylist() == [2] * 20


def test_text_for_a_number_is_no_number_however_its_key_is_written() -> None:
    texts = pyarrow.array(['{"a/b":"5"}', '{"a\\/b":"5"}', '{"a\\u002fb":"5"}'] * 20, pyarrow.string())
    (promoted,) = promote([PlannedLeaf("order.a/b", ("a/b",), "number", 0)], texts)

    assert promoted.values.null_count == len(texts)
    assert promoted.text.to_pylist() == ['"5"'] * len(texts)


def test_half_a_surrogate_pair_makes_all_properties_absent_as_for_reports() -> None:
    text = ['{"a":1,"b":"\\ud800"}'] * 20

    assert promote([PlannedLeaf("order.a", ("a",), "integer", 0), PlannedLeaf("order.b", ("b",), "string", 0)],
                   pyarrow.array(text, pyarrow.string())) == []  # fmt: skip


def test_a_property_without_a_value_gets_no_column() -> None:
    assert column("string", None, "null")[0] is None


def test_messages_without_properties_are_null() -> None:
    text = [None, '{"a":1}'] * 20
    (promoted,) = promote([PlannedLeaf("order.a", ("a",), "integer", 0)], pyarrow.array(text, pyarrow.string()))

    assert promoted.values.to_pylist() == [None, 1] * 20


NUMBER = st.from_regex(r"-?(0|[1-9][0-9]{0,24})(\.[0-9]{1,22})?([eE][+-]?[0-9]{1,2})?", fullmatch=True)
SHORT = st.from_regex(r"-?(0|[1-9][0-9]{0,4})(\.[0-9]{1,3})?", fullmatch=True)
VALUE = (
    SHORT
    | NUMBER
    | NUMBER.map(json.dumps)
    | st.sampled_from(["null", "true", "false", '"1."', '"+.5"', '" 1"', '""', "[1]", '{"a":1}', "-0", '"\\u0031"'])
    | st.text(max_size=3).map(json.dumps)
)
TEXT = st.sampled_from(
    ['{"a":%s}', '{"b":1,"a": %s }', '{"\\u0061":%s}', '{"a":0,"a":%s}', '{"b":{"a":2},"a":%s}', "{}%.0s"]
)


@given(st.sampled_from(TYPES), st.lists(st.tuples(TEXT, VALUE), min_size=1, max_size=6))
@example("decimal", [('{"a":%s}', "1234567890123456789012345678901234567")])
@example("number", [('{"a":%s}', '"1.5"')])
@settings(max_examples=100, deadline=None)
def test_many_rows_are_read_as_each_alone(type_: PropertyType, rows: list[tuple[str, str]]) -> None:
    wanted = [PlannedLeaf("order.a", ("a",), type_, 0)]
    texts = [text % value for text, value in rows]

    def columns(rows: list[str]) -> list[tuple[Any, Any]]:
        promoted = promote(wanted, pyarrow.array(rows, pyarrow.string()))
        if not promoted:
            return [(None, None)] * len(rows)
        values, beside = promoted[0].values, promoted[0].text
        return list(zip(values.to_pylist(), beside.to_pylist() if beside else [None] * len(rows), strict=True))

    alone = [pair for text in texts for pair in columns([text])]
    for copies in (1, 20):  # the latter are read by Arrow, where it can
        many = columns([text for text in texts for _ in range(copies)])
        assert many == [pair for pair in alone for _ in range(copies)]

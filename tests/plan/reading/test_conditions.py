"""Conditions are read and checked: on single values, on items of arrays, and on several values of one item."""

from __future__ import annotations

import pytest
from tests.analytics.nested_orders import PLAN

from footfall.errors import UsageError
from footfall.plan.model import Where
from footfall.plan.reading.event_filters import read_event_filter


def where_of(text: str) -> tuple[Where, ...]:
    return read_event_filter(f"order {text}", PLAN, "FILTER").where


SKU = Where(property="sku", op="in", values=("A",))
MANY = Where(property="quantity", op="gte", values=(2,))


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("{address.city: Oslo}", (Where(property="address.city", op="in", values=("Oslo",)),)),
        ("{traits.plan: pro}", (Where(property="traits.plan", op="in", values=("pro",)),)),
        ("{'lines[].sku': A}", (Where(property="lines[]", op="any", where=(SKU,)),)),
        ("{'lines[]': {sku: A, quantity: {gte: 2}}}", (Where(property="lines[]", op="any", where=(SKU, MANY)),)),
        (
            "{'tags[]': [vip, null]}",
            (Where(property="tags[]", op="any", where=(Where(property="", op="in", values=("vip", None)),)),),
        ),
        (
            "{'lines[].tags[]': {not: a}}",
            (Where(property="lines[]", op="any", where=(
                Where(property="tags[]", op="any", where=(Where(property="", op="not_in", values=("a",)),)),
            )),),
        ),
    ],
)  # fmt: skip
def test_conditions_name_any_value_of_a_message(text: str, where: tuple[Where, ...]) -> None:
    assert where_of(text) == where


def test_all_that_is_asked_of_one_name_is_asked_of_the_same_item() -> None:
    (where,) = where_of("{'lines[].quantity': {gte: 1, lt: 3}}")

    assert [each.op for each in where.where] == ["gte", "lt"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{address: Oslo}", "'address' is of type object, not a single value (write address.city, or another"),
        ("{lines: 2}", "'lines' is of type array, not a single value (write lines[].sku, or another"),
        ("{labels: red}", "'labels' is of type map, not a single value (write labels.KEY, or another"),
        ("{'lines[]': A}", "'lines[]' is of type object, not a single value (write lines[].sku, or another"),
        ("{'lines[]': {}}", "'lines[]' is of type object, not a single value"),
        ("{'lines[]': {skew: A}}", "there is no property of order 'lines[].skew' (did you mean 'lines[].sku'?)"),
        ("{lines.sku: A}", "lines is an array, so lines.sku has a value in each item (write lines[].sku)"),
        ("{'lines[].quantity': many}", "'lines[].quantity' takes a value of type integer, not text"),
        ("{'lines[].sku': {gt: 2}}", "gt compares numbers, and 'lines[].sku' is of type string"),
        ("{context.page.pth: /}", "there is no documented part of a context 'context.page.pth'"),
    ],
)
def test_what_cannot_be_compared_is_one_line_with_a_remedy(text: str, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        where_of(text)

    assert words in str(caught.value)
    assert "\n" not in str(caught.value)

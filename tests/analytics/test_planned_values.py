"""What is read for names: single values, a branch for each array, traits apart."""

from __future__ import annotations

import pytest
from tests.analytics.nested_orders import PLAN

from footfall.analytics.planned_values import planned
from footfall.errors import UsageError

ORDER = PLAN.events["order"]


def test_a_value_is_read_by_its_keys_on_the_wire_and_an_array_once_for_all_that_is_asked_of_it() -> None:
    names = ["lines[].sku", "address.city", "lines[].tags[]", "lines[].price", "context.page.path", "traits.plan"]

    wanted = planned(PLAN, ORDER, names)

    assert [(value.name, value.part, value.keys) for value in wanted.values] == [
        ("address.city", "properties", ("addr", "city")), ("context.page.path", "context", ("page", "path")),
    ]  # fmt: skip
    assert [(value.name, value.keys) for value in wanted.traits] == [("traits.plan", ("plan",))]
    (lines,) = wanted.arrays
    assert (lines.name, lines.keys) == ("lines[]", ("Lines",))
    assert [(value.name, value.keys) for value in lines.values] == [("price", ("Price",)), ("sku", ("sku",))]
    assert [(tags.name, tags.keys, [value.name for value in tags.values]) for tags in lines.arrays] == [
        ("tags[]", ("tags",), [""])
    ]
    assert wanted.names == frozenset(names)


def test_items_that_are_no_single_value_are_counted_and_not_read() -> None:
    (lines,) = planned(PLAN, ORDER, ["lines[]"]).arrays

    assert (lines.values, lines.arrays) == ([], [])


def test_a_name_that_means_nothing_is_an_error_with_the_nearest_name() -> None:
    with pytest.raises(UsageError, match=r"no property of order 'lines\[\].skuu'; did you mean 'lines\[\].sku'"):
        planned(PLAN, ORDER, ["lines[].skuu"])

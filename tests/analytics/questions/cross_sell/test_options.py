"""Which items, and what they go together in, are read; what makes no sense is refused."""

from __future__ import annotations

from typing import Any

import pytest
from tests.analytics.questions.cross_sell.shopping import PLAN

from footfall.analytics.questions.cross_sell import cross_sell, cross_sell_options
from footfall.errors import UsageError


def test_items_may_be_those_of_an_array_of_some_messages() -> None:
    options = cross_sell_options(PLAN, "order.lines[].sku {total: {gte: 5}}", basket="message")

    assert (options.of.filter.event, options.of.name, len(options.of.filter.where)) == ("order", "lines[].sku", 1)


@pytest.mark.parametrize(
    ("of", "options", "message"),
    [
        ("view.sku", {"ordered": True, "basket": "message"}, "have no order in time"),
        ("view.sku", {"floor": 0}, "floor is 0; it is at least 1"),
        ("view.sku", {"top": 0}, "top is 0"),
        ("view.sku", {"k": 0}, "k is 0"),
        ("order.lines", {}, "OF: order.lines is of type array; name a single value in it"),
    ],
)
def test_what_makes_no_sense_is_refused(of: str, options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        cross_sell_options(PLAN, of, **options)


def test_an_option_of_another_type_is_refused() -> None:
    with pytest.raises(UsageError, match="the question cannot be asked"):
        cross_sell(cross_sell_options(PLAN, "view.sku", basket="cart"))  # type: ignore[arg-type]

"""EVENT.VALUE is read by the plan, with conditions; what it does not have is named with what is near."""

from __future__ import annotations

import pytest
from tests.analytics.questions.cross_sell.shopping import PLAN

from footfall.errors import UsageError
from footfall.plan.reading.event_values import read_event_value


@pytest.mark.parametrize(
    ("text", "event", "name"),
    [
        ("view.sku", "view", "sku"),
        (" order.lines[].sku ", "order", "lines[].sku"),
        ("view.context.campaign.source", "view", "context.campaign.source"),
        ("page.context.page.path", "page", "context.page.path"),
    ],
)
def test_it_names_an_event_and_a_value_of_it(text: str, event: str, name: str) -> None:
    value = read_event_value(text, PLAN, "OF")

    assert (value.filter.event, value.name, value.text) == (event, name, f"{event}.{name}")


def test_conditions_are_those_of_a_plan() -> None:
    (where,) = read_event_value("order.total {total: {gte: 5}}", PLAN, "OF").filter.where

    assert (where.property, where.op) == ("total", "gte")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("view", "OF: 'view' names no value; write EVENT.PROPERTY"),
        ("veiw.sku", "OF: there is no event 'veiw'; did you mean 'view'"),
        ("view.skv", "OF: .*skv.*sku"),
        ("order.sku", "did you mean 'order.lines\\[\\].sku'"),
        ("order.lines", "of type array; name a single value in it"),
        ("view.sku {skv: a}", "skv"),
    ],
)
def test_what_the_plan_does_not_have_is_named(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        read_event_value(text, PLAN, "OF")

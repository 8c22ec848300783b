"""Derived properties and events are read with their types, and what they cannot be is a problem."""

from __future__ import annotations

from pathlib import Path

import pytest

from footfall.plan import Validator, bundle_bytes, from_bundle, read
from footfall.plan.calls import base_event, named
from footfall.plan.loading import Reading
from footfall.plan.model import Count, DerivedEvent, DerivedProperty

PLAN = """
plan: p
events:
  sold:
    properties: {{price: {{type: decimal}}, cost: {{type: decimal}}, code: {{type: string}}}}
    derive: {{{derive}}}
derived_events: {{{events}}}
kpis: {{margin: {{measure: {{{measure}}}}}}}
"""
DERIVE = "margin: price - cost"
EVENTS = "dear: {from: sold, when: price > 10, description: Dear}"
MEASURE = "sum: dear.margin, where: {margin: {gt: 0}}, by: [code]"


def reading_of(folder: Path, derive: str = DERIVE, events: str = EVENTS, measure: str = MEASURE) -> Reading:
    (folder / "plan.yaml").write_text(PLAN.format(derive=derive, events=events, measure=measure))
    return read(folder)


def test_derived_properties_and_events_are_read_whole(tmp_path: Path) -> None:
    plan = reading_of(tmp_path).require()

    assert plan.events["sold"].derived == (DerivedProperty(name="margin", expression="price - cost", type="decimal"),)
    assert plan.derived_events["dear"] == DerivedEvent(name="dear", event="sold", when="price > 10", description="Dear")
    assert from_bundle(bundle_bytes(plan)) == plan


def test_a_derived_event_is_named_like_an_event_and_never_taken_from_the_wire(tmp_path: Path) -> None:
    plan = reading_of(tmp_path, measure="count: dear").require()

    event = named(plan, "dear")

    assert plan.kpis["margin"].measure == Count(event="dear")
    assert event is not None
    assert (event.name, event.properties) == ("dear", plan.events["sold"].properties)
    assert (base_event(plan, "dear"), base_event(plan, "sold"), base_event(plan, "page")) == ("sold", "sold", "page")
    assert Validator(plan, stage="collector").resolve("dear", on="2026-01-01") is None


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"derive": "margin: price - cots"}, "unknown property 'cots', did you mean 'cost'?"),
        ({"derive": "margin: price - code"}, "'code' is of type string, not a number"),
        ({"derive": "margin: None"}, "'None' is no single value"),
        ({"derive": "margin: price - cost, price: cost"}, "'price' is a property of the event, and derived too"),
        ({"events": "dear: {from: sole, when: price > 1}"}, "there is no event 'sole'"),
        ({"events": "dear: {from: sold, when: pryce > 1}"}, "unknown property 'pryce', did you mean 'price'?"),
        ({"events": "dear: {from: sold, when: price + 1}"}, "is of type decimal, neither true nor false"),
        ({"events": "dear: {from: sold}", "measure": "count: sold"}, "'when' is missing"),
        ({"events": f"{EVENTS}, sold: {{from: sold, when: price > 1}}"}, "'sold' is an event, and derived too"),
        ({"measure": "sum: dear.margen"}, "'margen'"),
        ({"measure": "sum: deer.margin"}, "did you mean 'dear'?"),
    ],
)
def test_what_cannot_be_derived_is_a_problem(tmp_path: Path, changes: dict[str, str], problem: str) -> None:
    problems = [*map(str, reading_of(tmp_path, **changes).problems)]

    assert any(problem in each for each in problems), problems


AMOUNTS = """
plan: p
events:
  sold:
    properties:
      price: {{type: decimal, currency: currency}}
      cost: {{type: decimal, currency: {currency}}}
      currency: {{type: string}}
    derive: {{margin: price - cost}}
kpis: {{margin: {{measure: {{sum: sold.margin}}}}}}
"""


def test_a_derived_amount_has_the_currency_of_those_in_it(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(AMOUNTS.format(currency="currency"))
    plan = read(tmp_path).require()

    assert plan.events["sold"].derived[0].currency == "currency"
    assert from_bundle(bundle_bytes(plan)) == plan


def test_a_derived_amount_of_several_currencies_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(AMOUNTS.format(currency="EUR"))
    problems = read(tmp_path).problems

    assert [problem.code for problem in problems] == ["bad_currency"]
    assert "'price - cost' has amounts in the currencies currency and EUR" in str(problems[0])

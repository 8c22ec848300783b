"""The view that rules judge: every property at any depth with its path, and events by status."""

from __future__ import annotations

from datetime import date

import pytest

from footfall.plan import SourceMap
from footfall.plan.model import Event, Page, Plan, Property
from footfall.planning.lint.rule import PlacedProperty, View

INSIDE = Property(name="sku", type="string")
LINES = Property(name="lines", type="array", items=Property(name="", type="object", properties=(INSIDE,)))
SIZES = Property(name="sizes", type="map", values=Property(name="", type="union", types=("integer", "string")))


def view(plan: Plan) -> View:
    return View(plan, SourceMap("plan.yaml"), date(2027, 3, 1))


def test_a_view_lists_what_is_inside_of_properties_with_its_path_and_depth() -> None:
    event = Event(name="paid", wire_name="paid", properties=(LINES, SIZES))

    placed = view(Plan(id="p", events={"paid": event})).properties

    assert [(each.path, each.depth) for each in placed] == [
        (("paid", "lines"), 0),
        (("paid", "lines", "[]"), 1),
        (("paid", "lines", "[]", "sku"), 2),
        (("paid", "sizes"), 0),
        (("paid", "sizes", "{}"), 1),
    ]
    assert all(each.event is event for each in placed)


def test_a_view_lists_the_properties_of_pages_and_traits_without_an_event() -> None:
    plan = Plan(
        id="p", pages={"home": Page(name="home", properties=(INSIDE,))}, traits={"user": (INSIDE,), "account": ()}
    )

    placed = view(plan).properties

    assert [(each.path, each.event) for each in placed] == [
        (("pages", "home", "sku"), None),
        (("traits", "user", "sku"), None),
    ]


@pytest.mark.parametrize(
    ("path", "name"),
    [(("paid", "lines"), "lines"), (("paid", "lines", "[]"), "lines"), (("paid", "a", "{}", "[]"), "a")],
)
def test_an_item_is_called_like_the_property_around_it(path: tuple[str, ...], name: str) -> None:
    assert PlacedProperty(path, INSIDE, None, 0).name == name


def test_a_union_has_several_types() -> None:
    placed = view(Plan(id="p", traits={"user": (SIZES,)})).properties

    assert [each.types for each in placed] == [("map",), ("integer", "string")]


def test_events_are_chosen_by_status() -> None:
    events = {name: Event(name=name, wire_name=name, status=name) for name in ("draft", "active", "deprecated")}
    judged = view(Plan(id="p", events=events))

    assert [event.name for event in judged.events("active", "draft")] == ["draft", "active"]
    assert [event.name for event in judged.events()] == ["draft", "active", "deprecated"]

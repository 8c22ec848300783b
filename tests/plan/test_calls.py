"""What a KPI can name beside events: the words, the names behind a colon, and the properties that are known of them."""

from __future__ import annotations

import pytest

from footfall.plan.calls import Call, call_of, is_described_by, keys_of, may_share_messages, named, split_property
from footfall.plan.model import DerivedEvent, Event, Page, Plan, Property


def prop(name: str, description: str = "") -> Property:
    return Property(name=name, wire_name=name, type="string", description=description)


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("page", Call("page")),
        ("identify", Call("identify")),
        ("page:Pricing", Call("page", "Pricing")),
        ("screen:a:b.c", Call("screen", "a:b.c")),
        ("page: ", Call("page", " ")),
        ("page:", None),
        ("identify:x", None),
        ("Page", None),
        ("alias", None),
        ("bought", None),
    ],
)
def test_a_name_is_all_that_follows_the_first_colon(name: str, call: Call | None) -> None:
    assert call_of(name) == call


@pytest.mark.parametrize(
    ("text", "parts"),
    [("sold.total", ("sold", "total")), ("page:v1.2.scroll", ("page:v1.2", "scroll")), ("sold", ("", "sold"))],
)
def test_the_last_dot_parts_event_and_property(text: str, parts: tuple[str, str]) -> None:
    assert split_property(text) == parts


PLAN = Plan(
    id="p",
    events={"group": Event(name="group", wire_name="group", properties=(prop("size"),))},
    pages={
        "page": Page(name="page", properties=(prop("url"), prop("title", "of any page"))),
        "Pricing": Page(name="Pricing", properties=(prop("scroll"), prop("title", "of this page"))),
        "identify": Page(name="identify", properties=(prop("source"),)),
    },
    traits={"user": (prop("tier"),), "account": (prop("plan"),)},
)


@pytest.mark.parametrize(
    ("name", "properties"),
    [
        ("page", ["url", "title"]),
        ("page:Pricing", ["scroll", "title", "url"]),
        ("screen:Pricing", ["scroll", "title"]),
        ("screen", []),
        ("page:Home", ["url", "title"]),
        ("identify", ["source", "tier"]),
        ("group", ["size"]),
    ],
)
def test_a_call_has_the_properties_of_its_name_its_type_and_its_traits(name: str, properties: list[str]) -> None:
    event = named(PLAN, name)

    assert event is not None
    assert [each.name for each in event.properties] == properties


def test_the_narrower_place_goes_before_the_wider() -> None:
    event = named(PLAN, "page:Pricing")

    assert event is not None
    assert [each.description for each in event.properties if each.name == "title"] == ["of this page"]


def test_what_stands_under_a_key_holds_for_calls_of_that_name_or_type() -> None:
    assert [name for name in ("page", "page:A", "screen:A", "bought") if is_described_by(name, "A")] == [
        "page:A",
        "screen:A",
    ]
    assert [name for name in ("page", "page:A", "screen:A", "bought") if is_described_by(name, "page")] == [
        "page",
        "page:A",
    ]


def test_a_call_is_described_by_its_name_alone_or_with_its_type_and_by_its_type() -> None:
    assert keys_of(Call("page")) == ("page",)
    assert keys_of(Call("screen", "Home")) == ("screen:Home", "Home", "screen")
    assert keys_of(Call("page", "screen")) == ("page:screen", "page")


def test_what_stands_under_a_type_and_name_is_of_no_other_type() -> None:
    plan = Plan(id="p", pages={key: Page(name=key, properties=(prop(key[0]),)) for key in ("page:Home", "Home")})

    names = {name: getattr(named(plan, name), "properties", ()) for name in ("page:Home", "screen:Home")}
    assert {name: [each.name for each in properties] for name, properties in names.items()} == {
        "page:Home": ["p", "H"], "screen:Home": ["H"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "other", "may_share"),
    [
        ("sold", "sold", True),
        ("sold", "dear_sold", True),
        ("dear_sold", "cheap_sold", True),
        ("sold", "seen", False),
        ("page", "page:Pricing", True),
        ("page:Pricing", "page:Home", False),
        ("page", "screen:Pricing", False),
        ("page", "sold", False),
        ("group", "group:x", False),
    ],
)
def test_an_event_shares_its_messages_with_what_is_derived_of_it_and_a_call_with_its_names(
    name: str, other: str, may_share: bool
) -> None:
    derived = {key: DerivedEvent(name=key, event="sold", when="price > 1") for key in ("dear_sold", "cheap_sold")}
    events = {key: Event(name=key, wire_name=key) for key in ("sold", "seen", "group")}
    plan = Plan(id="p", events=events, derived_events=derived)

    assert may_share_messages(plan, name, other) is may_share
    assert may_share_messages(plan, other, name) is may_share

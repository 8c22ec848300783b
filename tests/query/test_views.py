"""Views have the plan's names, and no two that SQL takes for one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from hypothesis import example, given
from hypothesis import strategies as st
from tests.query.asked import plan_of

from footfall.analytics.exports import COLUMNS
from footfall.plan.model import Event, Plan, Property, PropertyType
from footfall.query.views import SQL_TYPES, fold, unique_names, views_of

PAGE = Path(__file__).parents[2] / "src" / "footfall" / "analytics" / "README.md"


@given(st.lists(st.text(), max_size=8), st.lists(st.text(), max_size=3))
@example(["a", "A", "a_2", "a"], [])
@example(["", "\x00", "\ud800", "\ufffd"], ["unnamed"])
@example(["x" * 10_000, "x" * 10_000], [])
def test_names_are_all_different_to_sql_and_can_be_written(names: list[str], taken: list[str]) -> None:
    unique = unique_names(names, taken)

    assert len(unique) == len(names)
    assert len({*map(fold, unique), *map(fold, taken)}) == len(unique) + len(set(map(fold, taken)))
    assert all(name and "\x00" not in name and name.encode() for name in unique)


def test_a_name_stays_as_it_is_and_the_later_of_two_equal_ones_gets_a_number() -> None:
    assert unique_names(["Total", "total", "É", "é"], ["x"]) == ["Total", "total_2", "É", "é"]


def test_the_views_are_the_fixed_ones_and_one_for_each_event() -> None:
    assert list(views_of(None)) == ["messages", "persons", "devices", "sessions", "page_views"]
    assert list(views_of(plan_of(name="order"))) == [
        "messages",
        "persons",
        "devices",
        "sessions",
        "page_views",
        "order",
    ]


def test_an_event_with_the_name_of_a_view_gets_a_number() -> None:
    view = views_of(plan_of(name="Sessions"))["sessions_2"]

    assert (view.name, view.event) == ("Sessions_2", "Sessions")


def test_messages_have_the_columns_of_an_export_and_their_channel() -> None:
    assert list(views_of(None)["messages"].columns) == [*COLUMNS, "channel"]


def test_a_property_keeps_its_name_and_the_column_of_the_message_gives_way() -> None:
    view = views_of(plan_of(Property(name="source", wire_name="s", type="integer")))["buy"]

    assert (view.columns["source"].path, view.columns["source"].type) == (("s",), "BIGINT")
    assert view.columns["message.source"].message == "source"


def test_an_object_is_the_columns_of_its_properties_and_an_object_without_any_is_json() -> None:
    city = Property(name="city", wire_name="City", type="string")
    address = Property(name="address", wire_name="adr", type="object", properties=(city,))
    view = views_of(plan_of(address, Property(name="rest", type="object")))["buy"]

    assert view.columns["address.city"].path == ("adr", "City")
    assert "address" not in view.columns
    assert view.columns["rest"].property_type == "object"


def test_what_a_transform_changed_is_text() -> None:
    view = views_of(plan_of(Property(name="n", type="integer", transform="hash")))["buy"]

    assert view.columns["n"].type == "VARCHAR"


def table_of(heading: str) -> list[tuple[str, ...]]:
    """The cells of the table of the page whose first column has this name."""
    (text,) = re.findall(rf"^\| {heading} \|.*\n\|---.*\n((?:\|.*\n)+)", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in text.splitlines()]


def test_the_page_names_every_view_and_every_column() -> None:
    of_page = {name: (about, re.findall(r"`(\w+)`", columns)) for name, about, columns in table_of("view")}
    event = of_page.pop("one for each event of the plan")
    views = views_of(plan_of())

    assert {name.strip("`"): (about, columns) for name, (about, columns) in of_page.items()} == {
        name: (view.about, list(view.columns)) for name, view in views.items() if not view.event
    }
    assert event[1] == list(views["buy"].columns)


def test_the_page_names_the_type_of_every_property() -> None:
    of_page = {
        name: re.findall(r"[A-Z]{4,}", sql)[0]
        for names, sql in table_of("plan")
        for name in re.findall(r"`(\w+)`", names)
    }

    assert of_page == dict(SQL_TYPES)


def test_every_type_of_a_plan_has_a_type_of_sql() -> None:
    types = get_args(PropertyType)
    events = {
        type_: Event(name=type_, wire_name=type_, properties=(Property(name="p", type=type_),)) for type_ in types
    }
    views = views_of(Plan(id="p", events=events))

    assert [views[type_].columns["p"].type for type_ in types] == [SQL_TYPES[type_] for type_ in types]

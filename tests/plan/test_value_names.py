"""Names of values: at any depth, in arrays and maps, of context and person; and what is wrong with other names."""

from __future__ import annotations

import pytest

from footfall.plan.model import Event, Property, Where
from footfall.plan.value_names import (
    NoValue,
    ValueName,
    array_of,
    arrays_of,
    joined_name,
    names_in,
    parted,
    single_conditions,
    split_items,
    top_property,
    value_named,
    value_of,
)

CITY = Property(name="city", wire_name="Town", type="string")
LINE = Property(type="object", properties=(Property(name="sku", wire_name="SKU", type="string"),))
MAP_OF_OBJECTS = Property(name="stores", type="map", values=Property(type="object", properties=(CITY,)))
ORDER = Event(
    name="order",
    wire_name="Order Placed",
    properties=(
        Property(name="total", wire_name="Total", type="decimal"),
        Property(name="address", wire_name="Addr", type="object", properties=(CITY,)),
        Property(name="labels", type="map", values=Property(type="string")),
        MAP_OF_OBJECTS,
        Property(name="lines", wire_name="Lines", type="array", items=LINE),
        Property(name="grid", type="array", items=Property(type="array", items=Property(type="integer"))),
        Property(name="secret", type="object", transform="hash", properties=(CITY,)),
        Property(name="extra", type="object"),
    ),
)
TRAITS = (Property(name="plan", wire_name="Plan", type="string"), Property(name="cars", type="array"))


@pytest.mark.parametrize(
    ("name", "part", "keys", "type_"),
    [
        ("total", "properties", ("Total",), "decimal"),
        ("address.city", "properties", ("Addr", "Town"), "string"),
        ("address", "properties", ("Addr",), "object"),
        ("labels.color", "properties", ("labels", "color"), "string"),
        ("labels.any.key", "properties", ("labels", "any.key"), "string"),
        ("stores.north.city", "properties", ("stores", "north", "Town"), "string"),
        ("lines[].sku", "properties", ("Lines", None, "SKU"), "string"),
        ("lines[]", "properties", ("Lines", None), "object"),
        ("grid[][]", "properties", ("grid", None, None), "integer"),
        ("context.page.path", "context", ("page", "path"), "string"),
        ("context.locale", "context", ("locale",), "string"),
        ("traits.plan", "traits", ("Plan",), "string"),
        ("channel", "channel", (), "string"),
    ],
)
def test_a_name_says_where_a_value_is_and_of_which_type(
    name: str, part: str, keys: tuple[str | None, ...], type_: str
) -> None:
    value = value_of(ORDER, name, TRAITS)

    assert isinstance(value, ValueName)
    assert (value.name, value.part, value.keys, value.property.type) == (name, part, keys, type_)


@pytest.mark.parametrize(
    ("name", "message", "remedy"),
    [
        ("totl", "there is no property of order 'totl'", "did you mean 'total'?"),
        ("address.town", "there is no property of order 'address.town'", "did you mean 'address.city'?"),
        ("lines[].skew", "there is no property of order 'lines[].skew'", "did you mean 'lines[].sku'?"),
        ("lines.sku", "lines is an array, so lines.sku has a value in each item", "write lines[].sku"),
        ("total.cents", "total is of type decimal, so there is no total.cents", "write total"),
        ("total[]", "total is of type decimal, not an array, so there is no total[]", "write total"),
        ("address[].city", "address is of type object, not an array, so there is no address[]", "write address.city"),
        ("extra.x", "the plan knows nothing of what is in extra", "describe x under the properties of extra"),
        ("secret.city", "secret.city is below secret, which is sent as text", "write secret"),
        ("address.", "address. ends with a dot", "write address"),
        ("labels.", "labels. ends with a dot", "write labels"),
        ("stores..city", "stores..city names no key", "write stores.KEY"),
        ("context", "'context' is all of the context, not a single value", "write context.page.path"),
        ("context.page.pth", "there is no documented part of a context 'context.page.pth'", "did you mean"),
        ("traits.paln", "there is no trait of persons 'traits.paln'", "did you mean 'traits.plan'?"),
        ("traits.cars[]", "'traits.cars[]' is in an array of a trait", "name a trait that is a single value"),
    ],
)
def test_a_name_that_means_nothing_is_said_with_what_to_write_instead(name: str, message: str, remedy: str) -> None:
    value = value_of(ORDER, name, TRAITS)

    assert isinstance(value, NoValue)
    assert message in value.message
    assert remedy in value.remedy


def test_without_traits_the_remedy_is_to_define_some() -> None:
    value = value_of(ORDER, "traits")

    assert isinstance(value, NoValue)
    assert value.remedy == "define traits: {user: …} in the plan"


def test_a_property_of_the_event_goes_before_the_context_and_a_dot_in_a_name_before_a_path() -> None:
    own = Property(name="context", type="string")
    dotted = Property(name="a.b", type="integer")
    inner = Property(name="a", type="object", properties=(Property(name="b", type="string"), CITY))
    event = Event(name="e", wire_name="e", properties=(own, inner, dotted))
    values = [value_of(event, name) for name in ("context", "a.b", "a.city")]

    assert [isinstance(value, ValueName) and value.property for value in values] == [own, dotted, CITY]


def test_a_property_that_could_not_be_read_has_any_value() -> None:
    assert value_named("order", "lines[].sku", {"lines": None}) is None


@pytest.mark.parametrize(
    ("text", "ways"),
    [
        ("order.lines[].price", [("order", "lines[].price")]),
        ("page:a.html.depth", [("page:a.html", "depth"), ("page:a", "html.depth")]),
        ("order", []),
        ("order.", []),
    ],
)
def test_a_measure_names_an_event_and_a_value(text: str, ways: list[tuple[str, str]]) -> None:
    assert parted(text) == ways


def test_names_are_put_together_and_taken_apart_at_their_arrays() -> None:
    assert split_items("orders[].lines[].sku") == ("orders[]", "lines[].sku")
    assert split_items("total") == ("", "total")
    assert split_items("grid[][]") == ("grid[]", "[]")
    assert arrays_of("orders[].lines[].sku") == ["orders[]", "orders[].lines[]"]
    assert (array_of("orders[].lines[].sku"), array_of("total")) == ("orders[].lines[]", "")
    assert [joined_name("", "a"), joined_name("l[]", "a"), joined_name("l[]", ""), joined_name("l[]", "[]")] == [
        "a", "l[].a", "l[]", "l[][]",
    ]  # fmt: skip
    assert [top_property(name) for name in ("lines[].sku", "address.city", "total")] == ["lines", "address", "total"]


def test_a_condition_on_items_names_the_values_in_them() -> None:
    sku, price = Where(property="sku", op="in", values=("A",)), Where(property="", op="gt", values=(1,))
    prices = Where(property="prices[]", op="any", where=(price,))
    where = Where(property="lines[]", op="any", where=(sku, prices))

    assert [*names_in(where)] == ["lines[].sku", "lines[].prices[]"]
    assert [each.op for each in single_conditions(where)] == ["in", "gt"]

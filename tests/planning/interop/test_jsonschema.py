"""Files of JSON Schema: what each is called, and what becomes of it."""

from __future__ import annotations

from typing import Any

import pytest

from footfall.plan import read
from footfall.planning.interop import import_plan
from footfall.planning.interop.jsonschema import write

PART: dict[str, Any] = {"type": "object", "properties": {"a": {"type": "string"}}}


def test_a_file_of_definitions_is_an_event_for_each() -> None:
    plan = import_plan({"all.json": {"$defs": {"order_paid": PART, "Cart Left": PART}}}, "jsonschema").plan

    assert {event.name: event.wire_name for event in plan.events.values()} == {
        "order_paid": "order_paid",
        "cart_left": "Cart Left",
    }


@pytest.mark.parametrize(
    ("path", "schema", "name", "wire_name"),
    [
        ("events/order_paid.schema.json", PART, "order_paid", "order_paid"),
        ("OrderPaid.json", PART, "order_paid", "order_paid"),
        ("order.paid.v1.schema.yaml", PART, "order_paid_v1", "order_paid_v1"),
        ("order_paid.json", {**PART, "title": "Order Paid"}, "order_paid", "Order Paid"),
        ("order_paid.json", {**PART, "title": "When it is paid"}, "order_paid", "order_paid"),
        ("file.json", {**PART, "self": {"name": "order_paid"}}, "order_paid", "order_paid"),
        (".schema.json", PART, "schema", "schema"),
    ],
)
def test_an_event_has_the_name_of_its_file_or_its_own(
    path: str, schema: dict[str, Any], name: str, wire_name: str
) -> None:
    plan = import_plan({path: schema}, "jsonschema").plan

    assert {event.name: event.wire_name for event in plan.events.values()} == {name: wire_name}


def test_a_schema_of_no_object_is_a_named_type() -> None:
    imported = import_plan({"money.json": {"type": "number", "minimum": 0}}, "jsonschema")

    assert imported.document["types"] == {"money": {"type": "number", "min": 0}}
    assert [(loss.code, loss.where) for loss in imported.losses] == [("loss_read_as", "money")]


def test_a_file_below_traits_is_the_traits_of_a_kind() -> None:
    imported = import_plan({"traits/user.schema.json": {**PART, "required": ["a"]}}, "jsonschema")

    assert [trait.name for trait in imported.plan.traits["user"]] == ["a"]
    assert [(loss.where, loss.lost) for loss in imported.losses] == [("traits.user", "required a")]


def test_each_schema_of_a_list_counts_and_what_is_none_is_skipped() -> None:
    imported = import_plan({"all.json": [{**PART, "self": {"name": "a"}}, 3]}, "jsonschema")

    assert list(imported.plan.events) == ["a"]
    assert [(loss.code, loss.where) for loss in imported.losses] == [("loss_skipped", "all.json#/1")]


def test_an_event_and_the_traits_of_a_kind_have_a_file_each() -> None:
    plan = read(
        {"plan": "p", "events": {"paid": {"wire_name": "Order Paid"}}, "traits": {"user": {"mail": {"type": "string"}}}}
    ).require()

    files = write(plan)

    assert {path: schema["title"] for path, schema in files.items()} == {
        "events/paid.schema.json": "Order Paid",
        "traits/user.schema.json": "Traits of the user",
    }

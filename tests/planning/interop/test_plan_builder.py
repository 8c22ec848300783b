"""An import gathers a plan part by part, and no part costs another."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from footfall.plan.problems import Problems
from footfall.plan.reading.yaml_source import parse_yaml
from footfall.planning.interop import import_plan
from footfall.planning.interop.plan_builder import PlanBuilder
from footfall.planning.interop.yaml_text import yaml_text


def test_a_part_that_makes_no_plan_costs_none_of_the_others() -> None:
    builder = PlanBuilder()
    bad = {"type": ["integer", "number"], "wire_name": "B"}
    builder.event("first", {"properties": {"a": {"type": "string"}, "b": bad}})
    builder.event("second", {"properties": {"a": {"type": "string"}}, "rules": [{"id": "r", "check": "a +"}]})
    builder.trait("user", "mail", {"type": "strng"})
    builder.define("types", "money", {"type": "integer", "scale": 2})

    imported = builder.finish(name="p")

    assert list(imported.plan.events) == ["first"]
    assert [(prop.name, prop.type, prop.wire_name) for prop in imported.plan.events["first"].properties] == [
        ("a", "string", "a"),
        ("b", "any", "B"),
    ]
    assert imported.plan.events["first"].properties[1].x == {"x_not_read": bad}
    assert {(loss.code, loss.where.split(".")[0]) for loss in imported.losses} == {
        ("loss_skipped", part) for part in ("first", "second", "traits", "types")
    }


def test_a_reader_that_fails_costs_one_event_and_is_noted_with_its_location() -> None:
    builder = PlanBuilder()
    for name in ("a", "b", "c"):
        with builder.reading(f"plan.json#/rules/{name}"):
            builder.event(name, {} if name != "b" else 3)  # type: ignore[arg-type]  # what no reader should hand on

    imported = builder.finish(name="p")

    assert list(imported.plan.events) == ["a", "c"]
    assert [(loss.code, loss.where) for loss in imported.losses] == [("loss_skipped", "plan.json#/rules/b")]


@pytest.mark.parametrize("wrap", [lambda s: {"allOf": [s]}, lambda s: {"not": s}, lambda s: {"properties": {"a": s}}])
def test_what_is_nested_too_deep_is_cut_and_the_rest_is_written_and_read(wrap: Callable[[Any], Any]) -> None:
    schema: Any = {"type": "string"}
    for _ in range(200):
        schema = wrap(schema)
    document = {"type": "object", "properties": {"deep": schema, "flat": {"type": "string"}}}

    imported = import_plan({"e.json": document}, "jsonschema")

    assert [prop.name for prop in imported.plan.events["e"].properties] == ["deep", "flat"]
    assert "loss_skipped" in {loss.code for loss in imported.losses}
    findings = Problems()
    assert parse_yaml(yaml_text(imported.document).encode(), "plan.yaml", findings) is not None
    assert findings.sorted() == []


def test_a_name_that_is_taken_gets_a_number_and_keeps_its_name_on_the_wire() -> None:
    builder = PlanBuilder()

    names = [builder.event(name, {}, wire_name=name) for name in ("Order Paid", "order_paid", "orderPaid")]

    assert names == ["order_paid", "order_paid_2", "order_paid_3"]
    assert [event.get("wire_name") for event in builder.events.values()] == ["Order Paid", None, "orderPaid"]
    assert [(loss.code, loss.where) for loss in builder.losses.all()] == [("loss_left_out", "order_paid_2")]


def test_a_reserved_name_on_the_wire_is_no_other_events_name() -> None:
    builder = PlanBuilder()
    builder.reserve(["Order Paid", "order_paid"])

    names = [builder.event(name, {}, wire_name=name) for name in ("Order Paid", "order_paid")]

    assert names == ["order_paid_2", "order_paid"]
    assert builder.losses.all() == ()


def test_of_two_traits_of_a_name_the_first_stays() -> None:
    builder = PlanBuilder()
    for kind in ("string", "string", "integer"):
        builder.trait("user", "age", {"type": kind})

    imported = builder.finish(name="p")

    assert [trait.type for trait in imported.plan.traits["user"]] == ["string"]
    assert [(loss.code, loss.where) for loss in imported.losses] == [("loss_left_out", "traits.user.age")]


def test_the_header_names_the_plan_and_the_name_is_for_one_without() -> None:
    named, nameless = PlanBuilder(), PlanBuilder()
    named.header["plan"] = "My Shop"

    assert (named.finish(name="x").plan.id, nameless.finish(name="x y").plan.id) == ("my-shop", "x-y")


@pytest.mark.parametrize(
    ("value", "written"),
    [("a\ud83db", "a\ufffdb"), ("\ud83d\ude00", "😀"), (10**400, "1" + 400 * "0"), ([Decimal("1e500")], ["1E+500"])],
)
def test_a_value_that_yaml_cannot_say_becomes_a_text(value: Any, written: Any) -> None:
    builder = PlanBuilder()
    builder.header["x_note"] = value

    imported = builder.finish(name="p")

    assert imported.document["x_note"] == written
    assert {loss.code for loss in imported.losses} <= {"loss_read_as"}

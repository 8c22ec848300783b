"""A condition means one thing: SQL over stored messages, the pure rule of the test recorder, and a plain loop agree."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import event, example, given, settings
from hypothesis import strategies as st
from tests.analytics.conftest import make_entry
from tests.analytics.nested_orders import PLAN, Order, chosen, conditions, entries_of, logs, where_of

from footfall.analytics import Dataset
from footfall.analytics.query import needed, where_sql
from footfall.journeys.conditions import MessageValues, meets
from footfall.plan.model import Event, EventFilter, Plan, Property, PropertyType, Where

TYPES: tuple[PropertyType, ...] = (
    "string", "integer", "number", "decimal", "boolean", "datetime", "date", "uuid", "union",
)  # fmt: skip


def stored(entries: list[Any], plan: Plan, where: tuple[Where, ...]) -> list[int]:
    """The numbers of the messages of `order` that meet the conditions in SQL."""
    with Dataset.of(entries, plan) as dataset:
        table = dataset.events("order", needed(where))
        rows = dataset.rows(f"SELECT seq FROM {table.name} WHERE {where_sql(dataset, table, where)} ORDER BY seq")
    return [number for (number,) in rows]


def traits_of(log: list[Order], user: str) -> dict[str, Any]:
    traits: dict[str, Any] = {}
    for each in sorted((each for each in log if not each.is_order and each.user == user), key=lambda each: each.at):
        traits |= each.body["traits"]
    return traits


def context_of(order: Order) -> dict[str, Any]:
    own, batch = (side or {} for side in (order.body.get("context"), (order.batch or {}).get("context")))
    merged = {**batch, **{key: value for key, value in own.items() if value is not None}}
    for key in ("page", "app"):
        parts = [side.get(key) or {} for side in (batch, own)]
        merged[key] = {**parts[0], **{name: value for name, value in parts[1].items() if value is not None}}
    return merged


def check(log: list[Order], text: str) -> None:
    where = where_of(text)
    numbers = [number for number, order in enumerate(log, 1) if order in chosen(log, where)]
    pure = [
        number
        for number, order in enumerate(log, 1)
        if order.is_order
        and meets(
            PLAN,
            EventFilter(event="order", where=where),
            MessageValues(order.body["properties"], context_of(order), traits_of(log, order.user)),
        )
    ]

    assert stored(entries_of(log), PLAN, where) == numbers == pure


@given(logs, conditions)
@example([], "'lines[]': {sku: a}")
@settings(max_examples=12)
def test_conditions_on_any_value_of_any_message_are_met_alike(log: list[Order], text: str) -> None:
    check(log, text)


@pytest.mark.slow
@given(logs, conditions)
@settings(max_examples=500)
def test_conditions_on_many_messages_are_met_alike(log: list[Order], text: str) -> None:
    check(log, text)


_scalars = st.one_of(
    st.none(), st.booleans(), st.integers(-2, 2), st.sampled_from([1.5, 1e30, 10**20, "1", "1.50", "a", "", "true"]),
    st.sampled_from(["2026-11-01T10:00:00+01:00", "2026-11-01T09:00:00Z", "2026-11-01"]),
    st.sampled_from([f"{letter * 8}{'-1111' * 3}-{'1' * 12}" for letter in "Aa"]),
)  # fmt: skip
_any = st.one_of(_scalars, st.lists(_scalars, max_size=2), st.dictionaries(st.sampled_from("ab"), _scalars, max_size=2))
_bodies = st.fixed_dictionaries(
    {}, optional={"x": _any, "o": st.dictionaries(st.just("X"), _any) | _scalars, "l": st.lists(_any, max_size=2)}
)
_asked = st.one_of(
    st.builds(lambda op, values: Where(property="", op=op, values=tuple(values)),
              st.sampled_from(["in", "not_in"]), st.lists(st.sampled_from([None, True, 1, 1.5, "a", "1"]), min_size=1)),
    st.builds(lambda op, value: Where(property="", op=op, values=(value,)),
              st.sampled_from(["gt", "gte", "lt", "lte"]), st.sampled_from([0, 1, 1.5, 10**20])),
)  # fmt: skip


def check_type(type_: PropertyType, name: str, asked: Where, bodies: list[dict[str, Any]]) -> None:
    inner = Property(type=type_, types=("integer", "string") if type_ == "union" else ())
    properties = (
        Property(**{**fields(inner), "name": "x", "wire_name": "x"}),
        Property(name="o", wire_name="o", type="object", properties=(
            Property(**{**fields(inner), "name": "x", "wire_name": "X"}),
        )),
        Property(name="l", wire_name="l", type="array", items=inner),
    )  # fmt: skip
    plan = Plan(id="test", events={"order": Event(name="order", wire_name="order", properties=properties)})
    where = Where(property="l[]", op="any", where=(asked,)) if name == "l[]" else Where(
        property=name, op=asked.op, values=asked.values
    )  # fmt: skip
    entries = [make_entry(number, "order", number, user="x", properties=body) for number, body in enumerate(bodies, 1)]
    wanted = EventFilter(event="order", where=(where,))
    pure = [number for number, body in enumerate(bodies, 1) if meets(plan, wanted, MessageValues(body))]
    event(f"{type_} {name} {asked.op} {bool(pure)}")

    assert stored(entries, plan, (where,)) == pure


def fields(prop: Property) -> dict[str, Any]:
    return {name: getattr(prop, name) for name in ("type", "types")}


_typed = (st.sampled_from(TYPES), st.sampled_from(["x", "o.x", "l[]"]), _asked, st.lists(_bodies, max_size=6))


@given(*_typed)
@example("integer", "x", Where(property="", op="in", values=(None,)), [{"x": "a"}, {}, {"x": 1}])
@settings(max_examples=12)
def test_a_value_that_is_not_of_its_type_is_absent_in_both(
    type_: PropertyType, name: str, asked: Where, bodies: list[dict[str, Any]]
) -> None:
    check_type(type_, name, asked, bodies)


@pytest.mark.slow
@given(*_typed)
@settings(max_examples=1_000)
def test_values_of_any_type_meet_conditions_alike(
    type_: PropertyType, name: str, asked: Where, bodies: list[dict[str, Any]]
) -> None:
    check_type(type_, name, asked, bodies)

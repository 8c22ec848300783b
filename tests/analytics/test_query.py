"""A plan's conditions as SQL: exact comparisons of numbers, and `not` for what is absent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import pytest

from footfall.analytics.dataset import Dataset
from footfall.analytics.query import ACTORS, needed, where_sql
from footfall.plan.model import Plan, PropertyType, Where
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]
MakePlan = Callable[..., Plan]
Op = Literal["in", "not_in", "gt", "gte", "lt", "lte"]

HUGE = "1" + "0" * 40
TYPES: dict[str, PropertyType] = {
    "text": "string", "total": "decimal", "items": "integer", "gift": "boolean", "huge": "number",
}  # fmt: skip
LOG = [
    '{"text": "o\'clock", "total": 1.50, "items": 3, "gift": true, "huge": ' + HUGE + "}",
    '{"text": "b", "total": "2.00", "items": 1, "gift": false, "huge": 1}',
    "{}",
]


def meeting(entry: MakeEntry, plan_of: MakePlan, *where: Where) -> list[int]:
    """The numbers of the messages that meet all conditions."""
    log = [entry(number, "buy", number, user="a", properties=text) for number, text in enumerate(LOG, 1)]
    with Dataset.of(log, plan_of({"buy": TYPES})) as dataset:
        table = dataset.events("buy", needed(where))
        rows = dataset.rows(f"SELECT seq FROM {table.name} WHERE {where_sql(dataset, table, where)} ORDER BY seq")
    return [number for (number,) in rows]


@pytest.mark.parametrize(
    ("name", "op", "asked", "met"),
    [
        ("text", "in", ("o'clock",), [1]),
        ("text", "not_in", ("o'clock",), [2, 3]),
        ("text", "in", (None,), [3]),
        ("text", "in", ("b", None), [2, 3]),
        ("text", "gt", ("b",), [1]),
        ("total", "in", (1.5,), [1]),
        ("total", "in", ("1.5",), [1]),
        ("total", "in", (1.505,), []),
        ("total", "gt", (1.499,), [1, 2]),
        ("total", "gte", (1.501,), [2]),
        ("total", "lt", (1.501,), [1]),
        ("total", "lte", (1.499,), []),
        ("total", "gt", ("no number",), []),
        ("items", "lt", (2.5,), [2]),
        ("gift", "in", (True,), [1]),
        ("gift", "in", (1,), []),
        ("gift", "not_in", (True,), [2, 3]),
        ("gift", "gt", (0,), []),
        ("huge", "in", (int(HUGE),), [1]),
        ("huge", "gte", (2,), [1]),
        ("huge", "lt", (0,), []),
    ],
)
def test_a_condition_is_met_exactly(
    entry: MakeEntry, plan_of: MakePlan, name: str, op: Op, asked: tuple[Any, ...], met: list[int]
) -> None:
    assert meeting(entry, plan_of, Where(property=name, op=op, values=asked)) == met


def test_all_conditions_must_be_met(entry: MakeEntry, plan_of: MakePlan) -> None:
    gift, few = Where(property="gift", op="in", values=(True,)), Where(property="items", op="lt", values=(3,))

    assert meeting(entry, plan_of, gift, few) == []
    assert meeting(entry, plan_of, gift) == [1]
    assert meeting(entry, plan_of) == [1, 2, 3]


def test_the_properties_of_conditions_are_read_with_those_of_the_measure() -> None:
    where = (Where(property="a", op="in", values=(1,)), Where(property="a", op="not_in", values=(2,)))

    assert needed(where, "b") == {"a", "b"}


def test_an_actor_is_a_person_that_counts_or_a_device_and_never_both(entry: MakeEntry, plan_of: MakePlan) -> None:
    log = [
        entry(1, "buy", 1, user="a"), entry(2, "buy", 2, device="gw"), entry(3, "buy", 3, anonymous="undefined"),
    ]  # fmt: skip

    with Dataset.of(log, plan_of({"buy": {}})) as dataset:
        actors = {
            by: [number for (number,) in dataset.rows(f"SELECT seq FROM {dataset.messages()} WHERE {sql} ORDER BY seq")]
            for by, sql in ACTORS.items()
        }

    assert actors == {"user": [1], "device": [2], "any": [1, 2]}

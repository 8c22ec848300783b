"""Derived values are those of a plain evaluation of each message, exact to the digit; and so are derived events."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from decimal import Context, Decimal
from typing import Any

import pytest
from hypothesis import event, example, given, settings
from hypothesis import strategies as st
from tests.many import MANY

from footfall.analytics import Dataset
from footfall.plan.expression_types import expression_type
from footfall.plan.model import DerivedEvent, DerivedProperty, Event, Plan, Property
from footfall.query.columns import MessageColumns
from footfall.query.views import views_of
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]
ITEMS = (
    Property(name="a", wire_name="A", type="decimal"),
    Property(name="b", wire_name="b", type="integer"),
    Property(name="c", wire_name="c", type="string"),
    Property(name="d", wire_name="d", type="boolean"),
)
EXPRESSIONS = [
    "a - b", "a * a", "a / b", "b / 3 + a", "-b", "b + b", "len(c)", "c", "a > b", "a == 1", "c in ['x', 'y'] or d",
    "not d", "a is None", "b * 9007199254740993",
]  # fmt: skip


def plan_of(expression: str, when: str = "a > 0") -> Plan:
    type_ = expression_type(expression, {item.name: item for item in ITEMS})
    assert type_ is not None
    derived = (DerivedProperty(name="x", expression=expression, type=type_),)
    sold = Event(name="sold", wire_name="Sold", properties=ITEMS, derived=derived)
    return Plan(
        id="p", events={"sold": sold}, derived_events={"dear": DerivedEvent(name="dear", event="sold", when=when)}
    )


def entries_of(entry: MakeEntry, texts: Sequence[str]) -> list[Entry]:
    return [entry(number, "Sold", number, user="ann", properties=text) for number, text in enumerate(texts, 1)]


def values_of(entries: Sequence[Entry], plan: Plan, name: str = "sold") -> tuple[list[Any], int]:
    """The derived values in the order of messages, and how many messages have an unreadable input."""
    with Dataset.of(entries, plan) as dataset:
        table = dataset.events(name, ["x"], plan=plan)
        column = table.columns["x"]
        rows = [value for (value,) in dataset.rows(f"SELECT {column.sql} FROM {table.name} ORDER BY occurred_at")]
        if column.form == "digits":
            rows = [None if value is None else Decimal(value) for value in rows]
        return rows, column.unread


numbers = st.one_of(
    st.integers(-3, 3).map(str), st.decimals(-10**6, 10**6, places=6).map(lambda value: f"{value:f}"),
    st.sampled_from(["123456789012345678901234567890.5", "0.1", "0.30000000000000000001", '"7.50"', "null", '"no"']),
)  # fmt: skip
wholes = st.one_of(st.integers(-3, 3).map(str), st.sampled_from(["9223372036854775807", "1.5", "null", "true"]))
texts = st.sampled_from(['"x"', '"y"', '"longer"', '""', "5", "null"])
flags = st.sampled_from(["true", "false", "null", '"true"'])


@st.composite
def messages(draw: st.DrawFn) -> list[str]:
    kinds = {"A": numbers, "b": wholes, "c": texts, "d": flags}
    lines = draw(st.lists(st.fixed_dictionaries({}, optional=kinds), min_size=1, max_size=12))
    return ["{" + ", ".join(f'"{name}": {text}' for name, text in line.items()) + "}" for line in lines]


GOOD: dict[str, Callable[[Any], bool]] = {
    "A": lambda value: not isinstance(value, bool) and (isinstance(value, Decimal | int) or value == "7.50"),
    "b": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "c": lambda value: isinstance(value, str),
    "d": lambda value: isinstance(value, bool),
}


def plain(text: str, expression: str) -> tuple[Any, bool]:
    """The value of one message by Python itself, and whether an input that it names is unreadable."""
    sent = json.loads(text, parse_float=Decimal)
    names = {"a": "A", "b": "b", "c": "c", "d": "d"}
    used = [name for name in names if name in _names(expression)]
    values: dict[str, Any] = {}
    for name in used:
        value = sent.get(names[name])
        if value is not None and not GOOD[names[name]](value):
            return None, True
        values[name] = Decimal(value) if name in {"a", "b"} and value is not None else value
    with_none = [name for name in used if values[name] is None]
    return _by_hand(expression, values, bool(with_none)), False


def _names(expression: str) -> set[str]:
    return set(re.findall(r"(?<!')\b[a-d]\b(?!')", expression))


def _by_hand(expression: str, v: dict[str, Any], has_none: bool) -> Any:
    """Each expression once more, as a person would write it; None where it cannot be decided."""
    exact = Context(prec=500)
    if expression == "a is None":
        return v["a"] is None
    if expression == "a == 1":
        return v["a"] == 1
    if expression == "c in ['x', 'y'] or d":
        is_in = False if v["c"] is None else v["c"] in ("x", "y")
        return True if is_in else bool(v["d"])
    if expression == "not d":
        return not v["d"]
    if expression == "c":
        return v["c"]
    if has_none:
        return None
    if expression in {"a / b", "b / 3 + a"}:
        if expression == "a / b" and v["b"] == 0:
            return None
        whole = Context(prec=400)
        value = whole.divide(v["a"], v["b"]) if expression == "a / b" else whole.add(whole.divide(v["b"], 3), v["a"])
        return value if len(value.as_tuple().digits) <= 38 else Context(prec=28).plus(value)
    by_hand: dict[str, Callable[[], Any]] = {
        "a - b": lambda: exact.subtract(v["a"], v["b"]),
        "a * a": lambda: exact.multiply(v["a"], v["a"]),
        "-b": lambda: -v["b"],
        "b + b": lambda: v["b"] + v["b"],
        "len(c)": lambda: len(v["c"]),
        "a > b": lambda: v["a"] > v["b"],
        "a > 0": lambda: v["a"] > 0,
        "b * 9007199254740993": lambda: exact.multiply(v["b"], 9007199254740993),
    }
    return by_hand[expression]()


def check(entry: MakeEntry, lines: list[str], expression: str) -> None:
    plan = plan_of(expression)

    values, unread = values_of(entries_of(entry, lines), plan)
    dear, _ = values_of(entries_of(entry, lines), plan, "dear")

    expected = [plain(line, expression) for line in lines]
    event(f"{expression}, {unread > 0}")
    assert unread == sum(is_unread for _, is_unread in expected)
    assert values == [value for value, _ in expected]
    is_dear = [plain(line, "a > 0")[0] is True for line in lines]
    assert dear == [value for (value, _), each in zip(expected, is_dear, strict=True) if each]


@settings(max_examples=30)
@given(lines=messages(), expression=st.sampled_from(EXPRESSIONS))
@example(lines=['{"A": 0.1, "b": 3}', '{"A": "7.50", "b": 0}', '{"A": true, "b": 1}', "{}"], expression="a / b")
@example(lines=['{"A": 123456789012345678901234567890.5}', '{"A": 0.30000000000000000001}'], expression="a * a")
@example(lines=['{"b": 9223372036854775807}', '{"b": 1.5}', '{"b": 2}'], expression="b * 9007199254740993")
def test_any_derived_value_is_that_of_a_plain_evaluation(entry: MakeEntry, lines: list[str], expression: str) -> None:
    check(entry, lines, expression)


@settings(max_examples=MANY)
@given(lines=messages(), expression=st.sampled_from(EXPRESSIONS))
@pytest.mark.slow
def test_many_derived_values_are_those_of_a_plain_evaluation(
    entry: MakeEntry, lines: list[str], expression: str
) -> None:
    check(entry, lines, expression)


def test_true_and_one_are_two_values(entry: MakeEntry) -> None:
    values, _ = values_of(entries_of(entry, ['{"A": 1}', '{"A": 1.0}', '{"A": 1.00}']), plan_of("a * 3"))

    assert values == [3, 3, 3]


def test_a_view_of_sql_has_derived_columns_and_the_rows_of_a_derived_event(entry: MakeEntry) -> None:
    plan = plan_of("a - b")
    log = entries_of(entry, ['{"A": 2.5, "b": 1}', '{"A": -1, "b": 1}', '{"A": "no"}'])
    with Dataset.of(log, plan) as dataset:
        views = views_of(plan)
        read = MessageColumns(dataset)
        (sold,) = read.read("sold", ["seq"], [views["sold"].columns["x"]])
        (dear,) = read.read("dear", ["seq"], [views["dear"].columns["x"]])

    assert sold.properties[0].values.to_pylist() == [Decimal("1.5"), Decimal(-2), None]
    assert (dear.columns["seq"].to_pylist(), dear.properties[0].values.to_pylist()) == ([1], [Decimal("1.5")])

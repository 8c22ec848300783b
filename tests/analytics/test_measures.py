"""Measures are exact: every digit that was sent counts, and what is absent or unreadable is left out and counted."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Literal

import pytest
from hypothesis import example, find, given, settings
from hypothesis import strategies as st
from tests.analytics.asking import measure
from tests.analytics.nested_orders import PLAN as ORDERS
from tests.analytics.nested_orders import Order, composed, composed_figures, currency_figures, entries_of, logs
from tests.many import MANY

from footfall.analytics.dataset import Dataset
from footfall.analytics.measures import Measured
from footfall.analytics.window import Span
from footfall.errors import UsageError
from footfall.plan.measure_parts import composed_of, event_measures
from footfall.plan.model import Aggregate, Count, Difference, Plan, Quantity, Ratio, SumOf, Unique, Where
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]
MakePlan = Callable[..., Plan]
Measure = Count | Aggregate | Unique | Ratio
Function = Literal["sum", "average", "minimum", "maximum", "median"]

SECOND = 1_000_000
EVENTS = {
    "buy": {"total": "decimal", "currency": "string", "items": "integer", "gift": "boolean"},
    "view": {"sku": "string"},
}
OPERATORS: Mapping[str, Callable[[Fraction, Fraction], bool]] = {
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
    "in": operator.eq,
    "not_in": operator.ne,
}
# Numbers of more than 38 digits; equal ones written differently, one of them on the bound; and none of these.
HARD = (
    [(Decimal("1" * 40), "EUR"), (Decimal("0." + "1" * 40), "SEK")],
    [(Decimal(1000), "EUR"), (Decimal("1000.00"), "it's"), (Decimal("1E+3"), "EUR")],
    [(Decimal("999.99"), "EUR"), (Decimal(-5), "SEK")],
)


@pytest.fixture(scope="session")
def plan(plan_of: MakePlan) -> Plan:
    return plan_of(EVENTS)


def measured(plan: Plan, log: list[Entry], asked: Measure, span: Span | None = None) -> Measured:
    with Dataset.of(log, plan) as dataset:
        return measure(dataset, plan, asked, span or Span())


def value(plan: Plan, log: list[Entry], asked: Measure, span: Span | None = None) -> Decimal | None:
    return measured(plan, log, asked, span).total.value


def total(function: Function = "sum", *, by: tuple[str, ...] = (), where: tuple[Where, ...] = ()) -> Aggregate:
    return Aggregate(function=function, event="buy", property="total", by=by, where=where)


def test_a_sum_keeps_every_digit(plan: Plan, entry: MakeEntry) -> None:
    log = [
        entry(1, "buy", 1, user="a", properties='{"total": 12345678901234567890.10}'),
        entry(2, "buy", 2, user="a", properties='{"total": "0.2000000000000000000000000001"}'),
        entry(3, "buy", 3, user="a", properties='{"total": 1e2}'),
    ]

    assert value(plan, log, total()) == Decimal("12345678901234567990.3000000000000000000000000001")


def test_values_of_more_than_38_digits_are_still_exact(plan: Plan, entry: MakeEntry) -> None:
    big = "9" * 45
    log = [
        entry(n, "buy", n, user="a", properties=f'{{"total": {text}}}')
        for n, text in enumerate([big, "0.000000000000000000001", big + ".0", "1"], 1)
    ]
    over = (Where(property="total", op="gt", values=(1,)),)

    assert value(plan, log, total()) == Decimal("1" + "9" * 45 + ".000000000000000000001")
    assert value(plan, log, total("median")) == Decimal("5" + "0" * 44)
    assert value(plan, log, Count(event="buy", where=over)) == 2
    assert value(plan, log, Unique(event="buy", property="total")) == 3


def test_what_does_not_parse_is_left_out_and_counted(plan: Plan, entry: MakeEntry) -> None:
    bad = ['"12,50"', "true", "[1]", '"NaN"', '"1_000"', '"١"', "1e999999999", '""']
    log = [entry(n, "buy", n, user="a", properties=f'{{"total": {text}}}') for n, text in enumerate(bad, 1)]
    log += [entry(90, "buy", 90, user="a", properties='{"total": null}'), entry(91, "buy", 91, user="a")]
    log += [entry(92, "buy", 92, user="a", properties='{"total": 2.50}')]

    found = measured(plan, log, total())

    assert found.total.value == Decimal("2.50")
    assert found.unread == len(bad)
    assert measured(plan, log, total(), Span(2_000_000, 4_000_000)).unread == 2


def test_a_body_without_readable_properties_counts_as_a_message_without_them(plan: Plan, entry: MakeEntry) -> None:
    log = [entry(1, "buy", 1, user="a", body=b'{"properties": 7}'), entry(2, "buy", 2, user="a", body=b"{}")]

    assert value(plan, log, Count(event="buy")) == 2
    assert value(plan, log, total()) == 0


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (Count(event="buy"), 0),
        (total("sum"), 0),
        (total("average"), None),
        (total("median"), None),
        (total("minimum"), None),
        (Unique(event="buy", property="actor"), 0),
        (Ratio(of=Count(event="buy"), to=Count(event="view")), None),
    ],
)
def test_of_nothing_counts_and_sums_are_zero_and_all_else_is_nothing(
    plan: Plan, asked: Measure, expected: int | None
) -> None:
    assert value(plan, [], asked) == expected


def test_a_window_takes_its_beginning_in_and_leaves_its_end_out(plan: Plan, entry: MakeEntry) -> None:
    log = [entry(n, "view", n, user="a") for n in (9, 10, 11, 19, 20)]

    assert value(plan, log, Count(event="view"), Span(10 * SECOND, 20 * SECOND)) == 3


def test_actors_are_persons_and_device_streams_but_no_junk(plan: Plan, entry: MakeEntry) -> None:
    log = [
        entry(1, "view", 1, user="a"), entry(2, "view", 2, user="a"), entry(3, "view", 3, anonymous="x"),
        entry(4, "view", 4, device="gw"), entry(5, "view", 5, device="gw"), entry(6, "view", 6, anonymous="undefined"),
    ]  # fmt: skip

    assert value(plan, log, Unique(event="view", property="actor")) == 3


def test_a_breakdown_has_a_row_for_each_group_with_the_greatest_first(plan: Plan, entry: MakeEntry) -> None:
    rows = [("1.50", "SEK"), ("2.25", "EUR"), ("3", "EUR"), ("9", None)]
    log = [
        entry(n, "buy", n, user="a", properties={"total": amount} | ({"currency": currency} if currency else {}))
        for n, (amount, currency) in enumerate(rows, 1)
    ]

    found = measured(plan, log, total(by=("currency",)))

    assert [(key, figure.value) for key, figure in found.groups.items()] == [
        ((None,), Decimal(9)), (("EUR",), Decimal("5.25")), (("SEK",), Decimal("1.50")),
    ]  # fmt: skip
    assert found.total.value == Decimal("15.75")


def test_a_ratio_is_broken_down_by_the_groups_that_both_parts_share(plan: Plan, entry: MakeEntry) -> None:
    log = [
        entry(1, "buy", 1, user="a", properties={"currency": "EUR", "gift": True}),
        entry(2, "buy", 2, user="a", properties={"currency": "EUR", "gift": False}),
        entry(3, "buy", 3, user="a", properties={"currency": "SEK", "gift": False}),
    ]
    gifts = (Where(property="gift", op="in", values=(True,)),)
    by = ("currency",)

    found = measured(plan, log, Ratio(of=Count(event="buy", where=gifts, by=by), to=Count(event="buy", by=by)))

    assert {key: figure.value for key, figure in found.groups.items()} == {("EUR",): Decimal("0.5"), ("SEK",): 0}
    assert found.total.exact == Fraction(1, 3)


def test_names_and_values_with_quotes_are_only_names_and_values(plan_of: MakePlan, entry: MakeEntry) -> None:
    name, text = """it's "so"; DROP TABLE messages; --""", "o'clock\\"
    plan = plan_of({name: {name: "string"}})
    log = [entry(1, name, 1, user="a", properties={name: text})]

    found = measured(plan, log, Count(event=name, where=(Where(property=name, op="in", values=(text,)),), by=(name,)))

    assert {key: figure.value for key, figure in found.groups.items()} == {(text,): 1}


def test_a_property_that_the_event_does_not_have_is_named(plan: Plan) -> None:
    with Dataset.of([], plan) as dataset, pytest.raises(UsageError, match="no property of buy 'price'"):
        measure(dataset, plan, Unique(event="buy", property="price"), Span())


alike = st.sampled_from([Decimal(text) for text in ("0", "-0.0", "1", "1.00", "1E+3", "1000", "1000.00", "1E+40")])
numbers = st.one_of(
    alike,
    alike,
    st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**6), max_value=10**6, places=2),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.integers().map(Decimal),
)
rows = st.lists(st.tuples(numbers, st.sampled_from(["EUR", "SEK", "it's"])), max_size=12)


def naive_aggregate(function: Function, values: list[Fraction]) -> Fraction | None:
    ordered = sorted(values)
    if function == "sum":
        return sum(ordered, Fraction(0))
    if not ordered:
        return None
    middle = (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2
    return {
        "average": sum(ordered, Fraction(0)) / len(ordered),
        "minimum": ordered[0],
        "maximum": ordered[-1],
        "median": middle,
    }[function]


@settings(max_examples=80)
@example(rows=HARD[0], function="sum", op="gt", bound=0)
@example(rows=HARD[1], function="median", op="in", bound=1000)
@example(rows=HARD[2], function="average", op="lte", bound=999.99)
@given(
    rows=rows,
    function=st.sampled_from(["sum", "average", "minimum", "maximum", "median"]),
    op=st.sampled_from(["gt", "gte", "lt", "lte", "in", "not_in"]),
    bound=st.one_of(st.integers(-100, 100), st.floats(-1e3, 1e3), st.just(1000)),
)
def check_any_values(
    plan: Plan,
    entry: MakeEntry,
    rows: list[tuple[Decimal, str]],
    function: Function,
    op: Literal["gt", "gte", "lt", "lte", "in", "not_in"],
    bound: float,
) -> None:
    readable = [(v, c) for v, c in rows if abs(v.adjusted()) <= 1000]
    edge = Fraction(Decimal(str(bound)))
    holds = OPERATORS[op]
    kept = [(Fraction(v), c) for v, c in readable if holds(Fraction(v), edge)]
    log = [
        entry(n, "buy", n, user="a", properties=f'{{"total": "{v}", "currency": "{c}"}}')
        for n, (v, c) in enumerate(readable, 1)
    ]
    where = (Where(property="total", op=op, values=(bound,)),)

    with Dataset.of(log, plan) as dataset:
        found = measure(dataset, plan, total(function, where=where, by=("currency",)), Span())
        different = measure(dataset, plan, Unique(event="buy", property="total", where=where), Span())

    assert found.total.exact == naive_aggregate(function, [v for v, _ in kept])
    assert {key: figure.exact for key, figure in found.groups.items()} == {
        (currency,): naive_aggregate(function, [v for v, c in kept if c == currency])
        for currency in {c for _, c in kept}
    }
    assert different.total.exact == len({v for v, _ in kept})


@pytest.mark.slow
def test_any_values_give_the_figures_of_exact_fractions(plan: Plan, entry: MakeEntry) -> None:
    check_any_values(plan, entry)


def check_composed(log: list[Order], asked: Quantity, shards: int) -> None:
    """Compare a measure of any depth with plain loops: its total, currencies and groups."""
    with Dataset.of(entries_of(log), ORDERS) as dataset:
        measured = measure(dataset, ORDERS, asked, Span(), shards)
    by_currency = currency_figures(log, asked)

    if isinstance(by_currency, dict):
        assert {code: figure.exact for code, figure in measured.currencies.items()} == by_currency
    else:
        assert measured.total.exact == by_currency
        by = next(event_measures(asked)).by
        groups = {key: figure.exact for key, figure in measured.groups.items()}
        assert groups == (composed_figures(log, asked, by) if by else {})


@given(logs, composed(), st.sampled_from([1, 3]))
@settings(max_examples=12)
def test_any_ratio_sum_and_difference_equals_a_plain_loop(log: list[Order], asked: Quantity, shards: int) -> None:
    check_composed(log, asked, shards)


@pytest.mark.slow
@given(logs, composed(), st.sampled_from([1, 3]))
@settings(max_examples=MANY)
def test_many_ratios_sums_and_differences_equal_a_plain_loop(log: list[Order], asked: Quantity, shards: int) -> None:
    check_composed(log, asked, shards)


@pytest.mark.parametrize("kind", [Ratio, SumOf, Difference])
def test_measures_inside_of_measures_are_drawn(kind: type[Quantity]) -> None:
    find(composed(), lambda asked: any(isinstance(part, kind) for _, part in composed_of(asked)))


def test_a_sum_of_events_that_never_came_is_known_to_be_of_none(plan: Plan) -> None:
    both = SumOf(parts=(Count(event="buy"), Count(event="view")))

    with Dataset.of([], plan) as dataset:
        assert measure(dataset, plan, both, Span()).never == "buy"

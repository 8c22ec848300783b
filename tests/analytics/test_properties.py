"""Properties become typed columns: equal values are one value, and what does not parse is absent and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from decimal import Decimal

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.analytics.asking import measure

from footfall.analytics.dataset import Dataset
from footfall.analytics.numbers import shortest
from footfall.analytics.properties import PropertyTable
from footfall.analytics.window import Span
from footfall.errors import UsageError
from footfall.plan.model import Count, Event, Plan, Property, PropertyType, Unique, Where
from footfall.plan.property_text import MOST_DIGITS, number_text
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]
MakePlan = Callable[..., Plan]


def values(dataset: Dataset, table: PropertyTable, name: str) -> list[object]:
    return [row[0] for row in dataset.rows(f"SELECT {table.columns[name].sql} FROM {table.name} ORDER BY seq")]


def column(entry: MakeEntry, type_: PropertyType, *texts: str) -> tuple[str, int, list[object]]:
    """The form, the unread values and the values of a column, from the JSON of each message's property."""
    item = Property(name="p", wire_name="P", type=type_, types=("string", "number") if type_ == "union" else ())
    plan = Plan(id="p", events={"e": Event(name="e", wire_name="e", properties=(item,))})
    log = [entry(number, "e", number, properties=f'{{"P": {text}}}') for number, text in enumerate(texts, 1)]
    with Dataset.of(log, plan) as dataset:
        table = dataset.events("e", ["p"])
        return table.columns["p"].form, table.columns["p"].unread, values(dataset, table, "p")


def test_numbers_are_decimals_of_one_scale(entry: MakeEntry) -> None:
    assert column(entry, "decimal", "1.50", '"2.250"', "1e2", "null") == (
        "decimal", 0, [Decimal("1.50"), Decimal("2.25"), Decimal(100), None],
    )  # fmt: skip


def test_numbers_of_more_than_38_digits_are_kept_as_digits(entry: MakeEntry) -> None:
    assert column(entry, "number", "1" * 40, "0.1") == ("digits", 0, ["1" * 40 + "E0", "1E-1"])


@pytest.mark.parametrize(
    ("type_", "texts"),
    [
        ("boolean", ["1", '"true"']),
        ("integer", ["1.0", "1e3", '"1"']),
        ("number", ['"1"', "true", "[1]"]),
        ("decimal", ['"12,50"', '"NaN"', '"1_000"', '"\u0661"', '""', "1e999999999", f"1e{MOST_DIGITS + 1}"]),
        ("string", ["1", "true", "{}"]),
    ],
)
def test_what_is_not_of_the_type_is_absent_and_counted(entry: MakeEntry, type_: PropertyType, texts: list[str]) -> None:
    assert column(entry, type_, *texts)[1:] == (len(texts), [None] * len(texts))


def test_what_is_not_an_object_has_no_properties(entry: MakeEntry, plan_of: MakePlan) -> None:
    log = [entry(1, "e", 1, body=b'{"properties": 7}'), entry(2, "e", 2, body=b"{}")]
    with Dataset.of(log, plan_of({"e": {"p": "string"}})) as dataset:
        table = dataset.events("e", ["p"])

        assert values(dataset, table, "p") == [None, None]
        assert table.columns["p"].unread == 0


@pytest.mark.parametrize("name", ["it's", 'a"b', "back\\slash", "new\nline"])
def test_a_property_of_any_name_is_read(entry: MakeEntry, plan_of: MakePlan, name: str) -> None:
    with Dataset.of([entry(1, "e", 1, properties={name: "x"})], plan_of({"e": {name: "string"}})) as dataset:
        assert values(dataset, dataset.events("e", [name]), name) == ["x"]


def test_what_was_hashed_before_it_was_sent_is_a_text(entry: MakeEntry) -> None:
    item = Property(name="p", wire_name="p", type="integer", transform="hash")
    plan = Plan(id="p", events={"e": Event(name="e", wire_name="e", properties=(item,))})
    with Dataset.of([entry(1, "e", 1, properties={"p": "ab12"})], plan) as dataset:
        assert values(dataset, dataset.events("e", ["p"]), "p") == ["ab12"]


def test_a_property_that_the_event_does_not_have_is_named(plan_of: MakePlan) -> None:
    with Dataset.of([], plan_of({"e": {}})) as dataset, pytest.raises(UsageError, match="no property of e 'price'"):
        dataset.events("e", ["price"])


NUMBERS = st.decimals(allow_nan=False, allow_infinity=False).filter(lambda number: abs(number.adjusted()) < 200)


@given(number=NUMBERS, other=NUMBERS, zeros=st.integers(0, 3))
@example(number=Decimal("-0.0"), other=Decimal(0), zeros=0)
@example(number=Decimal("1E+3"), other=Decimal("1000.00"), zeros=1)
def test_equal_numbers_and_no_others_have_one_text(number: Decimal, other: Decimal, zeros: int) -> None:
    longer = number.scaleb(zeros) * Decimal(1).scaleb(-zeros) if abs(number) < 10**20 else number

    for text_of in (number_text, shortest):
        assert Decimal(text_of(number)) == number
        assert (text_of(number) == text_of(longer)) is (number == longer)
        assert (text_of(number) == text_of(other)) is (number == other)


def test_values_of_a_union_are_in_one_column_and_equal_numbers_are_one_value(entry: MakeEntry) -> None:
    size = Property(name="size", wire_name="size", type="union", types=("string", "number"))
    plan = Plan(id="p", events={"buy": Event(name="buy", wire_name="buy", properties=(size,))})
    texts = ['"XL"', "42", "42.0", "-0.0", "4.25e1", '"\\u0058L"']
    log = [entry(n, "buy", n, user="a", properties=f'{{"size": {text}}}') for n, text in enumerate(texts, 1)]

    with Dataset.of(log, plan) as dataset:
        assert values(dataset, dataset.events("buy", ["size"]), "size") == ["XL", "42", "42", "0", "42.5", "XL"]


UUIDS = ["0b5d2a5e-1111-4222-8333-abcdefabcdef", "0b5d2a5e-1111-4222-8333-abcdefabcde0"]
# Each row is one value, with what senders write for it; the text is JSON.
SPELLINGS: dict[PropertyType, list[list[str]]] = {
    "uuid": [[f'"{text}"', f'"{text.upper()}"', f'"{text.title()}"'] for text in UUIDS],
    "datetime": [
        ['"2026-03-01T00:30:00+01:00"', '"2026-02-28 23:30:00z"', '"2026-02-28T23:29:60.0Z"'],
        ['"2026-02-28T24:00:00Z"', '"2026-03-01T00:00:00.000Z"', '"2026-03-01T01:00:00+01"'],
        ['"2026-03-01T00:00:00.0000001Z"', '"2026-02-28T19:00:00.00000010-0500"'],
        ['"0001-01-01T00:00:00+14:00"', '"0001-01-01 00:00:00.0+1400"'],
    ],
    "number": [["1", "1.0", "10e-1"], ["0", "-0.0", "0e5"]],
    "decimal": [["1", "1.0", '"1.00"', '"+1"'], ['"0.10"', "0.1"]],
    "boolean": [["true"], ["false"]],
}  # fmt: skip


@given(st.data())
@settings(max_examples=60)
@pytest.mark.slow
def test_values_that_are_equal_are_one_value_however_they_are_written(
    plan_of: MakePlan, entry: MakeEntry, data: st.DataObject
) -> None:
    type_ = data.draw(st.sampled_from(sorted(SPELLINGS)))
    rows = SPELLINGS[type_]
    drawn = data.draw(st.lists(st.integers(0, len(rows) - 1), min_size=1, max_size=8))
    texts = [data.draw(st.sampled_from(rows[value])) for value in drawn]
    plan = plan_of({"e": {"p": type_}})
    log = [entry(number, "e", number, user="ann", properties=f'{{"p":{text}}}') for number, text in enumerate(texts)]
    asked = data.draw(st.integers(0, len(rows) - 1))
    wanted = msgspec.json.decode(data.draw(st.sampled_from(rows[asked])))
    where = () if type_ == "decimal" and isinstance(wanted, str) else (Where(property="p", op="in", values=(wanted,)),)

    with Dataset.of(log, plan) as dataset:
        unique = measure(dataset, plan, Unique(event="e", property="p"), Span())
        counted = measure(dataset, plan, Count(event="e", where=where), Span())
        grouped = measure(dataset, plan, Count(event="e", by=("p",)), Span())

    assert unique.total.value == len(set(drawn))
    assert counted.total.value == (drawn.count(asked) if where else len(drawn))
    assert sorted(int(figure.value or 0) for figure in grouped.groups.values()) == sorted(Counter(drawn).values())

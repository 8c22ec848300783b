"""Every form of `measure` and `where` becomes the figure that it says."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from footfall.plan import read
from footfall.plan.loading import Reading
from footfall.plan.model import Aggregate, Conversion, Count, Measure, Ratio, Unique, Where

EVENTS = """
plan: p
events:
  sold:
    properties:
      total: {type: decimal}
      currency: {type: string, enum: [EUR, "NO"], open: true}
      items: {type: integer}
      first: {type: boolean}
      day: {type: date}
  left: {}
journeys: {j: {steps: [{id: a, event: sold}, {id: b, event: left}]}}
"""


def measured(tmp_path: Path, form: str) -> Measure:
    file = tmp_path / "plan.yaml"
    file.write_text(f"{EVENTS}kpis: {{k: {{measure: {form}}}}}")
    return read(file).require().kpis["k"].measure


@pytest.mark.parametrize(
    ("form", "measure"),
    [
        ("{count: sold}", Count(event="sold")),
        ("{count: sold, by: [currency, first]}", Count(event="sold", by=("currency", "first"))),
        ("{sum: sold.total}", Aggregate(function="sum", event="sold", property="total")),
        ("{average: sold.items}", Aggregate(function="average", event="sold", property="items")),
        ("{minimum: sold.items}", Aggregate(function="minimum", event="sold", property="items")),
        ("{maximum: sold.items}", Aggregate(function="maximum", event="sold", property="items")),
        ("{median: sold.total}", Aggregate(function="median", event="sold", property="total")),
        ("{unique: sold.actor}", Unique(event="sold", property="actor")),
        ("{unique: sold.day, by: [currency]}", Unique(event="sold", property="day", by=("currency",))),
        ("{ratio: {of: {count: left}, to: {unique: sold.actor}}}",
         Ratio(of=Count(event="left"), to=Unique(event="sold", property="actor"))),
        ("{journey: j, from: a, to: b}", Conversion(journey="j", start="a", end="b")),
    ],
)  # fmt: skip
def test_each_form_is_read(form: str, measure: Measure, tmp_path: Path) -> None:
    assert measured(tmp_path, form) == measure


@pytest.mark.parametrize(
    ("where", "conditions"),
    [
        ("{currency: EUR}", [("currency", "in", ("EUR",))]),
        ("{currency: [EUR, NO, XXX]}", [("currency", "in", ("EUR", "NO", "XXX"))]),
        ("{currency: {not: EUR}}", [("currency", "not_in", ("EUR",))]),
        ("{currency: {not: [EUR, null]}}", [("currency", "not_in", ("EUR", None))]),
        ("{currency: null}", [("currency", "in", (None,))]),
        ("{first: true}", [("first", "in", (True,))]),
        ("{items: {gte: 1, lt: 5}}", [("items", "gte", (1,)), ("items", "lt", (5,))]),
        ("{total: {gt: 0.10}, items: {lte: 3}}", [("total", "gt", (0.1,)), ("items", "lte", (3,))]),
        ("{total: 5}", [("total", "in", (5,))]),
        ("{day: 2026-03-01}", [("day", "in", ("2026-03-01",))]),
    ],
)
def test_each_condition_is_read(
    where: str, conditions: list[tuple[str, str, tuple[object, ...]]], tmp_path: Path
) -> None:
    measure = measured(tmp_path, f"{{count: sold, where: {where}}}")

    assert isinstance(measure, Count)
    assert [(part.property, part.op, part.values) for part in measure.where] == conditions
    assert [type(part.values[0]) for part in measure.where] == [type(values[0]) for _, _, values in conditions]


def test_the_parts_of_a_ratio_have_their_own_conditions(tmp_path: Path) -> None:
    measure = measured(tmp_path, "{ratio: {of: {count: sold, where: {items: {gt: 1}}}, to: {count: sold}}}")

    assert measure == Ratio(
        of=Count(event="sold", where=(Where(property="items", op="gt", values=(1,)),)), to=Count(event="sold")
    )


COMPOSED: dict[str, Any] = {
    "plan": "p",
    "events": {
        "sold": {
            "properties": {
                "price": {"type": "decimal", "currency": "code"},
                "code": {"type": "string"},
                "count": {"type": "integer"},
                "lines": {
                    "type": "array",
                    "items": {"type": "object", "properties": {"price": {"type": "decimal", "currency": "code"}}},
                },
            }
        },
        "seen": {},
    },
}
SHARE = {"ratio": {"of": {"count": "sold"}, "to": {"count": "seen"}}}


def reading_of(measure: object, **kpi: object) -> Reading:
    return read({**COMPOSED, "kpis": {"k": {"measure": measure, **kpi}}})


@pytest.mark.parametrize(
    "measure",
    [
        {"percentile": "sold.price", "at": Decimal("99.9")},
        {"count": "sold.lines[]"},
        {"difference": {"of": SHARE, "less": {"ratio": {"of": SHARE, "to": {"sum": "sold.count"}}}}},
        {"sum_of": [{"sum": "sold.price"}, {"sum": "sold.lines[].price"}]},
        {"ratio": {"of": {"sum": "sold.price", "by": ["code"]}, "to": {"count": "sold"}}},
    ],
)
def test_measures_of_measures_are_read(measure: object) -> None:
    assert reading_of(measure).problems == []


@pytest.mark.parametrize(
    ("measure", "words"),
    [
        ({"percentile": "sold.price"}, "'at' is missing"),
        ({"percentile": "sold.price", "at": 101}, "a percentile is at a number from 0 to 100; write at: 90"),
        ({"sum": "sold.price", "at": 90}, "unknown key 'at'"),
        ({"percentile": "sold.code", "at": 90}, "sold.code is of type string, which has no percentile"),
        ({"sum_of": [{"count": "sold"}]}, "the sum has less than two parts; write sum_of: [{…}, {…}]"),
        ({"sum_of": [{"sum": "sold.price"}, {"count": "sold"}]}, "one part is money, and another is not"),
        ({"difference": {"of": {"count": "sold"}}}, "'less' is missing"),
        (
            {"difference": {"of": {"count": "sold", "by": ["code"]}, "less": {"count": "sold"}}},
            "the parts of the difference are grouped by different properties; use the same `by` in all",
        ),
        ({"sum_of": [{"count": "sold"}, {"journey": "x"}]}, "the measure cannot be a journey inside another measure"),
        ({"count": "sold.lines"}, "count takes an event alone; write count: sold, count: sold.lines[] for an array"),
        ({"count": "sold.count[]"}, "count is of type integer, not an array, so there is no count[]; write count"),
        ({"sum": "sold.lines.price"}, "so lines.price has a value in each item; write lines[].price"),
        ({"count": "sold", "by": ["lines[]"]}, "'lines[]' is of type object, not a single value; write lines[].price"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_measure_of_measures_is_one_line(measure: object, words: str) -> None:
    problems = [f"{problem.message}; {problem.remedy}" for problem in reading_of(measure).problems]

    assert len(problems) == 1
    assert words in problems[0]


def test_a_target_over_a_difference_of_money_names_the_currency() -> None:
    less = {"difference": {"of": {"sum": "sold.price"}, "less": {"sum": "sold.lines[].price"}}}
    target = {"direction": "up", "value": 5}

    assert [problem.code for problem in reading_of(less, target=target).problems] == ["bad_currency"]
    assert reading_of(less, target={**target, "unit": "EUR"}).problems == []

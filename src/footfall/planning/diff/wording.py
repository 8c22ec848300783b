"""Writes values of a plan as people read them in a change: numbers, lists, durations, conditions, measures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import msgspec

from footfall.plan.durations import format_duration
from footfall.plan.model import (
    Aggregate,
    Conversion,
    Count,
    Difference,
    Measure,
    Property,
    Ratio,
    SegmentRule,
    Silence,
    SumOf,
    Unique,
    Where,
)
from footfall.plan.segment_text import rule_text
from footfall.plan.wording import shorten

__all__ = [
    "say", "say_condition", "say_duration", "say_how", "say_list", "say_measure", "say_property", "say_rule",
    "say_silence",
    "say_type", "say_where",
]  # fmt: skip

_LONGEST = 120


def say(value: object) -> str | None:
    """A value as a plan writes it; None for a key that is not there."""
    if value is None or value == ():
        return None
    if isinstance(value, Decimal):
        return f"{value:f}" if abs(value.adjusted()) < 40 else str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return _in_one_line(str(value))
    if isinstance(value, tuple | list) and all(isinstance(item, str | int) for item in value):
        return say_list(value)
    return _in_one_line(msgspec.json.encode(value, order="deterministic").decode())


def _in_one_line(text: str) -> str:
    return shorten(" ".join(text.split()), _LONGEST)


_CLAUSES: Mapping[str, str] = {
    "average": "averages {it}",
    "by": "splits the figure by {it}",
    "check": "checks {it}",
    "count": "counts {it}",
    "maximum": "takes the largest value of {it}",
    "median": "takes the median of {it}",
    "percentile": "takes a percentile of {it}",
    "minimum": "takes the smallest value of {it}",
    "sum": "adds {it} up",
    "unique": "counts the different values of {it}",
    "unique actor": "counts who did it",
    "where": "counts only some, chosen by {it}",
}
_PARTS: Mapping[str, str] = {
    "difference less": "what is taken away",
    "difference of": "what something is taken away from",
    "ratio of": "the upper part of the ratio",
    "ratio to": "the lower part of the ratio",
    "sum of": "a part of the sum",
}


def say_how(how: str, it: str = "it") -> str:
    """How a KPI, journey or rule uses something, as a clause about it: `the upper part of the ratio counts it`."""
    part, _, verb = how.rpartition(": ")
    if verb not in _CLAUSES:
        return how
    clause = _CLAUSES[verb].format(it=it)
    return f"{_PARTS[part]} {clause}" if part in _PARTS else clause


def say_list(values: Iterable[object]) -> str:
    """`a, b, c`, shortened."""
    return _in_one_line(", ".join(str(value) for value in values))


def say_duration(seconds: int | None) -> str:
    """`7d`, and `no limit` for None."""
    return "no limit" if seconds is None else format_duration(seconds)


def say_type(prop: Property) -> str:
    """`decimal`; of a union `string or integer`."""
    return " or ".join(sorted(prop.types)) if prop.type == "union" else prop.type


def say_property(prop: Property) -> str:
    """What a property is, in a few words: `required decimal`."""
    kind = f"{prop.type} of {say_type(prop.items)}" if prop.items is not None else say_type(prop)
    words = ["required" if prop.required else "", "nullable" if prop.nullable else "", kind]
    return " ".join(word for word in words if word)


def say_rule(rule: SegmentRule) -> str:
    """The rule of a segment as a clause."""
    return rule_text(
        rule, lambda filter_: f"{filter_.event}{say_where(filter_.where)}",
        lambda conditions: " and ".join(map(say_condition, conditions)),
    )  # fmt: skip


_SIGNS = {"gt": ">", "gte": "≥", "lt": "<", "lte": "≤"}


def say_condition(where: Where) -> str:
    """`currency is NOK or SEK`, `total > 0`, `any of lines (sku is A and quantity > 2)`."""
    if where.op == "any":
        items = where.property.removesuffix("[]") or "its items"
        return f"any of {items} ({' and '.join(map(say_condition, where.where))})"
    values = ["null" if value is None else say(value) or "''" for value in where.values]
    name = where.property or "the item"
    if where.op in _SIGNS:
        return f"{name} {_SIGNS[where.op]} {values[0]}"
    verb = {"in": "is", "not_in": "is not", "member": "is", "not_member": "is not"}[where.op]
    return f"{name} {verb} {' or '.join(values)}"


def say_where(conditions: tuple[Where, ...]) -> str:
    """` where currency is NOK and total > 0`; "" without a condition."""
    return f" where {' and '.join(map(say_condition, conditions))}" if conditions else ""


def say_measure(measure: Measure) -> str:
    """A measure in one line: `sum of order_completed.total by currency`."""
    if isinstance(measure, Ratio):
        return f"({say_measure(measure.of)}) ÷ ({say_measure(measure.to)})"
    if isinstance(measure, Difference):
        return f"({say_measure(measure.of)}) − ({say_measure(measure.less)})"
    if isinstance(measure, SumOf):
        return " + ".join(f"({say_measure(part)})" for part in measure.parts)
    if isinstance(measure, Conversion):
        return f"share of journey {measure.journey} from {measure.start} to {measure.end}"
    groups = f" by {', '.join(measure.by)}" if measure.by else ""
    return f"{_head(measure)}{say_where(measure.where)}{groups}"


def say_silence(silence: Silence) -> str:
    """When a silence is, and what it is of: `2026-12-24 to 2026-12-26 every year, of order_completed`."""
    again = f" every {silence.every}" if silence.every else ""
    parts = (
        *silence.events,
        *(f"source {name}" for name in silence.sources),
        *(f"KPI {name}" for name in silence.kpis),
    )
    return f"{silence.since} to {silence.until}{again}, of {say_list(parts) if parts else 'everything'}"


def _head(measure: Count | Aggregate | Unique) -> str:
    if isinstance(measure, Count):
        return f"count of {measure.event}" + (f".{measure.property}" if measure.property else "")
    function: Any = measure.function if isinstance(measure, Aggregate) else "different values"
    if function == "percentile" and isinstance(measure, Aggregate):
        function = f"percentile {measure.at}"
    return f"{function} of {measure.event}.{measure.property}"

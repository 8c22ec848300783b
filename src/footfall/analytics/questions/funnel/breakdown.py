"""The value of each attempt by which a funnel is cut, and whether the steps have the values that are asked for."""

from __future__ import annotations

from collections.abc import Iterator

from footfall.analytics.engine import literal
from footfall.analytics.filtered_messages import Filtered, filtered_messages
from footfall.analytics.question import ShardContext
from footfall.analytics.questions.funnel.attempt_table import text_sql
from footfall.analytics.questions.funnel.options import FunnelBreakdown, FunnelOptions
from footfall.analytics.window import Span
from footfall.errors import UsageError
from footfall.plan.calls import named
from footfall.plan.model import ANY_EVENT, Plan
from footfall.plan.value_names import NoValue, array_of, user_traits, value_of

__all__ = ["check_values", "valued"]


def valued(context: ShardContext, options: FunnelOptions, breakdown: FunnelBreakdown, span: Span, table: str) -> str:
    """The attempts with their `value`, as SQL: that of the first received message at the first reach of a step."""
    if breakdown.segments:
        whens = " ".join(
            f"WHEN {context.segments.condition([name])} THEN {literal(name)}" for name in breakdown.segments
        )
        return f"SELECT *, CASE {whens} END AS value FROM (SELECT *, actor AS person FROM {table})"
    having = list(_having(context.plan, options, breakdown.name))
    filters = [options.steps[number].filter for number in having]
    asked = [Filtered(each, (breakdown.name,), span.since, with_seq=True) for each in filters]
    selects = dict(zip(having, filtered_messages(context, options.by, asked), strict=True))
    steps = list(range(len(options.steps))) if options.order == "any" else having
    if isinstance(breakdown.attribution, int):
        steps = [breakdown.attribution - 1]
    joins, values = "", []
    for step in steps[::-1] if breakdown.attribution == "last" else steps:
        messages = " UNION ALL ".join(
            f"SELECT actor, time, seq, value_0 FROM ({selects[number]})"
            for number in (having if options.order == "any" else [step])
        )
        joins += (
            f" LEFT JOIN (SELECT actor, time, arg_min({text_sql('value_0')}, seq) AS value FROM ({messages}) "
            f"WHERE value_0 IS NOT NULL GROUP BY ALL) AS at_{step} "
            f"ON at_{step}.actor = attempts.actor AND at_{step}.time = attempts.time_{step}"
        )
        values.append(f"at_{step}.value")
    return f"SELECT attempts.*, coalesce({', '.join([*values, 'NULL'])}) AS value FROM {table} AS attempts{joins}"


def check_values(plan: Plan, options: FunnelOptions) -> None:
    """Raise UsageError where no step has the value of the breakdown, or one of them not a value to hold."""
    for name in options.hold:
        for number, step in enumerate(options.steps):
            _check(plan, options, number, name, f"hold: {step.id} has no single value {name!r}")
    breakdown = options.breakdown
    if breakdown is None or breakdown.segments:
        return
    if not list(_having(plan, options, breakdown.name)):
        _check(plan, options, 0, breakdown.name, f"breakdown: no step has a single value {breakdown.name!r}")
    if isinstance(breakdown.attribution, int) and options.order != "any":
        number = breakdown.attribution
        _check(
            plan,
            options,
            number - 1,
            breakdown.name,
            f"breakdown: step {number} has no single value {breakdown.name!r}",
        )


def _having(plan: Plan, options: FunnelOptions, name: str) -> Iterator[int]:
    """The numbers of the steps whose messages have a value, counted from 0."""
    return (number for number in range(len(options.steps)) if _no_value(plan, options, number, name) is None)


def _no_value(plan: Plan, options: FunnelOptions, number: int, name: str) -> str | None:
    """What to do where the messages of a step have no such value; None where they have."""
    event = options.steps[number].filter.event
    item = None if event == ANY_EVENT else named(plan, event)
    if item is None:
        return "name an event as a step"
    value = value_of(item, name, user_traits(plan))
    if isinstance(value, NoValue):
        return value.remedy
    return f"{array_of(name)} are many of one message; name another value" if array_of(name) else None


def _check(plan: Plan, options: FunnelOptions, number: int, name: str, message: str) -> None:
    remedy = _no_value(plan, options, number, name)
    if remedy is not None:
        raise UsageError(f"{message}; {remedy}" if remedy else message)

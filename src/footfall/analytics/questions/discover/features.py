"""What each person did in a period, as a row of numbers."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import msgspec

from footfall.analytics.engine import literal
from footfall.analytics.filtered_messages import Filtered, filtered_messages
from footfall.analytics.question import ShardContext
from footfall.analytics.window import Span
from footfall.plan.calls import named
from footfall.plan.currencies import money_of
from footfall.plan.model import Aggregate, EventFilter, Plan

__all__ = ["ACTIVITY", "FeatureRows", "PaidAmount", "event_names", "features", "money_in"]

ACTIVITY: Final = ("recency", "messages", "active_days", "sessions", "time_spent")
"""The features of everybody: seconds since the last message; messages, days with one, sessions and seconds in them."""

_DAY: Final = 86_400
_SECOND: Final = 1_000_000
_MOST: Final = 60  # events of a plan, of which the others are hardly in all persons' ways
_NAME: Final = "CASE WHEN type IN ('page', 'screen') THEN type ELSE event END"


class PaidAmount(NamedTuple):
    """What is added up of each person: a property of an event that says an amount."""

    event: str
    property: str


class FeatureRows(msgspec.Struct, frozen=True):
    """The features of the persons of one shard in a period, as the bytes of float64 numbers, column by column.

    The columns are ACTIVITY, then the messages of each of `event_names`, then the money.
    """

    persons: int
    columns: tuple[bytes, ...]


def event_names(plan: Plan) -> tuple[str, ...]:
    """The events that are counted: pages, screens and those of the plan, which its own order ranks."""
    own = [event.name for event in plan.events.values() if event.status != "draft"]
    return ("page", "screen", *[name for name in own if name not in ("page", "screen")][:_MOST])


def money_in(plan: Plan) -> PaidAmount | None:
    """The amount that the plan's first KPI over a sum of money adds up; None where it has none."""
    for kpi in plan.kpis.values():
        measure = kpi.measure
        if isinstance(measure, Aggregate) and measure.function == "sum":
            event = named(plan, measure.event)
            if event is not None and money_of(event, measure) is not None:
                return PaidAmount(measure.event, measure.property)
    return None


def features(context: ShardContext, until: int, days: int) -> FeatureRows:
    """The features of those with a message in so many days before a moment (microseconds since 1970 UTC).

    Days are the last ones of the plan's clock, as in the rule `days_with`; a session counts where it begins.
    """
    tables, span = context.segments.at(until), Span(until - days * _DAY * _SECOND, until)
    table = context.messages("person", "occurred_at", "event", "type")
    names = event_names(context.plan)
    day, last = context.report.periods.sql("day"), context.report.periods.number("day", until - 1)
    counts = "".join(
        f", count(*) FILTER (name = {literal(name)})::DOUBLE AS event_{number}" for number, name in enumerate(names)
    )
    query = f"""
        WITH acts AS (
            SELECT person, (({until} - max(occurred_at)) / {_SECOND})::DOUBLE AS recency, count(*)::DOUBLE AS messages,
                   count(DISTINCT CASE WHEN {day} > {last - days} THEN {day} END)::DOUBLE AS active_days{counts}
            FROM (SELECT person, occurred_at, {_NAME} AS name FROM {table}
                  WHERE counted AND {span.sql()} AND {context.shard.sql()})
            GROUP BY person
        ), visits AS (
            SELECT person, count(*)::DOUBLE AS sessions, (sum(ended - began) / {_SECOND})::DOUBLE AS time_spent
            FROM {tables.session_table_of(days * _DAY, False)} WHERE {span.sql("began")} GROUP BY person
        ), amounts AS ({_amounts(context, span)})
        SELECT recency, messages, active_days, coalesce(sessions, 0) AS sessions, coalesce(time_spent, 0) AS time_spent,
               {", ".join(f"event_{number}" for number in range(len(names)))}, coalesce(amount, 0)::DOUBLE AS money
        FROM acts LEFT JOIN visits USING (person) LEFT JOIN amounts USING (person) ORDER BY person
    """
    rows: Any = context.dataset.connection.sql(query).to_arrow_table()
    return FeatureRows(len(rows), tuple(map(_bytes, rows.columns)))


def _bytes(column: Any) -> bytes:
    """The numbers of a column without a null; a command's Arrow knows no numpy."""
    return b"".join(
        bytes(chunk.buffers()[1][chunk.offset * 8 : (chunk.offset + len(chunk)) * 8]) for chunk in column.chunks
    )


def _amounts(context: ShardContext, span: Span) -> str:
    """The money of each person in a window, as SQL: `person` and `amount`."""
    money = money_in(context.plan)
    if money is None:
        return "SELECT NULL::INTEGER AS person, NULL::DOUBLE AS amount WHERE FALSE"
    filtered = Filtered(EventFilter(event=money.event), (money.property,), span.since)
    (messages,) = filtered_messages(context, "user", [filtered])
    return f"""
        SELECT actor AS person, sum(value_0::DOUBLE) AS amount FROM ({messages}) WHERE {span.sql("time")} GROUP BY actor
    """

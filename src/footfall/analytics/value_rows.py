"""The values of messages, or of the items of their arrays, as SQL: whose, when, and the value as text."""

from __future__ import annotations

from footfall.analytics.dataset import EventColumns
from footfall.analytics.filtered_messages import ActorKind, MessageSource
from footfall.analytics.query import ACTORS, needed, where_sql
from footfall.analytics.window import Span
from footfall.plan.reading.event_values import EventValue
from footfall.plan.value_names import arrays_of

__all__ = ["value_rows"]


def value_rows(context: MessageSource, by: ActorKind, asked: EventValue, span: Span) -> str:
    """A SELECT of `actor`, `time`, `seq` and `value` for each value of each message in a window that has one.

    Raises DamagedFileError.
    """
    columns = EventColumns(needed(asked.filter.where, asked.name), span.since, ("person", "seq"))
    (table,) = context.dataset.read_events({asked.filter.event: columns}, plan=context.plan)
    value = table.column(asked.name).sql
    condition = where_sql(context.dataset, table, asked.filter.where, context.segments)
    return (
        f"SELECT person AS actor, occurred_at AS time, seq, {value}::VARCHAR AS value "
        f"FROM {table.joined(arrays_of(asked.name))} "
        f"WHERE {value} IS NOT NULL AND {span.sql()} AND {ACTORS[by]} AND {context.shard.sql()} AND {condition}"
    )

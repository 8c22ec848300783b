"""The messages that pass a filter, in SQL: who did it, when, and with which value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from footfall.analytics.dataset import EventColumns
from footfall.analytics.query import ACTORS, needed, where_sql
from footfall.analytics.question import ShardContext
from footfall.analytics.window import Span
from footfall.plan.model import ANY_EVENT, EventFilter

__all__ = ["ActorKind", "Filtered", "filtered_messages"]

ActorKind = Literal["user", "device"]
"""Of whom messages are: a person that counts, or a connected device."""


class Filtered(NamedTuple):
    """A filter, the properties to read of its messages, and from when on (microseconds since 1970 UTC).

    `with_seq` asks for the `seq` of each message too.
    """

    filter: EventFilter
    properties: Sequence[str] = ()
    since: int | None = None
    with_seq: bool = False


def filtered_messages(context: ShardContext, by: ActorKind, asked: Sequence[Filtered]) -> list[str]:
    """For each filter a SELECT of `actor`, `time` and the SQL of its properties as `value_0`, `value_1`, …

    Each part of the data is read once for all of them. Raises UsageError for an event or property that the plan does
    not have, and DamagedFileError.
    """
    wanted: dict[str, EventColumns] = {}
    for each in asked:
        if each.filter.event != ANY_EVENT:
            before = wanted.get(
                each.filter.event, EventColumns(since=each.since, stored=("person", *context.shard.stored))
            )
            wanted[each.filter.event] = EventColumns(
                {*before.properties, *needed(each.filter.where, *each.properties)},
                None if before.since is None or each.since is None else min(before.since, each.since),
                {*before.stored, *(("seq",) if each.with_seq else ())},
            )
    context.dataset.read_events(wanted, plan=context.report.plan)
    return [_select(context, by, each, wanted) for each in asked]


def _select(context: ShardContext, by: ActorKind, asked: Filtered, wanted: dict[str, EventColumns]) -> str:
    event, since = asked.filter.event, Span(asked.since).sql()
    seq = ("seq",) if asked.with_seq else ()
    if event == ANY_EVENT:
        table, condition, values = context.messages("occurred_at", "person", *seq), "TRUE", ""
    else:
        columns = wanted[event]
        (read,) = context.dataset.read_events({event: columns}, plan=context.report.plan)
        table, condition = read.name, where_sql(context.dataset, read, asked.filter.where)
        values = "".join(f", {read.columns[name].sql} AS value_{n}" for n, name in enumerate(asked.properties))
    return (
        f"SELECT {', '.join(('person AS actor', 'occurred_at AS time', *seq))}{values} FROM {table} "
        f"WHERE {ACTORS[by]} AND {context.shard.sql()} AND {since} AND {condition}"
    )

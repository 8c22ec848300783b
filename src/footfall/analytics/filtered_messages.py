"""The messages that pass a filter, in SQL: who did it, when, and with which value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple, Protocol

from footfall.analytics.dataset import Dataset, EventColumns
from footfall.analytics.query import ACTORS, Memberships, needed, where_sql
from footfall.analytics.shards import Shard
from footfall.analytics.window import Span
from footfall.errors import UsageError
from footfall.plan.calls import named
from footfall.plan.currencies import Money, money_of
from footfall.plan.model import ANY_EVENT, NUMERIC, Aggregate, EventFilter, Plan
from footfall.plan.value_names import NoValue, ValueName, array_of, user_traits, value_of

__all__ = ["ActorKind", "Filtered", "MessageSource", "filtered_messages", "money_of_value"]

ActorKind = Literal["user", "device"]
"""Of whom messages are: a person that counts, or a connected device."""


class MessageSource(Protocol):
    """One shard of the data, with the plan that names its events."""

    @property
    def dataset(self) -> Dataset:
        """The messages."""

    @property
    def plan(self) -> Plan:
        """What names events and properties."""

    @property
    def shard(self) -> Shard:
        """Of which persons they are."""

    @property
    def segments(self) -> Memberships:
        """Who is in the segments that filters name."""

    def messages(self, *columns: str) -> str:
        """The name of a table of all messages with these columns."""


class Filtered(NamedTuple):
    """A filter, the properties to read of its messages, and from when on (microseconds since 1970 UTC).

    `with_seq` asks for the `seq` of each message too.
    """

    filter: EventFilter
    properties: Sequence[str] = ()
    since: int | None = None
    with_seq: bool = False


def filtered_messages(context: MessageSource, by: ActorKind, asked: Sequence[Filtered]) -> list[str]:
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
    context.dataset.read_events(wanted, plan=context.plan)
    return [_select(context, by, each, wanted) for each in asked]


def _select(context: MessageSource, by: ActorKind, asked: Filtered, wanted: dict[str, EventColumns]) -> str:
    event, since = asked.filter.event, Span(asked.since).sql()
    seq = ("seq",) if asked.with_seq else ()
    if event == ANY_EVENT:
        table, values = context.messages("occurred_at", "person", *seq), ""
        condition = where_sql(context.dataset, None, asked.filter.where, context.segments)
    else:
        columns = wanted[event]
        (read,) = context.dataset.read_events({event: columns}, plan=context.plan)
        table, condition = read.name, where_sql(context.dataset, read, asked.filter.where, context.segments)
        values = "".join(f", {read.columns[name].sql} AS value_{n}" for n, name in enumerate(asked.properties))
    return (
        f"SELECT {', '.join(('person AS actor', 'occurred_at AS time', *seq))}{values} FROM {table} "
        f"WHERE {ACTORS[by]} AND {context.shard.sql()} AND {since} AND {condition}"
    )


def money_of_value(plan: Plan, filter_: EventFilter, value: str | None) -> Money | None:
    """In what currency a value of messages is that is added up; None without one, and for what is no money.

    Raises UsageError for a property that is no number of the event.
    """
    if value is None:
        return None
    event = named(plan, filter_.event)
    named_value = value_of(event, value, user_traits(plan)) if event else None
    if event is None or not isinstance(named_value, ValueName) or named_value.property.type not in NUMERIC:
        hint = f"; {named_value.remedy}" if isinstance(named_value, NoValue) else ""
        raise UsageError(f"{filter_.event} has no number {value!r} to add up{hint}; see `footfall plan`")
    if array_of(value):
        raise UsageError(f"{value!r} has a value in each item: add up a single value of each message")
    summed = Aggregate(function="sum", event=event.name, property=value, where=filter_.where)
    return money_of(event, summed, user_traits(plan))

"""Tallies: what one shard says of one measure. Those of all shards add up exactly, in any order.

Counts and sums add up, histograms add up value by value, and sets of different values are united.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

import msgspec

from footfall.analytics.dataset import Dataset
from footfall.analytics.figures import Figure, aggregate
from footfall.analytics.numbers import shortest
from footfall.analytics.properties import PropertyColumn, PropertyTable
from footfall.analytics.query import ACTORS, NO_SEGMENTS, Memberships, needed, where_sql
from footfall.analytics.shards import WHOLE, Shard
from footfall.analytics.tally_rows import TallyRows, tally_rows
from footfall.analytics.window import Span
from footfall.plan.calls import named
from footfall.plan.currencies import Money, money_of
from footfall.plan.model import Aggregate, Count, EventMeasure, Plan, Unique
from footfall.plan.segments import MEMBER_OPS
from footfall.plan.value_names import ACTOR, arrays_of, user_traits

__all__ = [
    "KeyPart",
    "MeasureTally",
    "Tally",
    "breakdown",
    "figure",
    "merged",
    "money",
    "reads",
    "stored",
    "tally",
]

KeyPart = str | bool | None

_WIDTH = 38  # the most digits of a DECIMAL
_ADDED = {"sum": "sum", "average": "sum", "minimum": "min", "maximum": "max"}


class Tally(msgspec.Struct, frozen=True, array_like=True):
    """One group of messages; `key` has the values that they share, numbers as texts.

    `count` is how many there are of what is counted: messages, actors, different values, values of an aggregate.
    `numbers` says of an aggregate how often each number occurs; one sum or one extreme may be in the place of all that
    went into it. `texts` are different values, as far as they are not in `count`.
    """

    key: tuple[KeyPart, ...]
    count: int
    numbers: dict[Decimal, int] = {}
    texts: frozenset[str] = frozenset()


class MeasureTally(msgspec.Struct, frozen=True):
    """A measure in one shard: its totals (by currency, for money), and its groups where it says `by`.

    `unread` counts values in the window that were there and not of the plan's type; `is_stored` says whether the event
    ever came.
    """

    totals: tuple[Tally, ...]
    groups: tuple[Tally, ...]
    unread: int
    is_stored: bool


def reads(plan: Plan, asked: EventMeasure) -> frozenset[str]:
    """The properties of its event that a measure has to read."""
    operand = () if asked.property in ("", "actor") else (asked.property,)
    return needed(asked.where, *asked.by, *operand, *_apart(plan, asked))


def stored(asked: EventMeasure) -> tuple[str, ...]:
    """The columns of its event that a measure has to read, besides properties: see `Dataset.events`."""
    counts_actors = isinstance(asked, Unique) and asked.property == ACTOR
    return ("person",) if counts_actors or any(part.op in MEMBER_OPS for part in asked.where) else ()


def money(plan: Plan, asked: EventMeasure) -> Money | None:
    """In what currency the amounts of a measure are; None for what is no money."""
    event = named(plan, asked.event)
    return None if event is None else money_of(event, asked, user_traits(plan))


def _apart(plan: Plan, asked: EventMeasure) -> tuple[str, ...]:
    amounts = money(plan, asked)
    return (amounts.named,) if amounts is not None and amounts.named else ()


def breakdown(plan: Plan, asked: EventMeasure) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The properties that the totals of a measure are kept apart by, and those of its groups."""
    apart = _apart(plan, asked)
    return apart, (*asked.by, *(name for name in apart if name not in asked.by)) if asked.by else ()


def tally(
    dataset: Dataset,
    plan: Plan,
    asked: EventMeasure,
    span: Span,
    shard: Shard = WHOLE,
    *,
    per: str = "",
    segments: Memberships = NO_SEGMENTS,
) -> MeasureTally:
    """One measure over one window in one shard. With `per`, SQL, its value is the first part of every key.

    `segments` knows the segments that its conditions name.

    Raises UsageError when the plan has no such event or property.
    """
    wanted = reads(plan, asked)
    columns = (*stored(asked), *shard.stored)
    table = dataset.events(asked.event, wanted, plan=plan, since=span.since, stored=columns)
    condition = f"{span.sql()} AND {shard.sql()} AND {where_sql(dataset, table, asked.where, segments)}"
    apart, by = breakdown(plan, asked)
    counted = _counted(dataset, table, asked, shard)
    return MeasureTally(
        _grouped(dataset, tally_rows(table, asked, apart, per, condition), counted),
        _grouped(dataset, tally_rows(table, asked, by, per, condition), counted) if by else (),
        unread=_unread(dataset, table, wanted, f"{span.sql()} AND {shard.sql()}"),
        is_stored=table.is_stored,
    )


def _unread(dataset: Dataset, table: PropertyTable, wanted: Iterable[str], condition: str) -> int:
    conditions: dict[str, set[str]] = {}
    for name in wanted:
        for array, column in table.columns_for(name):
            if column.unread:
                conditions.setdefault(array, set()).add(column.unread_sql)
    unread = 0
    for array, each in conditions.items():
        counts = " + ".join(f"count(*) FILTER ({condition})" for condition in sorted(each))
        ((count,),) = dataset.rows(f"SELECT {counts} FROM {table.joined(arrays_of(array))} WHERE {condition}")
        unread += count
    return unread


class _Counted(msgspec.Struct, frozen=True):
    """What to select of each group, as SQL. With `each`, there is a row for each of its values."""

    count: str
    number: str = "NULL"
    times: str = "1"
    text: str = "NULL"
    each: str = ""


def _counted(dataset: Dataset, table: PropertyTable, asked: EventMeasure, shard: Shard) -> _Counted:
    if isinstance(asked, Count):
        return _Counted("count(*)")
    if asked.property == "actor":
        return _Counted(f"count(DISTINCT person) FILTER ({ACTORS['any']})")
    column = table.column(asked.property)
    value = column.sql
    if isinstance(asked, Unique):
        # Nobody else has any of the values of the only shard.
        return _Counted(f"count(DISTINCT {value})") if shard.is_whole else _Counted("0", text=value, each=value)
    added = _ADDED.get(asked.function)
    if added is None or not _adds_up(dataset, table.table_of(asked.property)[0].name, column):
        return _Counted(f"count({value})", value, f"count({value})", each=value)
    return _Counted(f"count({value})", f"{added}({value})")


def _adds_up(dataset: Dataset, table: str, column: PropertyColumn) -> bool:
    """Whether the engine can add up all values of a column without running out of digits."""
    if column.form != "decimal":
        return False
    ((most, count),) = dataset.rows(f"SELECT max(abs({column.sql})), count({column.sql}) FROM {table}")
    return not most or most.adjusted() + 1 + column.scale + len(str(count)) < _WIDTH


def _grouped(dataset: Dataset, of: TallyRows, counted: _Counted) -> tuple[Tally, ...]:
    keys = of.keys
    columns = ", ".join([*keys, counted.count, counted.number, counted.times, counted.text])
    grouping = ", ".join([*keys, counted.each] if counted.each else keys)
    rows = dataset.rows(
        f"SELECT {columns} FROM {of.source} " + (f"GROUP BY {grouping}" if grouping else "HAVING count(*) > 0")
    )
    width = len(keys)
    tallies: dict[tuple[KeyPart, ...], list[tuple[int, object, int, object]]] = {}
    for row in rows:
        tallies.setdefault(tuple(map(_key_part, row[:width])), []).append(row[width:])
    return tuple(_of_rows(key, each) for key, each in tallies.items())


def _key_part(value: object) -> KeyPart:
    return value if value is None or isinstance(value, bool) else str(value)


def _of_rows(key: tuple[KeyPart, ...], rows: Iterable[tuple[int, object, int, object]]) -> Tally:
    count, numbers, texts = 0, {}, set()
    for part, number, times, text in rows:
        count += part
        if number is not None:
            numbers[number if isinstance(number, Decimal) else Decimal(str(number))] = times
        if text is not None:
            texts.add(shortest(text) if isinstance(text, Decimal) else str(text))
    return Tally(key, count, numbers, frozenset(texts))


def merged(tallies: Iterable[Tally]) -> Mapping[tuple[KeyPart, ...], Tally]:
    """The tallies of all shards by key, those of one key added up."""
    sums: dict[tuple[KeyPart, ...], Tally] = {}
    for each in tallies:
        before = sums.get(each.key)
        sums[each.key] = each if before is None else _sum(before, each)
    return sums


def _sum(before: Tally, other: Tally) -> Tally:
    numbers = dict(before.numbers)
    for number, times in other.numbers.items():
        numbers[number] = numbers.get(number, 0) + times
    return Tally(before.key, before.count + other.count, numbers, before.texts | other.texts)


def figure(asked: EventMeasure, tally: Tally) -> Figure:
    """The figure of a group."""
    if isinstance(asked, Aggregate):
        return aggregate(asked.function, tally.numbers, tally.count, asked.at)
    return Figure.of(tally.count + len(tally.texts))

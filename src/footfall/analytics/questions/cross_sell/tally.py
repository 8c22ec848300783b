"""The baskets of one shard: how many have each item and each pair, and what people got before and after a moment."""

from __future__ import annotations

import msgspec

from footfall.analytics.question import ReportContext, ShardContext
from footfall.analytics.questions.cross_sell.options import CrossSellOptions
from footfall.analytics.value_rows import value_rows

__all__ = ["LARGEST", "BasketCounts", "CrossSellPartial", "PairCount", "PersonItems", "split_moment", "tally"]

LARGEST = 100
"""A basket with more different items is a reseller's, or no basket."""
_OF_TIME = (4, 5)


class PairCount(msgspec.Struct, frozen=True):
    """How many baskets have both; in order: how many got `then` later, and `owned` it when they got the first."""

    first: str
    then: str
    baskets: int
    owned: int = 0


class BasketCounts(msgspec.Struct, frozen=True):
    """How many baskets there are, how many of them have each item, and how many each pair."""

    baskets: int
    items: dict[str, int]
    pairs: tuple[PairCount, ...]


class PersonItems(msgspec.Struct, frozen=True):
    """So many persons had got the same items before a moment, and got the same new ones after it."""

    owned: tuple[str, ...]
    new: tuple[str, ...]
    persons: int


class CrossSellPartial(msgspec.Struct, frozen=True):
    """One shard: all baskets, those before the moment, and what persons got before and after it."""

    every: BasketCounts
    earlier: BasketCounts
    large: int
    persons: tuple[PersonItems, ...]


def split_moment(context: ReportContext) -> int:
    """Up to when recommendations learn: four fifths of the time between the first message and the last one."""
    contents, span = context.contents, context.span
    first = contents.first if span.since is None else max(span.since, contents.first or span.since)
    last = min(context.end, context.end if contents.last is None else contents.last + 1)
    part, whole = _OF_TIME
    return last if first is None else first + (last - first) * part // whole


def tally(context: ShardContext, options: CrossSellOptions) -> CrossSellPartial:
    """Count. Raises DamagedFileError."""
    dataset, moment = context.dataset, split_moment(context.report)
    got, large = dataset.new_name("got"), dataset.new_name("large")
    basket = "actor" if options.basket == "person" else "seq"
    dataset.connection.execute(f"""
        CREATE TABLE {got} AS SELECT {basket} AS basket, actor, value AS item, min(time) AS time
        FROM ({value_rows(context, "user", options.of, context.report.span)}) GROUP BY ALL
    """)
    dataset.connection.execute(f"""
        CREATE TABLE {large} AS SELECT basket FROM {got} GROUP BY basket HAVING count(*) > {LARGEST}
    """)
    dataset.connection.execute(f"DELETE FROM {got} WHERE basket IN (SELECT basket FROM {large})")
    ((too_large,),) = dataset.rows(f"SELECT count(*) FROM {large}")
    partial = CrossSellPartial(
        _counts(context, options, got, "TRUE"),
        _counts(context, options, got, f"time < {moment}"),
        too_large,
        _persons(context, got, moment),
    )
    for table in (got, large):
        dataset.connection.execute(f"DROP TABLE {table}")
    return partial


def _counts(context: ShardContext, options: CrossSellOptions, got: str, condition: str) -> BasketCounts:
    rows, chosen = context.dataset.rows, f"(SELECT * FROM {got} WHERE {condition})"
    least = options.floor if context.shard.is_whole else 1
    ((baskets,),) = rows(f"SELECT count(DISTINCT basket) FROM {chosen}")
    items = rows(f"SELECT item, count(*) FROM {chosen} GROUP BY item")
    counted, owned, which = ("count(*)", "0", "a.item < b.item")
    if options.ordered:
        counted, owned, which = "count_if(b.time > a.time)", "count_if(b.time <= a.time)", "a.item <> b.item"
    frequent = f"(SELECT * FROM {chosen} QUALIFY count(*) OVER (PARTITION BY item) >= {least})"
    pairs = rows(f"""
        SELECT a.item, b.item, {counted} AS together, {owned}
        FROM {frequent} AS a JOIN {frequent} AS b ON a.basket = b.basket AND {which}
        GROUP BY ALL HAVING together >= {least}{"" if context.shard.is_whole else f" OR {owned} > 0"}
    """)
    return BasketCounts(baskets, dict(items), tuple(PairCount(*row) for row in pairs))


def _persons(context: ShardContext, got: str, moment: int) -> tuple[PersonItems, ...]:
    """What persons who had something got before a moment and got new after it, the same ones counted together."""
    rows = context.dataset.rows(f"""
        WITH firsts AS (SELECT actor, item, min(time) AS time FROM {got} GROUP BY ALL), persons AS (
            SELECT actor, list_sort(list(item) FILTER (time < {moment})) AS owned,
                   list_sort(list(item) FILTER (time >= {moment})) AS new
            FROM firsts GROUP BY actor
        )
        SELECT owned, new, count(*) FROM persons WHERE len(owned) > 0 AND len(new) > 0 GROUP BY ALL
    """)
    return tuple(PersonItems(tuple(owned), tuple(new), persons) for owned, new, persons in rows)

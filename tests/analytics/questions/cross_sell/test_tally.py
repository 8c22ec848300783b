"""The tallies of shards add up to that of the whole; recommendations learn from the first four fifths of the time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from tests.analytics.asking import context_of
from tests.analytics.questions.cross_sell.reference import Got
from tests.analytics.questions.cross_sell.shopping import PLAN, entries_of

from footfall.analytics import Dataset
from footfall.analytics.questions.cross_sell import cross_sell_options
from footfall.analytics.questions.cross_sell.tally import CrossSellPartial, PairCount, PersonItems, split_moment, tally
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]
LOG = [Got(name, 0, ("tea", "pot")) for name in "abcdefg"] + [Got("a", 100, ("cup",)), Got("b", 79, ("cup",))]


def tallies(entry: MakeEntry, shards: int) -> list[CrossSellPartial]:
    with Dataset.of(entries_of(entry, LOG), PLAN) as dataset:
        context = context_of(dataset, PLAN, now=10**9, shards=shards)
        assert split_moment(context) == (100 * 1_000_000 + 1) * 4 // 5
        return [tally(shard, cross_sell_options(PLAN, "order.lines[].sku", floor=1)) for shard in context.shards]


def test_those_of_shards_add_up(entry: MakeEntry) -> None:
    (whole,) = tallies(entry, 1)
    items = Counter[str]()
    for part in tallies(entry, 3):
        items.update(part.every.items)

    assert items == whole.every.items == {"tea": 7, "pot": 7, "cup": 2}
    assert PairCount("pot", "tea", 7) in whole.every.pairs


def test_what_came_in_the_last_fifth_is_new(entry: MakeEntry) -> None:
    (whole,) = tallies(entry, 1)

    assert whole.persons == (PersonItems(("pot", "tea"), ("cup",), 1),)
    assert whole.earlier.items == {"tea": 7, "pot": 7, "cup": 1}

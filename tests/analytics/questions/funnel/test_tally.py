"""The tallies of shards add up to that of the whole."""

from __future__ import annotations

from collections.abc import Callable

from tests.analytics.asking import context_of
from tests.analytics.questions.funnel.logs import PLAN, Line, entries_of

from footfall.analytics import Dataset
from footfall.analytics.questions.funnel import funnel_options
from footfall.analytics.questions.funnel.tally import FunnelPartial, ValueCounts, tally
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]
SECOND = 1_000_000


def tallies(entry: MakeEntry, shards: int) -> list[FunnelPartial]:
    """Seven people have a, of whom the first three have b."""
    log = [Line(who, None, "track", "a", "p", at) for at, who in enumerate("abcdefg")]
    log += [Line(who, None, "track", "b", None, 20) for who in "abc"]
    with Dataset.of(entries_of(entry, log), PLAN) as dataset:
        context = context_of(dataset, PLAN, now=30 * SECOND, shards=shards)
        return [tally(shard, funnel_options(PLAN, ["a", "b"], breakdown="kind", dropped=2)) for shard in context.shards]


def test_those_of_shards_add_up(entry: MakeEntry) -> None:
    (whole,) = tallies(entry, 1)
    parts = tallies(entry, 3)

    assert whole.values == (ValueCounts("p", (7, 3), (4, 0)),)
    assert [sum(column) for column in zip(*(each.values[0].reached for each in parts), strict=True)] == [7, 3]
    assert sorted(time for part in parts for time in part.took[0]) == sorted(whole.took[0]) == [18_000_000, 19_000_000,
                                                                                                20_000_000]  # fmt: skip
    assert sum(len(part.dropped) for part in parts) == len(whole.dropped) == 4
    assert whole.converted == whole.whole == whole.took[0]
    assert sorted(whole.censored) == [24_000_000, 25_000_000, 26_000_000, 27_000_000]

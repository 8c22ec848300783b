"""The tallies of shards add up to that of the whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from tests.analytics.asking import context_of
from tests.analytics.questions.sessions.logs import DAY, call, entries_of

from footfall.analytics import Dataset
from footfall.analytics.questions.paths import paths_options
from footfall.analytics.questions.paths.tally import PathCount, PathsPartial, tally
from footfall.plan.model import Plan
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]


def tallies(entry: MakeEntry, shards: int) -> list[PathsPartial]:
    """Seven people view something, of whom one buys it."""
    log = [call(0, person=who, seq=seq) for seq, who in enumerate("abcdefg")]
    log.append(call(1, name="buy", person="a", seq=7))
    with Dataset.of(entries_of(entry, log), Plan(id="")) as dataset:
        context = context_of(dataset, now=DAY * 1_000_000, shards=shards)
        return [tally(shard, paths_options(Plan(id=""))) for shard in context.shards]


def test_those_of_shards_add_up(entry: MakeEntry) -> None:
    (whole,) = tallies(entry, 1)
    parts = tallies(entry, 3)
    counts = Counter[tuple[str, ...]]()
    for path in (path for part in parts for path in part.paths):
        counts[path.steps] += path.count

    assert whole.entered == sum(part.entered for part in parts) == 7
    assert set(whole.paths) == {PathCount(("view",), False, 6, 0), PathCount(("view", "buy"), False, 1, 0)}
    assert counts == {("view",): 6, ("view", "buy"): 1}

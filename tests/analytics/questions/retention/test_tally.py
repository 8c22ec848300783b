"""The tallies of shards add up to that of the whole, and a cohort is the number of its period."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from tests.analytics.asking import context_of

from footfall.analytics import Dataset
from footfall.analytics.questions.retention import RetentionOptions, brackets_of
from footfall.analytics.questions.retention.tally import RetentionPartial, tally
from footfall.plan.model import EventFilter, Plan
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]
MakePlan = Callable[..., Plan]
DAY = 86_400


def tallies(entry: MakeEntry, plan: Plan, shards: int) -> list[RetentionPartial]:
    """Seven people come on day 0, three of them on day 1 again, each with an amount of 5."""
    people = [("abcdefg"[number % 7], number // 7 * DAY) for number in range(10)]
    log = [entry(seq, "come", at, user=who, properties={"amount": 5}) for seq, (who, at) in enumerate(people, 1)]
    come = EventFilter(event="come")
    options = RetentionOptions(start=come, returning=come, brackets=brackets_of(2), value="amount")
    with Dataset.of(log, plan) as dataset:
        return [tally(shard, options) for shard in context_of(dataset, plan, shards=shards).shards]


def test_those_of_shards_add_up(entry: MakeEntry, plan_of: MakePlan) -> None:
    plan = plan_of({"come": {"amount": "integer"}})
    (whole,) = tallies(entry, plan, 1)
    parts = tallies(entry, plan, 3)

    assert whole == RetentionPartial({0: 7}, ((0, 0, 3),), ((0, 0, "", "5", 3),))
    assert sum((Counter(part.entered) for part in parts), Counter()) == whole.entered
    assert sum(count for part in parts for _, _, count in part.returned) == 3

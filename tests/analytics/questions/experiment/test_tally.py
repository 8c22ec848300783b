"""The tallies of shards add up to that of the whole, and each person is counted in one state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from tests.analytics.asking import context_of
from tests.analytics.questions.experiment.trials import DAY, START, Doing, entries_of, plan_with

from footfall.analytics import Dataset
from footfall.analytics.questions.experiment import experiment_options
from footfall.analytics.questions.experiment.tally import ExperimentPartial, tally
from footfall.plan.model import ExperimentOutcome
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]


def tallies(entry: MakeEntry, shards: int) -> list[ExperimentPartial]:
    """Seven people see A, two of them B too; each buys for 5, twice."""
    log = [Doing(who, "shown", START + DAY, "a") for who in "abcdefg"]
    log += [Doing(who, "shown", START + DAY, "b") for who in "ab"]
    log += [Doing(who, "bought", START + DAY, price="5") for who in "abcdefg" * 2]
    plan = plan_with(outcome=ExperimentOutcome(event="bought", sum="price"))
    with Dataset.of(entries_of(entry, log), plan) as dataset:
        context = context_of(dataset, plan, shards=shards)
        return [tally(shard, experiment_options("trial", plan)) for shard in context.shards]


def test_those_of_shards_add_up(entry: MakeEntry) -> None:
    (whole,) = tallies(entry, 1)
    parts = tallies(entry, 3)

    assert whole == ExperimentPartial((START + DAY) * 1_000_000, 0, 0, 2, {}, {}, {"a": 5}, ((0, "a", "10", 5),))
    assert sum((Counter(part.closed) for part in parts), Counter()) == whole.closed
    assert sum(part.crossed for part in parts) == whole.crossed
    assert sum(count for part in parts for *_, count in part.values) == 5

"""The tallies of shards add up to that of the whole."""

from __future__ import annotations

from collections.abc import Callable

from tests.analytics.asking import context_of
from tests.analytics.questions.sessions.logs import DAY, MINUTE, call, entries_of

from footfall.analytics import Dataset
from footfall.analytics.questions.sessions import SessionsOptions
from footfall.analytics.questions.sessions.tally import SessionGroup, tally
from footfall.plan.model import Plan
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]


def tallies(entry: MakeEntry, shards: int) -> list[tuple[SessionGroup, ...]]:
    """Seven people with one message on day 0, of whom one has another one a minute later."""
    log = [call(0, person=who, seq=seq) for seq, who in enumerate("abcdefg")] + [call(MINUTE, person="a", seq=7)]
    with Dataset.of(entries_of(entry, log), Plan(id="")) as dataset:
        return [
            tally(shard, SessionsOptions()) for shard in context_of(dataset, now=DAY * 1_000_000, shards=shards).shards
        ]


def test_those_of_shards_add_up(entry: MakeEntry) -> None:
    (whole,) = tallies(entry, 1)
    parts = [group for part in tallies(entry, 3) for group in part]

    assert {(group.period, group.sessions, group.persons, group.messages) for group in whole} == {
        (0, 7, 7, 8), (None, 7, 7, 8),
    }  # fmt: skip
    assert sum(group.sessions for group in parts if group.period is None) == 7


def test_durations_are_counted_in_order(entry: MakeEntry) -> None:
    (whole,) = tallies(entry, 1)
    durations, counts = (memoryview(part).cast("q").tolist() for part in (whole[0].durations, whole[0].counts))

    assert (durations, counts) == ([0, MINUTE * 1_000_000], [6, 1])

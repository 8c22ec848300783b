"""Occasions are those of a plain loop over the messages of each person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.analytics.asking import context_of

from footfall.analytics import Dataset
from footfall.analytics.questions.signals import SignalsOptions, occasion_text, signals
from footfall.analytics.window import Span
from footfall.plan.model import Event, EventFilter, Plan, PlannedSignal
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]
PLAN = Plan(id="p", events={"seen": Event(name="seen", wire_name="seen")})
RULES: list[dict[str, Any]] = [
    {"count": 1}, {"count": 2, "within": 3}, {"count": 3, "within": 5}, {"count": 2}, {"after": 4}, {"silent": 3},
]  # fmt: skip


def signal(**rule: Any) -> PlannedSignal:
    fields = {"name": "s", "filter": EventFilter(event="seen"), "by": "user", "count": 1, "answer": "a", "cooldown": 0}
    return PlannedSignal(**{**fields, **rule})


def expected(
    log: list[tuple[str, int]], rule: dict[str, Any], since: int | None, now: int
) -> list[tuple[int, tuple[int, ...]]]:
    occasions: list[tuple[int, tuple[int, ...]]] = []
    for who in {who for who, _ in log}:
        theirs = sorted((at, seq) for seq, (person, at) in enumerate(log, 1) if person == who and at < now)
        if not theirs:
            continue
        if "silent" in rule:
            occasions.append((theirs[-1][0] + rule["silent"], (theirs[-1][1],)))
            continue
        needed = 2 if "after" in rule else rule.get("count", 1)
        for index in range(needed - 1, len(theirs)):
            run = theirs[index - needed + 1 : index + 1]
            length = run[-1][0] - run[0][0]
            if length >= rule.get("after", 0) and length <= rule.get("within", 99):
                occasions.append((run[-1][0], tuple(seq for _, seq in run)))
    return sorted((at, evidence) for at, evidence in occasions if at < now and (since is None or at >= since))


@settings(max_examples=25)
@given(
    log=st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 12)), min_size=1, max_size=10),
    rule=st.sampled_from(RULES),
    since=st.sampled_from([None, 3]),
    now=st.integers(4, 20),
    shards=st.sampled_from([1, 3]),
)  # fmt: skip
def test_any_occasion_is_that_of_a_plain_loop(
    entry: MakeEntry, log: list[tuple[str, int]], rule: dict[str, Any], since: int | None, now: int, shards: int
) -> None:
    entries = [entry(seq, "seen", at, user=who) for seq, (who, at) in enumerate(log, 1)]
    span = Span(None if since is None else since * 1_000_000, now * 1_000_000)
    with Dataset.of(entries, PLAN) as dataset:
        context = context_of(dataset, PLAN, span, now * 1_000_000, shards)
        result = context.answer(signals(SignalsOptions((signal(**rule),))))

    assert [(each.at // 1_000_000, each.evidence) for each in result.occasions] == expected(log, rule, since, now)
    assert [row.evidence for row in result.rows] == [each.evidence for each in result.occasions]


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ({"count": 3, "within": 86_400}, "3 × seen within 1d"),
        ({"after": 3_600}, "seen after 1h without one"),
        ({"silent": 7_200}, "no seen for 2h"),
        ({}, "seen"),
    ],
)
def test_an_occasion_is_said_in_words(rule: dict[str, Any], text: str) -> None:
    assert occasion_text(signal(**rule)) == text

"""Shards share out all messages, and any number of them, merged in any order, gives every answer of a report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.analytics.asking import context_of
from tests.truth.answers import answers, figures
from tests.truth.folders import EVERYTHING, WINDOWS
from tests.truth.log import make_log, wide_plan
from tests.truth.messages import Asked

from footfall.analytics import QUESTIONS, Dataset, Question, report
from footfall.analytics.question import ReportContext
from footfall.analytics.shards import WHOLE, Shard
from footfall.analytics.window import Span
from footfall.plan.model import Plan
from footfall.reporting.json import to_json
from footfall.storage import Entry

PLAN = wide_plan()
ASKS_NOTHING = Plan(id=PLAN.id, timezone=PLAN.timezone, events=PLAN.events)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def entries(seed: int, messages: int) -> list[Entry]:
    return [Entry(seq, row) for seq, row in enumerate(make_log(seed=seed, messages=messages).stored, 1)]


def context(dataset: Dataset, plan: Plan, asked: Asked, shards: int) -> ReportContext:
    return context_of(dataset, plan, Span(asked.since, asked.until), asked.now, shards)


def merged(question: Question[Any, Any], context: ReportContext, dice: Random) -> object:
    """The answer of partial answers that were sent here, and came in any order."""
    partials = [question.partial(shard) for shard in context.shards]
    sent = [msgspec.msgpack.decode(msgspec.msgpack.encode(partial), type=question.partial_type) for partial in partials]
    assert sent == partials
    dice.shuffle(sent)
    return question.merge(context, sent)


def check_shards(log: Sequence[Entry], plan: Plan, asked: Asked, shards: int, dice: Random) -> None:
    with Dataset.of(log, plan) as dataset:
        whole, cut = context(dataset, plan, asked, 1), context(dataset, plan, asked, shards)
        for question in QUESTIONS:
            assert merged(question, cut, dice) == whole.answer(question), question.name


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
@pytest.mark.parametrize(
    "plan", [PLAN, pytest.param(ASKS_NOTHING, marks=pytest.mark.slow)], ids=["plan", "nothing asked"]
)
def test_three_shards_give_the_answer_of_one(question: Question[Any, Any], plan: Plan) -> None:
    with Dataset.of(entries(3, 60), plan) as dataset:
        whole, cut = context(dataset, plan, EVERYTHING, 1), context(dataset, plan, EVERYTHING, 3)

        assert merged(question, cut, Random(1)) == whole.answer(question)


@pytest.mark.slow
@pytest.mark.parametrize("plan", [PLAN, ASKS_NOTHING], ids=["plan", "nothing asked"])
def test_more_shards_than_persons_give_the_answer_of_one(plan: Plan) -> None:
    check_shards(entries(5, 150), plan, EVERYTHING, 64, Random(1))


@settings(max_examples=6)
@given(
    seed=st.integers(0, 10**6),
    plan=st.sampled_from([PLAN, ASKS_NOTHING]),
    asked=st.sampled_from(WINDOWS),
    shards=st.integers(1, 7),
    dice=st.randoms(use_true_random=False),
)
@pytest.mark.slow
def test_any_shards_in_any_order_give_the_answer_of_one(
    seed: int, plan: Plan, asked: Asked, shards: int, dice: Random
) -> None:
    check_shards(entries(seed, 300), plan, asked, shards, dice)


@pytest.mark.slow
@pytest.mark.parametrize("shards", [1, 3, 64])
def test_a_report_in_shards_has_the_figures_that_loops_have(shards: int) -> None:
    log = [row for row in make_log(seed=11, messages=400).stored if row.environment is None]
    with Dataset.of([Entry(seq, row) for seq, row in enumerate(log, 1)], PLAN) as dataset:
        text = to_json(
            report(dataset, PLAN, now=EPOCH + timedelta(microseconds=EVERYTHING.now), shards=shards).as_json()
        )

    assert figures(text) == answers(PLAN, log, (), EVERYTHING)


@given(of=st.integers(1, 9))
@settings(max_examples=5)
def test_any_number_of_shards_shares_out_the_messages_person_by_person(of: int) -> None:
    with Dataset.of(entries(2, 80), PLAN) as dataset:
        shards = [
            dataset.rows(f"SELECT seq, person FROM {dataset.messages()} WHERE {Shard(number, of).sql()}")
            for number in range(of)
        ]
        messages = dataset.rows(f"SELECT seq, person FROM {dataset.messages()}")

    assert Counter(row for rows in shards for row in rows) == Counter(messages)
    owners = Counter(person for rows in shards for person in {person for _, person in rows if person is not None})
    assert set(owners.values()) == {1}


def test_one_shard_is_everything() -> None:
    assert (WHOLE.is_whole, WHOLE.is_first, WHOLE.sql()) == (True, True, "TRUE")
    assert (Shard(1, 3).is_whole, Shard(1, 3).is_first) == (False, False)

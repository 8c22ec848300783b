"""A funnel is cut by properties, traits, the context and segments, and refuses what no message has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from tests.analytics.asking import context_of
from tests.analytics.questions.funnel.logs import PLAN, Line, entries_of

from footfall.analytics import Dataset
from footfall.analytics.questions.funnel import funnel, funnel_options
from footfall.errors import UsageError
from footfall.plan.model import Plan, Property
from footfall.plan.segments import segments_of
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]
SECOND = 1_000_000
LEVEL = Property(name="level", wire_name="level", type="string")
WITH_TRAITS: Plan = msgspec.structs.replace(PLAN, traits={"user": (LEVEL,)})


def rows(log: list[Entry], plan: Plan = PLAN, shards: int = 1, **options: Any) -> dict[str | None, list[int]]:
    """How many of each value reached a and b."""
    with Dataset.of(log, plan) as dataset:
        context = context_of(dataset, plan, now=100 * SECOND, shards=shards)
        values = context.answer(funnel(funnel_options(plan, ["a", "b"], **options))).values
    return {each.value: [step.reached for step in each.steps] for each in values}


@pytest.mark.parametrize(
    ("attribution", "expected"),
    [
        ("first", {"p": [1, 1], "q": [1, 1]}),
        ("last", {"r": [1, 1], "q": [1, 1]}),
        ("2", {"r": [1, 1], None: [1, 1]}),
    ],
)
def test_each_person_has_the_value_of_one_step(
    entry: MakeEntry, attribution: str, expected: dict[str | None, list[int]]
) -> None:
    log = [Line("ann", None, "track", "a", "p", 1), Line("ann", None, "track", "b", "r", 2),
           Line("bob", None, "track", "a", "q", 1), Line("bob", None, "track", "b", None, 2)]  # fmt: skip

    assert rows(entries_of(entry, log), breakdown="kind", attribution=attribution) == expected


def test_of_equal_times_the_first_received_message_says(entry: MakeEntry) -> None:
    log = [Line("ann", None, "track", "a", kind, 1) for kind in (None, "q", "p")]

    assert rows(entries_of(entry, log), breakdown="kind") == {"q": [1, 0]}


def test_a_trait_is_the_latest_of_the_person(entry: MakeEntry) -> None:
    def identify(seq: int, level: str, at: int) -> Entry:
        body = b'{"type":"identify","traits":{"level":"%s"}}' % level.encode()
        return entry(seq, None, at, user="ann", type="identify", body=body)

    log = [identify(1, "new", 1), entry(2, "a", 2, user="ann"), identify(3, "gold", 3), entry(4, "a", 2, user="bob")]

    assert rows(log, WITH_TRAITS, breakdown="traits.level") == {"gold": [1, 0], None: [1, 0]}


def test_a_campaign_is_that_of_the_message(entry: MakeEntry) -> None:
    body = b'{"type":"track","event":"a","context":{"campaign":{"name":"spring"}}}'
    log = [entry(1, "a", 1, user="ann", body=body), entry(2, "b", 2, user="ann"), entry(3, "a", 1, user="bob")]

    assert rows(log, breakdown="context.campaign.name") == {"spring": [1, 1], None: [1, 0]}


@pytest.mark.parametrize("shards", [1, 3])
def test_segments_cut_by_the_first_that_a_person_is_in(entry: MakeEntry, shards: int) -> None:
    log = [entry(1, "a", 1, user="ann"), entry(2, "b", 2, user="ann"), entry(3, "a", 1, user="bob")]
    name = next(iter(segments_of(PLAN)))
    counts = rows(log, shards=shards, breakdown=f"segment:{name},{name}")

    assert counts.keys() <= {name, None}
    assert [sum(column) for column in zip(*counts.values(), strict=True)] == [2, 1]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"hold": ["kin"]}, "hold: a has no single value 'kin'; did you mean 'kind'?"),
        ({"breakdown": "kin"}, "breakdown: no step has a single value 'kin'; did you mean 'kind'?"),
        ({"breakdown": "segment:loyl"}, "the plan has no segment 'loyl'"),
        ({"breakdown": "context.campaign.nme"}, "did you mean"),
    ],
)
def test_what_no_step_has_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as error:
        rows([], **options)

    assert message in str(error.value)


def test_any_message_has_no_value_to_hold() -> None:
    with Dataset.of([], PLAN) as dataset, pytest.raises(UsageError, match="hold: any message has no single value"):
        context_of(dataset, PLAN).answer(funnel(funnel_options(PLAN, ["a", "*"], hold=["kind"])))

"""One message never fills two steps, also where the steps name it differently: by a derived event, or by a page."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.analytics.conftest import make_entry

from footfall.analytics import JOURNEYS, Dataset, report
from footfall.analytics.questions.funnel import funnel, funnel_options
from footfall.plan.model import (
    DerivedEvent,
    Event,
    EventFilter,
    Guard,
    Journey,
    Plan,
    Property,
    Step,
    Where,
)
from footfall.storage.journal import Entry

Log = list[tuple[str, str, int, int]]

NUMBER = Property(name="number", wire_name="number", type="integer")
PLAN = Plan(
    id="test",
    events={name: Event(name=name, wire_name=name, properties=(NUMBER,)) for name in ("view", "buy")},
    derived_events={"big_buy": DerivedEvent(name="big_buy", event="buy", when="number > 1")},
)
NAMES = ("view", "buy", "big_buy")
IS_BIG = Where(property="number", op="gt", values=(1,))

logs = st.lists(
    st.tuples(
        st.sampled_from(["ann", "bob"]), st.sampled_from(["view", "buy", "buy"]), st.integers(0, 4), st.integers(0, 3)
    ),
    max_size=8,
)


def written(name: str) -> EventFilter:
    """The same without the derived event."""
    return EventFilter(event="buy", where=(IS_BIG,)) if name == "big_buy" else EventFilter(event=name)


def entries_of(log: Log) -> list[Entry]:
    return [
        make_entry(seq, event, at, user=actor, properties={"number": number})
        for seq, (actor, event, at, number) in enumerate(log, 1)
    ]


def journey_of(filters: list[EventFilter], guard: EventFilter, within: int | None) -> Journey:
    steps = tuple(Step(id=f"s{n}", event=each.event, where=each.where) for n, each in enumerate(filters))
    never = (Guard(event=guard.event, where=guard.where, start="s0", end=steps[-1].id, name="never"),)
    return Journey(name="way", by="user", steps=steps, within=within, never=never)


def figures(log: Log, filters: list[EventFilter], guard: EventFilter, within: int | None, shards: int) -> list[Any]:
    """What the report has of a journey of these steps, and each kind of a funnel."""
    plan = msgspec.structs.replace(PLAN, journeys={"way": journey_of(filters, guard, within)})
    asked = [
        funnel(funnel_options(plan, filters, entry=kind, ties=ties, within=None if within is None else f"{within}s"))
        for kind in ("first", "any", "each") for ties in (True, False)
    ]  # fmt: skip
    answers = []
    with Dataset.of(entries_of(log), plan) as dataset:
        now = datetime.fromtimestamp(100, UTC)
        (way,) = report(dataset, plan, now=now, questions=[JOURNEYS], shards=shards)[JOURNEYS]
        for question in asked:
            result = report(dataset, plan, now=now, questions=[question], shards=shards)[question]
            answers.append(tuple(step.counts.reached for step in result.steps))
    guarded = [(each.actors, each.of) for each in way.never]
    return [tuple(step.actors for step in way.steps), guarded, *answers]


@settings(max_examples=10)
@example(log=[("ann", "buy", 1, 2)], names=["buy", "big_buy"], guard="view", within=None, shards=1)
@example(log=[("ann", "view", 0, 0), ("ann", "buy", 1, 2)], names=["view", "buy"], guard="big_buy", within=5, shards=1)
@given(
    log=logs, names=st.lists(st.sampled_from(NAMES), min_size=2, max_size=3), guard=st.sampled_from(NAMES),
    within=st.sampled_from([None, 2]), shards=st.sampled_from([1, 3]),
)  # fmt: skip
def test_a_derived_event_in_any_step_is_its_event_with_the_condition(
    log: Log, names: list[str], guard: str, within: int | None, shards: int
) -> None:
    derived = figures(log, [EventFilter(event=name) for name in names], EventFilter(event=guard), within, shards)
    by_hand = figures(log, [written(name) for name in names], written(guard), within, shards)

    assert derived == by_hand
    assert derived[0] == derived[2]


@pytest.mark.parametrize(("views", "reached"), [(1, (1, 0)), (2, (1, 1))])
def test_one_view_of_a_page_is_not_any_page_and_this_page_after_it(views: int, reached: tuple[int, ...]) -> None:
    body = b'{"type":"page","name":"Prices"}'
    log = [make_entry(seq, None, seq, user="ann", type="page", body=body) for seq in range(1, views + 1)]
    steps = [EventFilter(event="page"), EventFilter(event="page:Prices")]
    plan = msgspec.structs.replace(PLAN, journeys={"way": journey_of(steps, EventFilter(event="view"), None)})
    asked = [funnel(funnel_options(plan, steps, entry=kind)) for kind in ("first", "any")]

    with Dataset.of(log, plan) as dataset:
        now = datetime.fromtimestamp(100, UTC)
        (way,) = report(dataset, plan, now=now, questions=[JOURNEYS])[JOURNEYS]
        funnels = [report(dataset, plan, now=now, questions=[each])[each] for each in asked]
    assert tuple(step.actors for step in way.steps) == reached
    assert [tuple(step.counts.reached for step in each.steps) for each in funnels] == [reached] * len(funnels)

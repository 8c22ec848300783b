"""A journey walked in a test goes by the same rules as in the report."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from footfall.analytics.journeys import paths
from footfall.analytics.tangles import first_reaches
from footfall.plan.model import Branch, Event, Journey, Page, Plan, Property, Step, Where
from footfall.testing.walk import Moment, walk

UUID = "0b5d2a5e-1111-4222-8333-abcdefabcdef"
_SECOND = 1_000_000
_EVENTS = ("a", "b", "c")
PLAN = Plan(
    id="p",
    events={
        name: Event(name=name, wire_name=name, properties=(Property(name="x", wire_name="X", type="decimal"),))
        for name in _EVENTS
    },
)
_limits = st.none() | st.integers(1, 6)
_events = st.sampled_from(_EVENTS)
_steps = st.lists(st.tuples(_events, _limits), min_size=2, max_size=4)
_seen: Counter[str] = Counter()


@st.composite
def _journeys(draw: st.DrawFn) -> Journey:
    drawn = draw(_steps)
    steps = tuple(Step(id=f"s{number}", event=event, within=limit) for number, (event, limit) in enumerate(drawn))
    branches: tuple[Branch, ...] = ()
    if len(steps) > 2 and draw(st.booleans()):
        branches = (Branch(id="short", after="s0", steps=(steps[-1].id,)),)
    return Journey(name="j", by="user", steps=steps, within=draw(st.none() | st.integers(1, 12)), branches=branches)


@settings(max_examples=300)
@given(_journeys(), st.lists(st.tuples(_events, st.integers(1, 4)), max_size=8))
def test_a_walk_gets_as_far_as_the_report_says(journey: Journey, drawn: list[tuple[str, int]]) -> None:
    moments, at = [], 0
    for event, pause in drawn:
        at += pause * _SECOND
        moments.append(Moment(event, at, {}))
    fills = [
        (moment.at, frozenset(number for number, step in enumerate(journey.steps) if step.event == moment.event))
        for moment in moments
    ]
    ways = [(len(first_reaches(fills, path, None)), len(path.steps)) for path in paths(journey)]

    progress = walk(PLAN, journey, moments)

    assert progress.is_complete == any(reached == steps for reached, steps in ways)
    if not progress.is_complete:
        assert len(progress.reached) in {reached for reached, _ in ways}
    _seen["complete"] += progress.is_complete
    _seen["stopped"] += 0 < len(progress.reached) < len(progress.steps)
    _seen["by branch"] += progress.is_complete and ways[0][0] < ways[0][1]
    _seen["same event twice"] += len({step.event for step in journey.steps}) < len(journey.steps)


def test_the_drawn_walks_held_the_hard_cases() -> None:
    assert {what for what in ("complete", "stopped", "by branch", "same event twice") if not _seen[what]} == set()


@pytest.mark.parametrize(
    ("where", "value", "holds"),
    [
        (Where(property="x", op="in", values=(1,)), 1.0, True),
        (Where(property="x", op="in", values=(1,)), "1.00", True),
        (Where(property="x", op="in", values=("a", "b")), "b", True),
        (Where(property="x", op="in", values=(None,)), None, True),
        (Where(property="x", op="in", values=(1,)), None, False),
        (Where(property="x", op="not_in", values=(1,)), None, True),
        (Where(property="x", op="not_in", values=(1,)), 1, False),
        (Where(property="x", op="gt", values=(1,)), 1, False),
        (Where(property="x", op="gte", values=(1,)), "1", True),
        (Where(property="x", op="lt", values=(1,)), None, False),
        (Where(property="x", op="lte", values=(1.5,)), 1.5, True),
        (Where(property="x", op="gt", values=(1,)), "much", False),
    ],
)
def test_a_condition_reads_the_key_on_the_wire(where: Where, value: object, holds: bool) -> None:
    journey = Journey(name="j", by="user", steps=(Step(id="one", event="a", where=(where,)),))

    progress = walk(PLAN, journey, [Moment("a", 0, {} if value is None else {"X": value})])

    assert progress.is_complete == holds


@pytest.mark.parametrize(
    ("prop", "sent", "wanted", "holds"),
    [
        (Property(name="x", type="uuid"), UUID.upper(), UUID, True),
        (Property(name="x", type="datetime"), "2026-03-01T01:00:00+01", "2026-02-28 24:00:00Z", True),
        (Property(name="x", type="string"), "1", "1.0", False),
        (Property(name="x", type="string"), "1", "1", True),
        (Property(name="x", type="boolean"), True, True, True),
    ],
)
def test_values_that_are_equal_are_one_value_as_in_the_report(
    prop: Property, sent: object, wanted: str | bool, holds: bool
) -> None:
    where = Where(property="x", op="in", values=(wanted,))
    plan = Plan(id="p", events={"a": Event(name="a", wire_name="a", properties=(prop,))})
    journey = Journey(name="j", by="user", steps=(Step(id="one", event="a", where=(where,)),))

    assert walk(plan, journey, [Moment("a", 0, {"x": sent})]).is_complete is holds


def test_pages_and_other_calls_fill_steps() -> None:
    scroll = Property(name="scroll", wire_name="Scroll", type="integer")
    plan = Plan(id="p", pages={"Pricing": Page(name="Pricing", properties=(scroll,))})
    read = Where(property="scroll", op="gte", values=(50,))
    journey = Journey(
        name="j",
        by="user",
        steps=(
            Step(id="any", event="page"),
            Step(id="read", event="page:Pricing", where=(read,)),
            Step(id="known", event="identify"),
        ),
    )
    moments = [
        Moment("page:Home", 0, {}, "page"),
        Moment("page:Pricing", 1, {"Scroll": 49}, "page"),
        Moment("page:Pricing", 2, {"Scroll": 50}, "page"),
        Moment("identify", 3, {}, "identify"),
    ]

    assert walk(plan, journey, moments).reached == (0, 2, 3)
    assert walk(plan, journey, moments[:2]).reached == (0,)

"""Journeys as funnels: any chain counts, ties count as in order, and no message fills two steps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from statistics import median

import msgspec
import pytest
from hypothesis import event as note
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.analytics.journey_chains import (
    SECOND,
    Message,
    entries_of,
    fills,
    journeys,
    last_guard,
    messages,
    naive,
    naive_guard,
    naive_latest,
    spans,
    steps_of,
    the_plan,
)

from footfall.analytics import figures
from footfall.analytics.dataset import Dataset
from footfall.analytics.reaches import Reaches, branch_actors, conversion_actors, funnel, guard_actors, walk
from footfall.analytics.window import Span
from footfall.journeys.paths import paths
from footfall.plan.model import Branch, Guard, Journey, Plan, Step
from footfall.storage.journal import Entry
from footfall.testing.journey_progress import SentEvent, journey_progress

MakeEntry = Callable[..., Entry]
MakePlan = Callable[..., Plan]


def facts(journey: Journey, log: Sequence[Message]) -> set[str]:
    """Which of the hard cases a journey and a log are."""
    events = [step.event for step in journey.steps]
    moments = Counter((actor, at) for actor, at, _, _ in log)
    cases = {
        "a tie": any(count > 1 for count in moments.values()),
        "the same event in two steps": len(set(events)) < len(events),
        "a repeated event": len({(actor, event) for actor, _, event, _ in log}) < len(log),
        "a branch": bool(journey.branches),
        "a limit": journey.within is not None or any(step.within for step in journey.steps),
        "a tie of messages that fill several steps": any(
            moments[message[0], message[1]] > 1 and sum(fills(journey, n, message) for n in range(len(events))) > 1
            for message in log
        ),
        "a guard that breaks": naive_guard(journey, last_guard(journey), log, naive(journey, log, Span()))[0] > 0,
    }
    return {case for case, is_there in cases.items() if is_there}


HARD: list[tuple[Journey, list[Message], set[str]]] = [
    (
        steps_of("aab", within=3, branches=(Branch(id="short", after="s0", steps=("s2",)),)),
        [("ann", 1, "a", "x"), ("ann", 1, "a", "y"), ("ann", 1, "b", "x"), ("bob", 1, "a", "x"), ("bob", 4, "b", "x")],
        {"a tie", "the same event in two steps", "a repeated event", "a branch", "a limit",
         "a tie of messages that fill several steps"},
    ),
    (
        steps_of("ab", within=4),
        [("ann", 1, "a", "x"), ("ann", 1, "c", "x"), ("ann", 2, "b", "x"), ("bob", 1, "a", "x"), ("bob", 9, "c", "x")],
        {"a tie", "a limit", "a guard that breaks"},
    ),
    (
        steps_of("abc"),
        [("ann", 1, "a", "x"), ("ann", 2, "b", "x"), ("ann", 3, "c", "x"), ("ann", 3, "c", "y")],
        {"a tie", "a repeated event"},
    ),
]  # fmt: skip


def reached(
    dataset: Dataset, found: Reaches, log: Sequence[Message], column: str = "time"
) -> dict[tuple[int, int, str], int]:
    names = {actor: log[seq - 1][0] for actor, seq in dataset.rows(f"SELECT person, seq FROM {dataset.messages()}")}
    rows = dataset.rows(f"SELECT path, position, actor, {column} FROM {found.reached}")
    assert len(rows) == len({row[:3] for row in rows})
    return {(path, position, names[actor]): time // SECOND for path, position, actor, time in rows}


def middle_of(took: Mapping[int, int]) -> Fraction | None:
    return figures.median({Decimal(time): times for time, times in took.items()}).exact


@settings(max_examples=200)
@given(
    journey=journeys(),
    log=st.one_of(st.lists(messages, max_size=14), st.lists(messages, min_size=8, max_size=14)),
    span=spans,
)
def check_any_log(entry: MakeEntry, plan_of: MakePlan, journey: Journey, log: list[Message], span: Span) -> None:
    for case in facts(journey, log):
        note(case)
    plan = the_plan(plan_of)
    expected = naive(journey, log, span)

    with Dataset.of(entries_of(entry, log), plan) as dataset:
        found = walk(dataset, plan, journey, span)

        assert reached(dataset, found, log) == expected
        assert reached(dataset, found, log, "latest") == naive_latest(journey, log, span)
        counts = funnel(dataset, found)
        for position, (actors, middle) in enumerate(counts):
            here = {key[2]: time for key, time in expected.items() if key[:2] == (0, position)}
            before = {key[2]: time for key, time in expected.items() if key[:2] == (0, position - 1)}
            took = [Fraction((here[actor] - before[actor]) * SECOND) for actor in here if actor in before]
            assert actors == len(here)
            assert middle_of(middle) == (median(took) if took else None)
        last = len(journey.steps) - 1
        ways = [number for number, path in enumerate(paths(journey)) if {0, last} <= set(path.steps)]
        entered = {key[2] for key in expected if key[1] == 0}
        through = {key[2] for key in expected if key[0] in ways and key[1] == len(paths(journey)[key[0]].steps) - 1}
        assert conversion_actors(dataset, found, "s0", f"s{last}") == (len(entered), len(through))
        guard = last_guard(journey)
        assert guard_actors(dataset, plan, found, guard) == naive_guard(journey, guard, log, expected)
        for number, branch in enumerate(journey.branches):
            position, step = len(paths(journey)[number + 1].steps) - 1, int(branch.steps[-1][1:])
            by_it = {key[2] for key in expected if key[:2] == (number + 1, position)}
            by_main = {key[2] for key in expected if key[:2] == (0, step)}
            assert branch_actors(dataset, found, number) == len(by_it - by_main)
        if span == Span():
            check_the_plugin(plan, msgspec.structs.replace(journey, never=(guard,)), log, expected)


def check_the_plugin(
    plan: Plan, journey: Journey, log: Sequence[Message], expected: dict[tuple[int, int, str], int]
) -> None:
    """What the pytest plugin says of each actor is what the report counts."""
    for actor in {message[0] for message in log}:
        sent = sorted((at, event, kind) for name, at, event, kind in log if name == actor)
        progress = journey_progress(
            plan, journey, [SentEvent(event, at * SECOND, {"kind": kind}) for at, event, kind in sent]
        )

        ways = {
            number: [time for (way, _, name), time in sorted(expected.items()) if (way, name) == (number, actor)]
            for number, path in enumerate(paths(journey))
            if path.steps[-1] == len(journey.steps) - 1
        }
        assert progress.is_complete == any(len(ways[n]) == len(paths(journey)[n].steps) for n in ways)
        assert [time // SECOND for time in progress.reached] in ways.values()
        assert bool(progress.broken) == bool(
            naive_guard(
                journey,
                journey.never[0],
                [m for m in log if m[0] == actor],
                {key: time for key, time in expected.items() if key[2] == actor},
            )[0]
        )


for hard_journey, hard_log, _ in HARD:
    check_any_log = example(journey=hard_journey, log=hard_log, span=Span())(check_any_log)


@pytest.mark.slow
def test_the_funnel_is_that_of_trying_every_chain(entry: MakeEntry, plan_of: MakePlan) -> None:
    check_any_log(entry, plan_of)


@pytest.mark.parametrize(("journey", "log", "cases"), HARD)
def test_the_examples_are_the_hard_cases(journey: Journey, log: list[Message], cases: set[str]) -> None:
    assert cases <= facts(journey, log)


def test_a_chain_need_not_be_the_greedy_one(entry: MakeEntry, plan_of: MakePlan) -> None:
    # The first b is too long before c; the second is not.
    journey = Journey(
        name="j",
        by="user",
        steps=(Step(id="s0", event="a"), Step(id="s1", event="b"), Step(id="s2", event="c", within=2)),
    )
    log = [("ann", 0, "a", "x"), ("ann", 1, "b", "x"), ("ann", 8, "b", "x"), ("ann", 9, "c", "x")]
    plan = the_plan(plan_of)

    with Dataset.of(entries_of(entry, log), plan) as dataset:
        counts = funnel(dataset, walk(dataset, plan, journey, Span()))

    assert [actors for actors, _ in counts] == [1, 1, 1]


def test_one_message_never_fills_two_steps(entry: MakeEntry, plan_of: MakePlan) -> None:
    journey = Journey(name="j", by="user", steps=(Step(id="s0", event="a"), Step(id="s1", event="a")))
    plan = the_plan(plan_of)
    once, twice = [("ann", 1, "a", "x")], [("bob", 1, "a", "x"), ("bob", 1, "a", "x")]

    with Dataset.of(entries_of(entry, once + twice), plan) as dataset:
        counts = funnel(dataset, walk(dataset, plan, journey, Span()))

    assert [actors for actors, _ in counts] == [2, 1]


def test_steps_may_complete_after_the_window_has_ended(entry: MakeEntry, plan_of: MakePlan) -> None:
    journey = Journey(name="j", by="user", steps=(Step(id="s0", event="a"), Step(id="s1", event="b")))
    plan = the_plan(plan_of)
    log = [("ann", 4, "a", "x"), ("ann", 9, "b", "x"), ("bob", 5, "a", "x"), ("bob", 6, "b", "x")]

    with Dataset.of(entries_of(entry, log), plan) as dataset:
        counts = funnel(dataset, walk(dataset, plan, journey, Span(0, 5 * SECOND)))

    assert [actors for actors, _ in counts] == [1, 1]


def test_a_guard_counts_its_event_between_two_steps_only(entry: MakeEntry, plan_of: MakePlan) -> None:
    guard = Guard(event="c", start="s0", end="s1", name="trouble")
    journey = Journey(
        name="j", by="user", steps=(Step(id="s0", event="a"), Step(id="s1", event="b")), within=10, never=(guard,)
    )
    plan = the_plan(plan_of)
    log = [
        ("before", 1, "c", "x"), ("before", 2, "a", "x"), ("before", 3, "b", "x"),
        ("between", 1, "a", "x"), ("between", 2, "c", "x"), ("between", 3, "b", "x"),
        ("after", 1, "a", "x"), ("after", 2, "b", "x"), ("after", 3, "c", "x"),
        ("unfinished", 1, "a", "x"), ("unfinished", 11, "c", "x"),
        ("too late", 1, "a", "x"), ("too late", 12, "c", "x"),
        ("never entered", 1, "c", "x"),
    ]  # fmt: skip

    with Dataset.of(entries_of(entry, log), plan) as dataset:
        found = guard_actors(dataset, plan, walk(dataset, plan, journey, Span()), guard)

    assert found == (2, 5)


def test_a_device_walks_a_journey_by_device_and_a_person_does_not(entry: MakeEntry, plan_of: MakePlan) -> None:
    plan = the_plan(plan_of)
    steps = (Step(id="s0", event="a"), Step(id="s1", event="b"))
    log = [
        entry(1, "a", 1, device="gw"), entry(2, "b", 2, device="gw"),
        entry(3, "a", 1, user="ann"), entry(4, "a", 1, anonymous="undefined"),
    ]  # fmt: skip

    with Dataset.of(log, plan) as dataset:
        by_device = funnel(dataset, walk(dataset, plan, Journey(name="j", by="device", steps=steps), Span()))
        by_user = funnel(dataset, walk(dataset, plan, Journey(name="j", by="user", steps=steps), Span()))

    assert [actors for actors, _ in by_device] == [1, 1]
    assert [actors for actors, _ in by_user] == [1, 0]

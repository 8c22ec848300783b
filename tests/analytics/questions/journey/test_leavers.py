"""Who reached a step went on, gave up, may still go on, took another way, or went on after the session."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
from tests.analytics.questions.journey.small import BUYING, PLAN, walked

from footfall.analytics.questions.journey import journey_options
from footfall.analytics.questions.journey.leavers import NextCount, is_limited, leavers
from footfall.plan.model import DerivedEvent, Journey
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]
ENDLESS = msgspec.structs.replace(
    BUYING, within=None, steps=tuple(msgspec.structs.replace(step, within=None) for step in BUYING.steps), branches=()
)


@pytest.mark.parametrize(
    ("journey", "log", "now", "outcome"),
    [
        (BUYING, [(0, "view"), (1, "cart")], 10, "went_on"),
        (BUYING, [(0, "view")], 600, "open"),
        (BUYING, [(0, "view")], 601, "gave_up"),
        (BUYING, [(0, "view"), (1, "buy")], 10, "other_way"),
        (ENDLESS, [(0, "view"), (60, "read"), (90, "cart")], 10_000, "went_on"),
        (ENDLESS, [(0, "view"), (60, "read")], 1_860, "open"),
        (ENDLESS, [(0, "view"), (60, "read")], 1_861, "gave_up"),
        (ENDLESS, [(0, "view"), (1_801, "cart")], 10_000, "later"),
    ],
)
def test_an_outcome_goes_by_the_limits_of_the_plan_else_by_the_session(
    entry: MakeEntry, journey: Journey, log: list[tuple[int, str]], now: int, outcome: str
) -> None:
    with walked(entry, [("ann", at, name) for at, name in log], now, journey) as (context, reaches, stages):
        options = journey_options(PLAN, "buying", between=("view", "cart"))
        options = msgspec.structs.replace(options, journey=journey)
        assert leavers(context, options, reaches, stages).outcomes == {outcome: 1}


def test_repeats_of_the_step_itself_are_not_what_they_did_first(entry: MakeEntry) -> None:
    log = [("ann", 0, "view"), ("ann", 5, "view"), ("ann", 6, "read"), ("bob", 0, "view"), ("bob", 9, "view"),
           ("eve", 0, "view"), ("eve", 5, "view"), ("eve", 6, "cart"), ("eve", 7, "read")]  # fmt: skip
    with walked(entry, log, 10_000) as (context, reaches, stages):
        tally = leavers(context, journey_options(PLAN, "buying", between=("view", "cart")), reaches, stages)

    assert sorted(tally.nexts, key=lambda count: count.name) == [NextCount("", 1, 1), NextCount("read", 1, 0)]


def test_the_event_that_a_derived_step_is_of_is_not_what_they_did_first(entry: MakeEntry) -> None:
    derived = {name: DerivedEvent(name=f"any_{name}", event=name, when="1 > 0") for name in ("view", "cart")}
    steps = tuple(
        msgspec.structs.replace(step, event=f"any_{step.event}") if step.event in derived else step
        for step in BUYING.steps
    )
    journey = msgspec.structs.replace(BUYING, steps=steps)
    plan = msgspec.structs.replace(
        PLAN, derived_events={each.name: each for each in derived.values()}, journeys={"buying": journey}
    )
    log = [("ann", 0, "view"), ("ann", 5, "view"), ("ann", 6, "read"), ("bob", 0, "view"), ("bob", 700, "cart")]
    with walked(entry, log, 10_000, journey, plan) as (context, reaches, stages):
        tally = leavers(context, journey_options(plan, "buying", between=("view", "cart")), reaches, stages)

    assert sorted(tally.nexts, key=lambda count: count.name) == [NextCount("", 1, 0), NextCount("read", 1, 0)]


def test_a_pair_is_limited_by_the_journey_or_by_each_step_on_each_path() -> None:
    steps = tuple(msgspec.structs.replace(step, within=9) for step in BUYING.steps)
    each = msgspec.structs.replace(BUYING, within=None, steps=steps)
    first = msgspec.structs.replace(each, steps=(*steps[:2], msgspec.structs.replace(steps[2], within=None)))

    assert is_limited(BUYING, 0, 2)
    assert is_limited(each, 0, 2)
    assert [is_limited(first, *pair) for pair in ((0, 1), (1, 2), (0, 2))] == [True, False, False]

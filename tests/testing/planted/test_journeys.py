"""A planted walk has the shape that was asked for, within every limit of its journey."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.plan.model import Branch, Guard, Journey, Step
from footfall.testing.planted.journeys import JourneyShape, PlantedJourney, make_journey, plant_journey

JOURNEY = Journey(
    name="buying",
    by="user",
    within=7200,
    steps=(Step(id="see", event="a"), Step(id="add", event="b", within=600), Step(id="buy", event="c")),
    branches=(Branch(id="quick", after="see", steps=("buy",)),),
    never=(Guard(event="d", start="see", end="buy", name="trouble"),),
)


def walked(depth: int, **more: object) -> PlantedJourney:
    return make_journey(JOURNEY, JourneyShape(depth, **more), Random(1), brief=False)  # type: ignore[arg-type]


@given(st.integers(0, 2**32), st.booleans())
def test_a_walk_of_any_shape_keeps_the_limits_of_the_steps_that_it_reached(seed: int, brief: bool) -> None:
    walk = plant_journey(JOURNEY, Random(seed), brief=brief)
    gaps = [after - before for before, after in zip(walk.reached, walk.reached[1:], strict=False)]

    assert walk.reached[0] == 0
    assert walk.reached[-1] <= 7200
    assert all(gap >= 0 for gap in gaps)
    assert all(gap <= 600 for gap in gaps[:1])
    if brief:
        assert max(stop.at for stop in walk.stops) < 30 * 60


def test_a_walk_stops_after_its_last_step() -> None:
    walk = walked(2)

    assert [stop.event for stop in walk.stops] == ["a", "b"]
    assert (len(walk.reached), walk.branch, walk.guards) == (2, None, ())


def test_a_late_step_comes_one_second_too_late() -> None:
    assert walked(1, ending="late").stops[-1].at == 601
    assert walked(2, ending="late").stops[-1].at == 7201


def test_a_branch_is_walked_to_its_end_and_counts_for_no_main_step() -> None:
    walk = walked(1, ending="branch")

    assert ([stop.event for stop in walk.stops], walk.branch, len(walk.reached)) == (["a", "c"], "quick", 1)


def test_steps_that_are_tied_share_their_time() -> None:
    assert walked(3, tied=True).reached == (0, 0, 0)


@pytest.mark.parametrize(("tied", "guards"), [(False, ("trouble",)), (True, ())])
def test_a_guard_is_met_where_there_is_room_before_its_end(tied: bool, guards: tuple[str, ...]) -> None:
    walk = walked(3, tied=tied, guarded=True)

    assert walk.guards == guards
    assert ("d" in {stop.event for stop in walk.stops}) is bool(guards)


def test_a_return_repeats_the_whole_journey_after_its_time() -> None:
    again = walked(1, ending="returns").stops[1:]

    assert [stop.event for stop in again] == ["a", "b", "c"]
    assert again[0].at > 7200

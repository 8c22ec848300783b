"""A journey's paths: the main one, and each branch from where it leaves it."""

from __future__ import annotations

from footfall.journeys.paths import Path, paths, step_number
from footfall.plan.model import Branch, Journey, Step

JOURNEY = Journey(
    name="j",
    by="user",
    steps=(
        Step(id="a", event="a"),
        Step(id="b", event="b", within=2),
        Step(id="c", event="c"),
        Step(id="d", event="d", within=3),
    ),
    within=60,
    branches=(Branch(id="short", after="a", steps=("d",)), Branch(id="aside", after="b", steps=("c",))),
)


def test_the_main_path_comes_first_with_limits_in_microseconds() -> None:
    main = paths(JOURNEY)[0]

    assert main == Path((0, 1, 2, 3), (None, 2_000_000, None, 3_000_000), 60_000_000)


def test_a_branch_goes_on_from_the_step_after_which_it_leaves() -> None:
    _, short, aside = paths(JOURNEY)

    assert short.steps == (0, 3)
    assert short.limits == (None, 3_000_000)
    assert aside.steps == (0, 1, 2)


def test_a_step_is_found_by_its_name() -> None:
    assert [step_number(JOURNEY, name) for name in "abcd"] == [0, 1, 2, 3]

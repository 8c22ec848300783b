"""The transforms of two plans are put together so that nothing stays in clear, and nothing is changed twice."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from footfall.plan.checking.transform_parts import Edit, part_of, parts_in, remaining, stricter, touches
from footfall.plan.model import Property, Transform

TRANSFORMS: tuple[Transform, ...] = ("truncate", "mask", "hash", "drop")


def leaf(name: str, transform: Transform | None = None) -> Property:
    return Property(name=name, wire_name=name, type="string", transform=transform)


def test_a_body_without_transforms_has_no_part() -> None:
    lines = Property(name="lines", type="array", items=Property(type="object", properties=(leaf("sku"),)))

    assert part_of([leaf("a"), lines]) is None


def test_keys_are_those_on_the_wire_at_every_depth() -> None:
    card = Property(name="card", wire_name="crd", type="string", transform="drop")
    lines = Property(name="lines", type="array", items=Property(type="object", properties=(card, leaf("sku"))))
    named = Property(name="named", type="map", values=leaf("", "hash"))

    assert part_of([lines, named]) == Edit(
        keys={
            "lines": Edit(in_array=Edit(keys={"crd": Edit("drop")})),
            "named": Edit(in_map=Edit("hash")),
        }
    )


@pytest.mark.parametrize("first", TRANSFORMS)
@pytest.mark.parametrize("second", TRANSFORMS)
def test_of_two_transforms_the_one_that_says_less_wins(first: Transform, second: Transform) -> None:
    both = stricter(Edit(first), Edit(second))

    assert both == Edit(max(first, second, key=TRANSFORMS.index))


def test_a_whole_value_is_changed_where_either_plan_changes_the_whole() -> None:
    inside = Edit(keys={"a": Edit("hash")})

    assert stricter(inside, Edit("mask")) == Edit("mask")
    assert stricter(Edit(keys={"x": inside}), Edit(in_map=Edit("drop"))) == Edit(
        keys={"x": Edit("drop")}, in_map=Edit("drop")
    )


def test_what_was_done_is_not_done_again_but_for_what_is_to_be_dropped_now() -> None:
    done = Edit(keys={"a": Edit("hash"), "b": Edit("truncate"), "c": Edit("drop")})
    wanted = Edit(
        keys={
            "a": Edit("drop"),
            "b": Edit("hash"),
            "c": Edit("drop"),
            "d": Edit("mask"),
        }
    )

    assert remaining(wanted, done) == Edit(keys={"a": Edit("drop"), "d": Edit("mask")})
    assert remaining(wanted, None) == wanted
    assert remaining(wanted, wanted) is None
    assert remaining(None, done) is None


def test_in_a_map_the_keys_that_were_changed_are_spared() -> None:
    rest = remaining(Edit(in_map=Edit("hash")), Edit(keys={"a": Edit("mask")}))

    assert rest is not None
    assert rest.inside("b") == Edit("hash")
    assert rest.inside("a") != Edit("hash")
    assert [touches(rest, {key: "v"}) for key in ("a", "b")] == [False, True]


def test_a_value_that_does_not_fit_is_touched_and_null_is_not() -> None:
    part = Edit(keys={"lines": Edit(in_array=Edit(keys={"card": Edit("drop")}))})

    misfits: list[Any] = ["4111", 5, {"card": 1}, [7], [{"card": None}]]
    others: list[Any] = [None, [], [{"sku": 1}], [None]]

    assert [touches(part, {"lines": value}) for value in misfits] == [True] * 5
    assert [touches(part, {"lines": value}) for value in others] == [False] * 4


def test_the_names_of_changed_values_are_listed_at_every_depth() -> None:
    part = Edit(
        keys={
            "a": Edit("hash"),
            "b": Edit(in_array=Edit(keys={"c": Edit("drop")}), in_map=Edit("mask")),
        }
    )

    assert [(key, inner.change) for key, inner in parts_in(part)] == [("a", "hash"), ("b", None), ("c", "drop")]


KEYS = st.sampled_from(["a", "b", "c"])
PARTS = st.recursive(
    st.sampled_from(TRANSFORMS).map(Edit),
    lambda inner: st.builds(
        lambda keys, in_array, in_map: Edit(None, keys, in_array, in_map),
        st.dictionaries(KEYS, inner, min_size=1, max_size=3),
        st.none() | inner,
        st.none() | inner,
    ),
    max_leaves=8,
)
PATHS = st.lists(KEYS | st.just("[]"), max_size=4)


def change_at(part: Edit | None, path: list[str]) -> Transform | None:
    """The transform that a part has for the value at a path, or for one around it."""
    for step in path:
        if part is None or part.change is not None:
            break
        part = part.in_array if step == "[]" else part.inside(step)
    return None if part is None else part.change


@given(first=PARTS, second=PARTS, path=PATHS)
@example(first=Edit("mask"), second=Edit(in_map=Edit("hash")), path=["a"])
@example(
    first=Edit(keys={"a": Edit("mask")}),
    second=Edit(in_map=Edit("hash")),
    path=["b"],
)
def test_put_together_a_value_is_changed_where_either_changes_it(first: Edit, second: Edit, path: list[str]) -> None:
    both = change_at(stricter(first, second), path)

    assert (both is None) == (change_at(first, path) is None and change_at(second, path) is None)


@given(wanted=PARTS, done=PARTS, path=PATHS)
@example(
    wanted=Edit(in_map=Edit("hash")),
    done=Edit(keys={"a": Edit("mask")}),
    path=["a"],
)
def test_a_value_that_was_changed_is_at_most_dropped(wanted: Edit, done: Edit, path: list[str]) -> None:
    before, rest = change_at(done, path), change_at(remaining(wanted, done), path)

    assert rest in (None, change_at(wanted, path))
    assert before is not None or rest == change_at(wanted, path)


@given(part=PARTS)
def test_nothing_remains_of_what_was_done(part: Edit) -> None:
    rest = remaining(part, part)

    assert rest is None

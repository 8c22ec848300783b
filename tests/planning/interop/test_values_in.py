"""The values that a schema names, read as a plan has them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from footfall.planning.interop.values_in import (
    as_whole,
    distinct,
    is_count,
    is_number,
    kinds_of,
    nearest_beyond,
    open_enum,
    scale_of,
)


@pytest.mark.parametrize(
    ("schema", "result"),
    [
        ({"anyOf": [{"enum": ["a"]}, {"type": "string"}]}, (["a"], ["string"])),
        ({"anyOf": [{"enum": ["a", 1]}, {"type": ["string", "integer"]}]}, (["a", 1], ["string", "integer"])),
        ({"anyOf": [{"enum": ["a", None]}, {"type": ["string", "null"]}]}, (["a", None], ["string", "null"])),
        ({"anyOf": [{"enum": ["a"]}, {"type": ["string", "null"]}]}, None),
        ({"anyOf": [{"enum": ["a"]}, {"type": "integer"}]}, None),
        ({"anyOf": [{"enum": ["a"]}, {"type": "string", "maxLength": 3}]}, None),
        ({"anyOf": [{"enum": ["a"]}, {"type": "string"}], "type": "string"}, None),
        ({"anyOf": [{"enum": [1.5]}, {"type": "number"}]}, None),
        ({"anyOf": [{"enum": ["a"]}]}, None),
        ({}, None),
    ],
)
def test_an_open_enum_is_members_and_then_every_value_of_their_types(schema: dict[str, Any], result: Any) -> None:
    assert open_enum(schema) == result


def test_a_count_is_a_whole_number_that_can_be_a_length() -> None:
    assert all(map(is_count, (0, 3, Decimal(3), Decimal("3.0"))))
    assert not any(map(is_count, (-1, Decimal("3.5"), 2**53, True, "3", None, Decimal("NaN"))))
    assert not any(map(is_number, (True, None, "1", Decimal("Infinity"), 1.5)))


@pytest.mark.parametrize(
    ("step", "scale"), [(1, 0), (Decimal("0.1"), 1), (Decimal("0.010"), 2), (Decimal("0.05"), None), (10, None)]
)
def test_only_a_power_of_ten_is_a_scale(step: Any, scale: int | None) -> None:
    assert scale_of(step) == scale


def test_values_are_distinct_by_their_json() -> None:
    assert distinct(["a", 1, True, 1, "a", 0, False]) == ["a", 1, True, 0, False]
    assert [as_whole(value) for value in (Decimal("1.0"), Decimal("1.5"), "1", 2)] == [1, Decimal("1.5"), "1", 2]
    assert kinds_of(["a", 1]) == ["integer", "string"]
    assert kinds_of([1, Decimal("1.5")]) == ["number"]


@given(
    bound=st.decimals(-1000, 1000, places=3),
    scale=st.integers(0, 3),
    away=st.sampled_from([1, -1]),
    whole=st.booleans(),
)
@example(bound=Decimal("0.010"), scale=2, away=1, whole=False)
@example(bound=Decimal("-0.005"), scale=2, away=-1, whole=False)
@example(bound=Decimal(3), scale=0, away=-1, whole=True)
def test_the_nearest_value_beyond_a_bound_has_none_between(bound: Decimal, scale: int, away: int, whole: bool) -> None:
    step = Decimal(1) if whole else Decimal(1).scaleb(-scale)

    nearest = nearest_beyond(bound, away, whole=whole, scale=None if whole else scale)

    assert (nearest - bound) * away > 0
    assert (nearest - away * step - bound) * away <= 0
    assert nearest % step == 0


def test_without_a_step_there_is_no_nearest_value() -> None:
    assert nearest_beyond(Decimal("1.5"), 1, whole=False, scale=None) == Decimal("1.5")

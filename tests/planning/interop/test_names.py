"""Names of other formats become names of a plan."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from footfall.plan import read
from footfall.planning.interop.names import plan_id, snake_case


@pytest.mark.parametrize(
    ("name", "snake"),
    [
        ("Order Completed", "order_completed"),
        ("orderID", "order_id"),
        ("URLPath", "url_path"),
        ("order_id2", "order_id2"),
        ("  a--b..c ", "a_b_c"),
        ("1st", "_1st"),
        ("Größe", "größe"),
        ("$", "unnamed"),
        ("", "unnamed"),
    ],
)
def test_words_are_joined_in_snake_case(name: str, snake: str) -> None:
    assert snake_case(name) == snake


@given(name=st.text(max_size=12))
@example(name="²")
@example(name="İ")
@example(name="class")
def test_any_name_becomes_one_that_a_plan_takes(name: str) -> None:
    snake = snake_case(name)

    assert read({"plan": plan_id(name), "events": {snake: {}}}).require().events.keys() == {snake}


def test_a_plans_id_has_no_spaces() -> None:
    assert [plan_id(name) for name in ("My Shop", "a/b", "!", "")] == ["my-shop", "a-b", "imported", "imported"]

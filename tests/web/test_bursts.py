"""Page views that come faster than a person can open pages."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from footfall.web.bursts import BURSTS, in_burst

SECOND = 1_000_000


@pytest.mark.parametrize(
    ("times", "burst"),
    [
        ([], False),
        ([0], False),
        ([0] * 19, False),
        ([0] * 20, True),
        ([number * 50_000 for number in range(20)], True),
        ([number * 53_000 for number in range(20)], False),
        ([number * 650_000 for number in range(90)], True),
        ([number * SECOND for number in range(1_000)], False),
    ],
)
def test_many_views_within_moments_are_a_burst(times: list[int], *, burst: bool) -> None:
    assert in_burst(times) == [burst] * len(times)


def test_views_long_before_and_after_a_burst_are_not_in_it() -> None:
    times = [0, *[3_600 * SECOND] * 20, 7_200 * SECOND]

    assert in_burst(times) == [False, *[True] * 20, False]


@given(st.lists(st.integers(0, 20 * SECOND), max_size=120))
@example([0] * 25 + [SECOND - 1] * 25 + [SECOND] * 5)
@example([number * 600_000 for number in range(100)])
def test_a_view_is_in_a_burst_if_some_window_with_it_has_enough_views(times: list[int]) -> None:
    def has_enough(start: int, views: int, window: int, time: int) -> bool:
        return start <= time < start + window and sum(start <= other < start + window for other in times) >= views

    expected = [any(has_enough(start, *burst, time) for burst in BURSTS for start in times) for time in times]

    assert in_burst(times) == expected

"""Wilson's interval has its published values, and is where the score test finds its ends."""

from __future__ import annotations

from decimal import Decimal
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.analytics.intervals import wilson

Z = 1.959963984540054


# R. G. Newcombe, Two-sided confidence intervals for the single proportion, Stat. Med. 17 (1998), table I, method 3.
@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [
        (81, 263, "0.2553", "0.3662"),
        (15, 148, "0.0624", "0.1605"),
        (0, 20, "0.0000", "0.1611"),
        (1, 29, "0.0061", "0.1718"),
    ],
)
def test_published_intervals(count: int, of: int, low: str, high: str) -> None:
    interval = wilson(count, of)

    assert interval is not None
    assert [f"{end:.4f}" for end in interval] == [low, high]


@given(of=st.integers(1, 100_000), data=st.data())
def test_any_end_is_as_far_from_the_share_as_the_score_test_allows(of: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, of))
    interval = wilson(count, of)

    assert interval is not None
    assert 0 <= interval.low <= Decimal(count) / of <= interval.high <= 1
    for end in map(float, interval):
        if 0 < end < 1:
            assert abs(abs(count / of - end) - Z * sqrt(end * (1 - end) / of)) < 1e-4


def test_nobody_has_no_interval() -> None:
    assert wilson(0, 0) is None

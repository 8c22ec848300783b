"""Medians, bins and curves of histograms of times."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from footfall.analytics.questions.funnel.times import TimeBin, added, curve_points, summary

SECOND = 1_000_000
NEVER = 2**63 - 1


def test_histograms_add_up() -> None:
    assert added([{1: 2}, {1: 1, 3: 4}]) == {1: 3, 3: 4}


def test_the_median_is_halfway_and_the_p90_is_a_time_that_occurs() -> None:
    times = summary({SECOND: 1, 2 * SECOND: 1, 3 * SECOND: 1, 10 * SECOND: 1})

    assert (times.count, times.median_seconds, times.p90_seconds) == (4, Decimal("2.5"), Decimal(10))
    assert times.histogram == (TimeBin(1, 10, 3), TimeBin(10, 60, 1))


def test_of_nobody_there_is_none() -> None:
    assert summary({}).median_seconds is None


@given(st.dictionaries(st.integers(0, 10**14), st.integers(1, 5), min_size=1))
def test_any_times_are_in_one_bin_each(took: dict[int, int]) -> None:
    times = summary(took)

    assert sum(each.count for each in times.histogram) == times.count
    assert times.histogram[0].count
    assert times.histogram[-1].count
    for each in times.histogram:
        assert each.count == sum(
            count for time, count in took.items()
            if each.least * SECOND <= time and (each.under is None or time < each.under * SECOND)
        )  # fmt: skip


def test_a_curve_ends_where_nothing_changes_any_more_or_time_is_up() -> None:
    hour = 3_600 * SECOND
    points = curve_points({hour: 1}, {}, {2 * hour: 1, NEVER: 2}, None, has_exclusions=False)

    assert [(point.seconds, point.at_risk, point.converted) for point in points][-1] == (3_600, 4, Decimal("0.25"))
    assert points[0].converted == 0
    assert points[0].excluded is None
    assert curve_points({hour: 1}, {}, {2 * hour: 3}, 7_200, has_exclusions=False)[-1].seconds == 7_200


def test_a_curve_with_exclusions_has_their_share_too() -> None:
    (point,) = curve_points({SECOND: 1}, {SECOND: 1}, {NEVER: 2}, None, has_exclusions=True)

    assert (point.converted, point.excluded) == (Decimal("0.25"), Decimal("0.25"))


def test_without_a_conversion_there_is_no_curve() -> None:
    assert curve_points({}, {}, {SECOND: 1}, None, has_exclusions=False) == ()

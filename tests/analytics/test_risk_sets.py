"""The log-rank test of what happens on the way, against plain loops over persons and published examples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import isclose

import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from tests.analytics.questions.journey.reference import tick

from footfall.analytics.engine import connect
from footfall.analytics.risk_sets import Exits, LogRank, benjamini_hochberg, log_rank, tick_sql

Life = tuple[int, bool, int | None]  # decided in this tick, and went on; had it in this tick

# Weeks of remission: G. Freireich et al. (1963), as in D. R. Cox (1972); + is censored, here the second of each pair.
TREATED = [(6, 1), (6, 1), (6, 1), (6, 0), (7, 1), (9, 0), (10, 1), (10, 0), (11, 0), (13, 1), (16, 1), (17, 0),
           (19, 0), (20, 0), (22, 1), (23, 1), (25, 0), (32, 0), (32, 0), (34, 0), (35, 0)]  # fmt: skip
CONTROL = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]


def ranked(lives: Sequence[Life]) -> LogRank:
    exposed = [life for life in lives if life[2] is not None and life[2] < life[0]]
    return log_rank(exits(lives), Counter(had for _, _, had in exposed if had is not None), exits(exposed))


def exits(lives: Sequence[Life]) -> dict[int, Exits]:
    return {
        tick: Exits(sum(life[0] == tick for life in lives), sum(life[0] == tick and life[1] for life in lives))
        for tick in {life[0] for life in lives}
    }


lives = st.lists(st.tuples(st.integers(0, 6), st.booleans(), st.none() | st.integers(0, 6)), max_size=12)


@given(lives)
def test_it_is_that_of_looking_at_all_who_are_undecided_at_each_tick(drawn: list[Life]) -> None:
    observed, expected, variance = 0, 0.0, 0.0
    for now in sorted({life[0] for life in drawn}):
        at_risk = [life for life in drawn if life[0] >= now]
        exposed = [life for life in at_risk if life[2] is not None and life[2] < now]
        going = sum(life[0] == now and life[1] for life in at_risk)
        if going:
            observed += sum(life[0] == now and life[1] for life in exposed)
            share = len(exposed) / len(at_risk)
            expected += going * share
            if len(at_risk) > 1:
                variance += going * share * (1 - share) * (len(at_risk) - going) / (len(at_risk) - 1)
    result = ranked(drawn)

    event("somebody had it" if observed else "nobody went on with it")
    assert result.observed == observed
    assert isclose(result.expected, expected, abs_tol=1e-9)
    assert isclose(result.variance, variance, abs_tol=1e-9)


def test_the_published_trial_has_its_published_numbers() -> None:
    result = ranked(
        [(week, bool(is_event), 0) for week, is_event in TREATED] + [(week, True, None) for week in CONTROL]
    )
    lift, low, high = result.lift

    assert result.observed == 9
    assert round(result.expected, 2) == 19.25
    assert round((result.observed - result.expected) ** 2 / result.variance, 2) == 16.79
    assert low < lift < high
    assert result.p_value < 0.0001


def test_the_published_p_values_have_their_four_discoveries() -> None:
    # Y. Benjamini and Y. Hochberg (1995), 3.2: at 0.05 the four smallest of fifteen.
    p_values = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719,
                0.6528, 0.7590, 1.0]  # fmt: skip
    adjusted = benjamini_hochberg(p_values[::-1])[::-1]

    assert [value <= 0.05 for value in adjusted] == [True] * 4 + [False] * 11
    assert adjusted == sorted(adjusted)
    assert adjusted[-1] == 1


@given(st.lists(st.floats(0, 1), max_size=8))
def test_a_p_value_is_adjusted_as_the_procedure_says(p_values: list[float]) -> None:
    adjusted = benjamini_hochberg(p_values)

    for number, value in enumerate(p_values):
        ranks = [(other, sum(each <= other for each in p_values)) for other in p_values if other >= value]
        assert isclose(adjusted[number], min(1.0, *(other * len(p_values) / rank for other, rank in ranks)))


@pytest.mark.parametrize("seconds", [0, 1, 63, 64, 65, 127, 128, 129, 255, 256, 3_599, 86_400, 604_799, 31_536_000])
def test_ticks_are_seconds_up_to_a_minute_and_finer_than_two_percent_after_it(seconds: int) -> None:
    with connect() as connection:
        rows = connection.execute(f"SELECT {tick_sql(f'{seconds}000000 + 999999')}").fetchall()

    assert rows == [(tick(seconds),)]
    assert tick(seconds) <= tick(seconds + 1) <= tick(seconds) + 1
    assert tick(seconds) < tick(seconds + 1 + seconds // 50)


def test_what_nobody_goes_on_with_has_a_lift_that_can_be_written() -> None:
    lift, low, high = LogRank(0, 400.0, 1.0).lift

    assert 1 < low <= lift <= high < 1e22

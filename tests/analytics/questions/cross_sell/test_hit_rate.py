"""Recommendations leave out what a person owns, and win where they hit more than by chance."""

from __future__ import annotations

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.analytics.questions.cross_sell.hit_rate import hit_rate, sign_test
from footfall.analytics.questions.cross_sell.tally import PersonItems

ITEMS = {"tea": 9, "pot": 5, "cup": 4}


def test_nobody_is_recommended_what_they_own() -> None:
    persons = [PersonItems(("tea",), ("pot",), 3), PersonItems(("cup", "tea"), ("cake",), 2)]
    rate = hit_rate(persons, {("tea", "tea"): 1.0, ("tea", "pot"): 0.9, ("tea", "cup"): 0.1}, ITEMS, 1)

    assert (rate.persons, rate.hits, rate.popular_hits) == (5, 3, 3)


def test_where_no_pair_is_known_the_most_popular_are_recommended() -> None:
    rate = hit_rate([PersonItems(("pot",), ("tea",), 4)], {}, ITEMS, 1)

    assert (rate.hits, rate.popular_hits, rate.only_pairs, rate.only_popular) == (4, 4, 0, 0)


@pytest.mark.parametrize(("persons", "wins"), [(29, False), (30, True)])
def test_it_takes_enough_persons_to_win(persons: int, wins: bool) -> None:
    rate = hit_rate([PersonItems(("cup",), ("pot",), persons)], {("cup", "pot"): 0.5}, ITEMS, 1)

    assert (rate.hits, rate.popular_hits, rate.wins) == (persons, 0, wins)


@given(st.integers(0, 40), st.integers(0, 40))
def test_the_sign_test_is_that_of_throwing_coins(more: int, less: int) -> None:
    total = more + less
    heads = sum(comb(total, count) for count in range(total + 1) if count >= more)

    assert sign_test(more, less) == pytest.approx(heads / 2**total)


def test_of_many_it_is_nearly_exact() -> None:
    exact = sum(comb(1_200, count) for count in range(640, 1_201)) / 2**1_200

    assert sign_test(640, 560) == pytest.approx(exact, rel=0.01)

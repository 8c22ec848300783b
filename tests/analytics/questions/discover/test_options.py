"""What it takes to be taken for a kind."""

from __future__ import annotations

from footfall.analytics.questions.discover import options


def test_the_bars_are_shares_and_the_floor_leaves_persons_for_each_kind() -> None:
    assert 0 < options.LEAST_SHARE < options.LEAST_AGREEMENT <= options.LEAST_STABILITY < 1
    assert options.FEWEST_PERSONS * options.LEAST_SHARE >= 9
    assert options.DiscoverOptions().days == 28

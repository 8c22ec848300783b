"""Conversion over time: published digits, a plain product, and the plain share where nothing is censored."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from footfall.analytics.survival import aalen_johansen, kaplan_meier

HISTOGRAMS = st.dictionaries(st.integers(0, 6), st.integers(1, 4), max_size=5)


def test_the_leukaemia_trial_of_freireich_has_its_published_digits() -> None:
    # 6-MP arm, 21 patients, weeks of remission. Freireich et al., Blood 21 (1963); the estimates are those of
    # Kalbfleisch and Prentice, and of Kleinbaum and Klein, Survival Analysis, table 2.3.
    events = {6: 3, 7: 1, 10: 1, 13: 1, 16: 1, 22: 1, 23: 1}
    censored = {6: 1, 9: 1, 10: 1, 11: 1, 17: 1, 19: 1, 20: 1, 25: 1, 32: 2, 34: 1, 35: 1}

    steps = kaplan_meier(events, censored)

    assert [(step.time, step.at_risk, round(1 - step.converted, 4)) for step in steps] == [
        (6, 21, 0.8571), (7, 17, 0.8067), (10, 15, 0.7529), (13, 12, 0.6902), (16, 11, 0.6275), (22, 7, 0.5378),
        (23, 6, 0.4482),
    ]  # fmt: skip


@settings(max_examples=60)
@given(converted=HISTOGRAMS, dropped=HISTOGRAMS, censored=HISTOGRAMS)
def test_any_incidence_is_that_of_a_loop_over_all_entries(
    converted: dict[int, int], dropped: dict[int, int], censored: dict[int, int]
) -> None:
    exits = [(time, kind) for kind, each in enumerate((converted, dropped, censored)) for time, n in each.items()
             for _ in range(n)]  # fmt: skip
    waiting, shares, expected = Fraction(1), [Fraction(0), Fraction(0)], []
    for time in sorted({*converted, *dropped}):
        at_risk = sum(end >= time for end, _ in exits)
        before = waiting
        for kind in (0, 1):
            hazard = Fraction(sum(end == (time, kind) for end in exits), at_risk)
            shares[kind] += before * hazard
            waiting -= before * hazard
        expected.append((time, at_risk, *map(float, shares)))

    steps = aalen_johansen(converted, dropped, censored)

    assert [step[:2] for step in steps] == [each[:2] for each in expected]
    assert [share for step in steps for share in step[2:]] == pytest.approx([s for each in expected for s in each[2:]])


@given(converted=HISTOGRAMS, dropped=HISTOGRAMS)
def test_without_censoring_it_ends_at_the_plain_share(converted: dict[int, int], dropped: dict[int, int]) -> None:
    total = sum(converted.values()) + sum(dropped.values())
    steps = aalen_johansen(converted, dropped, {})

    if total:
        assert steps[-1].converted == pytest.approx(sum(converted.values()) / total)
        assert steps[-1].dropped == pytest.approx(sum(dropped.values()) / total)


def test_an_entry_that_is_ended_is_not_censored() -> None:
    # Kaplan and Meier with the dropped ones as censored says that all convert in the end; half of them do.
    (last,) = kaplan_meier({2: 1}, {1: 1})

    assert last.converted == 1
    assert aalen_johansen({2: 1}, {1: 1}, {})[-1].converted == 0.5

"""Kinds are found where there are some, as many as there are, and not where a cloud is only longer than wide."""

from __future__ import annotations

import pytest

np = pytest.importorskip("numpy", reason="the discover extra is not installed")
pytest.importorskip("sklearn", reason="the discover extra is not installed")

from footfall.analytics.questions.discover.kinds import Kinds, NoKinds, Scale, agreement_of, find_kinds, matched  # noqa: E402 - it loads what may be missing


def clouds(*centres: tuple[float, ...], each: int = 200, seed: int = 1) -> object:
    draw = np.random.default_rng(seed)
    return np.concatenate([draw.normal(centre, 1.0, (each, len(centre))) for centre in centres])


@pytest.mark.parametrize("centres", [[(0, 0), (8, 8)], [(0, 0, 0), (9, 0, 0), (0, 9, 0), (0, 0, 9)]])
def test_as_many_kinds_are_found_as_there_are(centres: list[tuple[float, ...]]) -> None:
    kinds = find_kinds(clouds(*centres))

    assert isinstance(kinds, Kinds)
    assert len(kinds.centres) == len(centres)
    assert kinds.stability > 0.95


@pytest.mark.parametrize("spread", [(1, 1, 1, 1), (9, 1, 1, 1)])
def test_one_cloud_is_refused_also_where_it_is_long(spread: tuple[int, ...]) -> None:
    rows = np.random.default_rng(3).normal(0, 1, (600, 4))
    rows[:, 1:] += rows[:, :1] * spread[0]

    assert isinstance(find_kinds(rows), NoKinds)


def test_the_same_persons_later_are_matched_wholly_and_others_are_not() -> None:
    kinds = find_kinds(clouds((0, 0), (8, 8)))
    assert isinstance(kinds, Kinds)

    assert min(matched(kinds, clouds((0, 0), (8, 8), seed=2))) > 0.95
    assert min(matched(kinds, clouds((0, 0), each=400, seed=2))) < 0.6


def test_what_is_the_same_for_all_counts_for_nothing() -> None:
    rows = np.array([[1.0, 5.0], [3.0, 5.0]])

    assert Scale.of(rows)(rows).tolist() == [[-1.0, 0.0], [1.0, 0.0]]


def test_agreement_is_those_in_both_of_those_in_either() -> None:
    first, second, nobody = np.array([1, 1, 0, 0], bool), np.array([0, 1, 1, 0], bool), np.zeros(4, bool)

    assert agreement_of(first, second) == pytest.approx(1 / 3)
    assert agreement_of(nobody, nobody) == 0.0

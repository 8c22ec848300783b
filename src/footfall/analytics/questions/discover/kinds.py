"""Finds kinds among rows of numbers: k-means, with as many kinds as are stable, and none where chance does as well.

How many kinds there are is tried from 2 on. A number is stable where kinds that are found in samples of the persons,
drawn with replacement, agree on everybody (adjusted Rand index). Any cloud of persons can be cut in two, and in the
same way each time where it is longer than wide; so kinds also have to be further apart (silhouette) than those found in
random persons with the same means, spreads and correlations. All draws begin with one seed.
"""

from __future__ import annotations

import warnings
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import adjusted_rand_score, silhouette_score
from threadpoolctl import threadpool_limits

from footfall.analytics.questions.discover.options import (
    BOOTSTRAPS,
    LEAST_SHARE,
    LEAST_STABILITY,
    MOST_KINDS,
    SEED,
)

__all__ = ["Kinds", "NoKinds", "Scale", "agreement_of", "find_kinds", "matched"]

Matrix = Any  # of numpy: a row for each person
Labels = Any  # of numpy: the number of each person's kind

_SAMPLE = 4_000  # persons whose kinds are compared
_APART = 1_500  # persons whose distances are measured: each to each other
_CHANCES = 5
_MARGIN = 0.05
_ALIKE = 0.02  # of two numbers of kinds that are as stable, the one with kinds further apart


class Scale(NamedTuple):
    """How features become comparable: less their mean, divided by their spread."""

    mean: Any
    spread: Any

    @classmethod
    def of(cls, rows: Matrix) -> Scale:
        """The scale of some persons; what is the same for all of them counts for nothing."""
        spread = rows.std(axis=0)
        return cls(rows.mean(axis=0), np.where(spread > 1e-9, spread, np.inf))

    def __call__(self, rows: Matrix) -> Matrix:
        return (rows - self.mean) / self.spread


class NoKinds(NamedTuple):
    """Why there are no kinds."""

    reason: str


class Kinds(NamedTuple):
    """The centres of kinds on a scale, and how well they were found: `stability` and `apart` (silhouette).

    `chance` is the silhouette that chance reached.
    """

    scale: Scale
    centres: Matrix
    stability: float
    apart: float
    chance: float

    def labels(self, rows: Matrix) -> Labels:
        """The kind of each person: that of the nearest centre."""
        return _nearest(self.scale(rows), self.centres)


def find_kinds(rows: Matrix) -> Kinds | NoKinds:
    """The kinds among persons; a NoKinds where no number of kinds is stable and better than chance."""
    # Rows are few: several threads would wait for one another longer than they work.
    with threadpool_limits(1):
        return _found(rows)


def _found(rows: Matrix) -> Kinds | NoKinds:
    draw, scale = np.random.default_rng(SEED), Scale.of(rows)
    scaled = scale(rows)
    sample = scaled if len(scaled) <= _SAMPLE else scaled[draw.choice(len(scaled), _SAMPLE, replace=False)]
    trials = [trial for number in range(2, MOST_KINDS + 1) if (trial := _trial(sample, number, draw)) is not None]
    stable = [trial for trial in trials if trial.stability >= LEAST_STABILITY]
    if not stable:
        most = max((trial.stability for trial in trials), default=0.0)
        return NoKinds(
            f"no number of kinds from 2 to {MOST_KINDS} is stable: samples of the persons agree by {most:.2f} at most, "
            f"and it takes {LEAST_STABILITY}"
        )
    real = [trial for trial in stable if trial.apart >= trial.chance + _MARGIN]
    if not real:
        return NoKinds("the persons differ by degrees, not in kind: chance finds kinds that are as far apart")
    best = max(trial.stability for trial in real)
    chosen = max((trial for trial in real if trial.stability >= best - _ALIKE), key=lambda trial: trial.apart)
    return Kinds(scale, _fit(scaled, len(chosen.centres), SEED), chosen.stability, chosen.apart, chosen.chance)


class _Trial(NamedTuple):
    centres: Matrix
    stability: float
    apart: float
    chance: float


def _trial(sample: Matrix, number: int, draw: Any) -> _Trial | None:
    """So many kinds; None where one of them has hardly anybody."""
    centres = _fit(sample, number, SEED)
    labels = _nearest(sample, centres)
    if np.bincount(labels, minlength=number).min() < LEAST_SHARE * len(sample):
        return None
    agreements = []
    for round_ in range(BOOTSTRAPS):
        again = sample[draw.integers(0, len(sample), len(sample))]
        agreements.append(adjusted_rand_score(labels, _nearest(sample, _fit(again, number, SEED + round_ + 1))))
    chances = [_apart(cloud, _fit(cloud, number, SEED)) for cloud in (_cloud(sample, draw) for _ in range(_CHANCES))]
    return _Trial(centres, float(np.mean(agreements)), _apart(sample, centres), max(chances))


def _cloud(sample: Matrix, draw: Any) -> Matrix:
    """Random persons with the means, spreads and correlations of others."""
    covariance = np.atleast_2d(np.cov(sample, rowvar=False))
    return draw.multivariate_normal(sample.mean(axis=0), covariance, min(len(sample), _APART), method="eigh")


def _apart(rows: Matrix, centres: Matrix) -> float:
    few = rows[:_APART]
    labels = _nearest(few, centres)
    return float(silhouette_score(few, labels)) if len(set(labels.tolist())) > 1 else -1.0


def _fit(rows: Matrix, number: int, seed: int) -> Matrix:
    with warnings.catch_warnings():
        # Of persons that are alike there are fewer kinds than asked for; the sizes show that.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return KMeans(number, n_init=3, random_state=seed).fit(rows).cluster_centers_


def _nearest(rows: Matrix, centres: Matrix) -> Labels:
    distances = ((rows[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2)
    return distances.argmin(axis=1)


def matched(kinds: Kinds, rows: Matrix) -> list[float]:
    """How well each kind is found again among other persons, from 0 to 1.

    Kinds are found anew among them, as many, and each earlier one takes the later one that shares the most persons:
    those in both divided by those in either.
    """
    labels, number = kinds.labels(rows), len(kinds.centres)
    scaled = kinds.scale(rows)
    with threadpool_limits(1):
        again = _nearest(scaled, _fit(scaled, number, SEED))
    shared = np.array(
        [[agreement_of(labels == kind, again == other) for other in range(number)] for kind in range(number)]
    )
    mine, theirs = linear_sum_assignment(-shared)
    return [float(shared[kind, other]) for kind, other in zip(mine, theirs, strict=True)]


def agreement_of(first: Any, second: Any) -> float:
    """Of two sets of persons, as masks: those in both divided by those in either; 0 of nobody."""
    either = int((first | second).sum())
    return int((first & second).sum()) / either if either else 0.0

"""Whether recommendations by pairs hit more than the most popular items do, on what people got later."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from math import comb, erfc, sqrt
from typing import Final

import msgspec

from footfall.analytics.figures import quotient
from footfall.analytics.questions.cross_sell.tally import PersonItems

__all__ = ["HitRate", "hit_rate", "sign_test"]

LEVEL: Final = 0.05
LEAST: Final = 30
"""So many persons it takes to say which of two recommendations is better."""
_EXACT = 1_000


class HitRate(msgspec.Struct, frozen=True):
    """How many of `persons` got one of `k` recommendations later, by pairs and by what is most popular.

    `only_pairs` and `only_popular` were hit by the one alone. `p_value` says how probable so many more hits by pairs
    are where both are as good. `wins`: pairs hit more, by more than chance.
    """

    k: int
    persons: int
    hits: int
    popular_hits: int
    only_pairs: int
    only_popular: int
    rate: Decimal | None
    popular_rate: Decimal | None
    p_value: float
    wins: bool


def hit_rate(
    persons: Iterable[PersonItems], confidence: Mapping[tuple[str, str], float], items: Mapping[str, int], k: int
) -> HitRate:
    """Recommend `k` items to everybody that they do not own, and compare with what they got.

    By pairs these are the ones with the highest confidence from anything that they own; where there are not `k`, and of
    equal ones, the most popular. `confidence` and `items` are of what came before.
    """
    popular = sorted(items, key=lambda item: (-items[item], item))
    rank = {item: place for place, item in enumerate(popular)}
    following: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for (first, then), share in confidence.items():
        following[first].append((then, share))
    total = hits = popular_hits = only_pairs = only_popular = 0
    for group in persons:
        new, owned = set(group.new), set(group.owned)
        general = _most_popular(popular, owned, k)
        by_pairs = _by_pairs(following, rank, owned, general, k)
        is_hit, is_popular = not new.isdisjoint(by_pairs), not new.isdisjoint(general)
        total += group.persons
        hits += group.persons * is_hit
        popular_hits += group.persons * is_popular
        only_pairs += group.persons * (is_hit and not is_popular)
        only_popular += group.persons * (is_popular and not is_hit)
    p_value = sign_test(only_pairs, only_popular)
    return HitRate(
        k, total, hits, popular_hits, only_pairs, only_popular, quotient(hits, total).value,
        quotient(popular_hits, total).value, p_value, total >= LEAST and hits > popular_hits and p_value <= LEVEL,
    )  # fmt: skip


def _most_popular(popular: Sequence[str], owned: set[str], k: int) -> list[str]:
    chosen: list[str] = []
    for item in popular:
        if len(chosen) == k:
            break
        if item not in owned:
            chosen.append(item)
    return chosen


def _by_pairs(
    following: Mapping[str, Sequence[tuple[str, float]]],
    rank: Mapping[str, int],
    owned: set[str],
    general: Sequence[str],
    k: int,
) -> list[str]:
    best: dict[str, float] = {}
    for item in owned:
        for then, share in following.get(item, ()):
            if then not in owned and share > best.get(then, 0):
                best[then] = share
    chosen = sorted(best, key=lambda item: (-best[item], rank[item]))[:k]
    return [*chosen, *(item for item in general if item not in chosen)][:k]


def sign_test(more: int, less: int) -> float:
    """How probable it is that of so many that differ at least `more` go one way, where both ways are as probable.

    Exact up to 1,000, else by the normal approximation with a correction for continuity. Source: W. J. Conover,
    Practical nonparametric statistics (1999), 3.4.
    """
    total = more + less
    if total == 0:
        return 1.0
    if total <= _EXACT:
        return float(sum(comb(total, count) for count in range(more, total + 1)) / 2**total)
    return erfc((more - 0.5 - total / 2) / (sqrt(total) / 2) / sqrt(2)) / 2

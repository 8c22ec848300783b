"""Cross-sell by plain loops over all baskets, to compare answers with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

__all__ = ["Got", "baskets_of", "pairs_of", "tried"]


class Got(NamedTuple):
    """A message: who, when in seconds, and which items."""

    person: str
    at: int
    items: tuple[str, ...]


def baskets_of(log: Sequence[Got], basket: str) -> list[dict[str, int]]:
    """The first time of each item in each basket."""
    baskets: dict[object, dict[str, int]] = defaultdict(dict)
    for seq, got in enumerate(log):
        for item in got.items:
            times = baskets[got.person if basket == "person" else seq]
            times[item] = min(got.at, times.get(item, got.at))
    return [times for times in baskets.values() if len(times) <= 100]


def pairs_of(
    baskets: Sequence[Mapping[str, int]], floor: int, *, ordered: bool
) -> dict[tuple[str, str], tuple[int, int, Fraction, Fraction, Fraction]]:
    """For each pair: baskets, of how many, support, confidence and lift."""
    items = {item for basket in baskets for item in basket}
    answer = {}
    for first in items:
        for then in items - {first}:
            having = [basket for basket in baskets if first in basket]
            both = [basket for basket in having if then in basket]
            if ordered:
                having = [basket for basket in having if not (then in basket and basket[then] <= basket[first])]
                both = [basket for basket in both if basket[then] > basket[first]]
            if len(both) < floor:
                continue
            confidence = Fraction(len(both), len(having))
            share = Fraction(sum(then in basket for basket in baskets), len(baskets))
            support = Fraction(len(both), len(baskets))
            answer[first, then] = len(both), len(having), support, confidence, confidence / share
    return answer


def tried(
    log: Sequence[Got], basket: str, floor: int, moment: float, k: int, *, ordered: bool
) -> tuple[int, int, int, int, int]:
    """Of how many persons recommendations were tried, hits by pairs, by popularity, and by each alone."""
    earlier = [
        times for each in baskets_of(log, basket) if (times := {item: at for item, at in each.items() if at < moment})
    ]
    pairs = pairs_of(earlier, floor, ordered=ordered)
    counts = {item: sum(item in each for each in earlier) for each in earlier for item in each}
    popular = sorted(counts, key=lambda item: (-counts[item], item))
    results = []
    for person in baskets_of(log, "person"):
        owned = {item for item, at in person.items() if at < moment}
        new = set(person) - owned
        if not owned or not new:
            continue
        general = [item for item in popular if item not in owned][:k]
        scores = {
            item: max((pairs[own, item][3] for own in owned if (own, item) in pairs), default=Fraction(0))
            for item in popular if item not in owned
        }  # fmt: skip
        chosen = sorted(scores, key=lambda item: (-scores[item], popular.index(item)))[:k]
        results.append((bool(new & set(chosen)), bool(new & set(general))))
    return (
        len(results), sum(pair for pair, _ in results), sum(popular for _, popular in results),
        sum(pair and not popular for pair, popular in results), sum(popular and not pair for pair, popular in results),
    )  # fmt: skip

"""How conversion grows with time since the entry, where some entries had less time than others.

`kaplan_meier` is for conversion alone, `aalen_johansen` for conversion where something else may end an entry first.
Both count an entry that is not over (censored) as long as it was looked at. Where all were looked at to the end, both
end at the plain share.

Sources: E. L. Kaplan and P. Meier, Nonparametric estimation from incomplete observations, J. Am. Stat. Assoc. 53
(1958), 457-481; O. O. Aalen and S. Johansen, An empirical transition matrix for non-homogeneous Markov chains based on
censored observations, Scand. J. Stat. 5 (1978), 141-150.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

__all__ = ["CurveStep", "aalen_johansen", "kaplan_meier"]


class CurveStep(NamedTuple):
    """From `time` on the shares are these. `at_risk` entries were neither over nor out of sight just before it.

    `converted` and `dropped` are estimated shares of all entries; both are 0 at the beginning.
    """

    time: int
    at_risk: int
    converted: float
    dropped: float


def kaplan_meier(converted: Mapping[int, int], censored: Mapping[int, int]) -> list[CurveStep]:
    """One minus the product-limit estimate, at each time with a conversion; both say how many there were when.

    An entry that is censored at a time is at risk at that time.
    """
    return aalen_johansen(converted, {}, censored)


def aalen_johansen(
    converted: Mapping[int, int], dropped: Mapping[int, int], censored: Mapping[int, int]
) -> list[CurveStep]:
    """The cumulative incidence of conversion, and of being dropped, at each time that has one of them."""
    return list(_steps(converted, dropped, censored))


def _steps(
    converted: Mapping[int, int], dropped: Mapping[int, int], censored: Mapping[int, int]
) -> Iterator[CurveStep]:
    at_risk = sum(converted.values()) + sum(dropped.values()) + sum(censored.values())
    is_waiting, by_conversion, by_drop = 1.0, 0.0, 0.0
    ordered: Sequence[int] = sorted({*converted, *dropped, *censored})
    for time in ordered:
        conversions, drops = converted.get(time, 0), dropped.get(time, 0)
        if conversions or drops:
            by_conversion += is_waiting * conversions / at_risk
            by_drop += is_waiting * drops / at_risk
            is_waiting *= 1 - (conversions + drops) / at_risk
            yield CurveStep(time, at_risk, by_conversion, by_drop)
        at_risk -= conversions + drops + censored.get(time, 0)

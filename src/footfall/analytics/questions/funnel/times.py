"""How long steps took: median, p90 and histogram; and conversion over time since the entry."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import msgspec

from footfall.analytics.figures import quotient
from footfall.analytics.survival import aalen_johansen

__all__ = ["CurvePoint", "TimeBin", "TimeSummary", "added", "curve_points", "summary"]

_SECOND = 1_000_000
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_BINS = (0, 1, 10, _MINUTE, 5 * _MINUTE, 15 * _MINUTE, _HOUR, 6 * _HOUR, _DAY, 3 * _DAY, 7 * _DAY, 14 * _DAY,
         30 * _DAY, 90 * _DAY, 365 * _DAY)  # fmt: skip
_POINTS = (_MINUTE, 5 * _MINUTE, 15 * _MINUTE, _HOUR, 3 * _HOUR, 6 * _HOUR, 12 * _HOUR, *(days * _DAY for days in (
    1, 2, 3, 5, 7, 10, 14, 21, 30, 60, 90, 180, 365)))  # fmt: skip
_DIGITS = Decimal("0.000001")


class TimeBin(msgspec.Struct, frozen=True):
    """So many took from `least` seconds on and less than `under`; None is without an end."""

    least: int
    under: int | None
    count: int


class TimeSummary(msgspec.Struct, frozen=True):
    """Of so many the median and p90 in seconds, None of nobody, and how they are spread."""

    count: int
    median_seconds: Decimal | None
    p90_seconds: Decimal | None
    histogram: tuple[TimeBin, ...]


class CurvePoint(msgspec.Struct, frozen=True):
    """Up to `seconds` after the entry an estimated share `converted`, and an exclusion ended a share `excluded`.

    `at_risk` entries were neither over nor out of sight just before.
    """

    seconds: int
    at_risk: int
    converted: Decimal
    excluded: Decimal | None


def added(histograms: Sequence[Mapping[int, int]]) -> dict[int, int]:
    """How often each time occurs in all of them together."""
    if len(histograms) == 1:
        return dict(histograms[0])
    sums: dict[int, int] = {}
    for histogram in histograms:
        for time, times in histogram.items():
            sums[time] = sums.get(time, 0) + times
    return sums


def summary(took: Mapping[int, int]) -> TimeSummary:
    """What a histogram of microseconds says."""
    ordered, sums, total = sorted(took), list[int](), 0
    for time in ordered:
        total += took[time]
        sums.append(total)

    def ranked(rank: int) -> int:  # from 1 on
        return ordered[bisect_left(sums, rank)]

    if not total:
        return TimeSummary(0, None, None, ())
    middle = Fraction(ranked((total + 1) // 2) + ranked(total // 2 + 1), 2)
    return TimeSummary(
        total,
        quotient(middle, _SECOND).value,
        quotient(ranked(-(-total * 9 // 10)), _SECOND).value,
        tuple(_bins(ordered, sums)),
    )


def _bins(ordered: Sequence[int], sums: Sequence[int]) -> Iterator[TimeBin]:
    """The bins from the first to the last with anything in it."""
    edges = [*(bound * _SECOND for bound in _BINS)]
    below = [sums[place - 1] if (place := bisect_left(ordered, edge)) else 0 for edge in edges] + [sums[-1]]
    counts = [after - before for before, after in pairwise(below)]
    filled = [number for number, count in enumerate(counts) if count]
    for number in range(filled[0], filled[-1] + 1):
        yield TimeBin(_BINS[number], _BINS[number + 1] if number + 1 < len(_BINS) else None, counts[number])


def curve_points(
    converted: Mapping[int, int], ended: Mapping[int, int], censored: Mapping[int, int], within: int | None,
    *, has_exclusions: bool,
) -> tuple[CurvePoint, ...]:  # fmt: skip
    """Conversion at some times since the entry, up to `within` seconds, as long as anybody was looked at.

    The histograms are of microseconds; the points go on until nothing changes any more.
    """
    steps = aalen_johansen(converted, ended, censored)
    if not steps:
        return ()
    last_look = max(*converted, *ended, *censored, 0)
    times = [each.time for each in steps]
    last = min(last_look, times[-1] if within is None else within * _SECOND)
    chosen = [seconds for seconds in _POINTS if seconds * _SECOND < last]
    chosen.append(-(-last // _SECOND))  # a whole second, at or after the last change
    exits = sorted({*converted, *ended, *censored})
    leaving = [converted.get(time, 0) + ended.get(time, 0) + censored.get(time, 0) for time in exits]
    at_risk = [0] * (len(exits) + 1)
    for place in range(len(exits) - 1, -1, -1):
        at_risk[place] = at_risk[place + 1] + leaving[place]
    points = []
    for seconds in dict.fromkeys(chosen):
        place = bisect_left(times, seconds * _SECOND + 1)
        shares = steps[place - 1][2:] if place else (0.0, 0.0)
        by_conversion, by_drop = (Decimal(share).quantize(_DIGITS) for share in shares)
        risk = at_risk[bisect_left(exits, seconds * _SECOND)]
        points.append(CurvePoint(seconds, risk, by_conversion, by_drop if has_exclusions else None))
    return tuple(points)

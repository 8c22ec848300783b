"""Whether those who had something go on less often than those who had not: a log-rank test of what happens on the way.

What somebody has to have had before they went on is compared at equal times alone: each time that somebody goes on,
those who had it by then with those who had not, of all who are still undecided. So nobody counts as having it only
because they took longer.

Sources: N. Mantel and D. P. Byar, Evaluation of response-time data involving transient states, J. Am. Stat. Assoc. 69
(1974), 81-86; for the estimate and its interval S. Yusuf et al., Beta blockade during and after myocardial infarction,
Prog. Cardiovasc. Dis. 27 (1985), 335-371; for many tests at once Y. Benjamini and Y. Hochberg, Controlling the false
discovery rate, J. R. Stat. Soc. B 57 (1995), 289-300.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import erfc, exp, sqrt
from typing import Final, NamedTuple

__all__ = ["Exits", "LogRank", "benjamini_hochberg", "log_rank", "tick_sql"]

_Z: Final = 1.959963984540054  # the 97.5 % quantile of the standard normal distribution
_MOST: Final = 50.0  # no ratio is shown that is more than e to this power
_FINE: Final = 64
_SECOND = 1_000_000


class Exits(NamedTuple):
    """How many are decided at a tick, and how many of these go on."""

    actors: int
    went_on: int


class LogRank(NamedTuple):
    """Of those who had something: how many went on, how many would have if it made no difference, and the variance."""

    observed: int
    expected: float
    variance: float

    @property
    def lift(self) -> tuple[float, float, float]:
        """How many times less often they go on, with the lower and the upper end of its 95 % interval."""
        middle, reach = (self.expected - self.observed) / self.variance, _Z / sqrt(self.variance)
        low, lift, high = (exp(max(-_MOST, min(_MOST, power))) for power in (middle - reach, middle, middle + reach))
        return lift, low, high

    @property
    def p_value(self) -> float:
        """How probable so large a difference is, in either direction, where there is none."""
        return erfc(abs(self.expected - self.observed) / sqrt(2 * self.variance))


def log_rank(every: Mapping[int, Exits], begins: Mapping[int, int], exits: Mapping[int, Exits]) -> LogRank:
    """Compare those who had something with all. Keys are ticks of the time since they entered.

    `every` has all exits, `exits` those of who had it in an earlier tick, `begins` when these had it. Who is decided in
    a tick is undecided up to it, and has what came in a tick from the next one on.
    """
    at_risk = sum(exit_.actors for exit_ in every.values())
    exposed, waiting = 0, sorted(begins)
    observed, expected, variance = 0, 0.0, 0.0
    for tick in sorted(every):
        while waiting and waiting[0] < tick:
            exposed += begins[waiting.pop(0)]
        here, theirs = every[tick], exits.get(tick, Exits(0, 0))
        if here.went_on:
            share = exposed / at_risk
            observed += theirs.went_on
            expected += here.went_on * share
            if at_risk > 1:
                variance += here.went_on * share * (1 - share) * (at_risk - here.went_on) / (at_risk - 1)
        at_risk -= here.actors
        exposed -= theirs.actors
    return LogRank(observed, expected, variance)


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """The least share of false ones among all that are called so when each of these is: the adjusted p-values."""
    order = sorted(range(len(p_values)), key=p_values.__getitem__, reverse=True)
    adjusted, least = [1.0] * len(p_values), 1.0
    for rank, number in enumerate(order):
        least = min(least, p_values[number] * len(p_values) / (len(p_values) - rank))
        adjusted[number] = least
    return adjusted


def tick_sql(elapsed: str) -> str:
    """The tick of a time in microseconds, as SQL: its second up to a minute, then steps of about 1.5 %."""
    seconds = f"(({elapsed}) // {_SECOND})"
    power = f"floor(log2({seconds}))::BIGINT"
    fine = f"{_FINE} * ({power} - 6) + ({seconds} >> ({power} - 6))"
    return f"CASE WHEN {seconds} < {_FINE} THEN {seconds} ELSE {fine} END"

"""What came before giving up more often than before going on, of what all shards say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final

from footfall.analytics.questions.journey.leavers import Exposure, LeaversTally
from footfall.analytics.questions.journey.options import JourneyOptions
from footfall.analytics.questions.journey.results import Leavers, NextStep, Obstacle
from footfall.analytics.risk_sets import Exits, LogRank, benjamini_hochberg, log_rank

__all__ = ["LEVEL", "NOTHING", "OTHER", "STRAIGHT_ON", "leavers_of"]

LEVEL: Final = 0.05
"""The greatest share of false ones among the obstacles that are shown."""
NOTHING: Final = "(nothing more)"
OTHER: Final = "(other)"
STRAIGHT_ON: Final = "(straight on)"
_LEAST_EXPECTED = 5  # below it the normal approximation of the test is poor
_LEAST_VARIANCE = 1.0
_DIGITS = Decimal("0.0001")


def leavers_of(options: JourneyOptions, tallies: Sequence[LeaversTally]) -> Leavers:
    """What the shards say together of those who gave up and of those who went on."""
    outcomes = sum((Counter(tally.outcomes) for tally in tallies), Counter[str]())
    start, end = options.between or ("", "")
    results = list(_judged(options, tallies))
    adjusted = benjamini_hochberg([rank.p_value for _, _, rank in results])
    obstacles = sorted(
        (
            (p_value, _obstacle(name, exposure, rank, p_value))
            for (name, exposure, rank), p_value in zip(results, adjusted, strict=True)
            if p_value <= LEVEL and rank.observed < rank.expected
        ),
        key=lambda pair: (pair[0], -pair[1].lift, pair[1].name),
    )
    return Leavers(
        start=start,
        end=end,
        entered=sum(outcomes.values()),
        went_on=outcomes["went_on"],
        gave_up=outcomes["gave_up"],
        open=outcomes["open"],
        other_way=outcomes["other_way"],
        later=outcomes["later"],
        nexts=tuple(_nexts(options, tallies)),
        obstacles=tuple(obstacle for _, obstacle in obstacles),
        tested=len(results),
        unattributed=sum(tally.unattributed for tally in tallies),
    )


def _nexts(options: JourneyOptions, tallies: Sequence[LeaversTally]) -> Iterator[NextStep]:
    gave_up, went_on = Counter[str](), Counter[str]()
    for count in (count for tally in tallies for count in tally.nexts):
        gave_up[count.name or NOTHING] += count.gave_up
        went_on[count.name or STRAIGHT_ON] += count.went_on
    ranked = sorted(gave_up.keys() | went_on.keys(), key=lambda name: (-gave_up[name], -went_on[name], name))
    shown = [name for name in ranked if gave_up[name] or went_on[name]]
    for name in shown[: options.top]:
        yield NextStep(name, gave_up[name], went_on[name])
    if others := shown[options.top :]:
        yield NextStep(OTHER, sum(gave_up[name] for name in others), sum(went_on[name] for name in others))


def _judged(options: JourneyOptions, tallies: Sequence[LeaversTally]) -> Iterator[tuple[str, Exposure, LogRank]]:
    """Each thing that enough had to say something about it, with all that had it."""
    every = _added([tally.exits for tally in tallies])
    for name in sorted({name for tally in tallies for name in tally.exposures}):
        parts = [tally.exposures[name] for tally in tallies if name in tally.exposures]
        begins = sum((Counter(part.begins) for part in parts), Counter[int]())
        if sum(begins.values()) < options.floor:
            continue
        rank = log_rank(every, begins, _added([part.exits for part in parts]))
        if rank.expected >= _LEAST_EXPECTED and rank.variance >= _LEAST_VARIANCE:
            whole = Exposure(sum(part.gave_up for part in parts), sum(part.went_on for part in parts), {}, {})
            yield name, whole, rank


def _added(parts: Sequence[Mapping[int, tuple[int, int]]]) -> Mapping[int, Exits]:
    sums: dict[int, Exits] = {}
    for tick, (actors, went_on) in (item for part in parts for item in part.items()):
        before = sums.get(tick, Exits(0, 0))
        sums[tick] = Exits(before.actors + actors, before.went_on + went_on)
    return sums


def _obstacle(name: str, exposure: Exposure, rank: LogRank, p_value: float) -> Obstacle:
    lift, low, high = (Decimal(value).quantize(_DIGITS) for value in rank.lift)
    at_most = Decimal(p_value).quantize(_DIGITS, rounding="ROUND_CEILING")
    return Obstacle(name, exposure.gave_up, exposure.went_on, lift, low, high, at_most)

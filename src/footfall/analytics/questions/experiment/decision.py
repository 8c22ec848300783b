"""Decides an experiment by its stop rule. Pure: the answer of any numbers, at any look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Literal, NamedTuple

import msgspec

from footfall.analytics.confidence_sequences import ConfidenceInterval
from footfall.analytics.sample_ratio import MISMATCH
from footfall.plan.model import StopRule
from footfall.printable import counted

__all__ = ["Decision", "GuardrailHarm", "Verdict", "decide"]

Verdict = Literal["blocked", "too_few", "harm", "better", "worse", "no_difference", "undecided", "open"]
"""See the table of the documentation: `open` and `too_few` go on, all others stop, `blocked` cannot be read."""


class Decision(msgspec.Struct, frozen=True):
    """What the stop rule says, of which variant where it is of one, and why."""

    verdict: Verdict
    reason: str
    variant: str | None = None

    @property
    def is_stop(self) -> bool:
        """Whether it ends the experiment with an answer."""
        return self.verdict not in ("blocked", "too_few", "open")


class GuardrailHarm(NamedTuple):
    """A guardrail that got worse in a variant."""

    kpi: str
    variant: str


def decide(
    stop: StopRule,
    wanted: Literal["up", "down"],
    closed: Mapping[str, int],
    differences: Mapping[str, ConfidenceInterval | None],
    *,
    sample_ratio: float | None,
    harms: Sequence[GuardrailHarm] = (),
) -> Decision:
    """`closed` are the persons of each variant, `differences` those of each but the control. See `Verdict`."""
    if sample_ratio is not None and sample_ratio < MISMATCH:
        return Decision(
            "blocked",
            f"the persons of the variants are not in their planned shares (p = {sample_ratio:.1g}, under {MISMATCH}): "
            "something besides chance decides who is counted, so that no difference can be read",
        )
    fewest = min(closed, key=lambda name: closed[name])
    if closed[fewest] < stop.minimum:
        persons = counted(closed[fewest], "person")
        return Decision("too_few", f"{fewest} has {persons} with a closed window, of {stop.minimum:,}", fewest)
    if harms:
        return Decision("harm", f"the guardrail {harms[0].kpi} got worse in {harms[0].variant}", harms[0].variant)
    return _compared(stop, wanted, sum(closed.values()), differences)


def _compared(
    stop: StopRule,
    wanted: Literal["up", "down"],
    persons: int,
    differences: Mapping[str, ConfidenceInterval | None],
) -> Decision:
    gains = {name: each if wanted == "up" else _turned(each) for name, each in differences.items() if each is not None}
    better = [name for name, gain in gains.items() if gain.low > 0]
    if better:
        best = max(better, key=lambda name: gains[name].low)
        return Decision("better", f"{best} is better than the control", best)
    worse = [name for name, gain in gains.items() if gain.high < 0]
    if len(worse) == len(differences):
        return Decision("worse", f"{' and '.join(worse)} {'is' if len(worse) == 1 else 'are'} worse than the control")
    if stop.smallest is not None and _are_small(gains, differences, stop.smallest):
        return Decision("no_difference", f"no variant is better by {stop.smallest} or more")
    if stop.maximum is not None and persons >= stop.maximum:
        return Decision("undecided", f"{counted(persons, 'person')}, of {stop.maximum:,}, and no difference is certain")
    return Decision("open", "no difference is certain yet")


def _turned(interval: ConfidenceInterval) -> ConfidenceInterval:
    return ConfidenceInterval(-interval.high, -interval.low)


def _are_small(gains: Mapping[str, ConfidenceInterval], differences: Mapping[str, object], smallest: Decimal) -> bool:
    """Whether every variant is known to be better by less than matters."""
    return len(gains) == len(differences) and all(gain.high < smallest for gain in gains.values())

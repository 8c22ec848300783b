"""An experiment by a plain loop over all messages, to compare answers with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from tests.analytics.questions.experiment.trials import START, Doing

from footfall.plan.model import Experiment

__all__ = ["Expected", "expected"]


class Expected(NamedTuple):
    """Persons by what became of them, and by variant the figure of each person whose window is closed."""

    states: Counter[str]
    open: Counter[str]
    values: dict[str, list[Fraction]]
    first: int | None


def expected(log: Sequence[Doing], experiment: Experiment, *, since: int | None, until: int) -> Expected:
    states, still_open = Counter[str](), Counter[str]()
    values: dict[str, list[Fraction]] = {name: [] for name in experiment.variants}
    begin = START if since is None else max(START, since)
    first = None
    for actor in sorted({doing.actor for doing in log}):
        of_actor = [doing for doing in log if doing.actor == actor and doing.at < until]
        shown = [doing for doing in of_actor if doing.event == "shown"]
        looks = {doing.look for doing in shown} - {None}
        if not looks:
            states["unnamed"] += bool(shown)
            continue
        entered = min(doing.at for doing in shown if doing.look is not None)
        first = entered if first is None else min(first, entered)
        (look, *_) = sorted(str(each) for each in looks)
        if entered < begin:
            states["early"] += 1
        elif len(looks) > 1:
            states["crossed"] += 1
        elif look not in experiment.variants:
            states["unknown"] += 1
        elif entered + experiment.within > until:
            still_open[look] += 1
        else:
            values[look].append(value_of(of_actor, experiment, entered))
    return Expected(states, still_open, values, first)


def value_of(of_actor: Sequence[Doing], experiment: Experiment, entered: int) -> Fraction:
    """The figure of a person who was first shown a variant at `entered`."""
    if experiment.outcome is None:
        event, is_sum, is_count = "returned", False, True
    else:
        event, is_sum, is_count = experiment.outcome.event, experiment.outcome.sum is not None, False
    after = [doing for doing in of_actor if doing.event == event and entered <= doing.at < entered + experiment.within]
    if is_sum:
        return sum((Fraction(Decimal(doing.price)) for doing in after if doing.price is not None), Fraction(0))
    return Fraction(len(after) if is_count else bool(after))

"""The answer to an experiment: the figures of each variant, and what the stop rule says of them."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from footfall.analytics.confidence_sequences import (
    ConfidenceInterval,
    Moments,
    difference_sequence,
    mean_sequence,
)
from footfall.analytics.figures import quotient
from footfall.analytics.question import Question, ReportContext, with_options
from footfall.analytics.questions.experiment.decision import Decision, GuardrailHarm, decide
from footfall.analytics.questions.experiment.options import ExperimentFigure, ExperimentOptions
from footfall.analytics.questions.experiment.plan_record import PlanRecord, plan_record
from footfall.analytics.questions.experiment.result import ComparedFigure, ExperimentResult, VariantResult
from footfall.analytics.questions.experiment.tally import ExperimentPartial, tally
from footfall.analytics.questions.experiment.wording import definition_of, sections, table
from footfall.analytics.sample_ratio import sample_ratio

__all__ = ["experiment"]

_MOST = 100  # times the least persons, where the plan names no most


def experiment(options: ExperimentOptions) -> Question[ExperimentPartial, ExperimentResult]:
    """The question of an experiment of the plan."""
    return with_options("experiment", options, ExperimentPartial, tally, _merge, sections, table)


def _merge(
    context: ReportContext, options: ExperimentOptions, partials: Sequence[ExperimentPartial]
) -> ExperimentResult:
    asked = options.experiment
    still_open, closed, unknown = Counter[str](), Counter[str](), Counter[str]()
    for partial in partials:
        still_open.update(partial.open)
        closed.update(partial.closed)
        unknown.update(partial.unknown)
    exposed = [still_open[name] + closed[name] for name in asked.variants]
    probability = sample_ratio(exposed, list(asked.variants.values()))
    comparison = _Comparison(options, _moments(options, partials))
    differences = {name: comparison.interval(0, name) for name in comparison.treated}
    decision = decide(
        asked.stop,
        asked.direction,
        {name: closed[name] for name in asked.variants},
        differences,
        sample_ratio=probability,
        harms=comparison.harms(),
    )
    firsts = [partial.first for partial in partials if partial.first is not None]
    first = context.time(min(firsts, default=None))
    record = plan_record(asked, context, first)
    window = context.window(context.span)
    return ExperimentResult(
        name=asked.name,
        hypothesis=asked.hypothesis,
        owner=asked.owner,
        figure=options.figures[0].name,
        variants=tuple(
            _variant(name, asked.variants, still_open, closed, decision, comparison) for name in asked.variants
        ),
        decision=decision,
        sample_ratio=probability,
        crossed=sum(partial.crossed for partial in partials),
        early=sum(partial.early for partial in partials),
        unnamed=sum(partial.unnamed for partial in partials),
        unknown=dict(sorted(unknown.items())),
        first_exposure=first,
        planned_at=record.planned_at,
        changed_at=record.changed_at,
        remarks=_remarks(record, unknown),
        window=window,
        definition=definition_of(options, window, alpha=comparison.alpha, aim=comparison.aim),
    )


def _moments(options: ExperimentOptions, partials: Sequence[ExperimentPartial]) -> list[dict[str, Moments]]:
    """For each figure the moments of each variant."""
    values: dict[tuple[int, str], dict[Decimal, int]] = defaultdict(lambda: defaultdict(int))
    for partial in partials:
        for number, variant, text, persons in partial.values:
            values[number, variant][Decimal(text)] += persons
    return [
        {name: _moments_of(each, values[number, name]) for name in options.experiment.variants}
        for number, each in enumerate(options.figures)
    ]


def _moments_of(asked: ExperimentFigure, values: Mapping[Decimal, int]) -> Moments:
    if asked.figure.form == "had":
        return Moments.of_rate(values.get(Decimal(1), 0), sum(values.values()))
    return Moments.of(values)


class _Comparison:
    """The figures of each variant, and the sequences of their differences from the control.

    The plan's alpha is shared by all differences that can stop the experiment. `aim` is the number of persons at which
    the sequences are narrowest; it is of the plan, so that no data chooses it.
    """

    def __init__(self, options: ExperimentOptions, moments: Sequence[Mapping[str, Moments]]) -> None:
        experiment = options.experiment
        self._options = options
        self._moments = moments
        self.figures = len(options.figures)
        self.control, *self.treated = experiment.variants
        self.alpha = float(experiment.alpha) / (len(self.treated) * len(options.figures))
        stop, shares = experiment.stop, experiment.variants
        least = stop.minimum * len(shares)
        # Between the two: the boundary grows faster below its aim than above it.
        self.aim = max(1, math.isqrt(least * (stop.maximum or least * _MOST)))
        whole = sum(map(Fraction, shares.values()))
        self._shares = {name: Fraction(share) / whole for name, share in shares.items()}

    def interval(self, number: int, variant: str) -> ConfidenceInterval | None:
        """Of the difference of a variant from the control."""
        moments = self._moments[number]
        aim = self.aim * float(self._shares[variant] + self._shares[self.control])
        return difference_sequence(moments[variant], moments[self.control], alpha=self.alpha, aim=aim)

    def harms(self) -> list[GuardrailHarm]:
        """The guardrails that got worse for certain, in the order of the plan."""
        return [
            GuardrailHarm(each.name, variant)
            for number, each in enumerate(self._options.figures[1:], 1)
            for variant in self.treated
            if (interval := self.interval(number, variant)) is not None
            and (interval.high < 0 if each.wanted == "up" else interval.low > 0)
        ]

    def figure(self, number: int, variant: str) -> ComparedFigure:
        """A figure of a variant as it is shown."""
        moments, control = self._moments[number][variant], self._moments[number][self.control]
        alpha, aim = float(self._options.experiment.alpha), self.aim * float(self._shares[variant])
        own = mean_sequence(moments, alpha=alpha, aim=aim)
        mean = _exact(moments)
        compared = ComparedFigure(self._options.figures[number].name, mean, *(own or (None, None)))
        if variant == self.control or not moments.count or not control.count:
            return compared
        difference = quotient(moments.mean - control.mean, 1).value
        low, high = self.interval(number, variant) or (None, None)
        return ComparedFigure(compared.name, mean, compared.low, compared.high, difference, low, high)


def _exact(moments: Moments) -> Decimal | None:
    return quotient(moments.mean, 1).value if moments.count else None


def _variant(
    name: str,
    shares: Mapping[str, Decimal],
    still_open: Mapping[str, int],
    closed: Mapping[str, int],
    decision: Decision,
    comparison: _Comparison,
) -> VariantResult:
    share = quotient(Fraction(shares[name]) / sum(map(Fraction, shares.values())), 1).value or Decimal(0)
    counts = (still_open[name] + closed[name], still_open[name], closed[name])
    if decision.verdict == "blocked":
        return VariantResult(name, share, *counts)
    outcome, *guardrails = (comparison.figure(number, name) for number in range(comparison.figures))
    return VariantResult(name, share, *counts, outcome, tuple(guardrails))


def _remarks(record: PlanRecord, unknown: Mapping[str, int]) -> tuple[str, ...]:
    remarks = list(record.remarks)
    if unknown:
        named = ", ".join(f"{name} ({count:,})" for name, count in sorted(unknown.items()))
        remarks.append(f"variants that the plan does not name, whose persons are left out: {named}")
    return tuple(remarks)

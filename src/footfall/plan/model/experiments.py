"""Experiments: what is tried, on whom, what it should change, and when it may be stopped."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

from footfall.plan.model.figures import Where
from footfall.plan.model.part import PlanPart

__all__ = ["Experiment", "ExperimentOutcome", "StopRule", "VariantExposure"]


class VariantExposure(PlanPart, frozen=True, kw_only=True):
    """The event that says who was shown which variant: the value of its property `variant`."""

    event: str
    variant: str
    where: tuple[Where, ...] = ()


class ExperimentOutcome(PlanPart, frozen=True, kw_only=True):
    """What is measured of each person: whether they had the event, or with `sum` what its property adds up to."""

    event: str
    where: tuple[Where, ...] = ()
    sum: str | None = None


class StopRule(PlanPart, frozen=True, kw_only=True):
    """When an experiment is decided.

    `minimum` is how many persons of each variant it takes before anything is read, `maximum` with how many persons in
    all it ends without a decision, and `smallest` the least difference from the first variant that matters.
    """

    minimum: int
    maximum: int | None = None
    smallest: Decimal | None = None


class Experiment(PlanPart, frozen=True, kw_only=True):
    """A question put to chance: each person is shown one of `variants`, whose first is what the others are compared to.

    `variants` has the share of persons of each, `started` is the day of the first exposure, `within` how many seconds
    after it an outcome counts. What is measured is the KPI `kpi`, or else `outcome`; `guardrails` are KPIs that must
    not get worse. `alpha` is the share of such experiments, without any difference, that may be decided wrongly.
    """

    name: str
    hypothesis: str
    started: str
    exposure: VariantExposure
    variants: Mapping[str, Decimal]
    within: int
    direction: Literal["up", "down"]
    alpha: Decimal
    stop: StopRule
    owner: str = ""
    kpi: str | None = None
    outcome: ExperimentOutcome | None = None
    guardrails: tuple[str, ...] = ()
    x: Mapping[str, Any] = {}

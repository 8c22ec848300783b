"""Which experiment is asked for, and the figures that are compared in it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from footfall.errors import UsageError
from footfall.plan.model import Experiment, Plan
from footfall.plan.person_figures import PersonFigure, figure_of_measure, figure_of_outcome
from footfall.plan.problems import did_you_mean
from footfall.timestamps import epoch_us

__all__ = ["ExperimentFigure", "ExperimentOptions", "experiment_options"]


class ExperimentFigure(msgspec.Struct, frozen=True):
    """A figure of each person. `wanted` says which change is good, `name` is that of the KPI or of the outcome."""

    name: str
    figure: PersonFigure
    wanted: str


class ExperimentOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked: an experiment, its first figure and its guardrails, and when it starts in microseconds (UTC)."""

    experiment: Experiment
    figures: tuple[ExperimentFigure, ...]
    start: int


def experiment_options(name: str, plan: Plan) -> ExperimentOptions:
    """The experiment of this name. Raises UsageError for one that the plan does not have."""
    if name not in plan.experiments:
        near = did_you_mean(name, plan.experiments, None) or "write it under `experiments:`"
        raise UsageError(f"the plan has no experiment {name!r}; {near}")
    experiment = plan.experiments[name]
    figures = [_first(experiment, plan), *(_of_kpi(each, plan) for each in experiment.guardrails)]
    started = datetime.fromisoformat(experiment.started).replace(tzinfo=ZoneInfo(plan.timezone))
    return ExperimentOptions(experiment=experiment, figures=tuple(figures), start=epoch_us(started))


def _first(experiment: Experiment, plan: Plan) -> ExperimentFigure:
    if experiment.kpi is not None:
        return msgspec.structs.replace(_of_kpi(experiment.kpi, plan), wanted=experiment.direction)
    assert experiment.outcome is not None
    outcome = experiment.outcome
    name = outcome.event if outcome.sum is None else f"{outcome.event}.{outcome.sum}"
    return ExperimentFigure(name, figure_of_outcome(outcome), experiment.direction)


def _of_kpi(name: str, plan: Plan) -> ExperimentFigure:
    kpi = plan.kpis[name]
    figure = figure_of_measure(kpi.measure)
    assert figure is not None, "a plan without problems has no other KPI there"
    return ExperimentFigure(name, figure, kpi.target.direction if kpi.target else "up")

"""An experiment is asked by its name, with the figures that it compares."""

from __future__ import annotations

import msgspec
import pytest
from tests.analytics.questions.experiment.trials import START, plan_with

from footfall.analytics.questions.experiment import experiment_options
from footfall.errors import UsageError
from footfall.plan.model import ExperimentOutcome


def test_its_figures_are_its_own_and_those_of_its_guardrails() -> None:
    plan = plan_with(outcome=ExperimentOutcome(event="bought", sum="price"), guardrails=("returns",), direction="down")
    figures = experiment_options("trial", plan).figures

    assert [(each.name, each.figure.form, each.wanted) for each in figures] == [
        ("bought.price", "sum", "down"), ("returns", "count", "down"),
    ]  # fmt: skip


def test_the_direction_is_the_experiments_also_of_a_kpi() -> None:
    (figure,) = experiment_options("trial", plan_with(outcome=None, kpi="returns")).figures

    assert (figure.name, figure.wanted) == ("returns", "up")


def test_it_starts_with_its_day_on_the_plans_clock() -> None:
    plan = msgspec.structs.replace(plan_with(), timezone="Africa/Cairo")

    assert experiment_options("trial", plan).start == (START - 2 * 3600) * 1_000_000


def test_an_unknown_name_has_the_nearest_one_beside_it() -> None:
    with pytest.raises(UsageError, match="no experiment 'trail'; did you mean 'trial'"):
        experiment_options("trail", plan_with())
    with pytest.raises(UsageError, match="write it under `experiments:`"):
        experiment_options("trail", msgspec.structs.replace(plan_with(), experiments={}))

"""A report of some parts of a plan has the figures that these have in the whole report."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tests.truth.folders import EVERYTHING
from tests.truth.log import make_log, wide_plan

from footfall.analytics import Dataset, report
from footfall.analytics.narrowing import narrowed
from footfall.errors import UsageError
from footfall.plan.model import Count, Goal, Journey, Kpi, Plan, Step
from footfall.storage.journal import Entry

NOW = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=EVERYTHING.now)
PLAN = Plan(
    id="shop",
    goals={
        name: Goal(name=name, kpis=kpis) for name, kpis in {"grow": ("sales", "visits"), "care": ("calls",)}.items()
    },
    kpis={
        name: Kpi(name=name, measure=Count(event="buy"), window=None, guardrails=guardrails)
        for name, guardrails in {
            "sales": (),
            "visits": ("sales", "calls"),
            "calls": ("late",),
            "late": ("calls",),
        }.items()
    },
    journeys={name: Journey(name=name, by="user", steps=(Step(id="a", event="buy"),)) for name in ("sign_up", "sales")},
)


def parts(names: tuple[str, ...]) -> tuple[list[str], list[str], list[str]]:
    plan = narrowed(PLAN, names)
    return list(plan.goals), list(plan.kpis), list(plan.journeys)


def test_a_goal_comes_with_its_kpis_and_these_with_all_guardrails() -> None:
    assert parts(("grow",)) == (["grow"], ["sales", "visits", "calls", "late"], [])


def test_a_kpi_comes_without_its_goal_and_a_journey_alone() -> None:
    assert parts(("late",)) == ([], ["calls", "late"], [])
    assert parts(("sign_up",)) == ([], [], ["sign_up"])


def test_a_name_that_two_parts_have_is_both() -> None:
    assert parts(("sales",)) == ([], ["sales"], ["sales"])


def test_a_name_that_nothing_has_is_refused_with_the_one_that_was_meant() -> None:
    with pytest.raises(UsageError, match=r"no goal, KPI or journey 'sign_in'; did you mean 'sign_up'\?"):
        narrowed(PLAN, ["sales", "sign_in"])


def test_each_part_alone_has_the_figures_of_the_whole_report() -> None:
    plan = wide_plan()
    entries = [Entry(seq, row) for seq, row in enumerate(make_log(seed=4, messages=120).stored, 1)]
    with Dataset.of(entries, plan) as dataset:
        whole = report(dataset, plan, now=NOW)
    names = ("goals", "kpis", "journeys")

    for name in (*plan.goals, *plan.kpis, *plan.journeys):
        with Dataset.of(entries, plan) as dataset:
            alone = report(dataset, plan, now=NOW, only=(name,))
        assert alone.data == whole.data
        assert alone.answers.keys() == set(names)
        assert any(part.name == name for key in names for part in alone.answers[key])
        assert all(part in whole.answers[key] for key in names for part in alone.answers[key])

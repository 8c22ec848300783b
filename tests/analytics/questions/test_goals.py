"""A goal counts its targets that are met, and shows its KPIs; what belongs to no goal comes after."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Literal

from tests.analytics.shop import DAY, MakeEntry, plan_of, report_of

from footfall.analytics import GOALS, GoalResult, Report
from footfall.plan.model import Count, Goal, Kpi, Target


def kpi(name: str, value: int | None, window: int | None = None, direction: Literal["up", "down"] = "up") -> Kpi:
    target = None if value is None else Target(direction=direction, value=Decimal(value))
    return Kpi(name=name, measure=Count(event="view"), window=window, target=target)


def titles(answers: Report) -> list[str]:
    return [section.title for section in answers.sections()]


def test_a_goal_counts_those_of_its_targets_that_are_met(entry: MakeEntry) -> None:
    kpis = [kpi("met", 1), kpi("missed", 2), kpi("few", 1, direction="down"), kpi("without", None)]
    goal = Goal(name="grow", kpis=("met", "missed", "few", "without"))

    answers = report_of(plan_of(*kpis, goals=(goal,)), [entry(1, "view", 1, user="ann")])

    assert answers[GOALS] == (GoalResult("grow", goal.owner, goal.description, goal.kpis, met=2, of=3),)


def test_a_kpi_is_shown_under_its_goals_and_else_after_them(entry: MakeEntry) -> None:
    log = [entry(1, "view", 1, user="ann")]
    kpis = [kpi("met", 1), kpi("other", None)]

    of_goals = report_of(plan_of(*kpis, goals=(Goal(name="grow", kpis=("met",)),)), log)
    alone = report_of(plan_of(*kpis), log)

    assert titles(of_goals)[:2] == ["Goal: grow", "Other KPIs"]
    assert titles(alone)[0] == "KPIs"
    (section, *_) = of_goals.sections()
    assert section.table is not None
    assert [row.definition.name for row in section.table.rows if row.definition] == ["met"]


def test_windows_that_miss_all_of_the_data_are_pointed_out_first(entry: MakeEntry) -> None:
    early, late = [entry(1, "view", 1, user="ann")], [entry(1, "view", 9.5 * DAY, user="ann")]
    week = plan_of(kpi("week", 1, window=7 * DAY))

    assert titles(report_of(week, early))[0] == (
        "Every window begins after the data ends. For all of it: --since 1970-01-01"
    )
    assert titles(report_of(week, late))[0] == "KPIs"
    assert titles(report_of(week, late, until=datetime(1970, 1, 5, tzinfo=UTC)))[0] == (
        "Every window ends before the data begins; give a later --until."
    )

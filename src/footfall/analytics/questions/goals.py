"""Goals: how many of the targets of their KPIs are met. A report shows each KPI under its goals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from footfall.analytics.question import Question, Report, ReportContext, ShardContext
from footfall.analytics.questions.kpis import KPIS, kpi_rows
from footfall.analytics.sections import Section, Table, plain
from footfall.printable import counted

__all__ = ["GOALS", "KPI_COLUMNS", "GoalResult"]

KPI_COLUMNS: Final = ("KPI", "value", "target", "met", "window")
"""The columns of a table of KPIs."""


class GoalResult(msgspec.Struct, frozen=True):
    """A goal, the names of its KPIs, and how many of those that have a target meet it."""

    name: str
    owner: str
    description: str
    kpis: tuple[str, ...]
    met: int
    of: int


class GoalsPartial(msgspec.Struct, frozen=True):
    """Nothing: goals are made of the answers to KPIs."""


def _partial(_: ShardContext) -> GoalsPartial:
    return GoalsPartial()


def _merge(context: ReportContext, _: Sequence[GoalsPartial]) -> tuple[GoalResult, ...]:
    targets = {kpi.name: kpi.target for kpi in context.answer(KPIS)}
    goals = []
    for goal in context.asked.goals.values():
        wanted = [target for name in goal.kpis if (target := targets.get(name)) is not None]
        met = sum(target.met is True for target in wanted)
        goals.append(GoalResult(goal.name, goal.owner, goal.description, goal.kpis, met, len(wanted)))
    return tuple(goals)


def _sections(report: Report) -> Iterator[Section]:
    goals, kpis = report[GOALS], {kpi.name: kpi for kpi in report[KPIS]}
    if not kpis or not report.data.messages:
        return
    if hint := _outside(report):
        yield Section(hint, tone="notice")
    for goal in goals:
        verdict = f"{goal.met} of {counted(goal.of, 'target')} met" if goal.of else "no targets"
        rows = [row for name in goal.kpis if name in kpis for row in kpi_rows(kpis[name], report)]
        yield Section(
            f"Goal: {goal.name}",
            beside=[plain(verdict)],
            about=goal.description,
            table=Table(KPI_COLUMNS, rows) if rows else None,
        )
    of_a_goal = {name for goal in goals for name in goal.kpis}
    rows = [row for name, kpi in kpis.items() if name not in of_a_goal for row in kpi_rows(kpi, report)]
    if rows:
        yield Section("Other KPIs" if goals else "KPIs", table=Table(KPI_COLUMNS, rows))


def _outside(report: Report) -> str:
    """Where all windows miss all data: zeros everywhere would puzzle a newcomer."""
    windows, first, last = [kpi.window for kpi in report[KPIS]], report.data.first, report.data.last
    if first is None or last is None:
        return ""
    if all(window.since is not None and last < window.since for window in windows):
        return f"Every window begins after the data ends. For all of it: --since {first:%Y-%m-%d}"
    if all(window.until is not None and first >= window.until for window in windows):
        return "Every window ends before the data begins; give a later --until."
    return ""


GOALS = Question("goals", GoalsPartial, _partial, _merge, _sections, is_of_plan=False, is_named=True)

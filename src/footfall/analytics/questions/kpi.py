"""One KPI of the plan, with its groups and its guardrails: the same figure as in the report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from footfall.analytics.question import FlatTable, Question, Report, ReportContext, ShardContext
from footfall.analytics.questions.goals import KPI_COLUMNS
from footfall.analytics.questions.kpis import KPIS, KpiResult, TargetResult, kpi_rows
from footfall.analytics.sections import Section, Table
from footfall.errors import UsageError
from footfall.plan.model import Plan
from footfall.plan.problems import did_you_mean

__all__ = ["kpi"]


class KpiPartial(msgspec.Struct, frozen=True):
    """Nothing: the KPI is one of the answers to KPIS."""


def kpi(name: str, plan: Plan) -> Question[KpiPartial, KpiResult]:
    """The question of one KPI. Raises UsageError where the plan has none of that name, with the nearest."""
    if name not in plan.kpis:
        raise UsageError(f"the plan has no KPI {name!r}; {did_you_mean(name, plan.kpis, 'see the plan')}")

    def merge(context: ReportContext, _: Sequence[KpiPartial]) -> KpiResult:
        return next(each for each in context.answer(KPIS) if each.name == name)

    def sections(report: Report) -> Iterator[Section]:
        yield Section(f"KPI: {name}", table=Table(KPI_COLUMNS, list(kpi_rows(report[question], report))))

    question: Question[KpiPartial, KpiResult] = Question(
        "kpi", KpiPartial, _partial, merge, sections, is_named=True, only=(name,), table=_table, reads=KPIS.reads
    )
    return question


def _partial(_: ShardContext) -> KpiPartial:
    return KpiPartial()


def _table(result: KpiResult) -> FlatTable:
    """A row for each group, else for each currency, else one; the target is beside what it is compared with."""
    names: tuple[str, ...]
    figures: list[tuple[tuple[Any, ...], Decimal | None]]
    if result.rows:
        names = tuple(result.rows[0].group)
        figures = [(tuple(group.group.values()), group.value) for group in result.rows]
    elif result.currencies:
        names, figures = ("currency",), [((figure.currency,), figure.value) for figure in result.currencies]
    else:
        names, figures = (), [((), result.value)]
    rows = [(result.name, *keys, value, *_compared(result.target, keys)) for keys, value in figures]
    return FlatTable(("kpi", *names, "value", "target", "met"), tuple(rows))


def _compared(target: TargetResult | None, keys: Sequence[Any]) -> tuple[Decimal | None, bool | None]:
    label = ", ".join(map(str, keys)) if keys else None
    return (target.value, target.met) if target is not None and target.group == label else (None, None)

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
from footfall.plan.calls import named
from footfall.plan.currencies import money_of
from footfall.plan.measure_parts import event_measures
from footfall.plan.model import Kpi, Plan
from footfall.plan.problems import did_you_mean
from footfall.plan.value_names import user_traits

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
        "kpi",
        KpiPartial,
        _partial,
        merge,
        sections,
        is_named=True,
        only=(name,),
        table=lambda result: _table(result, _currency_of(plan.kpis[name], plan)),
        reads=KPIS.reads,
    )
    return question


def _partial(_: ShardContext) -> KpiPartial:
    return KpiPartial()


def _table(result: KpiResult, currency: str) -> FlatTable:
    """A row for each group, else for each currency, else one; the target is beside what it is compared with.

    Where that has no row, it gets one: the total, whose groups are empty, or a group or currency without a message.
    `currency` is the property that names the currency, "" for what has no such.
    """
    names: tuple[str, ...]
    figures: list[tuple[tuple[Any, ...], Decimal | None]]
    if result.rows:
        names = tuple(result.rows[0].group)
        figures = [(tuple(group.group.values()), group.value) for group in result.rows]
    elif result.currencies:
        names, figures = ("currency",), [((figure.currency,), figure.value) for figure in result.currencies]
    else:
        names, figures = (), [((), result.value)]
    targets: dict[int, TargetResult] = {}
    if result.target is not None:
        place = _place_compared(result.target, [keys for keys, _ in figures], is_grouped=bool(result.rows))
        if place == len(figures):
            group_at = names.index(currency) if currency in names else 0
            keys = tuple(result.target.group if number == group_at else None for number in range(len(names)))
            figures.append((keys, result.target.compared))
        targets[place] = result.target
    rows = [
        (result.name, *keys, value, *((target.value, target.met) if (target := targets.get(place)) else (None, None)))
        for place, (keys, value) in enumerate(figures)
    ]
    return FlatTable(("kpi", *names, "value", "target", "met"), tuple(rows))


def _place_compared(target: TargetResult, rows: Sequence[Sequence[Any]], *, is_grouped: bool) -> int:
    """The row with what the target is compared with; their number where none has it."""
    if target.group is None:
        return 0 if not is_grouped and len(rows) == 1 else len(rows)  # the total of one currency is its figure
    labels = ["" if len(keys) > 1 else str(*keys) for keys in rows]
    return next((place for place, label in enumerate(labels) if label in (target.group, "")), len(rows))


def _currency_of(kpi: Kpi, plan: Plan) -> str:
    """The property that names the currency of a KPI's amounts; "" where there is none."""
    events = ((each, named(plan, each.event)) for each in event_measures(kpi.measure))
    moneys = (money_of(event, each, user_traits(plan)) for each, event in events if event is not None)
    return next((money.named for money in moneys if money is not None and money.named), "")

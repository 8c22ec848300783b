"""How figures differ between two reports: each KPI and each step of a journey, before and after."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from footfall.analytics import JOURNEYS, KPIS, JourneyResult, KpiResult, Report

__all__ = ["JourneyDelta", "KpiDelta", "StepDelta", "journey_deltas", "kpi_deltas"]


class KpiDelta(msgspec.Struct, frozen=True):
    """One KPI under both plans, None where a plan does not have it or there is no figure.

    `change` is one of `same, moved, added, removed`. `is_share`: the figure is a quotient.
    """

    name: str
    owner: str
    change: str
    before: Decimal | None
    after: Decimal | None
    is_share: bool = False


class StepDelta(msgspec.Struct, frozen=True):
    """How many reached a step under both plans; None where a plan's journey has no such step."""

    id: str
    before: int | None
    after: int | None


class JourneyDelta(msgspec.Struct, frozen=True):
    """One journey under both plans."""

    name: str
    owner: str
    change: str
    steps: tuple[StepDelta, ...]


def _change(*, had: bool, has: bool, same: bool) -> str:
    if had and has:
        return "same" if same else "moved"
    return "added" if has else "removed"


def kpi_deltas(before: Report | None, after: Report) -> tuple[KpiDelta, ...]:
    """Every KPI of both reports, the new plan's first. A KPI with groups is the same only if each group is."""
    old = {} if before is None else {kpi.name: kpi for kpi in before[KPIS]}
    new = {kpi.name: kpi for kpi in after[KPIS]}
    return tuple(_kpi(name, old.get(name), new.get(name)) for name in dict.fromkeys([*new, *old]))


def _kpi(name: str, old: KpiResult | None, new: KpiResult | None) -> KpiDelta:
    same = old is not None and new is not None and _figures(old) == _figures(new)
    result = new or old
    assert result is not None
    return KpiDelta(
        name=name,
        owner=result.owner,
        change=_change(had=old is not None, has=new is not None, same=same),
        before=old.value if old else None,
        after=new.value if new else None,
        is_share=result.to is not None,
    )


def _figures(kpi: KpiResult) -> tuple[object, ...]:
    return kpi.value, kpi.rows, kpi.currencies


def journey_deltas(before: Report | None, after: Report) -> tuple[JourneyDelta, ...]:
    """Every journey of both reports, the new plan's first."""
    old = {} if before is None else {journey.name: journey for journey in before[JOURNEYS]}
    new = {journey.name: journey for journey in after[JOURNEYS]}
    return tuple(_journey(name, old.get(name), new.get(name)) for name in dict.fromkeys([*new, *old]))


def _journey(name: str, old: JourneyResult | None, new: JourneyResult | None) -> JourneyDelta:
    had, has = ({step.id: step.actors for step in journey.steps} if journey else {} for journey in (old, new))
    result = new or old
    assert result is not None
    return JourneyDelta(
        name=name,
        owner=result.owner,
        change=_change(had=old is not None, has=new is not None, same=had == has),
        steps=tuple(StepDelta(step, had.get(step), has.get(step)) for step in dict.fromkeys([*has, *had])),
    )

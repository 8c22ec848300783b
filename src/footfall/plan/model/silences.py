"""When the team expects less, or nothing, to come in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from footfall.plan.model.part import PlanPart

__all__ = ["Recurrence", "Silence"]

Recurrence = Literal["day", "week", "year"]


class Silence(PlanPart, frozen=True, kw_only=True):
    """A planned silence. `since` and `until` are days of the plan's clock, both included, or times (`until` excluded).

    It comes again `every` day, week or year. It is of the events, sources and KPIs that it names; of everything where
    it names none. See `footfall.plan.silences`.
    """

    name: str
    since: str
    until: str
    every: Recurrence | None = None
    events: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    kpis: tuple[str, ...] = ()
    note: str = ""
    x: Mapping[str, Any] = {}

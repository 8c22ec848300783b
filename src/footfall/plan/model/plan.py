"""A whole tracking plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from footfall.plan.model.boards import Board
from footfall.plan.model.campaigns import PlannedCampaign
from footfall.plan.model.collecting import Consent, IdentityKeys, Source, Staff, Team, Web
from footfall.plan.model.derived import DerivedEvent
from footfall.plan.model.events import Enforcement, Event, Page
from footfall.plan.model.experiments import Experiment
from footfall.plan.model.figures import Goal, Kpi, WeekStart
from footfall.plan.model.journeys import Journey
from footfall.plan.model.part import PlanPart
from footfall.plan.model.properties import Property
from footfall.plan.model.segments import Cohort, Segment
from footfall.plan.model.signals import PlannedSignal
from footfall.plan.model.silences import Silence

__all__ = ["LintLevel", "Plan"]

LintLevel = Literal["error", "warning", "off"]


class Plan(PlanPart, frozen=True, kw_only=True):
    """A whole tracking plan, resolved. Maps keep the order of the files."""

    id: str
    format: int = 1
    description: str = ""
    timezone: str = "UTC"
    week_starts: WeekStart = "monday"
    teams: Mapping[str, Team] = {}
    sources: Mapping[str, Source] = {}
    naming: Mapping[str, Any] = {}
    lint: Mapping[str, LintLevel] = {}
    require: Mapping[str, tuple[str, ...]] = {}
    sensitivity_levels: tuple[str, ...] = ("public", "internal", "personal", "special")
    identity: IdentityKeys = IdentityKeys()
    consent: Consent | None = None
    web: Web = Web()
    staff: Staff | None = None
    enforcement: Mapping[str, Enforcement] = {}
    traits: Mapping[str, tuple[Property, ...]] = {}
    events: Mapping[str, Event] = {}
    pages: Mapping[str, Page] = {}
    goals: Mapping[str, Goal] = {}
    kpis: Mapping[str, Kpi] = {}
    experiments: Mapping[str, Experiment] = {}
    boards: Mapping[str, Board] = {}
    signals: Mapping[str, PlannedSignal] = {}
    journeys: Mapping[str, Journey] = {}
    campaigns: Mapping[str, PlannedCampaign] = {}
    segments: Mapping[str, Segment] = {}
    cohorts: Mapping[str, Cohort] = {}
    derived_events: Mapping[str, DerivedEvent] = {}
    silences: Mapping[str, Silence] = {}
    x: Mapping[str, Any] = {}

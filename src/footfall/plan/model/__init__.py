"""The tracking plan as data: loaded, resolved, frozen, without file positions, the same from YAML or bundle.

`use`, `include` and `defaults` are already resolved here: every property is complete where it is used. Durations are
whole seconds. Bounds are Decimal whatever the type, so that they are exact.
"""

from __future__ import annotations

from footfall.plan.model.campaigns import UTM_FIELDS, CampaignBudget, PlannedCampaign, UtmField
from footfall.plan.model.collecting import (
    Consent,
    ConsentLevel,
    ConsentRule,
    IdentityKeys,
    Purpose,
    Source,
    Staff,
    Team,
    Web,
)
from footfall.plan.model.events import (
    Alias,
    Deprecation,
    Enforcement,
    Event,
    EventStatus,
    Page,
    Policy,
    Rule,
    VolumeExpectation,
)
from footfall.plan.model.figures import (
    ANY_EVENT,
    Aggregate,
    CalendarWindow,
    Conversion,
    Count,
    EventFilter,
    Goal,
    Kpi,
    KpiWindow,
    Measure,
    Ratio,
    Target,
    Unique,
    WeekStart,
    Where,
)
from footfall.plan.model.journeys import Branch, Guard, Journey, Step
from footfall.plan.model.plan import LintLevel, Plan
from footfall.plan.model.properties import (
    NUMERIC,
    PATTERN_MAX_LENGTH,
    TRAITS_OF,
    Property,
    PropertyType,
    ScalarType,
    TraitKind,
    Transform,
)

__all__ = [
    "ANY_EVENT",
    "NUMERIC",
    "PATTERN_MAX_LENGTH",
    "TRAITS_OF",
    "UTM_FIELDS",
    "Aggregate",
    "Alias",
    "Branch",
    "CalendarWindow",
    "CampaignBudget",
    "Consent",
    "ConsentLevel",
    "ConsentRule",
    "Conversion",
    "Count",
    "Deprecation",
    "Enforcement",
    "Event",
    "EventFilter",
    "EventStatus",
    "Goal",
    "Guard",
    "IdentityKeys",
    "Journey",
    "Kpi",
    "KpiWindow",
    "LintLevel",
    "Measure",
    "Page",
    "Plan",
    "PlannedCampaign",
    "Policy",
    "Property",
    "PropertyType",
    "Purpose",
    "Ratio",
    "Rule",
    "ScalarType",
    "Source",
    "Staff",
    "Step",
    "Target",
    "Team",
    "TraitKind",
    "Transform",
    "Unique",
    "UtmField",
    "VolumeExpectation",
    "Web",
    "WeekStart",
    "Where",
]  # fmt: skip

"""Questions to the data: a dataset of messages with their persons, and the report that a plan asks for."""

from __future__ import annotations

from footfall.extras import needs

with needs("footfall.analytics", "server"):
    from footfall.analytics.dataset import Contents, Dataset
    from footfall.analytics.intake import IntakeResult, QuarantineReason
    from footfall.analytics.overview import NameCount, Overview, PeriodCount
    from footfall.analytics.report import report
    from footfall.analytics.results import (
        BranchResult,
        DataStamp,
        GoalResult,
        Group,
        Guardrail,
        GuardResult,
        JourneyResult,
        KpiResult,
        PlanStamp,
        Report,
        StepResult,
        TargetResult,
        VolumeResult,
        encode,
    )
    from footfall.analytics.window import Window

__all__ = [
    "BranchResult",
    "Contents",
    "DataStamp",
    "Dataset",
    "GoalResult",
    "Group",
    "GuardResult",
    "Guardrail",
    "IntakeResult",
    "JourneyResult",
    "KpiResult",
    "NameCount",
    "Overview",
    "PeriodCount",
    "PlanStamp",
    "QuarantineReason",
    "Report",
    "StepResult",
    "TargetResult",
    "VolumeResult",
    "Window",
    "encode",
    "report",
]

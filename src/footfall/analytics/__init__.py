"""Questions to the data: a dataset of messages with their persons, and the report that a plan asks for."""

from __future__ import annotations

from footfall.extras import needs

with needs("footfall.analytics", "analytics"):
    from footfall.analytics.dataset import Contents, Dataset
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
    "JourneyResult",
    "KpiResult",
    "PlanStamp",
    "Report",
    "StepResult",
    "TargetResult",
    "VolumeResult",
    "Window",
    "encode",
    "report",
]

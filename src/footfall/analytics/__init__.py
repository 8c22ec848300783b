"""Questions to the data: a dataset of messages with their persons, and the report that a plan asks for."""

from __future__ import annotations

from footfall.extras import needs

with needs("footfall.analytics", "server"):
    from footfall.analytics.dataset import Contents, Dataset
    from footfall.analytics.question import (
        DataStamp,
        FlatTable,
        PlanStamp,
        Question,
        Report,
        ReportContext,
        ShardContext,
    )
    from footfall.analytics.questions import QUESTIONS
    from footfall.analytics.questions.goals import GOALS, GoalResult
    from footfall.analytics.questions.intake import INTAKE, IntakeResult, QuarantineReason
    from footfall.analytics.questions.journeys import JOURNEYS, BranchResult, GuardResult, JourneyResult, StepResult
    from footfall.analytics.questions.kpis import KPIS, CurrencyFigure, Group, Guardrail, KpiResult, TargetResult
    from footfall.analytics.questions.overview import OVERVIEW, NameCount, Overview, PeriodCount
    from footfall.analytics.questions.volumes import VOLUMES, VolumeResult
    from footfall.analytics.report import report
    from footfall.analytics.window import Window

__all__ = [
    "GOALS",
    "INTAKE",
    "JOURNEYS",
    "KPIS",
    "OVERVIEW",
    "QUESTIONS",
    "VOLUMES",
    "BranchResult",
    "Contents",
    "CurrencyFigure",
    "DataStamp",
    "Dataset",
    "FlatTable",
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
    "Question",
    "Report",
    "ReportContext",
    "ShardContext",
    "StepResult",
    "TargetResult",
    "VolumeResult",
    "Window",
    "report",
]

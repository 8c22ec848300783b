"""Trials: what a plan that is not in force yet would do to the messages that a collector keeps."""

from __future__ import annotations

from footfall.extras import needs

with needs("footfall.trials", "analytics", "collector"):
    from footfall.trials.moves import JourneyMove, KpiMove, StepMove
    from footfall.trials.rejudge import Rejudge
    from footfall.trials.trial import EventTrial, FaultTrial, Trial, try_plan

__all__ = [
    "EventTrial", "FaultTrial", "JourneyMove", "KpiMove", "Rejudge", "StepMove", "Trial", "try_plan",
]  # fmt: skip

"""An experiment of the plan: what persons who saw each variant did, and whether that decides it."""

from __future__ import annotations

from footfall.analytics.questions.experiment.answer import experiment
from footfall.analytics.questions.experiment.decision import Decision, Verdict
from footfall.analytics.questions.experiment.options import ExperimentOptions, experiment_options
from footfall.analytics.questions.experiment.result import ComparedFigure, ExperimentResult, VariantResult

__all__ = [
    "ComparedFigure",
    "Decision",
    "ExperimentOptions",
    "ExperimentResult",
    "VariantResult",
    "Verdict",
    "experiment",
    "experiment_options",
]

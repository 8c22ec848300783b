"""Profiling of observed messages: their profile, a plan inferred from it, and the drift from an existing plan."""

from __future__ import annotations

from footfall.planning.profiling.compare import Lifecycle, compare, lifecycles
from footfall.planning.profiling.drift_monitor import DriftMonitor
from footfall.planning.profiling.inferred_plan import InferredPlan, infer_plan
from footfall.planning.profiling.messages import ObservedMessage, read_line, read_message
from footfall.planning.profiling.profile import DataProfile, EventProfile
from footfall.planning.profiling.values import ValueProfile

__all__ = [
    "DataProfile", "DriftMonitor", "EventProfile", "InferredPlan", "Lifecycle", "ObservedMessage", "ValueProfile",
    "compare", "infer_plan", "lifecycles", "read_line", "read_message",
]  # fmt: skip

"""Simulation: what a plan that is not in force yet would do to the messages that a collector keeps."""

from __future__ import annotations

from footfall.extras import needs

with needs("footfall.simulation", "server"):
    from footfall.simulation.deltas import JourneyDelta, KpiDelta, StepDelta
    from footfall.simulation.revalidator import Revalidator
    from footfall.simulation.simulate import EventOutcome, FaultOutcome, Simulation, simulate

__all__ = [
    "EventOutcome",
    "FaultOutcome",
    "JourneyDelta",
    "KpiDelta",
    "Revalidator",
    "Simulation",
    "StepDelta",
    "simulate",
]  # fmt: skip

"""What a change of the plan does: two plans in, every difference out, each with whom it hurts. Nothing is read here."""

from __future__ import annotations

from footfall.plan.diff.changes import Affected, Change
from footfall.plan.diff.compare import diff
from footfall.plan.diff.kinds import HURTS, KINDS, Hurt, Kind, Level

__all__ = ["HURTS", "KINDS", "Affected", "Change", "Hurt", "Kind", "Level", "diff"]

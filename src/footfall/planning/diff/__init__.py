"""What a change of the plan does: two plans in, every difference out, each with whom it hurts. Nothing is read here."""

from __future__ import annotations

from footfall.planning.diff.changes import Affected, Change
from footfall.planning.diff.compare import diff
from footfall.planning.diff.kinds import HURTS, KINDS, ChangeKind, Hurt, Level

__all__ = ["HURTS", "KINDS", "Affected", "Change", "ChangeKind", "Hurt", "Level", "diff"]

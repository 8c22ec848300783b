"""Compares two plans: every difference, how severe it is, and whom it hurts."""

from __future__ import annotations

from footfall.planning.diff.changes import Affected, Change
from footfall.planning.diff.compare import diff
from footfall.planning.diff.kinds import HURTS, KINDS, ChangeKind, Hurt, Level

__all__ = ["HURTS", "KINDS", "Affected", "Change", "ChangeKind", "Hurt", "Level", "diff"]

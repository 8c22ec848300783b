"""Messages that were put aside, and why."""

from __future__ import annotations

from footfall.extras import needs

with needs("footfall.quarantine", "collector"):
    from footfall.quarantine.list import Quarantined, list_quarantined

__all__ = ["Quarantined", "list_quarantined"]

"""Messages that were put aside, and why."""

from footfall.quarantine.list import Quarantined, list_quarantined

__all__ = ["Quarantined", "list_quarantined"]

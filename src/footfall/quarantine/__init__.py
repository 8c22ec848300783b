"""Messages in quarantine: why they are there, and how they leave it."""

from __future__ import annotations

from footfall.extras import needs

with needs("footfall.quarantine", "server"):
    from footfall.quarantine.judging import Judging, Prospect
    from footfall.quarantine.list import Quarantined, list_quarantined
    from footfall.quarantine.replay import EventReplay, Replay, StayingFault, replay

__all__ = ["EventReplay", "Judging", "Prospect", "Quarantined", "Replay", "StayingFault", "list_quarantined", "replay"]

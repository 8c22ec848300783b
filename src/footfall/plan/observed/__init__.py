"""Learning from what was really seen: a profile of messages, the draft of a plan, and what differs from a plan."""

from __future__ import annotations

from footfall.plan.observed.compare import Chain, chains, compare
from footfall.plan.observed.draft import Draft, draft
from footfall.plan.observed.messages import Seen, read_line, read_message
from footfall.plan.observed.profile import EventProfile, Profile
from footfall.plan.observed.values import ValueProfile
from footfall.plan.observed.watch import Watch

__all__ = [
    "Chain", "Draft", "EventProfile", "Profile", "Seen", "ValueProfile", "Watch", "chains", "compare", "draft",
    "read_line", "read_message",
]  # fmt: skip

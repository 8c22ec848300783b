"""Learning from what was really seen: a profile of messages, the draft of a plan, and what differs from a plan."""

from __future__ import annotations

from footfall.planning.profiling.compare import Lifecycle, compare, lifecycles
from footfall.planning.profiling.draft import Draft, draft
from footfall.planning.profiling.messages import Seen, read_line, read_message
from footfall.planning.profiling.profile import EventProfile, Profile
from footfall.planning.profiling.values import ValueProfile
from footfall.planning.profiling.watch import Watch

__all__ = [
    "Draft",
    "EventProfile",
    "Lifecycle",
    "Profile",
    "Seen",
    "ValueProfile",
    "Watch",
    "compare",
    "draft",
    "lifecycles",
    "read_line",
    "read_message",
]  # fmt: skip

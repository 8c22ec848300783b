"""People: what is known of a person, and how."""

from __future__ import annotations

from footfall.extras import needs

with needs("footfall.people", "analytics"):
    from footfall.people.matching import find
    from footfall.people.model import Alias, EventCount, Evidence, Message, Profile, ReasonCount
    from footfall.people.profile import profile, profile_of, profiles
    from footfall.people.traits import Trait

__all__ = [
    "Alias",
    "EventCount",
    "Evidence",
    "Message",
    "Profile",
    "ReasonCount",
    "Trait",
    "find",
    "profile",
    "profile_of",
    "profiles",
]

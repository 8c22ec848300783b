"""People: the persons of an id, and their profiles."""

from __future__ import annotations

from footfall.extras import needs

with needs("footfall.people", "server"):
    from footfall.people.lookup import Match, PersonSource, lookup, matches
    from footfall.people.profile import (
        EventCount,
        Evidence,
        LeftOutCount,
        PersonAlias,
        PersonMessage,
        PersonProfile,
        ReasonCount,
    )
    from footfall.people.profiles import profile, profile_of, profiles
    from footfall.people.traits import Trait

__all__ = [
    "EventCount", "Evidence", "LeftOutCount", "Match", "PersonAlias", "PersonMessage", "PersonProfile", "PersonSource",
    "ReasonCount", "Trait", "lookup", "matches", "profile", "profile_of", "profiles",
]  # fmt: skip

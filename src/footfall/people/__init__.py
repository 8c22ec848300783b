"""People: the persons of an id, and their profiles."""

from __future__ import annotations

from footfall.extras import needs

with needs("footfall.people", "server"):
    from footfall.people.lookup import lookup
    from footfall.people.profile import (
        EventCount,
        Evidence,
        PersonAlias,
        PersonMessage,
        PersonProfile,
        ReasonCount,
        profile,
        profile_of,
        profiles,
    )  # fmt: skip
    from footfall.people.traits import Trait

__all__ = [
    "EventCount", "Evidence", "PersonAlias", "PersonMessage", "PersonProfile", "ReasonCount", "Trait", "lookup",
    "profile", "profile_of", "profiles",
]  # fmt: skip

"""Names under which messages of a plan's events came in before a collector had the plan."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from footfall.analytics.window import microseconds
from footfall.plan.model import Plan

__all__ = ["FOREVER", "Meaning", "meanings"]

FOREVER = 2**63 - 1
"""The last microsecond, which is the last BIGINT; the first one is its negative."""


class Meaning(NamedTuple):
    """The plan's event that a name means, in messages that were received before a moment."""

    event: str
    before: int


def meanings(plan: Plan | None) -> Mapping[str, Meaning]:
    """What each name means that is no event of the plan, but that one goes by on the wire."""
    if plan is None:
        return {}
    names: dict[str, Meaning] = {}
    for event in plan.events.values():
        names.setdefault(event.wire_name, Meaning(event.name, FOREVER))
        for alias in event.aliases:
            before = FOREVER
            if alias.until:
                before = microseconds(datetime.fromisoformat(alias.until).replace(tzinfo=UTC), plan.timezone)
            names.setdefault(alias.name, Meaning(event.name, before))
    return {name: meaning for name, meaning in names.items() if name not in plan.events}

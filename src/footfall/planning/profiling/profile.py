"""The profile of what was seen: for each event and kind of traits how often, when, from whom, and what it carried."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

from footfall.plan.model import TRAITS_OF
from footfall.planning.profiling.messages import ObservedMessage
from footfall.planning.profiling.values import ValueProfile

__all__ = ["QUARTER_US", "DataProfile", "EventProfile"]

QUARTER_US: Final = 900_000_000
"""A quarter of an hour in microseconds: every timezone in use is a whole number of these apart from UTC."""


class EventProfile:
    """One event on the wire, or one kind of traits. Times are microseconds since 1970-01-01 UTC, None where no message
    had one; `quarters` counts by the quarter of an hour, `sources` by who sent (where that is known).
    """

    __slots__ = ("body", "count", "first", "last", "quarters", "sources")

    def __init__(self) -> None:
        self.count = 0
        self.first: int | None = None
        self.last: int | None = None
        self.quarters: Counter[int] = Counter()
        self.sources: Counter[str] = Counter()
        self.body = ValueProfile()

    def add(self, seen: ObservedMessage) -> None:
        """Take one message into account."""
        self.count += 1
        if seen.source:
            self.sources[seen.source] += 1
        if seen.at is not None:
            self.first = seen.at if self.first is None else min(self.first, seen.at)
            self.last = seen.at if self.last is None else max(self.last, seen.at)
            self.quarters[seen.at // QUARTER_US] += 1
        self.body.add_fields(seen.values)


class DataProfile:
    """Everything that was seen. `events` are by their name on the wire, `traits` by `user` and `account`."""

    def __init__(self, messages: Iterable[ObservedMessage] = ()) -> None:
        self.count = 0
        self.events: dict[str, EventProfile] = {}
        self.traits: dict[str, EventProfile] = {}
        self.first: int | None = None
        self.last: int | None = None
        for seen in messages:
            self.add(seen)

    def add(self, seen: ObservedMessage) -> None:
        """Take one message into account."""
        self.count += 1
        if seen.at is not None:
            self.first = seen.at if self.first is None else min(self.first, seen.at)
            self.last = seen.at if self.last is None else max(self.last, seen.at)
        if seen.event:
            self.events.setdefault(seen.event, EventProfile()).add(seen)
        elif seen.type in TRAITS_OF:
            self.traits.setdefault(TRAITS_OF[seen.type], EventProfile()).add(seen)

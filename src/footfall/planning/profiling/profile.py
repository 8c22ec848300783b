"""The profile of observed messages: per event and kind of traits how often, when, from whom, and what it carried."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

from footfall.plan.model import TRAITS_OF
from footfall.planning.profiling.messages import ObservedMessage
from footfall.planning.profiling.values import ValueProfile

__all__ = ["QUARTER_US", "DataProfile", "EventProfile", "MessageTally"]

QUARTER_US: Final = 900_000_000
"""A quarter of an hour in microseconds: every timezone in use is a whole number of these apart from UTC."""


class MessageTally:
    """How many messages came, when and from whom. Times are microseconds since 1970-01-01 UTC.

    `counted` are those of which only the public properties are there. `first` and `last` are None where no message had
    a time. `quarters` counts by the quarter of an hour, `sources` by
    sender, where that is known.
    """

    def __init__(self) -> None:
        self.count = 0
        self.counted = 0
        self.first: int | None = None
        self.last: int | None = None
        self.quarters: Counter[int] = Counter()
        self.sources: Counter[str] = Counter()

    def add(self, message: ObservedMessage) -> None:
        """Count one message."""
        self.count += 1
        self.counted += message.is_counted
        if message.source:
            self.sources[message.source] += 1
        if message.at is not None:
            self.first = message.at if self.first is None else min(self.first, message.at)
            self.last = message.at if self.last is None else max(self.last, message.at)
            self.quarters[message.at // QUARTER_US] += 1

    @property
    def whole(self) -> int:
        """How many of the messages have all of their properties."""
        return self.count - self.counted


class EventProfile(MessageTally):
    """One event on the wire, or one kind of traits, with the profile of its properties.

    A message that is only counted says nothing of the properties that it lacks, so it is profiled only where no whole
    one came.
    """

    def __init__(self) -> None:
        super().__init__()
        self._whole, self._counted = ValueProfile(), ValueProfile()

    @property
    def body(self) -> ValueProfile:
        """The profile of the properties."""
        return self._whole if self.whole else self._counted

    @property
    def profiled(self) -> int:
        """How many messages the profile is of."""
        return self.whole or self.counted

    def add(self, message: ObservedMessage) -> None:
        """Count one message and its values."""
        super().add(message)
        (self._counted if message.is_counted else self._whole).add_fields(message.values)


class DataProfile(MessageTally):
    """All observed messages. `events` are by their name on the wire, `traits` by `user` and `account`."""

    def __init__(self, messages: Iterable[ObservedMessage] = ()) -> None:
        super().__init__()
        self.events: dict[str, EventProfile] = {}
        self.traits: dict[str, EventProfile] = {}
        for message in messages:
            self.add(message)

    def add(self, message: ObservedMessage) -> None:
        """Count one message, and profile it as an event or as traits; other messages are only counted."""
        super().add(message)
        if message.event:
            self.events.setdefault(message.event, EventProfile()).add(message)
        elif message.type in TRAITS_OF:
            self.traits.setdefault(TRAITS_OF[message.type], EventProfile()).add(message)

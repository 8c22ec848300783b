"""History: by when a journal's messages came in, what was removed from it since, and what never was a message.

Once a minute a commit adds a mark: the journal's last number before it, and the clock. What came in between two marks
is ordered by when each message was received.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

from footfall.storage.purge_rule import PurgeRule
from footfall.storage.uncounted import UncountedCount

__all__ = ["MINUTE_US", "History", "Minute", "PurgedCount"]

MINUTE_US = 60_000_000


class Minute(NamedTuple):
    """The messages that were committed between two marks: `after < seq <= until`.

    `began` is the clock (microseconds since 1970-01-01 UTC) as the first of them was committed. It is None for what
    came before the first mark.
    """

    after: int
    until: int
    began: int | None


class PurgedCount(NamedTuple):
    """How many messages of a source and an event a purge removed, of the stored ones and from quarantine.

    It was carried out at the clock `at`, when the journal's last number was `seq`.
    """

    seq: int
    at: int
    rule: PurgeRule
    source: str
    event: str
    stored: int
    quarantined: int


class History(Protocol):
    """What a snapshot knows of earlier moments. Times are microseconds since 1970-01-01 UTC, by the collector's clock.

    Every method raises JournalError.
    """

    def minutes_at(self, at: int) -> list[Minute]:
        """The minutes in which `at` lies, in order; the last one ends where the clock first began a minute after `at`.

        There are several where the clock went back, and there is always one, of an earlier time where none has it.
        Messages of these may have been received after `at`; those of other minutes before their end were not.
        """
        ...

    def minute_of(self, seq: int) -> Minute:
        """The minute in which the message `seq` was committed."""
        ...

    def first_after(self, at: int, *, after: int, until: int) -> int | None:
        """The least `seq` of the messages `after < seq <= until` that were received after `at`, None without one."""
        ...

    def latest(self, *, after: int, until: int) -> int | None:
        """When the last of the messages `after < seq <= until` was received, None where none is there any more."""
        ...

    def purged(self) -> list[PurgedCount]:
        """What each purge removed, in the order of the purges."""
        ...

    def uncounted(self) -> list[UncountedCount]:
        """The hits that were left out, in the order of their days, sources and reasons."""
        ...

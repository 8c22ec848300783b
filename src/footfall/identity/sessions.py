"""Sessions: a device's timeline, cut where nobody was there for half an hour or where somebody signed out.

A message starts a new session when it comes more than 30 minutes after the one before it on the same device, or when
that one is a reset; the reset belongs to the session it ends. Half an hour is the customary gap (Google Analytics,
Segment and Snowplow use it); exactly half an hour is still the same session.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

__all__ = ["SESSION_GAP_US", "TimelineEntry", "nearest_identifications", "sessions"]

SESSION_GAP_US = 30 * 60 * 1_000_000
"""The longest pause within a session, in microseconds."""


class TimelineEntry(msgspec.Struct, frozen=True, order=True, gc=False):
    """One message on a device's timeline; `owner` is the canonical user id that it identifies there, or None.

    Entries sort by (occurred_at, source, message_id): a total order, so that equal times leave nothing to chance.
    """

    occurred_at: int
    source: str
    message_id: str
    owner: str | None
    is_reset: bool


def sessions(timeline: Sequence[TimelineEntry]) -> Iterator[Sequence[TimelineEntry]]:
    """Cut a sorted timeline into its sessions, in order."""
    start = 0
    for index in range(1, len(timeline)):
        before, here = timeline[index - 1], timeline[index]
        if before.is_reset or here.occurred_at - before.occurred_at > SESSION_GAP_US:
            yield timeline[start:index]
            start = index
    if timeline:
        yield timeline[start:]


def nearest_identifications(session: Sequence[TimelineEntry]) -> list[TimelineEntry | None]:
    """For each entry of a session the identification that counts for it.

    That is the last one at or before it, else the first one after it, else None, when nobody was identified in this
    session.
    """
    nearest: list[TimelineEntry | None] = []
    last = next((entry for entry in session if entry.owner is not None), None)
    for entry in session:
        if entry.owner is not None:
            last = entry
        nearest.append(last)
    return nearest

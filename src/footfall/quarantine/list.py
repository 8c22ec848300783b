"""Lists what is in quarantine: each message with where it came from, what is wrong with it, and what can free it."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import msgspec

from footfall.collector.revalidation import faults_of
from footfall.events import Fault
from footfall.quarantine.judging import Judging, Prospect
from footfall.storage.environments import named
from footfall.storage.journal import Entry, Snapshot
from footfall.timestamps import format_us

__all__ = ["Quarantined", "list_quarantined"]


class Quarantined(msgspec.Struct, frozen=True):
    """One message in quarantine. `received_at` is RFC 3339 in UTC, `body_bytes` the size of the message as it came.

    `replay` says what can free it: `now` (a replay by the folder's newest plan), `plan` (a changed plan) or `never`.
    """

    seq: int
    received_at: str
    source: str
    environment: str
    type: str
    event: str | None
    message_id: str
    faults: tuple[Fault, ...]
    body_bytes: int
    replay: Prospect
    user_id: str | None = None
    anonymous_id: str | None = None
    device_id: str | None = None


def list_quarantined(
    snapshot: Snapshot, judging: Judging, *, limit: int | None = None, ids: Collection[str] = ()
) -> Iterator[Quarantined]:
    """What is in quarantine, in order of receipt; at most `limit` of it. Raises JournalError.

    With `ids`, only messages with one of these as user_id, anonymous_id or device_id.
    """
    remaining = limit
    for chunk in snapshot.scan("quarantined", chunk=1000):
        for entry in chunk:
            if remaining == 0:
                return
            if ids and not {entry.row.user_id, entry.row.anonymous_id, entry.row.device_id}.intersection(ids):
                continue
            if remaining is not None:
                remaining -= 1
            yield _quarantined(entry, judging)


def _quarantined(entry: Entry, judging: Judging) -> Quarantined:
    row = entry.row
    return Quarantined(
        seq=entry.seq,
        received_at=format_us(row.received_at),
        source=row.source,
        environment=named(row.environment),
        type=row.type,
        event=row.event,
        message_id=row.message_id,
        faults=faults_of(row),
        body_bytes=len(row.body),
        replay=judging.prospect(row),
        user_id=row.user_id,
        anonymous_id=row.anonymous_id,
        device_id=row.device_id,
    )

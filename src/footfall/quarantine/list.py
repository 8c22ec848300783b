"""Lists what was put aside: each message with where it came from, and everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from footfall.clock import format_us
from footfall.events import Fault
from footfall.storage.journal import Entry, Journal

__all__ = ["Quarantined", "list_quarantined"]

_decode_faults = msgspec.json.Decoder(tuple[Fault, ...]).decode


class Quarantined(msgspec.Struct, frozen=True):
    """One message in quarantine. `received_at` is RFC 3339 in UTC, `body_bytes` the size of the message as it came."""

    seq: int
    received_at: str
    source: str
    type: str
    event: str | None
    message_id: str
    faults: tuple[Fault, ...]
    body_bytes: int


def list_quarantined(journal: Journal, *, limit: int | None = None) -> Iterator[Quarantined]:
    """What is in quarantine, in order of receipt; at most `limit` of it. Raises JournalError."""
    left = limit
    for chunk in journal.scan("quarantined", chunk=1000):
        for entry in chunk:
            if left == 0:
                return
            if left is not None:
                left -= 1
            yield _quarantined(entry)


def _quarantined(entry: Entry) -> Quarantined:
    row = entry.row
    return Quarantined(
        seq=entry.seq,
        received_at=format_us(row.received_at),
        source=row.source,
        type=row.type,
        event=row.event,
        message_id=row.message_id,
        faults=_decode_faults(row.faults) if row.faults else (),
        body_bytes=len(row.body),
    )

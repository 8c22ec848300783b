"""Journal: the durable log of what was taken in. What is committed is on disk; what is on disk is never taken twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple, Protocol

__all__ = ["Changes", "Entry", "Journal", "Kind", "Row", "account"]

Kind = Literal["stored", "quarantined"]


class Row(NamedTuple):
    """One message as the pipeline hands it over, decided but not yet de-duplicated.

    Times are microseconds since 1970-01-01 UTC: `occurred_at` is the corrected time, fixed here for ever, `received_at`
    the collector's clock. `body` is the message as it was received, byte for byte (less a write key), `envelope` what
    its batch said for all of its messages (`context`, `integrations`), or None. `event` is the plan's canonical name
    where the plan knows it. Ids stand as they were sent, junk included: identity decides what they mean. `faults` is
    JSON: for a quarantined row why it is there, for a stored one the warnings, or None.
    """

    kind: Kind
    source: str
    message_id: str
    type: str
    event: str | None
    user_id: str | None
    anonymous_id: str | None
    device_id: str | None
    previous_id: str | None
    group_id: str | None
    occurred_at: int
    received_at: int
    bundle: str | None
    faults: bytes | None
    body: bytes
    envelope: bytes | None


class Entry(NamedTuple):
    """A row as it stands in the journal, with its place in the order of receipt (`seq`, rising, from 1)."""

    seq: int
    row: Row


class Changes(NamedTuple):
    """One durable step: rows to keep, and how many messages (by source and event) could not be kept at all."""

    rows: Sequence[Row]
    rejected: Mapping[tuple[str, str], int]


def account(event: str | None, type_: str) -> str:
    """The name under which the books count a message: its event, or its type in brackets where it names none."""
    return event if event is not None else f"({type_ or 'unreadable'})"


class Journal(Protocol):
    """Keeps rows, once each by (source, message_id), and the books about them.

    Every method raises JournalError when the disk, or what is on it, fails.
    """

    def commit(self, changes: Changes) -> list[bool]:
        """Write everything in one durable transaction, or nothing.

        Returns, row for row, whether it was new; a row whose (source, message_id) is already there, or stood earlier in
        the same list, is a duplicate: it is counted and otherwise left out.
        """
        ...

    def scan(
        self, kind: Kind, *, after: int = 0, until: int | None = None, chunk: int = 10_000
    ) -> Iterator[list[Entry]]:
        """Rows in order of receipt, `after < seq <= until`, a chunk at a time, as of one moment."""
        ...

    def lookup(self, message_id: str) -> list[Entry]:
        """Every row, stored or quarantined, of any source, that has this message_id."""
        ...

    def watermark(self) -> int:
        """The highest `seq` there is, 0 when there is none."""
        ...

    def books(self) -> Mapping[tuple[str, str], Mapping[str, int]]:
        """By (source, event): how many were received, stored, duplicate, quarantined, rejected; since the beginning."""
        ...

    def close(self) -> None:
        """Let go. Closing twice is no error."""
        ...

"""Journal: the durable log of what was taken in. What is committed is on disk; what is on disk is never taken twice."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Literal, NamedTuple, Protocol

from footfall.storage.books import Books
from footfall.storage.environments import line_source
from footfall.storage.history import History
from footfall.storage.purge_rule import PurgeRule
from footfall.storage.uncounted import UncountedReport

__all__ = [
    "QUARTER_US",
    "Changes",
    "Entry",
    "IdRun",
    "Journal",
    "JournalState",
    "Purge",
    "Refusals",
    "Row",
    "RowState",
    "RunSwap",
    "SealMark",
    "Snapshot",
    "SnapshotReads",
    "counter_name",
    "is_misdated",
    "quarter_of",
]

RowState = Literal["stored", "quarantined"]

_MISDATED = b'"code":"misdated"'  # as it is in a row's faults


class Row(NamedTuple):
    """One message as the pipeline hands it over, decided but not yet de-duplicated.

    Times are microseconds since 1970-01-01 UTC: `occurred_at` is the corrected time, fixed here for ever, `received_at`
    the collector's clock. `body` is the message as it was received, byte for byte (less a write key), `envelope` what
    its batch said for all of its messages (`context`, `integrations`), or None. `event` is the plan's canonical name
    where the plan knows it. Ids are as they were sent, junk included: identity decides what they mean. `faults` is
    JSON: for a quarantined row why it is there, for a stored one the warnings, or None. `traits` is the JSON object of
    all traits that an identify sets, where its wire has some of them outside of the message's `traits`, else None: so
    readers need not know wires. `environment`
    is that of the write key, None for production. After `kind` its fields are those of `footfall.storage.columns`.
    """

    kind: RowState
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
    traits: bytes | None = None
    environment: str | None = None

    @property
    def line_source(self) -> str:
        """What the books call its source in its environment; its id is unique within that."""
        return line_source(self.source, self.environment)


class Entry(NamedTuple):
    """A row in the journal, with its number in the order of receipt (`seq`, rising, from 1)."""

    seq: int
    row: Row


class SealMark(NamedTuple):
    """How far a journal's stored rows were sealed into the warehouse; from there on they count there.

    Each row that was stored with a `seq` at or below this one is in a file of the warehouse, and no reader sees it in
    the journal. The first `steps` steps of the manifest count; their files have so many `messages` now.
    """

    seq: int = 0
    messages: int = 0
    steps: int = 0


class IdRun(NamedTuple):
    """A file with the ids of stored rows, sorted. It finds their repeats when the rows are gone.

    It has as many `ids` of rows with `first <= seq <= last`; `month` (`2026-11`) is when the last of them was received.
    """

    name: str
    first: int
    last: int
    month: str
    ids: int


class JournalState(NamedTuple):
    """Which files beside a journal count: those of the warehouse up to its mark, and its runs of ids.

    There are no runs where a journal finds repeats by other means.
    """

    seal: SealMark
    id_runs: list[IdRun]


class RunSwap(NamedTuple):
    """A run that has all ids of those that it takes the place of, by their names. Its file is on the disk already."""

    added: IdRun
    removed: tuple[str, ...]


class Purge(NamedTuple):
    """What a rule removes: rows of the journal, and so many `sealed` messages, by (source, event), that are gone."""

    rule: PurgeRule
    sealed: Mapping[tuple[str, str], int]


class Changes(NamedTuple):
    """One durable step: rows to keep, how many messages (by source and event) were rejected, what leaves quarantine.

    Each entry of `released` names a row in quarantine by its `seq` and gives it as it is to be stored; its source, its
    message_id and its times must be those of the row.

    `probe` writes so many bytes, in place of those of the last probe, that no reader sees: whether it can be committed
    says whether rows could be. None writes none.

    `seal` moves the mark up to which the rows are sealed, which never goes back. `swaps` put runs of ids in the place
    of others.

    `purge` removes rows before any are added, stored and quarantined ones, and counts them as purged. Their ids stay:
    what is sent again is a duplicate. When its commit returns, nothing of them is in the journal's files.

    `uncounted` are reports of hits that are no messages; each adds what it says beyond the earlier ones of its id.
    """

    rows: Sequence[Row]
    rejected: Mapping[tuple[str, str], int]
    released: Sequence[Entry] = ()
    probe: int | None = None
    seal: SealMark | None = None
    swaps: Sequence[RunSwap] = ()
    purge: Purge | None = None
    uncounted: Sequence[UncountedReport] = ()


class Refusals(NamedTuple):
    """How many messages of a source and event were rejected in one quarter of an hour.

    `quarter` is its first microsecond since 1970-01-01 UTC. A rejected message leaves no row, so this is all that is
    kept of when it came.
    """

    quarter: int
    source: str
    event: str
    number: int


QUARTER_US = 900_000_000  # every offset from UTC is a multiple of it, so each local day has whole quarters


def quarter_of(us: int) -> int:
    """The first microsecond of the quarter of an hour in which a moment lies."""
    return us - us % QUARTER_US


def is_misdated(row: Row) -> bool:
    """Whether a row to be stored has a time that cannot be right."""
    return row.kind == "stored" and row.faults is not None and _MISDATED in row.faults


def counter_name(event: str | None, type_: str) -> str:
    """The name under which the books count a message: its event, or its type in brackets where it names none."""
    return event if event is not None else f"({type_ or 'unreadable'})"


class Reads(Protocol):
    """What is read of a journal; every method raises JournalError."""

    def scan(
        self, kind: RowState, *, after: int = 0, until: int | None = None, chunk: int = 10_000
    ) -> Iterator[list[Entry]]:
        """Rows in order of `seq`, `after < seq <= until`, a chunk at a time, as of one moment; no sealed ones."""
        ...

    def lookup(self, message_id: str) -> list[Entry]:
        """Every row, stored or quarantined, of any source, that has this message_id; no sealed one."""
        ...

    def watermark(self) -> int:
        """Up to which `seq` the journal is complete, 0 for an empty one: no row at or below it will still appear.

        This is so however many write at once. A reader that has scanned `until` the watermark goes on after it, and
        misses no row. What lies above it may be there already, with rows below that are not. Rows at or below it may
        still leave: a quarantined one is released to a higher `seq`, a stored one is sealed.
        """
        ...

    def books(self) -> Books:
        """What became of every message since the beginning, by (source, event)."""
        ...


class Snapshot(Reads, Protocol):
    """A journal as of one moment: everything that is read here belongs together."""

    def in_quarantine(self) -> Mapping[tuple[str, str], int]:
        """By (source, event): how many rows are in quarantine, counted row by row."""
        ...

    def refusals(self) -> list[Refusals]:
        """How many were rejected in each quarter of an hour, the earliest first."""
        ...

    def state(self) -> JournalState:
        """How far the stored rows are sealed, and which runs have their ids."""
        ...

    def history(self) -> History:
        """By when messages came in, and what was purged since."""
        ...


class SnapshotReads(ABC):
    """The reads of a Journal, each by a snapshot that it opens."""

    @abstractmethod
    def snapshot(self) -> AbstractContextManager[Snapshot]:
        """See Reads."""

    def scan(
        self, kind: RowState, *, after: int = 0, until: int | None = None, chunk: int = 10_000
    ) -> Iterator[list[Entry]]:
        """See Reads. The snapshot is open until the iterator ends or is closed."""
        with self.snapshot() as snapshot:
            yield from snapshot.scan(kind, after=after, until=until, chunk=chunk)

    def lookup(self, message_id: str) -> list[Entry]:
        """See Reads."""
        with self.snapshot() as snapshot:
            return snapshot.lookup(message_id)

    def watermark(self) -> int:
        """See Reads."""
        with self.snapshot() as snapshot:
            return snapshot.watermark()

    def books(self) -> Books:
        """See Reads."""
        with self.snapshot() as snapshot:
            return snapshot.books()


class Journal(Reads, Protocol):
    """Keeps rows, once each by (source, environment, message_id), and the books about them.

    Every method raises JournalError when the disk, or what is on it, fails.
    """

    def commit(self, changes: Changes) -> list[bool]:
        """Write everything in one durable transaction, or nothing.

        Returns, row for row, whether it was new. A row whose (source, environment, message_id) is there already, or
        came earlier in the same list, is a duplicate: it is counted and otherwise left out. It counts as conflicting,
        too, where its body differs from that of the row that came first; a top-level `sentAt`, and the envelope, may
        differ, and so may the clicks of one signed link. One exception: a row to be stored whose like lies in
        quarantine is new. It takes the place of that row, which counts as superseded.

        Then, release for release, whether it was done: a row that is no longer in quarantine is left as it is. A
        released row gets a new `seq`.

        Raises JournalError, too, where `seal` would go back or lies beyond the watermark as it was before this commit,
        and where a run that a swap removes is not there, or the one that it adds cannot be read. A purge that is done,
        but whose bytes could not be removed from the files now, is one too; the same purge again tries it again.
        """
        ...

    def forget(self, limit: int = 1000) -> int:
        """Remove at most `limit` rows that are sealed, in one durable transaction; returns how many it removed.

        0 says that no row is left to be removed. What is forgotten stays in the books, and a repeat of it a duplicate.
        """
        ...

    def snapshot(self) -> AbstractContextManager[Snapshot]:
        """Read several things as of one moment."""
        ...

    def close(self) -> None:
        """Let go. Closing twice is no error."""
        ...

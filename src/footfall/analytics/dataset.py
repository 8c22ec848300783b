"""Dataset: every stored message with the person it belongs to, as one DuckDB table that lives as long as it is open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import msgspec

from footfall.analytics.earlier import snapshot_as_of
from footfall.analytics.engine import Rows, connect, rows
from footfall.analytics.loading import CHUNK, load, load_intake
from footfall.analytics.properties import PropertyTable, make_table
from footfall.clock import Clock, SystemClock
from footfall.errors import UsageError
from footfall.plan.calls import call_of, named
from footfall.plan.model import Plan
from footfall.storage.as_of import AsOf
from footfall.storage.columns import COLUMNS, Column
from footfall.storage.control import plan_as_of
from footfall.storage.journal import Entry, Snapshot
from footfall.storage.location import open as open_store

if TYPE_CHECKING:
    import duckdb

__all__ = ["Contents", "Dataset"]


class Contents(msgspec.Struct, frozen=True):
    """How many messages, persons and device streams a dataset has, from when to when, and what is not among them.

    `first` and `last` are microseconds since 1970 UTC, None when there is nothing. `quarantined` messages are in
    quarantine now, `rejected` ones were never kept. `losses` says which files are damaged, so that their messages are
    not counted.
    """

    messages: int
    persons: int
    devices: int
    first: int | None
    last: int | None
    quarantined: int
    rejected: int
    losses: tuple[str, ...] = ()


class Dataset:
    """Stored messages, joined with their persons, ready to be asked.

    The table `messages` has, in the order of (occurred_at, source, message_id): `ord, seq, source, message_id, type,
    event, user_id, anonymous_id, device_id, previous_id, group_id, occurred_at, received_at` (both microseconds since
    1970 UTC), `bundle, warnings, body, envelope, traits` (JSON text), and what identity says: `person_id, reason,
    evidence_source, evidence_message_id, canonical_user_id, counted, alias_effect`. Ids are as they are compared;
    `body` has what was sent. It shows the data as of the moment when it was opened, or of `as_of`.
    """

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, plan: Plan | None, columns: Sequence[Column] = COLUMNS
    ) -> None:
        self.columns = columns
        self._connection = connection
        self._plan = plan
        self._tables: dict[bytes, list[PropertyTable]] = {}
        self._names = 0
        self.losses: tuple[str, ...] = ()
        self.as_of: AsOf | None = None

    @classmethod
    def open(
        cls,
        data: str | Path,
        plan: Plan | None = None,
        *,
        as_of: int | datetime | None = None,
        clock: Clock | None = None,
    ) -> Self:
        """Read a data folder, also while a collector writes to it.

        With `as_of` it is as it was when that message, by its `seq`, had come in, or at that time: its messages, the
        persons by these alone, and the plan, less what was purged since. A time without an offset is in the plan's
        timezone.

        Without `plan`, the folder's latest bundle of then says who the persons are. Raises DataFolderError for a folder
        that is not ours, JournalError when it cannot be read, UsageError where `as_of` is not reached yet or nothing
        had come in, MissingExtraError without the `server` extra.
        """
        clock = clock or SystemClock()
        with open_store(data, "read", clock=clock) as store, store.snapshot() as latest:
            snapshot = snapshot_as_of(store, latest, as_of, plan, now=clock.now_us())
            plan = plan or plan_as_of(store.control, snapshot.as_of)
            dataset = cls._loaded(snapshot.scan("stored", chunk=CHUNK), plan, snapshot)
            dataset.losses = tuple(loss.text for loss in snapshot.losses)
            dataset.as_of = snapshot.as_of
            return dataset

    @classmethod
    def of(cls, entries: Iterable[Entry], plan: Plan | None = None, *, columns: Sequence[Column] = COLUMNS) -> Self:
        """The same over rows that are at hand already, with nothing in quarantine."""
        return cls._loaded(_chunked(entries), plan, columns=columns)

    @classmethod
    def _loaded(
        cls,
        chunks: Iterable[Sequence[Entry]],
        plan: Plan | None,
        snapshot: Snapshot | None = None,
        columns: Sequence[Column] = COLUMNS,
    ) -> Self:
        connection = connect()
        try:
            load(connection, chunks, plan, columns)
            load_intake(connection, snapshot)
        except BaseException:
            connection.close()
            raise
        return cls(connection, plan, columns)

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """DuckDB, with the table `messages`. It belongs to the dataset, and to one thread at a time."""
        return self._connection

    @property
    def plan(self) -> Plan | None:
        """The plan that said who the persons are; None when none was given and the folder has never seen one."""
        return self._plan

    def messages(self) -> str:
        """The name of the narrow view of all messages that questions read.

        Its columns: seq, source, type, event, occurred_at, received_at, person, counted, is_device.
        """
        return "asked_messages"

    def rows(self, sql: str) -> Rows:
        """Every row of one query."""
        return rows(self._connection, sql)

    def contents(self) -> Contents:
        """How much there is, and from when to when."""
        (counts,) = self.rows("""
            SELECT count(*), count(DISTINCT person_id) FILTER (counted),
                   count(DISTINCT person_id) FILTER (reason = 'device'), min(occurred_at), max(occurred_at),
                   (SELECT count(*) FROM quarantine), (SELECT coalesce(sum(number), 0)::BIGINT FROM refusals)
            FROM messages
        """)
        return msgspec.structs.replace(Contents(*counts), losses=self.losses)

    def events(self, name: str, properties: Iterable[str] = (), *, plan: Plan | None = None) -> PropertyTable:
        """The messages of one event of the plan, or of a call that KPIs may name, with its properties typed.

        A table is made at the first call and kept; ask for everything at once, and the messages are read once.

        Raises UsageError when the plan has no such event, or the event no such property.
        """
        source = plan or self._plan
        event = named(source, name) if source else None
        if event is None:
            raise UsageError(f"the plan has no event {name!r}; `footfall plan check` names who asks for it")
        wanted = set(properties)
        tables = self._tables.setdefault(msgspec.json.encode(event), [])
        for table in tables:
            if wanted <= set(table.columns):
                return table
        call = call_of(name) if source and name not in source.events else None
        tables.append(make_table(self._connection, self.new_name("event"), event, sorted(wanted), call))
        return tables[-1]

    def new_name(self, stem: str) -> str:
        """A table name that nobody has taken yet."""
        self._names += 1
        return f"{stem}_{self._names}"

    def close(self) -> None:
        """Let the memory go. Closing twice is no error."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _chunked(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    chunk: list[Entry] = []
    for entry in entries:
        chunk.append(entry)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk

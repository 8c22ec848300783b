"""What came in beside the figures: how much is in quarantine and why, what was rejected, what came late."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from footfall.analytics.engine import hand_over, rows
from footfall.analytics.window import Span
from footfall.events import Fault
from footfall.plan.fault_paths import general_path
from footfall.storage.journal import Entry, Refusals, Snapshot, counter_name

if TYPE_CHECKING:
    import duckdb

__all__ = ["DEFINITION", "IntakeResult", "QuarantineReason", "load_intake", "read_intake"]

_LATE_US = 86_400_000_000
_MOST_REASONS = 3
_CHUNK = 20_000

DEFINITION = (
    "Stored and quarantined messages are those kept now, by corrected time. "
    "Late messages are stored ones that were received more than 24 hours after they occurred. "
    "Rejected messages were not kept; they count by the quarter of an hour in which they arrived."
)

_decode_faults = msgspec.json.Decoder(tuple[Fault, ...]).decode


class QuarantineReason(msgspec.Struct, frozen=True):
    """One fault of one event, and how many messages in quarantine have it. `path` has `[]` for any place in a list."""

    event: str
    path: str
    code: str
    messages: int


class IntakeResult(msgspec.Struct, frozen=True):
    """How many messages of a window are stored, in quarantine, rejected and late; `definition` says what that means.

    `late` are a part of `stored`. `reasons` are the most frequent reasons of what is in quarantine, three at most.
    """

    stored: int
    quarantined: int
    rejected: int
    late: int
    reasons: tuple[QuarantineReason, ...]
    definition: str = DEFINITION


def load_intake(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot | None) -> None:
    """Fill the tables `quarantine`, `quarantine_faults` and `refusals`; they stay empty without a snapshot."""
    connection.execute(
        "CREATE TABLE quarantine (seq BIGINT, event VARCHAR, occurred_at BIGINT);"
        "CREATE TABLE quarantine_faults (seq BIGINT, path VARCHAR, code VARCHAR);"
        "CREATE TABLE refusals (quarter BIGINT, number BIGINT)"
    )
    if snapshot is None:
        return
    for chunk in snapshot.scan("quarantined", chunk=_CHUNK):
        _load_chunk(connection, chunk)
    _load_refusals(connection, snapshot.refusals())


def _load_chunk(connection: duckdb.DuckDBPyConnection, chunk: Sequence[Entry]) -> None:
    import pyarrow  # loaded with the engine

    lines = [(entry.seq, counter_name(entry.row.event, entry.row.type), entry.row.occurred_at) for entry in chunk]
    faults = [
        (entry.seq, *fault)
        for entry in chunk
        if entry.row.faults
        for fault in {(general_path(fault.path), fault.code) for fault in _decode_faults(entry.row.faults)}
    ]
    table = pyarrow.table(dict(zip(("seq", "event", "occurred_at"), zip(*lines, strict=True), strict=True)))
    hand_over(connection, table, "INSERT INTO quarantine SELECT * FROM handed")
    if faults:
        table = pyarrow.table(dict(zip(("seq", "path", "code"), zip(*faults, strict=True), strict=True)))
        hand_over(connection, table, "INSERT INTO quarantine_faults SELECT * FROM handed")


def _load_refusals(connection: duckdb.DuckDBPyConnection, refusals: Sequence[Refusals]) -> None:
    import pyarrow  # loaded with the engine

    if refusals:
        table = pyarrow.table(
            {"quarter": [one.quarter for one in refusals], "number": [one.number for one in refusals]}
        )
        hand_over(connection, table, "INSERT INTO refusals SELECT * FROM handed")


def read_intake(connection: duckdb.DuckDBPyConnection, span: Span) -> IntakeResult:
    """Count what occurred, or was rejected, in a window."""
    ((stored, late),) = rows(
        connection,
        f"SELECT count(*), count(*) FILTER (received_at - occurred_at > {_LATE_US}) FROM messages WHERE {span.sql()}",
    )
    ((quarantined,),) = rows(connection, f"SELECT count(*) FROM quarantine WHERE {span.sql()}")
    ((rejected,),) = rows(
        connection,
        f"SELECT coalesce(sum(number), 0) FROM refusals WHERE {span.sql('quarter')}",
    )
    reasons = rows(
        connection,
        "SELECT event, path, code, count(*) AS messages FROM quarantine JOIN quarantine_faults USING (seq) "
        f"WHERE {span.sql()} GROUP BY ALL ORDER BY messages DESC, event, path, code LIMIT {_MOST_REASONS}",
    )
    return IntakeResult(
        stored, quarantined, int(rejected), late, tuple(QuarantineReason(*reason) for reason in reasons)
    )

"""Seals rows of a journal for tests, in this process and at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pyarrow

from footfall.storage import Changes, Entry, Journal, Row
from footfall.storage.columns import BYTES, COLUMNS, TIME
from footfall.storage.journal import SealMark
from footfall.storage.warehouse import ManifestStep, SealedFile, Warehouse

SCHEMA = pyarrow.schema(
    [("seq", pyarrow.int64())]
    + [
        (
            column.name,
            pyarrow.binary()
            if column.contents is BYTES
            else pyarrow.int64()
            if column.contents is TIME
            else pyarrow.string(),
        )
        for column in COLUMNS
    ]
)


def row(message_id: str, *, received_at: int = 1_700_000_000_000_000, body: bytes | None = None) -> Row:
    return Row(
        "stored", "shop", message_id, "track", "seen", "u1", None, None, None, None, received_at - 1, received_at, None,
        None, b'{"messageId":"%s"}' % message_id.encode() if body is None else body, None,
    )  # fmt: skip


def batch_of(entries: Iterable[Entry]) -> pyarrow.RecordBatch:
    lines = [{"seq": entry.seq, **entry.row._asdict()} for entry in entries]
    return pyarrow.RecordBatch.from_pylist(lines, SCHEMA)


def seal(journal: Journal, warehouse: Warehouse, until: int) -> Sequence[SealedFile]:
    """Seal the rows of a journal up to `until`; they are not forgotten. Returns the new files."""
    with journal.snapshot() as snapshot:
        mark = snapshot.state().seal
        batches = [batch_of(chunk) for chunk in snapshot.scan("stored", until=until)]
    files = warehouse.write(batches, None)
    steps = warehouse.append(ManifestStep("sealed", "2026-11-30T00:00:00Z", tuple(files)), mark.steps)
    messages = mark.messages + sum(file.messages for file in files)
    journal.commit(Changes([], {}, seal=SealMark(until, messages, steps)))
    return files

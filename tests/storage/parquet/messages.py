"""Messages for the tests of the warehouse: tables as the journal hands them over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow

from footfall.storage.parquet.layout import MESSAGE_TYPES

NOON = 1_795_953_600_000_000  # 2026-11-29T12:00:00Z

USUAL: Mapping[str, Any] = dict.fromkeys(MESSAGE_TYPES) | {
    "seq": 1, "source": "shop", "message_id": "m-1", "type": "track", "event": "order_completed", "user_id": "kari",
    "occurred_at": NOON, "received_at": NOON, "body": b"{}",
}  # fmt: skip


def messages(rows: Sequence[Mapping[str, Any]]) -> Any:
    """A table of messages that are USUAL but for these values; each has its number, from 1."""
    full = [{**USUAL, "seq": number, **row} for number, row in enumerate(rows, 1)]
    return pyarrow.table(
        {name: pyarrow.array([row[name] for row in full], type_) for name, type_ in MESSAGE_TYPES.items()}
    )


def body(*members: str) -> bytes:
    """A message's JSON of these members."""
    return ("{" + ",".join(members) + "}").encode()

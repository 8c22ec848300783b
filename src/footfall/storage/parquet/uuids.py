"""Ids that are UUIDs in their canonical text, as 16 bytes each: many at a time."""

from __future__ import annotations

from typing import Any

import pyarrow
import pyarrow.compute as pc

__all__ = ["UUID", "join_ids", "ranks", "split_ids"]

UUID = pyarrow.uuid()

_CANONICAL = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
_GROUPS = ((0, 8), (8, 12), (12, 16), (16, 20), (20, 32))  # of its hex digits
_BYTES, _HEX, _TEXT = pyarrow.binary(16), pyarrow.binary(32), pyarrow.string()


def split_ids(texts: Any) -> tuple[Any, Any]:
    """The ids that are no UUIDs as text, and those that are; each is null in one of them. `texts` is a string array."""
    is_uuid = pc.match_substring_regex(texts, _CANONICAL).fill_null(False)
    uuids = texts.filter(is_uuid)
    digits = pc.binary_join(pyarrow.ListArray.from_arrays([0, len(uuids)], uuids), "")[0].as_py().replace("-", "")
    values = pyarrow.Array.from_buffers(_BYTES, len(uuids), [None, pyarrow.py_buffer(bytes.fromhex(digits))])
    others = pc.if_else(is_uuid, pyarrow.scalar(None, _TEXT), texts)
    return others, pyarrow.ExtensionArray.from_storage(UUID, values.take(ranks(is_uuid)))


def join_ids(texts: Any, uuids: Any) -> Any:
    """The ids as text, of what `split_ids` gave."""
    storage = uuids.storage
    values = storage.drop_null()
    digits = b"".join(values.cast(pyarrow.binary()).to_pylist()).hex().encode()
    hexes = pyarrow.Array.from_buffers(_HEX, len(values), [None, pyarrow.py_buffer(digits)]).cast(pyarrow.binary())
    groups = [pc.binary_slice(hexes, start, stop) for start, stop in _GROUPS]
    canonical = pc.binary_join_element_wise(*groups, b"-").cast(_TEXT)
    return pc.coalesce(texts, canonical.take(ranks(storage.is_valid())))


def ranks(is_there: Any) -> Any:
    """For each row that is there, how many are there before it; null for all others."""
    rank = pc.subtract(pc.cumulative_sum(is_there.cast(pyarrow.int64())), 1)
    return pc.if_else(is_there, rank, pyarrow.scalar(None, pyarrow.int64()))

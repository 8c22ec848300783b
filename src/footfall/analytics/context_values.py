"""Reads what messages say of their context; what a message does not say, the context of its batch may."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow
import pyarrow.compute as pc

from footfall.analytics.planned_values import Planned
from footfall.analytics.properties import Values, raw_members, typed_values
from footfall.storage.parquet.promoted import read_leaves
from footfall.storage.part import Leaf, Part, Stretch, TypedColumn

__all__ = ["read_context"]

_TEXT = pyarrow.string()


def read_context(part: Part, stretch: Stretch, wanted: Sequence[Planned]) -> list[Values]:
    """The values of these parts of the context in the rows of a stretch. Raises DamagedFileError."""
    table = part.read(("shared_context", "envelope"), stretch.start, stretch.stop)
    leaves = [Leaf(value.keys, value.type) for value in wanted]
    own = _read(leaves, table.column(0))
    envelopes = table.column(1)
    if envelopes.null_count < len(envelopes):
        own = list(map(_with_batch, own, _read_batches(leaves, envelopes)))
    return [typed_values(value, column) for value, column in zip(wanted, own, strict=True)]


def _read(leaves: Sequence[Leaf], texts: Any) -> list[TypedColumn]:
    """The values in texts, of which many are equal."""
    encoded = _coded(texts)
    return [_taken(column, encoded.indices) for column in read_leaves(leaves, encoded.dictionary.cast(_TEXT))]


def _read_batches(leaves: Sequence[Leaf], envelopes: Any) -> list[TypedColumn]:
    encoded = _coded(envelopes)
    (raws,) = raw_members([("context",)], encoded.dictionary.cast(_TEXT))
    texts = pyarrow.array(raws, pyarrow.binary()).cast(_TEXT)
    return [_taken(column, encoded.indices) for column in read_leaves(leaves, texts)]


def _coded(column: Any) -> Any:
    array = column.combine_chunks() if isinstance(column, pyarrow.ChunkedArray) else column
    return array if pyarrow.types.is_dictionary(array.type) else array.dictionary_encode()


def _taken(column: TypedColumn, indices: Any) -> TypedColumn:
    return TypedColumn(column.values.take(indices), None if column.texts is None else column.texts.take(indices))


def _with_batch(own: TypedColumn, batch: TypedColumn) -> TypedColumn:
    """The values of a message, else of its batch; one that is not of its type is not replaced."""
    if own.texts is None and batch.texts is None:
        return TypedColumn(pc.coalesce(_like(own.values, batch.values), _like(batch.values, own.values)), None)
    texts = [pyarrow.nulls(len(own.values), _TEXT) if each.texts is None else each.texts for each in (own, batch)]
    is_absent = pc.and_(pc.is_null(own.values), pc.is_null(texts[0]))
    values = pc.if_else(is_absent, _like(batch.values, own.values), _like(own.values, batch.values))
    return TypedColumn(values, pc.if_else(is_absent, texts[1], texts[0]))


def _like(values: Any, other: Any) -> Any:
    """A column without any value takes the type of the other one."""
    return values.cast(other.type) if pyarrow.types.is_null(values.type) else values

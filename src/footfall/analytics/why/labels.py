"""Labels: of each message its source, its release and its sender's plan, by which a change is broken down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import pyarrow

from footfall.analytics.shards import Shard
from footfall.storage.part import Part

__all__ = ["DIMENSIONS", "TABLE", "Labelled", "labels_of"]

DIMENSIONS: Mapping[str, str] = {"source": "source", "release": "release", "plan_version": "plan version"}
"""What a message is labelled by, and its name for readers."""

TABLE = "labels"
"""The table of labels in DuckDB: `seq`, and a text for each of DIMENSIONS, null where there is none."""


class _App(msgspec.Struct):
    version: msgspec.Raw = msgspec.Raw(b"null")


class _Context(msgspec.Struct):
    app: _App | None = None


class _Envelope(msgspec.Struct):
    context: _Context | None = None


_read_context = msgspec.json.Decoder(_Context).decode
_read_envelope = msgspec.json.Decoder(_Envelope).decode
_read_text = msgspec.json.Decoder(str).decode


class Labelled(Shard, frozen=True, kw_only=True):
    """The messages that have this label."""

    dimension: str
    label: str | None

    @property
    def is_whole(self) -> bool:
        return False

    def sql(self, number: str = "") -> str:  # noqa: ARG002 - see Shard
        """See Shard."""
        from footfall.analytics.engine import literal

        label = "IS NULL" if self.label is None else f"= {literal(self.label)}"
        return f"seq IN (SELECT seq FROM {TABLE} WHERE {self.dimension} {label})"


def labels_of(parts: Sequence[Part]) -> Any:
    """The labels of all messages of these parts, as an Arrow table. Raises DamagedFileError."""
    tables = [_labels(part.read(("seq", "source", "bundle", "context", "envelope"))) for part in parts]
    text = pyarrow.string()
    schema = pyarrow.schema([("seq", pyarrow.int64()), *((name, text) for name in DIMENSIONS)])
    return pyarrow.concat_tables([schema.empty_table(), *tables])


def _labels(table: Any) -> Any:
    contexts, envelopes = (table.column(name).to_pylist() for name in ("context", "envelope"))
    pairs = list(zip(contexts, envelopes, strict=True))
    releases = {pair: _release(*pair) for pair in set(pairs)}
    release = [releases[pair] for pair in pairs]
    columns = [
        table.column("seq"),
        table.column("source"),
        pyarrow.array(release, pyarrow.string()),
        table.column("bundle"),
    ]
    return pyarrow.table(columns, ["seq", *DIMENSIONS])


def _release(context: str | None, envelope: bytes | None) -> str | None:
    """`app.version` of a message's context, else of its batch's."""
    try:
        own = None if context is None else _read_context(context)
        if own is None or own.app is None:
            own = None if envelope is None else _read_envelope(envelope).context
        return None if own is None or own.app is None else _read_text(own.app.version)
    except msgspec.MsgspecError:
        return None

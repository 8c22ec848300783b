"""Sender changes: when a source first sent with another plan, release or library than before.

They are shown beside the periods of a trend, for a figure often moves because its senders changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple

import msgspec

from footfall.analytics.dataset import Dataset
from footfall.analytics.event_names import meanings
from footfall.plan.calls import base_event, call_of, named
from footfall.plan.model import Plan
from footfall.storage.part import Part, Stretch

__all__ = ["CHANGES", "FirstSent", "SenderChange", "SenderKind", "changes_of", "first_sent"]

SenderKind = Literal["source", "plan", "release", "library"]
CHANGES: Final = (
    "Beside a period is what changed in it first: a source that never sent the figure's events before, or sent them "
    "by another plan version, release (context.app.version) or library than any before, by corrected time."
)
_HASH = 12  # of the characters of a plan's hash
_NOTHING = msgspec.Raw()


class FirstSent(msgspec.Struct, frozen=True, array_like=True):
    """When (microseconds since 1970 UTC) a source first sent by a plan, a release or a library, which `value` names."""

    source: str
    kind: SenderKind
    value: str
    at: int


class SenderChange(msgspec.Struct, frozen=True):
    """What changed at a moment of the plan's clock; `value` is a plan's hash, a release, or a library with its version.

    Of a source that begins it is "".
    """

    at: datetime
    source: str
    kind: SenderKind
    value: str

    @property
    def text(self) -> str:
        """`web: release 1.2.0`."""
        if self.kind == "source":
            return f"{self.source} begins"
        return f"{self.source}: {self.kind} {self.value[:_HASH] if self.kind == 'plan' else self.value}"


class _App(msgspec.Struct):
    version: msgspec.Raw = _NOTHING


class _Library(msgspec.Struct):
    name: msgspec.Raw = _NOTHING
    version: msgspec.Raw = _NOTHING


class _Context(msgspec.Struct):
    app: _App | None = None
    library: _Library | None = None


_read_context = msgspec.json.Decoder(_Context).decode
_read_text = msgspec.json.Decoder(str).decode


def first_sent(dataset: Dataset, plan: Plan, events: Collection[str]) -> tuple[FirstSent, ...]:
    """When each source first sent these events with each plan, release and library. Raises DamagedFileError."""
    import pyarrow  # loaded with the engine

    from footfall.analytics.event_table import sources_of

    stretches = []
    for name in sorted({base_event(plan, name) for name in events}):
        if (event := named(plan, name)) is not None:
            call = call_of(name) if name not in plan.events else None
            stretches += sources_of(dataset.parts, meanings(dataset.plan), event, call)
    if not stretches:
        return ()
    pieces = [_coded_rows(dataset.parts[each.part], each.stretch) for each in stretches]
    tables = [
        piece.rows.append_column("piece", pyarrow.repeat(pyarrow.scalar(number), len(piece.rows)))
        for number, piece in enumerate(pieces)
    ]
    name = dataset.new_name("senders")
    dataset.connection.register(name, pyarrow.concat_tables(tables))
    groups = dataset.rows(f"SELECT piece, source, bundle, context, min(moment) FROM {name} GROUP BY ALL")
    dataset.connection.unregister(name)
    firsts: dict[tuple[str, SenderKind, str], int] = {}
    for piece, *codes, at in groups:
        for key in pieces[piece].keys_of(*codes):
            firsts[key] = min(at, firsts.get(key, at))
    return tuple(FirstSent(*key, at) for key, at in sorted(firsts.items()))


class _Coded(NamedTuple):
    """The rows of a stretch with the numbers of their source, plan and context, and the texts of these."""

    rows: Any
    sources: Sequence[str]
    plans: Sequence[str]
    contexts: Sequence[str]

    def keys_of(self, source: int, bundle: int | None, context: int | None) -> list[tuple[str, SenderKind, str]]:
        """What a row says of its sender."""
        sender = self.sources[source]
        values: list[tuple[SenderKind, str]] = [("source", "")]
        if bundle is not None:
            values.append(("plan", self.plans[bundle]))
        if context is not None:
            values += _program(self.contexts[context])
        return [(sender, kind, value) for kind, value in values]


def _coded_rows(part: Part, stretch: Stretch) -> _Coded:
    import pyarrow

    table = part.read(("source", "bundle", "shared_context", "occurred_at"), stretch.start, stretch.stop)
    coded = [_coded(table.column(name)) for name in ("source", "bundle", "shared_context")]
    numbers = {
        name: column.indices.cast(pyarrow.int64())
        for name, column in zip(("source", "bundle", "context"), coded, strict=True)
    }
    rows = pyarrow.table({**numbers, "moment": table.column("occurred_at").combine_chunks()})
    return _Coded(rows, *(column.dictionary.to_pylist() for column in coded))


def _coded(column: Any) -> Any:
    import pyarrow

    array = column.combine_chunks()
    return array if pyarrow.types.is_dictionary(array.type) else array.dictionary_encode()


def _program(context: str | None) -> list[tuple[SenderKind, str]]:
    """The release and the library that a context names."""
    try:
        parts = _read_context(context or "{}")
    except msgspec.MsgspecError:
        return []
    names: list[tuple[SenderKind, str]] = []
    if parts.app is not None and (release := _text(parts.app.version)):
        names.append(("release", release))
    if parts.library is not None and (name := _text(parts.library.name)):
        names.append(("library", f"{name} {_text(parts.library.version)}".rstrip()))
    return names


def _text(raw: msgspec.Raw) -> str:
    try:
        return _read_text(raw) if len(raw) else ""
    except msgspec.MsgspecError:
        return ""


def changes_of(firsts: Iterable[FirstSent]) -> list[FirstSent]:
    """Which of these are changes, by time: what was first of its source and kind, and the first source, is none."""
    earliest: dict[tuple[str, SenderKind, str], int] = {}
    for each in firsts:
        key = (each.source, each.kind, each.value)
        earliest[key] = min(each.at, earliest.get(key, each.at))
    groups: dict[tuple[str, str], list[FirstSent]] = defaultdict(list)
    for (source, kind, value), at in earliest.items():
        groups["" if kind == "source" else source, kind].append(FirstSent(source, kind, value, at))
    changes = []
    for group in groups.values():
        begin = min(each.at for each in group)
        changes += [each for each in group if each.at > begin]
    return sorted(changes, key=lambda each: (each.at, each.source, each.kind, each.value))

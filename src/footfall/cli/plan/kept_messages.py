"""Reads the messages that a collector keeps, for commands that look at what was sent: part by part, few columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from footfall import plan as plans
from footfall.errors import DamagedFileError
from footfall.plan.checking.counted import COUNT_ONLY
from footfall.plan.checking.explain import decode
from footfall.plan.model import TRAITS_OF
from footfall.planning.profiling import ObservedMessage, read_message
from footfall.storage.environments import PRODUCTION, wanted
from footfall.timestamps import HOUR_US

if TYPE_CHECKING:
    from footfall.storage import Store
    from footfall.storage.journal import Row
    from footfall.storage.part import Part, Stretch

__all__ = ["KeptMessages"]

_COLUMNS = ("source", "occurred_at", "received_at", "properties", "all_traits")


class _Sent(msgspec.Struct):
    event: str


_sent = msgspec.json.Decoder(_Sent).decode


class KeptMessages:
    """Every stored and quarantined message of a store, of one `environment` or of `all`.

    `broken` names those that cannot be read, and the files of sealed messages that are damaged; `unused` counts those
    in quarantine for a fault that no plan can be about; `passed` those that occurred before `since`.
    """

    def __init__(self, store: Store, *, since: int | None = None, environment: str = PRODUCTION) -> None:
        self._store = store
        self._environment = wanted(environment)
        self._since = since
        self.broken: list[str] = []
        self.losses: list[str] = []
        self.unused = 0
        self.passed = 0

    def __iter__(self) -> Iterator[ObservedMessage]:
        with self._store.snapshot() as whole:
            snapshot = whole.within(self._environment)
            for entries in snapshot.scan("quarantined"):
                for entry in entries:
                    yield from self._quarantined(entry.row)
            parts = snapshot.parts()
        respelled = _respelled(self._store.control.bundles())
        for part in parts:
            try:
                yield from self._stored(part, respelled)
            except DamagedFileError as error:
                snapshot.lose(error)
        self.losses = [loss.text for loss in snapshot.losses]

    def _quarantined(self, row: Row) -> Iterator[ObservedMessage]:
        if row.type != "track":
            self.unused += 1
        elif b'"code":"too_large"' in (row.faults or b""):
            self.broken.append(f"message {row.message_id}: only its head was kept, as it was too large")
        elif self._since is not None and row.occurred_at < self._since:
            self.passed += 1
        else:
            try:
                yield read_message(
                    row.body, at=row.occurred_at, source=row.source, type_=row.type, receipt=row.received_at,
                    traits=row.traits,
                )  # fmt: skip
            except ValueError as error:
                self.broken.append(f"message {row.message_id}: {error}")

    def _stored(self, part: Part, respelled: frozenset[str]) -> Iterator[ObservedMessage]:
        """The messages of a part, all of which is read before any is given: a damaged part gives none."""
        stretches = [stretch for stretch in part.stretches() if self._since is None or stretch.last >= self._since]
        if not stretches:
            self.passed += part.messages
            return
        first, last = stretches[0].start, stretches[-1].stop
        is_respelled = any(stretch.event in respelled for stretch in stretches)
        columns = part.read([*_COLUMNS, "body"] if is_respelled else _COLUMNS, first, last)
        are_counted = _are_counted(part, columns, first)
        columns = columns.append_column("is_counted", are_counted)
        for stretch in stretches:
            rows = columns.slice(stretch.start - first, stretch.stop - stretch.start)
            yield from self._messages(stretch, rows, respelled)
        self.passed += part.messages - sum(stretch.stop - stretch.start for stretch in stretches)

    def _messages(self, stretch: Stretch, rows: Any, respelled: frozenset[str]) -> Iterator[ObservedMessage]:
        is_track = stretch.type == "track"
        content = "properties" if is_track else "all_traits" if stretch.type in TRAITS_OF else None
        count = stretch.stop - stretch.start
        event = (stretch.event or "") if is_track else ""
        events = [event] * count
        if stretch.event in respelled:
            events = [_sent(body).event for body in rows.column("body").to_pylist()]
        texts = [None] * count if content is None else rows.column(content).to_pylist()
        others = (rows.column(name).to_pylist() for name in ("source", "occurred_at", "received_at", "is_counted"))
        for name, text, source, at, receipt, is_counted in zip(events, texts, *others, strict=True):
            if self._since is not None and at < self._since:
                self.passed += 1
                continue
            raw = msgspec.Raw(b"{}" if text is None else text.encode())
            values = decode(raw)
            yield ObservedMessage(
                stretch.type, name, raw, values, at, source, received=True, receipt=receipt, is_counted=is_counted
            )


def _are_counted(part: Part, columns: Any, first: int) -> Any:
    """For each row whether the message is only counted. Its times are whole hours then, so few bodies are read."""
    import pyarrow  # loaded with the part
    import pyarrow.compute as pc

    whole_hours = pc.and_(*(_is_whole_hour(pc, columns.column(name)) for name in ("occurred_at", "received_at")))
    rows = pc.indices_nonzero(whole_hours)
    are_counted = [False] * len(columns)
    if len(rows):
        bodies = part.take(("body",), pc.add(rows.cast(pyarrow.int64()), first)).column("body")
        marks = pc.starts_with(bodies, COUNT_ONLY.decode()).to_pylist()
        for row, is_counted in zip(rows.to_pylist(), marks, strict=True):
            are_counted[row] = is_counted
    return pyarrow.array(are_counted, pyarrow.bool_())


def _is_whole_hour(pc: Any, times: Any) -> Any:
    return pc.equal(pc.multiply(pc.divide(times, HOUR_US), HOUR_US), times)


def _respelled(bundles: Mapping[str, bytes]) -> frozenset[str]:
    """The events that some plan of the store has under another name on the wire."""
    events = [event for bundle in bundles.values() for event in plans.from_bundle(bundle).events.values()]
    return frozenset(event.name for event in events if event.wire_name != event.name or event.aliases)

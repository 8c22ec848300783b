"""MessageStream: selected messages in order of receipt, a block at a time.

The rows of a part are in another order. So a part is read whole before any of its messages is given: the columns that
are asked for, of the rows that are selected. Two parts are in memory together only where their numbers mix.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from footfall.analytics.event_names import FOREVER, meanings
from footfall.analytics.exports.columns import EVIDENCE
from footfall.analytics.exports.selection import Selection
from footfall.analytics.stored_messages import StoredMessages, is_of
from footfall.analytics.window import Span
from footfall.errors import DamagedFileError
from footfall.storage.journal import counter_name
from footfall.timestamps import format_day

if TYPE_CHECKING:
    from footfall.analytics.exports.selected import SelectedRows

__all__ = ["MessageStream"]

_BLOCK = 10_000
_DAY_US = 86_400_000_000
_LAST = 2**63 - 1


class _Extent(NamedTuple):
    """The number of a part, and between which `seq` and which times of receipt its messages are."""

    number: int
    seq: Span
    received: Span

    def may_have(self, selection: Selection) -> bool:
        """Whether a selection may have any of them."""
        first, last = self.seq.since or 0, (self.seq.until or 0) - 1
        return (
            last > selection.after
            and (selection.only is None or any(first <= seq <= last for seq in selection.only))
            and _meets(self.received, selection.received)
        )


class _PurgedError(Exception):
    """A purge removed a file that was to be read: the parts are those of now."""


class MessageStream:
    """Reads messages in order of `seq`. A damaged file is passed over, and one of the losses of what is read."""

    def __init__(self, stored: StoredMessages) -> None:
        self._stored = stored
        self._last: int | None = None

    def _lose(self, error: DamagedFileError) -> None:
        """Pass over a file that is damaged. Raises _PurgedError where a purge removed it: there are others now."""
        if self._stored.renewed(error):
            for name in ("_reader", "_extents"):
                self.__dict__.pop(name, None)
            raise _PurgedError
        self._stored.lose(error)

    def blocks(self, selection: Selection, names: Sequence[str]) -> Iterator[Any]:
        """The selected messages, as Arrow tables of these columns.

        They are columns of a message, of which `event` is the plan's name and ids are as they are compared, or of what
        identity says of it. After a purge in the middle the rest comes out of the files of now.
        """
        import pyarrow.compute as pc  # loaded by the first block

        last, is_done = self.last(), False
        while not is_done:
            with suppress(_PurgedError):
                for block in self._blocks(selection, names):
                    seq = block.column("seq")
                    selection = msgspec.structs.replace(selection, after=seq[-1].as_py())
                    yield (block if seq[-1].as_py() <= last else block.filter(pc.less_equal(seq, last))).select(names)
                is_done = True

    def _blocks(self, selection: Selection, names: Sequence[str]) -> Iterator[Any]:
        from footfall.analytics.exports.selected import joined_in_order  # loaded with pyarrow

        waiting = [extent for extent in reversed(self._extents) if extent.may_have(selection)]
        tables: list[Any] = []
        while waiting or tables:
            # Up to the first number of the next part, no other can have a message.
            limit = (waiting[-1].seq.since or 0) - 1 if waiting else _LAST
            if tables:
                ready, tables = joined_in_order(tables, limit)
                for start in range(0, len(ready), _BLOCK):
                    yield ready.slice(start, _BLOCK)
                del ready
            if waiting:
                tables += self._tables(waiting.pop().number, selection, names)

    def event_names(self) -> frozenset[str]:
        """The names by which a selection can ask for events: those of the plan and of what is stored."""
        plan, names = self._stored.plan, meanings(self._stored.plan)
        stretches = [stretch for part in self._stored.parts for stretch in part.stretches()]
        sent = {counter_name(stretch.event, stretch.type) for stretch in stretches}
        always = {name for name, meaning in names.items() if meaning.before == FOREVER}
        return frozenset({*(plan.events if plan else ()), *(sent - always)})

    def days(self, selection: Selection) -> list[str]:
        """The days of receipt of the selected messages, in UTC, as `2026-11-29`."""
        from footfall.storage.parquet.layout import day_numbers  # loaded with pyarrow

        days: set[int] = set()
        for block in self.blocks(selection, ("received_at",)):
            days.update(day_numbers(block.column("received_at")).unique().to_pylist())
        return [format_day(day * _DAY_US) for day in sorted(days)]

    def is_whole(self, day: str) -> bool:
        """Whether no message of a day of receipt is missing because of a damaged file."""
        return all(loss.day not in ("", day) for loss in self._stored.losses)

    def last(self) -> int:
        """The `seq` of the last stored message as the reading began, 0 without any."""
        if self._last is None:
            self._last = max(((extent.seq.until or 1) - 1 for extent in self._extents), default=0)
        return self._last

    @cached_property
    def _reader(self) -> SelectedRows:
        from footfall.analytics.exports.selected import SelectedRows  # loaded with pyarrow

        persons = self._stored.persons  # first, for that may leave out parts
        audiences = self._stored.audiences
        return SelectedRows(self._stored.parts, persons, meanings(self._stored.plan), audiences)

    @cached_property
    def _extents(self) -> list[_Extent]:
        """Those of all parts, by their first `seq`."""
        while True:
            with suppress(_PurgedError):
                return self._extents_of(self._reader)

    def _extents_of(self, reader: SelectedRows) -> list[_Extent]:
        extents = []
        for number in range(len(self._stored.parts)):
            try:
                extents.append(_Extent(number, *reader.bounds(number)))
            except DamagedFileError as error:
                self._lose(error)
        return sorted(extents, key=lambda extent: extent.seq.since or 0)

    def _tables(self, number: int, selection: Selection, names: Sequence[str]) -> list[Any]:
        try:
            table = self._table(number, selection, names)
        except DamagedFileError as error:
            self._lose(error)
            return []
        return [table] if len(table) else []

    def _table(self, number: int, selection: Selection, names: Sequence[str]) -> Any:
        """The selected messages of a part; without their evidence where that is in another file that is damaged."""
        import pyarrow  # loaded by now

        columns = list(dict.fromkeys(("seq", *names)))
        try:
            return self._reader.table(number, selection, columns).select(columns)
        except DamagedFileError as error:
            if is_of(self._stored.parts[number], error):
                raise
            self._lose(error)
        table = self._reader.table(number, selection, [name for name in columns if name not in EVIDENCE])
        for name in EVIDENCE:
            table = table.append_column(name, pyarrow.nulls(len(table), pyarrow.string()))
        return table.select(columns)


def _meets(span: Span, window: Span) -> bool:
    """Whether a closed span has a moment of a window."""
    assert span.since is not None
    assert span.until is not None
    return (window.since is None or window.since < span.until) and (window.until is None or span.since < window.until)

"""StoreSnapshot: the sealed messages of a store and those that are not sealed yet, as of one moment."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from footfall.errors import WarehouseError
from footfall.printable import counted
from footfall.storage.books import Books
from footfall.storage.journal import Entry, IdRun, Refusals, RowState, SealMark, Snapshot
from footfall.storage.warehouse import SealedFile, Warehouse, live_files

__all__ = ["SealedLoss", "StoreSnapshot"]

_log = logging.getLogger("footfall")


class SealedLoss(NamedTuple):
    """Sealed messages that a reader had to pass over. `day` is their day of receipt, "" where it cannot be known."""

    name: str
    day: str
    messages: int
    reason: str

    @property
    def text(self) -> str:
        """What is damaged, and what is missing from every figure by that."""
        of_day = f" of {self.day}" if self.day else ""
        are = "is" if self.messages == 1 else "are"
        return f"{self.name} is damaged ({self.reason}): {counted(self.messages, 'message')}{of_day} {are} not counted"


class StoreSnapshot(Snapshot):
    """A Snapshot over sealed files and `tail`, the rows of the journal that are not sealed.

    `warehouse` opens the warehouse; it is called once, and only where something was sealed. A file that is damaged or
    missing stops nothing: it is passed over, logged once, and one of `losses` from then on.
    """

    def __init__(self, tail: Snapshot, warehouse: Callable[[], Warehouse]) -> None:
        self.losses: list[SealedLoss] = []
        self._tail = tail
        self._mark = tail.seal()
        self._open_warehouse = warehouse
        self._warehouse: Warehouse | None = None
        self._files: Sequence[SealedFile] | None = None

    @property
    def files(self) -> Sequence[SealedFile]:
        """The sealed files that count. A step that is damaged is one of `losses`."""
        if self._files is None:
            self._files = ()
            if self._mark.steps:
                try:
                    self._warehouse = self._open_warehouse()
                    damaged: dict[int, str] = {}
                    steps = self._warehouse.steps(self._mark.steps, damaged.__setitem__)
                    self._files = tuple(live_files(steps).values())
                    self._lose_steps(damaged)
                except WarehouseError as error:
                    self._lose(SealedLoss("the list of sealed files", "", self._mark.messages, str(error)))
        return self._files

    def scan(
        self, kind: RowState, *, after: int = 0, until: int | None = None, chunk: int = 10_000
    ) -> Iterator[list[Entry]]:
        """See Reads: the sealed messages first, which have the lower numbers."""
        if kind == "stored" and after < self._mark.seq:
            last = self._mark.seq if until is None else min(until, self._mark.seq)
            files = [file for file in self.files if file.last > after and file.first <= last]
            if self._warehouse is not None and files:
                yield from self._warehouse.scan(
                    files, after=after, until=last, chunk=chunk, skipped=self._skipped
                )  # fmt: skip
        yield from self._tail.scan(kind, after=after, until=until, chunk=chunk)

    def lookup(self, message_id: str) -> list[Entry]:
        """See Reads. Reads every sealed file."""
        entries = [entry for file in self.files for entry in self._lookup_in(file, message_id)]
        return sorted([*entries, *self._tail.lookup(message_id)], key=lambda entry: entry.seq)

    def watermark(self) -> int:
        """See Reads."""
        return self._tail.watermark()

    def books(self) -> Books:
        """See Reads."""
        return self._tail.books()

    def in_quarantine(self) -> Mapping[tuple[str, str], int]:
        """See Snapshot."""
        return self._tail.in_quarantine()

    def refusals(self) -> list[Refusals]:
        """See Snapshot."""
        return self._tail.refusals()

    def seal(self) -> SealMark:
        """See Snapshot."""
        return self._mark

    def id_runs(self) -> list[IdRun]:
        """See Snapshot."""
        return self._tail.id_runs()

    def _lookup_in(self, file: SealedFile, message_id: str) -> Iterator[Entry]:
        import pyarrow.compute  # loaded only where something was sealed

        assert self._warehouse is not None
        try:
            table = self._warehouse.read(file, ("seq", "message_id"))
        except WarehouseError as error:
            self._skipped(file, str(error))
            return
        matches = table.filter(pyarrow.compute.equal(table.column("message_id"), message_id))
        for seq in sorted(matches.column("seq").to_pylist()):
            for entries in self._warehouse.scan([file], after=seq - 1, until=seq, skipped=self._skipped):
                yield from entries

    def _skipped(self, file: SealedFile, reason: str) -> None:
        self._lose(SealedLoss(file.name, file.day, file.messages, reason))

    def _lose_steps(self, damaged: Mapping[int, str]) -> None:
        # How many messages each of them was about is known of all together alone.
        missing = max(0, self._mark.messages - sum(file.messages for file in self.files))
        for number, reason in damaged.items():
            self._lose(SealedLoss(f"line {number} of the list of sealed files", "", missing, reason))
            missing = 0

    def _lose(self, loss: SealedLoss) -> None:
        if all(loss.name != earlier.name for earlier in self.losses):
            self.losses.append(loss)
            _log.warning("%s; `footfall verify` reads every file", loss.text)

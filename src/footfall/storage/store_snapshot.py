"""StoreSnapshot: the sealed messages of a store and those that are not sealed yet, as of one moment."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

from footfall.clock import Clock, SystemClock
from footfall.errors import DamagedFileError, JournalError, WarehouseError
from footfall.printable import counted
from footfall.storage.as_of import AsOf
from footfall.storage.books import Books
from footfall.storage.environments import environment_of, is_of
from footfall.storage.history import History
from footfall.storage.journal import QUARTER_US, Entry, JournalState, Refusals, RowState, Snapshot
from footfall.storage.part import Part, Stretch
from footfall.storage.store_history import StoreHistory
from footfall.storage.warehouse import SealedFile, Warehouse, live_files

__all__ = ["LONGEST_READ", "SealedLoss", "StoreSnapshot"]

LONGEST_READ = 60.0
"""Seconds that the tail of a journal may take to be read: as long as a snapshot is open, the journal's log grows."""

_THREADS = 4  # that open files
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
    missing stops nothing: it is passed over, logged once, and one of `losses` from then on. `clock` says how long the
    tail takes to be read. With `as_of` it shows the messages that had come in by that moment, less what left since; the
    books and the state are those of now. With `environment` it shows nothing of any other; the watermark and the
    state are those of all.
    """

    def __init__(
        self,
        tail: Snapshot,
        warehouse: Callable[[], Warehouse],
        *,
        clock: Clock | None = None,
        as_of: AsOf | None = None,
        environment: str | None = None,
    ) -> None:
        self.losses: list[SealedLoss] = []
        self.as_of = as_of
        self.environment = environment
        self._clock = clock or SystemClock()
        self._tail = tail
        self._mark = tail.state().seal
        self._open_warehouse = warehouse
        self._warehouse: Warehouse | None = None
        self._files: Sequence[SealedFile] | None = None

    @property
    def files(self) -> Sequence[SealedFile]:
        """The sealed files that count, of the environment. A step that is damaged is one of `losses`."""
        if self._files is None:
            self._files = ()
            if self._mark.steps:
                try:
                    self._warehouse = self._open_warehouse()
                    damaged: dict[int, str] = {}
                    steps = self._warehouse.steps(self._mark.steps, damaged.__setitem__)
                    files = tuple(live_files(steps).values())
                    self._files = tuple(file for file in files if is_of(file.environment, self.environment))
                    self._lose_steps(damaged, sum(file.messages for file in files))
                except WarehouseError as error:
                    self._lose(SealedLoss("the list of sealed files", "", self._mark.messages, str(error)))
        return self._files

    def parts(self, stretches_of: Callable[[str], Sequence[Stretch]] = lambda _: ()) -> Sequence[Part]:
        """The sealed files in the order in which they were added, then the tail, each to be read by columns.

        They can be read after the snapshot has ended, which is best ended at once. A file that cannot be opened is left
        out, and a loss; for what shows later see `lose`: a file that is a loss already is left out. Where
        `stretches_of` knows those of a SHA-256, its file is not opened: it only has to be there, in its size.

        Raises JournalError where the tail takes longer than LONGEST_READ.
        """
        from footfall.storage.parquet.table_part import TablePart, table_of  # loaded with pyarrow

        begun, tables = self._clock.monotonic(), []
        for entries in self._of_tail("stored", 0, self._until(None)):
            tables.append(table_of(entries))
            if self._clock.monotonic() - begun > LONGEST_READ:
                raise JournalError(
                    f"the messages that are not sealed took longer than {LONGEST_READ:.0f} s to read, so reading them"
                    " was given up for the sake of the collector; run `footfall seal`, then this again"
                )
        parts = [*self._sealed_parts(stretches_of)]
        with ThreadPoolExecutor(_THREADS) as pool:
            errors = list(pool.map(_error_of, parts))
        for error in errors:
            if error is not None:
                self.lose(error)
        whole = [part for part, error in zip(parts, errors, strict=True) if error is None]
        return [*whole, TablePart(tables)] if tables else whole

    def _sealed_parts(self, stretches_of: Callable[[str], Sequence[Stretch]]) -> Iterator[Part]:
        from footfall.storage.parquet.selected_part import up_to  # as above

        last, lost = self._until(None), {loss.name for loss in self.losses}
        for file in self.files:
            if self._warehouse is None or file.name in lost or (last is not None and file.first > last):
                continue
            stretches = stretches_of(file.sha256)
            reasons = self._warehouse.check(file, by_size=True) if stretches else []
            for reason in reasons:
                self._skipped(file, reason)
            if not reasons:
                part = self._warehouse.part(file, stretches)
                yield part if last is None or file.last <= last else up_to(part, last)

    def is_kept(self, sha256: str) -> bool:
        """Whether the sealed file of that SHA-256 is still there, now, whatever this is a snapshot of."""
        files = [file for file in self.files if file.sha256 == sha256]
        return self._warehouse is not None and any(not self._warehouse.check(file, by_size=True) for file in files)

    def lose(self, error: DamagedFileError) -> None:
        """Add the file of a part to `losses`, because of the error that it raised."""
        self._skipped(next(file for file in self.files if file.sha256 == error.sha256), error.reason)

    def check_sizes(self) -> None:
        """Add the sealed files that are missing, or have another size, to `losses`; nothing is read of any."""
        for file in self.files:
            if self._warehouse is not None:
                for reason in self._warehouse.check(file, by_size=True):
                    self._skipped(file, reason)

    def scan(
        self, kind: RowState, *, after: int = 0, until: int | None = None, chunk: int = 10_000
    ) -> Iterator[list[Entry]]:
        """See Reads: the sealed messages first, which have the lower numbers."""
        until = self._until(until)
        if kind == "stored" and after < self._mark.seq:
            last = self._mark.seq if until is None else min(until, self._mark.seq)
            files = [file for file in self.files if file.last > after and file.first <= last]
            if self._warehouse is not None and files:
                yield from self._warehouse.scan(
                    files, after=after, until=last, chunk=chunk, skipped=self._skipped
                )  # fmt: skip
        yield from self._of_tail(kind, after, until, chunk)

    def _of_tail(self, kind: RowState, after: int, until: int | None, chunk: int = 10_000) -> Iterator[list[Entry]]:
        for entries in self._tail.scan(kind, after=after, until=until, chunk=chunk):
            if self.environment is None:
                yield entries
            elif chosen := [entry for entry in entries if is_of(entry.row.environment, self.environment)]:
                yield chosen

    def lookup(self, message_id: str) -> list[Entry]:
        """See Reads. Reads every sealed file."""
        entries = [entry for file in self.files for entry in self._lookup_in(file, message_id)]
        entries += self._tail.lookup(message_id)
        last = self._until(None)
        entries = [entry for entry in entries if is_of(entry.row.environment, self.environment)]
        return sorted([entry for entry in entries if last is None or entry.seq <= last], key=lambda entry: entry.seq)

    def watermark(self) -> int:
        """See Reads."""
        return self._tail.watermark() if self.as_of is None else self.as_of.seq

    def books(self) -> Books:
        """See Reads."""
        return {line: counts for line, counts in self._tail.books().items() if self._has(line[0])}

    def in_quarantine(self) -> Mapping[tuple[str, str], int]:
        """See Snapshot."""
        return {line: number for line, number in self._tail.in_quarantine().items() if self._has(line[0])}

    def _has(self, line: str) -> bool:
        return self.environment in (None, environment_of(line))

    def refusals(self) -> list[Refusals]:
        """See Snapshot; as of an earlier moment those of the quarters that had ended."""
        refusals = self._tail.refusals()
        return [
            refusal
            for refusal in refusals
            if self._has(refusal.source) and (self.as_of is None or refusal.quarter + QUARTER_US <= self.as_of.at)
        ]

    def state(self) -> JournalState:
        """See Snapshot."""
        return self._tail.state()

    def history(self) -> History:
        """See Snapshot."""
        return StoreHistory(self._tail.history(), self._received) if self._mark.steps else self._tail.history()

    def at(self, as_of: AsOf) -> StoreSnapshot:
        """The same as of an earlier moment."""
        return StoreSnapshot(
            self._tail, self._open_warehouse, clock=self._clock, as_of=as_of, environment=self.environment
        )

    def within(self, environment: str | None) -> StoreSnapshot:
        """The same of one environment; None is all."""
        return StoreSnapshot(
            self._tail, self._open_warehouse, clock=self._clock, as_of=self.as_of, environment=environment
        )

    def _until(self, until: int | None) -> int | None:
        if self.as_of is None:
            return until
        return self.as_of.seq if until is None else min(until, self.as_of.seq)

    def _received(self, after: int, until: int) -> Iterator[Any]:
        """The `seq` and `received_at` of sealed messages `after < seq <= until`, a file at a time."""
        import pyarrow.compute as pc  # loaded only where something was sealed

        for file in self.files:
            if self._warehouse is not None and file.last > after and file.first <= until:
                try:
                    table = self._warehouse.part(file).read(("seq", "received_at"))
                except DamagedFileError as error:
                    self.lose(error)
                    continue
                seq = table.column("seq")
                yield table.filter(pc.and_(pc.greater(seq, after), pc.less_equal(seq, until)))

    def _lookup_in(self, file: SealedFile, message_id: str) -> Iterator[Entry]:
        import pyarrow.compute  # loaded only where something was sealed

        assert self._warehouse is not None
        try:
            table = self._warehouse.part(file).read(("seq", "message_id"))
        except DamagedFileError as error:
            self.lose(error)
            return
        matches = table.filter(pyarrow.compute.equal(table.column("message_id"), message_id))
        for seq in sorted(matches.column("seq").to_pylist()):
            for entries in self._warehouse.scan([file], after=seq - 1, until=seq, skipped=self._skipped):
                yield from entries

    def _skipped(self, file: SealedFile, reason: str) -> None:
        self._lose(SealedLoss(file.name, file.day, file.messages, reason))

    def _lose_steps(self, damaged: Mapping[int, str], messages: int) -> None:
        # How many messages each of them was about is known of all together alone.
        missing = max(0, self._mark.messages - messages)
        for number, reason in damaged.items():
            self._lose(SealedLoss(f"line {number} of the list of sealed files", "", missing, reason))
            missing = 0

    def _lose(self, loss: SealedLoss) -> None:
        if all(loss.name != earlier.name for earlier in self.losses):
            self.losses.append(loss)
            _log.warning("%s; `footfall verify` reads every file", loss.text)


def _error_of(part: Part) -> DamagedFileError | None:
    try:
        part.stretches()
    except DamagedFileError as error:
        return error
    return None

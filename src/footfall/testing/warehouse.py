"""A warehouse in memory, for tests: it keeps the contract of the one on disk, and fails when a test wants it to."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from footfall.errors import DamagedFileError, WarehouseError
from footfall.plan.model import Plan
from footfall.storage.columns import COLUMNS
from footfall.storage.journal import Entry, Row, counter_name
from footfall.storage.part import Leaf, Part, Stretch, TypedColumn
from footfall.storage.warehouse import FileCount, ManifestStep, SealedFile, Warehouse
from footfall.timestamps import format_day

if TYPE_CHECKING:
    import pyarrow

__all__ = ["MemoryWarehouse"]


class MemoryWarehouse(Warehouse):
    """Keeps files in a dictionary. `damage` says of files, by name, and of steps, by number, what is wrong with them.

    `fail_with` has errors for the next writes and appends to raise, one each, with nothing kept.
    """

    def __init__(self) -> None:
        self.fail_with: list[WarehouseError] = []
        self.damage: dict[str, str] = {}
        self.files: dict[str, list[Entry]] = {}
        self._steps: list[ManifestStep] = []

    def write(self, batches: Iterable[pyarrow.RecordBatch], plan: Plan | None) -> list[SealedFile]:  # noqa: ARG002 - it types nothing
        self._fail()
        contents: dict[tuple[str, str], list[Entry]] = {}
        for batch in batches:
            for values in batch.to_pylist():
                entry = _entry(values)
                kind = format_day(entry.row.received_at), entry.row.environment or ""
                contents.setdefault(kind, []).append(entry)
        files = []
        for (day, _), entries in sorted(contents.items()):
            file = _described(day, sorted(entries))
            self.files[file.name] = sorted(entries)
            files.append(file)
        return files

    def append(self, step: ManifestStep, steps: int) -> int:
        self._fail()
        self._steps = [*self.steps(steps), step]
        return len(self._steps)

    def steps(self, number: int, damaged: Callable[[int, str], None] | None = None) -> list[ManifestStep]:
        if number > len(self._steps):
            raise WarehouseError(f"the list has {len(self._steps)} of {number} steps")
        steps = []
        for position, step in enumerate(self._steps[:number], 1):
            reason = self.damage.get(str(position))
            if reason is None:
                steps.append(step)
            elif damaged is None:
                raise WarehouseError(f"step {position}: {reason}")
            else:
                damaged(position, reason)
        return steps

    def scan(
        self,
        files: Sequence[SealedFile],
        *,
        after: int = 0,
        until: int | None = None,
        chunk: int = 10_000,
        skipped: Callable[[SealedFile, str], None] | None = None,
    ) -> Iterator[list[Entry]]:
        asked: list[Entry] = []
        for file in files:
            try:
                entries = self.content(file)
            except WarehouseError as error:
                if skipped is None:
                    raise
                skipped(file, str(error))
                continue
            asked += [entry for entry in entries if entry.seq > after and (until is None or entry.seq <= until)]
        asked.sort()
        for start in range(0, len(asked), chunk):
            yield asked[start : start + chunk]

    def part(self, file: SealedFile, stretches: Sequence[Stretch] = ()) -> Part:
        return _MemoryPart(self, file, stretches)

    def check(self, file: SealedFile, *, by_size: bool = False) -> list[str]:
        if by_size:
            return [] if file.name in self.files else ["it is missing"]
        try:
            entries = self.content(file)
        except WarehouseError as error:
            return [str(error)]
        return [] if _described(file.day, entries) == file else ["it is not the file that was sealed"]

    def remove(self, keep: Iterable[SealedFile], resting: Iterable[SealedFile] = ()) -> list[str]:
        names = {file.name for file in (*keep, *resting)}
        gone = sorted(name for name in self.files if name not in names)
        for name in gone:
            del self.files[name]
        return gone

    def close(self) -> None:
        """See Warehouse. There is nothing to let go of."""

    def content(self, file: SealedFile) -> list[Entry]:
        """The messages of a file, in order of receipt. Raises WarehouseError where it is damaged or missing."""
        if file.name in self.damage:
            raise WarehouseError(self.damage[file.name])
        if file.name not in self.files:
            raise WarehouseError("it is missing")
        return self.files[file.name]

    def _fail(self) -> None:
        if self.fail_with:
            raise self.fail_with.pop(0)


class _MemoryPart(Part):
    """A file as a Part, looked up at each reading: it may be damaged or removed between two."""

    def __init__(self, warehouse: MemoryWarehouse, file: SealedFile, stretches: Sequence[Stretch]) -> None:
        self._warehouse = warehouse
        self._file = file
        self._stretches = stretches

    @property
    def name(self) -> str:
        return self._file.sha256

    @property
    def messages(self) -> int:
        return self._file.messages

    def stretches(self) -> Sequence[Stretch]:
        return self._stretches or self._part().stretches()

    def read(self, columns: Sequence[str], start: int = 0, stop: int | None = None) -> pyarrow.Table:
        return self._part().read(columns, start, stop)

    def take(self, columns: Sequence[str], rows: pyarrow.Array) -> pyarrow.Table:
        return self._part().take(columns, rows)

    def typed(self, stretch: Stretch, leaves: Sequence[Leaf]) -> Sequence[TypedColumn]:
        return self._part().typed(stretch, leaves)

    def _part(self) -> Part:
        from footfall.storage.parquet.table_part import TablePart, table_of  # pyarrow, where something is read

        try:
            entries = self._warehouse.content(self._file)
        except WarehouseError as error:
            raise DamagedFileError(self._file.name, self._file.sha256, str(error)) from error
        return TablePart([table_of(entries)], self.name)


def _entry(values: Mapping[str, Any]) -> Entry:
    fields = (values[column.name] for column in COLUMNS)
    return Entry(values["seq"], Row("stored", *fields))


def _described(day: str, entries: Sequence[Entry]) -> SealedFile:
    content = repr(entries).encode()
    digest = hashlib.sha256(content).hexdigest()
    counts = Counter((row.source, counter_name(row.event, row.type)) for _, row in entries)
    first, last = entries[0].seq, entries[-1].seq
    return SealedFile(
        name=f"day={day}/{first:012}-{last:012}-{digest[:8]}.parquet",
        day=day,
        first=first,
        last=last,
        messages=len(entries),
        size=len(content),
        sha256=digest,
        counts=tuple(FileCount(*key, messages) for key, messages in sorted(counts.items())),
        environment=entries[0].row.environment,
    )

"""Warehouse: files of sealed messages, one day of receipt each, that are written once and never changed.

Its manifest is an append-only list of steps. How many of them count is said by the journal's seal mark, so one
transaction of the journal makes a step valid, and a step that was cut short is as if it had never been.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Literal, Protocol

import msgspec

from footfall.storage.journal import Entry
from footfall.storage.part import Part, Stretch

if TYPE_CHECKING:
    import pyarrow

    from footfall.plan.model import Plan

__all__ = ["FileCount", "ManifestStep", "SealedFile", "StepAction", "Warehouse", "live_files", "resting_files"]

StepAction = Literal["sealed", "compacted", "purged"]


class FileCount(msgspec.Struct, frozen=True):
    """How many messages of a source and event a file has. `event` is the name under which the books count them."""

    source: str
    event: str
    messages: int


class SealedFile(msgspec.Struct, frozen=True):
    """A file of the warehouse.

    `name` is its path below the warehouse, with `/`. `day` is the day of receipt in UTC, as `2026-11-29`. All of its
    `messages` have `first <= seq <= last`; other files may have numbers between. `size` is in bytes, `sha256` in hex.
    `footer` is the checksum of its footer, "" where its kind of file has none. `is_marked` says whether a message has
    marks (see `footfall.storage.part.MEMBERS`), None where that is not known. All messages are of one `environment`,
    None for production.
    """

    name: str
    day: str
    first: int
    last: int
    messages: int
    size: int
    sha256: str
    counts: tuple[FileCount, ...]
    footer: str = ""
    environment: str | None = None
    is_marked: bool | None = None


class ManifestStep(msgspec.Struct, frozen=True):
    """One step: `added` files take the place of those named in `replaced`.

    `at` is when, in RFC 3339. `rule` says in words what a purge removed.
    """

    action: StepAction
    at: str
    added: tuple[SealedFile, ...]
    replaced: tuple[str, ...] = ()
    rule: str | None = None


def live_files(steps: Iterable[ManifestStep]) -> Mapping[str, SealedFile]:
    """The files that count after these steps, by name, in the order in which they were added.

    Some steps may be missing: a file that another step takes out need not be there.
    """
    files: dict[str, SealedFile] = {}
    for step in steps:
        for name in step.replaced:
            files.pop(name, None)
        files.update((file.name, file) for file in step.added)
    return files


def resting_files(steps: Iterable[ManifestStep], since: str) -> list[SealedFile]:
    """The files that a compaction replaced at `since` or later, for readers that began before it.

    A purge leaves none: what it removed is gone at once.
    """
    files: dict[str, SealedFile] = {}
    resting: list[SealedFile] = []
    for step in steps:
        if step.action == "purged":
            resting.clear()
        elif step.at >= since:
            resting += [files[name] for name in step.replaced]
        files.update((file.name, file) for file in step.added)
    return resting


class Warehouse(Protocol):
    """Keeps sealed messages. Every method raises WarehouseError when the disk, or what is on it, fails.

    Arrow tables have the columns `seq` and those of `footfall.storage.columns`, by name: numbers and times as int64,
    JSON as binary, all else as string.
    """

    def write(self, batches: Iterable[pyarrow.RecordBatch], plan: Plan | None) -> list[SealedFile]:
        """Write messages to new files, each of one day of receipt and one environment.

        They are on the disk when this returns. They count only once a step that adds them was appended and the journal
        has marked it. `plan` says which properties get a typed column. The same messages in the same order, with the
        same plan, always get files of the same names.
        """
        ...

    def append(self, step: ManifestStep, steps: int) -> int:
        """Append a step to the manifest after its first `steps` ones; whatever lay after them never counted.

        Returns how many there are then. The step is on the disk when this returns.
        """
        ...

    def steps(self, number: int, damaged: Callable[[int, str], None] | None = None) -> list[ManifestStep]:
        """The first `number` steps of the manifest.

        `damaged` is called with the number of a step that cannot be read, from 1, and what is wrong with it; it is then
        passed over. Without `damaged` that is a WarehouseError.
        """
        ...

    def scan(
        self,
        files: Sequence[SealedFile],
        *,
        after: int = 0,
        until: int | None = None,
        chunk: int = 10_000,
        skipped: Callable[[SealedFile, str], None] | None = None,
    ) -> Iterator[list[Entry]]:
        """The messages of these files in order of `seq`, `after < seq <= until`, each as it was in the journal.

        A file that is missing or damaged is passed over whole: `skipped` is called with it and the reason; without
        `skipped` it is a WarehouseError.
        """
        ...

    def part(self, file: SealedFile, stretches: Sequence[Stretch] = ()) -> Part:
        """A file to be read by columns. It is not opened before it is asked; then also while it rests.

        Whoever knows its `stretches` from an earlier reading spares it to be opened for these.
        """
        ...

    def check(self, file: SealedFile, *, by_size: bool = False) -> list[str]:
        """Read a file whole, and say what is wrong with it, in words: nothing where all is well.

        With `by_size` nothing is read: it is only looked at whether the file is there, and how large it is.
        """
        ...

    def remove(self, keep: Iterable[SealedFile], resting: Iterable[SealedFile] = ()) -> list[str]:
        """Remove every file of ours but these; returns the names of those removed. What is not ours stays.

        Those `resting` are still read, but lie where a glob over the warehouse does not see them.
        """
        ...

    def close(self) -> None:
        """Let go. Closing twice is no error."""
        ...

"""StoredMessages: what a store has, to be read by columns, with whose each message is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeVar

from footfall.analytics.earlier import snapshot_as_of
from footfall.clock import Clock, SystemClock
from footfall.errors import DamagedFileError
from footfall.identity.ids import comparable
from footfall.plan.model import Plan
from footfall.storage.control import plan_as_of
from footfall.storage.location import open as open_store
from footfall.storage.store_snapshot import SealedLoss, StoreSnapshot

if TYPE_CHECKING:
    from footfall.analytics.persons import Persons
    from footfall.storage.journal import Entry
    from footfall.storage.part import Part

__all__ = ["StoredMessages", "is_of"]

T = TypeVar("T")


class StoredMessages:
    """The parts of a store as of one moment, and the persons of their messages.

    `plan` says who the persons are; None where none was given and the store has never had one. `quarantined` messages
    are in quarantine. `as_of` is the moment, None for now. `losses` are the damaged files that were met so far.
    """

    def __init__(
        self,
        parts: Sequence[Part],
        plan: Plan | None,
        snapshot: StoreSnapshot | None = None,
        *,
        quarantined: int = 0,
        cache: Path | None = None,
    ) -> None:
        self.parts = parts
        self.plan = plan
        self.as_of = None if snapshot is None else snapshot.as_of
        self.quarantined = quarantined
        self._snapshot = snapshot
        self._cache = cache

    @classmethod
    def open(
        cls,
        data: str | Path,
        plan: Plan | None = None,
        *,
        as_of: int | datetime | None = None,
        clock: Clock | None = None,
    ) -> Self:
        """Those of a data folder, also while a collector writes to it; `as_of` as `Dataset.open` has it.

        Raises DataFolderError for a folder that is not ours, JournalError when it cannot be read, UsageError where
        `as_of` is not reached yet, MissingExtraError without the `server` extra.
        """
        clock = clock or SystemClock()
        with open_store(data, "read", clock=clock) as store:
            with store.snapshot() as latest:
                snapshot = snapshot_as_of(store, latest, as_of, plan, now=clock.now_us())
                parts, quarantined = snapshot.parts(), sum(snapshot.in_quarantine().values())
            plan = plan or plan_as_of(store.control, snapshot.as_of)
            return cls(parts, plan, snapshot, quarantined=quarantined, cache=Path(data) / "cache")

    @classmethod
    def of(cls, entries: Iterable[Entry], plan: Plan | None = None) -> Self:
        """The same over rows that are at hand already."""
        from footfall.storage.parquet.table_part import TablePart, table_of  # loaded with pyarrow

        return cls([TablePart([table_of(list(entries))])], plan)

    @property
    def losses(self) -> Sequence[SealedLoss]:
        return [] if self._snapshot is None else self._snapshot.losses

    def lose(self, error: DamagedFileError) -> None:
        """Pass over a file that cannot be read, and name it among the losses."""
        if self._snapshot is None:
            raise error
        self._snapshot.lose(error)

    def person_ids(self, id_: str) -> frozenset[str]:
        """The person_ids behind an id, which may be one itself."""
        import pyarrow  # loaded with the persons

        persons = self.persons
        ids = persons.person_ids(pyarrow.array(persons.find(id_), pyarrow.int32())).to_pylist()
        return frozenset(ids or [comparable(id_)])

    def whole(self, ask: Callable[[], T]) -> T:
        """The answer of `ask`, which is asked again, without a file, where that turns out to be damaged."""
        while True:
            try:
                return ask()
            except DamagedFileError as error:
                self.lose(error)
                self.parts = [part for part in self.parts if not is_of(part, error)]
                self.__dict__.pop("persons", None)

    @cached_property
    def persons(self) -> Persons:
        """The persons of all parts. A part whose ids cannot be read is lost."""
        from footfall.analytics.persons import Persons, PersonsCache  # loaded with pyarrow

        cache = None if self._cache is None else PersonsCache(self._cache)
        return self.whole(lambda: Persons.of(self.parts, self.plan.id if self.plan else "", cache))


def is_of(part: Part, error: DamagedFileError) -> bool:
    """Whether a part is read from the damaged file, whole or some of its messages."""
    from footfall.storage.parquet.selected_part import SelectedPart  # loaded with pyarrow

    return (part.part if isinstance(part, SelectedPart) else part).name == error.sha256

"""StoredMessages: what a store has, to be read by columns, with whose each message is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

from footfall.analytics.audience import audiences
from footfall.analytics.loading import Asked, open_parts, without_damaged
from footfall.clock import Clock, SystemClock
from footfall.errors import DamagedFileError
from footfall.identity.ids import comparable
from footfall.plan.model import Plan
from footfall.storage.as_of import AsOf
from footfall.storage.environments import PRODUCTION
from footfall.storage.location import open as open_store
from footfall.storage.store_snapshot import SealedLoss, StoreSnapshot

if TYPE_CHECKING:
    from footfall.analytics.persons import Persons, PersonsCache
    from footfall.storage.journal import Entry
    from footfall.storage.part import Part

__all__ = ["StoredMessages", "is_of"]

T = TypeVar("T")


class StoredMessages:
    """The parts of a store as of one moment, and the persons of their messages.

    `plan` says who the persons are; None where none was given and the store has never had one. `quarantined` messages
    are in quarantine. `as_of` is the moment, None for now. `losses` are the damaged files that were met so far.
    """

    def __init__(self, parts: Sequence[Part], plan: Plan | None, asked: Asked | None = None) -> None:
        self.parts = parts
        self.plan = plan
        self.quarantined = 0
        self._asked = asked
        self._snapshot: StoreSnapshot | None = None
        self._cache: PersonsCache | None = None
        self._damaged: dict[str, DamagedFileError] = {}
        if asked is not None:
            self._load(asked)

    @classmethod
    def open(
        cls,
        data: str | Path,
        plan: Plan | None = None,
        *,
        as_of: int | datetime | None = None,
        environment: str = PRODUCTION,
        clock: Clock | None = None,
    ) -> Self:
        """Those of a data folder, also while a collector writes to it; `as_of` and `environment` as
        `Dataset.open` has them.

        Raises DataFolderError for a folder that is not ours, JournalError when it cannot be read, UsageError where
        `as_of` is not reached yet, MissingExtraError without the `server` extra.
        """
        return cls((), plan, Asked(data, plan, as_of, clock or SystemClock(), environment))

    def _load(self, asked: Asked) -> None:
        opened = open_parts(asked, self._damaged, self._count_quarantined)
        self.parts, self.plan, self._snapshot, self._cache = opened.parts, opened.plan, opened.snapshot, opened.cache

    def _count_quarantined(self, snapshot: StoreSnapshot) -> None:
        if snapshot.as_of is None:
            self.quarantined = sum(snapshot.in_quarantine().values())
        else:  # the books have no earlier moment
            self.quarantined = sum(map(len, snapshot.scan("quarantined")))

    @classmethod
    def of(cls, entries: Iterable[Entry], plan: Plan | None = None) -> Self:
        """The same over rows that are at hand already."""
        from footfall.storage.parquet.table_part import TablePart, table_of  # loaded with pyarrow

        return cls([TablePart([table_of(list(entries))])], plan)

    @property
    def as_of(self) -> AsOf | None:
        return None if self._snapshot is None else self._snapshot.as_of

    @property
    def losses(self) -> Sequence[SealedLoss]:
        return [] if self._snapshot is None else self._snapshot.losses

    def lose(self, error: DamagedFileError) -> None:
        """Pass over a file that cannot be read, and name it among the losses."""
        if self._snapshot is None:
            raise error
        self._snapshot.lose(error)

    def renewed(self, error: DamagedFileError) -> bool:
        """Whether the file that cannot be read counts no more, since a purge removed it: the parts are those of now."""
        if self._asked is None:
            return False
        with open_store(self._asked.data, "read", clock=self._asked.clock) as store, store.snapshot() as snapshot:
            if error.sha256 in {file.sha256 for file in snapshot.files}:
                return False
        self._load_again(self._asked)
        return True

    def person_ids(self, id_: str) -> frozenset[str]:
        """The person_ids behind an id, which may be one itself."""
        import pyarrow  # loaded with the persons

        persons = self.persons
        ids = persons.person_ids(pyarrow.array(persons.find(id_), pyarrow.int32())).to_pylist()
        return frozenset(ids or [comparable(id_)])

    def whole(self, ask: Callable[[], T]) -> T:
        """The answer of `ask`, which is asked again, of all but the damaged file, where it raises a DamagedFileError.

        What was purged or compacted since is no loss: the parts are those of now then.
        """
        asked = self._asked
        return ask() if asked is None else without_damaged(ask, self._damaged, lambda: self._load_again(asked))

    def _load_again(self, asked: Asked) -> None:
        self._load(asked)
        self.__dict__.pop("persons", None)
        self.__dict__.pop("audiences", None)

    @cached_property
    def persons(self) -> Persons:
        """The persons of all parts. A part whose ids cannot be read is lost."""
        from footfall.analytics.persons import Persons  # loaded with pyarrow

        return self.whole(lambda: Persons.of(self.parts, self.plan.id if self.plan else "", self._cache))

    @cached_property
    def audiences(self) -> Sequence[Any]:
        """Of whom the messages of each part are: see `footfall.analytics.audience`."""
        return self.whole(lambda: audiences(self.parts, lambda: self.persons, self.plan, self._cache))


def is_of(part: Part, error: DamagedFileError) -> bool:
    """Whether a part is read from the damaged file, whole or some of its messages."""
    from footfall.storage.parquet.selected_part import SelectedPart  # loaded with pyarrow

    return (part.part if isinstance(part, SelectedPart) else part).name == error.sha256

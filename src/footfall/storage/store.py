"""Store: where a collector keeps what it takes in, as one thing that is opened and closed."""

from __future__ import annotations

from contextlib import AbstractContextManager
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Protocol, Self

import msgspec

from footfall.storage.control import Control
from footfall.storage.costs import Costs
from footfall.storage.journal import Journal
from footfall.storage.signals import Signals
from footfall.storage.warehouse import Warehouse

if TYPE_CHECKING:
    from footfall.storage.store_snapshot import StoreSnapshot

__all__ = ["Acknowledged", "FailedSync", "Mode", "Store"]

Mode = Literal["read", "check", "beside", "change", "write"]
"""What a store is opened for.

- `read`: to read from it, also while a collector writes to it
- `check`: to see whether `write` would work now, and change nothing
- `beside`: to change its control store alone, also while a collector holds it
- `change`: to change what is there, which no collector may hold meanwhile
- `write`: to collect into it; it is made if it is missing
"""


class Acknowledged(msgspec.Struct, frozen=True):
    """What a committer acknowledged: the stored rows with `first < seq <= last`.

    `stored` is how many they are, `checksum` the CRC-32 of their bodies in order of `seq`.
    """

    first: int
    last: int
    stored: int = 0
    checksum: int = 0


class FailedSync(msgspec.Struct, frozen=True):
    """When a sync failed (RFC 3339), why, and in which boot ("" where that cannot be known)."""

    since: str
    reason: str
    boot: str = ""
    acknowledged: Acknowledged | None = None


class Store(Protocol):
    """An open store. Its parts are opened at their first use, and cannot be written in the modes `read` to `beside`."""

    @property
    def control(self) -> Control:
        """Plans and keys."""
        ...

    @property
    def costs(self) -> Costs:
        """What campaigns cost; it is in the control store."""
        ...

    @property
    def signals(self) -> Signals:
        """Signals, and what was done about them; in the control store."""
        ...

    @property
    def journal(self) -> Journal:
        """The messages that are not sealed yet. Raises JournalError when it cannot be opened."""
        ...

    @property
    def warehouse(self) -> Warehouse:
        """The sealed messages."""
        ...

    def snapshot(self) -> AbstractContextManager[StoreSnapshot]:
        """Read all messages, sealed or not, as of one moment. Raises JournalError when the journal cannot be read."""
        ...

    def has_journal(self) -> bool:
        """Whether a collector ever began to write here."""
        ...

    def failed_sync(self) -> FailedSync | None:
        """The failed sync after which the journal does not acknowledge yet; None when there is none."""
        ...

    def close(self) -> None:
        """Close the journal, and let go of the place. Closing twice is no error."""
        ...

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

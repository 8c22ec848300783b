"""SqliteStore: a data folder with a journal and a control store in SQLite."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from footfall.clock import Clock
from footfall.disk import Disk
from footfall.storage.control import Control
from footfall.storage.costs import Costs
from footfall.storage.folder import DataFolder
from footfall.storage.journal import Journal
from footfall.storage.parquet.warehouse import ParquetWarehouse
from footfall.storage.signals import Signals
from footfall.storage.sqlite.control import SqliteControl
from footfall.storage.sqlite.costs import SqliteCosts
from footfall.storage.sqlite.journal import SqliteJournal
from footfall.storage.sqlite.signals import SqliteSignals
from footfall.storage.sqlite.sync_marker import SyncMarker
from footfall.storage.store import FailedSync, Mode, Store
from footfall.storage.store_snapshot import StoreSnapshot
from footfall.storage.warehouse import Warehouse

__all__ = ["SqliteStore", "open_folder"]


class SqliteStore(Store):
    """A Store in a data folder, which it lets go of when it is closed. Its warehouse is written through `disk`."""

    def __init__(
        self,
        folder: DataFolder,
        mode: Mode,
        *,
        clock: Clock | None = None,
        disk: Disk | None = None,
    ) -> None:
        self._folder = folder
        self._warehouse = ParquetWarehouse(folder.path / "warehouse", disk=disk)
        self._clock = clock
        self._is_journal_readonly = mode not in ("change", "write")
        is_readonly = mode in ("read", "check")
        self._control = SqliteControl(folder.control_path, readonly=is_readonly, clock=clock)
        self._costs = SqliteCosts(folder.control_path, readonly=is_readonly)
        self._signals = SqliteSignals(folder.control_path, readonly=is_readonly)
        self._journal: SqliteJournal | None = None

    @property
    def control(self) -> Control:
        """See Store."""
        return self._control

    @property
    def costs(self) -> Costs:
        """See Store."""
        return self._costs

    @property
    def signals(self) -> Signals:
        """See Store."""
        return self._signals

    @property
    def journal(self) -> Journal:
        """See Store."""
        if self._journal is None:
            path, readonly = self._folder.journal_path, self._is_journal_readonly
            self._journal = SqliteJournal(path, readonly=readonly, clock=self._clock)
        return self._journal

    @property
    def warehouse(self) -> Warehouse:
        """See Store."""
        return self._warehouse

    @contextmanager
    def snapshot(self) -> Iterator[StoreSnapshot]:
        """See Store."""
        with self.journal.snapshot() as tail:
            yield StoreSnapshot(tail, lambda: self.warehouse, clock=self._clock)

    def has_journal(self) -> bool:
        """See Store."""
        return self._folder.journal_path.exists()

    def failed_sync(self) -> FailedSync | None:
        """See Store."""
        return SyncMarker(self._folder.journal_path).read()

    def close(self) -> None:
        """See Store."""
        try:
            self._warehouse.close()
            if self._journal is not None:
                self._journal.close()
        finally:
            self._folder.close()


def open_folder(
    path: Path, mode: Mode, *, command: str, remedy: str, make: bool, disk: Disk | None, clock: Clock | None
) -> SqliteStore:
    """Open the data folder `path`; see `footfall.storage.open`."""
    takers: Mapping[Mode, Callable[[], DataFolder]] = {
        "read": lambda: DataFolder.read(path, disk=disk),
        "check": lambda: DataFolder.check(path, disk=disk),
        "beside": lambda: DataFolder.beside(path, make=make, disk=disk, clock=clock),
        "change": lambda: DataFolder.change(path, command, remedy=remedy, disk=disk),
        "write": lambda: DataFolder.open(path, disk=disk, clock=clock),
    }
    folder = takers[mode]()
    if mode == "check" and folder.journal_path.exists() and folder.is_current:
        SqliteJournal(folder.journal_path, readonly=True).close()
    return SqliteStore(folder, mode, clock=clock, disk=disk)

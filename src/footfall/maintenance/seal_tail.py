"""The part of sealing that is heavy, for a process at low priority: rows of the journal become files.

It writes nothing that counts: whoever owns the folder makes it count, or it is removed again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec

from footfall import storage
from footfall.disk import Disk
from footfall.errors import WarehouseError
from footfall.maintenance.context import Progress
from footfall.maintenance.seal import TailPart
from footfall.maintenance.tail_reader import last_of, read_rows
from footfall.storage.control import latest_plan
from footfall.storage.folder import DataFolder

__all__ = ["TailPart", "TailRequest", "write", "write_parts"]


class TailRequest(msgspec.Struct, frozen=True):
    """Write the stored rows of the folder `data` with `after < seq <= until` to files.

    At most `rows` rows are in memory as one part, twice, and at most `parts` parts are written.
    """

    data: str
    after: int
    until: int
    rows: int
    parts: int


def write(arguments: Mapping[str, Any], progress: Progress) -> list[TailPart]:  # noqa: ARG001 - the owner says how far it is
    """Carry out a TailRequest, for `JobContext.child`."""
    return write_parts(msgspec.convert(arguments, TailRequest))


def write_parts(request: TailRequest, *, disk: Disk | None = None) -> list[TailPart]:
    """Carry out a request, in order of `seq`. Raises JournalError and WarehouseError; files may be there then."""
    journal = DataFolder.read(request.data, disk=disk).journal_path
    written: list[TailPart] = []
    with storage.open(request.data, "read", disk=disk) as store:
        plan = latest_plan(store.control)
        for until, batches in _parts(journal, request):
            files = store.warehouse.write(batches, plan)
            rows, messages = sum(len(batch) for batch in batches), sum(file.messages for file in files)
            if rows != messages:
                raise WarehouseError(f"{request.data}: {rows:,} rows were read, and {messages:,} written")
            written.append(TailPart(until, tuple(files)))
    return written


def _parts(journal: Path, request: TailRequest) -> Iterator[tuple[int, list[Any]]]:
    """The rows of each part, with the number up to which they go. The next is read while one is written."""
    with ThreadPoolExecutor(1) as reader:
        waiting = reader.submit(_read, journal, request.after, request)
        for number in range(1, request.parts + 1):
            part = waiting.result()
            if part is None:
                return
            if number < request.parts:
                waiting = reader.submit(_read, journal, part[0], request)
            yield part


def _read(journal: Path, after: int, request: TailRequest) -> tuple[int, list[Any]] | None:
    last = last_of(journal, after, request.until, request.rows)
    return None if last is None else (last, list(read_rows(journal, after, last)))

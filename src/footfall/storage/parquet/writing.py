"""Writes messages to files of a day of receipt and an environment, sorted, compressed, with statistics to skip by."""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow
import pyarrow.compute as pc

from footfall.directory import SystemDirectory
from footfall.disk import Disk
from footfall.errors import WarehouseError
from footfall.plan.model import Plan
from footfall.storage.journal import counter_name
from footfall.storage.parquet.encoding import encoded
from footfall.storage.parquet.footer import checksum, footer_bytes
from footfall.storage.parquet.layout import VERSION, Footer, day_numbers, normalised, to_file
from footfall.storage.parquet.order import in_order, stretches_of
from footfall.storage.parquet.times import day_text
from footfall.storage.warehouse import FileCount, SealedFile

__all__ = ["counts_of", "write_files"]

MOST_BYTES = 256 << 20
"""Of the bodies in a file."""

# Written and synced at a time: on ext4 the commits of a collector wait for what another process has not synced yet.
_SYNC_BYTES = 1 << 20
# Bytes that are left to the journal, which intake needs.
_RESERVE = 4 << 20


def write_files(
    folder: Path, disk: Disk, batches: Iterable[Any], plan: Plan | None, rows: int, size: int = MOST_BYTES
) -> list[SealedFile]:
    """See Warehouse.write. A file has at most `rows` messages and, but for the first of them, `size` bytes of bodies.

    So much of each day is in memory at a time, and once more, for a file is written while the next is filled.
    Raises WarehouseError.
    """
    files: list[SealedFile] = []
    waiting: Future[SealedFile] | None = None
    with ThreadPoolExecutor(1) as writer:  # pyarrow sorts and compresses without the interpreter's lock
        for contents, table in _files(batches, rows, size):
            if waiting is not None:
                files.append(waiting.result())
            waiting = writer.submit(_write, folder, disk, contents, table, plan)
        if waiting is not None:
            files.append(waiting.result())
    return files


class _Contents(NamedTuple):
    """Whose messages a file has: those of a day, counted from 1970-01-01 UTC, and an environment, "" for production."""

    day: int
    environment: str


def _files(batches: Iterable[Any], most: int, most_bytes: int) -> Iterator[tuple[_Contents, Any]]:
    """The rows of each file, as it is full, with whose they are."""
    open_files: dict[_Contents, list[Any]] = {}
    sizes: dict[_Contents, tuple[int, int]] = {}
    for batch in batches:
        for contents, messages in _by_contents(normalised(batch), most):
            count, size = sizes.get(contents, (0, 0))
            weight = pc.sum(pc.binary_length(messages.column("body"))).as_py() or 0
            if count and (count + len(messages) > most or size + weight > most_bytes):
                yield contents, _joined(open_files.pop(contents))
                count, size = 0, 0
            open_files.setdefault(contents, []).append(to_file(messages))
            sizes[contents] = count + len(messages), size + weight
    for contents in sorted(open_files):
        yield contents, _joined(open_files[contents])


def _joined(tables: list[Any]) -> Any:
    return pyarrow.concat_tables(tables).unify_dictionaries()


def _by_contents(messages: Any, most: int) -> Iterator[tuple[_Contents, Any]]:
    days = day_numbers(messages.column("received_at"))
    environments = pc.fill_null(messages.column("environment"), "")
    for day in pc.unique(days).to_pylist():
        of_day = pc.equal(days, day)
        for environment in pc.unique(environments.filter(of_day)).to_pylist():
            rows = messages.filter(pc.and_(of_day, pc.equal(environments, environment)))
            for start in range(0, len(rows), most):
                yield _Contents(day, environment), rows.slice(start, most)


def _write(folder: Path, disk: Disk, contents: _Contents, table: Any, plan: Plan | None) -> SealedFile:
    day, environment = day_text(contents.day), contents.environment or None
    first, last = pc.min_max(table.column("seq")).as_py().values()
    table = in_order(table)
    is_marked = table.column("marks").null_count < len(table)
    table = table if is_marked else table.drop_columns(["marks"])
    stretches = tuple(stretches_of(table))
    footer = Footer(
        VERSION, day, first, last, len(table), stretches, environment=environment, is_marked=is_marked
    )  # fmt: skip
    content = encoded(table, footer, plan)
    digest = hashlib.sha256(content).hexdigest()
    # The digest keeps apart the files before and after a purge, whose days and numbers are the same.
    name = f"day={day}/{first:012}-{last:012}-{digest[:8]}.parquet"
    path = folder / name
    try:
        disk.make_folder(path.parent, private=True)
        _require_room(folder, content.size)
        with disk.replacing(path, private=True) as file:
            view = memoryview(content)
            for start in range(0, len(view), _SYNC_BYTES):
                file.write(view[start : start + _SYNC_BYTES])
                disk.sync(file)
    except OSError as error:
        raise WarehouseError(
            f"{path}: cannot be written ({error.strerror or error}); what was there is unchanged"
        ) from error
    crc = checksum(footer_bytes(pyarrow.BufferReader(content)))
    counts = counts_of(table)
    return SealedFile(name, day, first, last, len(table), content.size, digest, counts, crc, environment, is_marked)


def _require_room(folder: Path, size: int) -> None:
    needed, free = size + _RESERVE, SystemDirectory(folder).free()
    if free < needed:
        raise OSError(errno.ENOSPC, f"{needed:,} bytes are needed, and {free:,} are free; make room")


def counts_of(table: Any) -> tuple[FileCount, ...]:
    groups = table.group_by(["source", "event", "type"], use_threads=False).aggregate([([], "count_all")])
    totals: dict[tuple[str, str], int] = {}
    for group in groups.to_pylist():
        key = group["source"], counter_name(group["event"], group["type"])
        totals[key] = totals.get(key, 0) + group["count_all"]
    return tuple(FileCount(source, event, number) for (source, event), number in sorted(totals.items()))

"""Opens sealed files, reads whole messages in order of receipt over many of them, and says what can be wrong."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pyarrow
import pyarrow.compute as pc
import pyarrow.parquet

from footfall.disk import Disk, read_whole
from footfall.storage.columns import ENTRY_COLUMNS
from footfall.storage.journal import Entry, Row
from footfall.storage.parquet.footer import checksum, footer_bytes
from footfall.storage.parquet.layout import FEW, FOOTER_KEY, VERSION, Footer, messages_of, stored_names
from footfall.storage.parquet.manifest import open_file
from footfall.storage.parquet.writing import counts_of
from footfall.storage.warehouse import SealedFile

__all__ = ["check_file", "footer_of", "open_parquet", "reason_of", "scan_files"]

_IDENTITY = ("day", "first", "last", "messages", "environment")
Skipped = Callable[[SealedFile, str], None]


def footer_of(metadata: Any) -> Footer | None:
    """What a file's metadata says of it; None where footfall did not write it, or a newer one did."""
    try:
        footer = msgspec.json.decode((metadata or {}).get(FOOTER_KEY, b""), type=Footer)
    except msgspec.DecodeError:
        return None
    return footer if footer.version == VERSION else None


def scan_files(
    folder: Path, disk: Disk, files: Sequence[SealedFile], after: int, until: int | None, chunk: int, skipped: Skipped
) -> Iterator[list[Entry]]:
    """See Warehouse.scan. Files whose numbers overlap are in memory at the same time."""
    last = until if until is not None else 2**63 - 1
    waiting = sorted(
        (file for file in files if file.last > after and file.first <= last), key=lambda file: file.first, reverse=True
    )
    tables: list[Any] = []
    while waiting or tables:
        if waiting and not tables:
            tables += _loaded(folder, disk, waiting.pop(), after, last, skipped)
            continue
        # Up to the first number of the next file, no other can have a message.
        limit = waiting[-1].first - 1 if waiting else last
        ready, tables = _split(tables, limit)
        for table in ready:
            for start in range(0, len(table), chunk):
                yield _entries(table.slice(start, chunk))
        if waiting:
            tables += _loaded(folder, disk, waiting.pop(), after, last, skipped)


def check_file(folder: Path, disk: Disk, file: SealedFile) -> list[str]:
    """See Warehouse.check."""
    try:
        parquet = _verified(folder, disk, file)
        table = parquet.read(use_threads=False)
        faults = [] if counts_of(table) == file.counts else ["it has other numbers of messages by source and event"]
        for start in range(0, len(table), 65_536):
            messages = messages_of(table.slice(start, 65_536), ["seq", "body"])
            faults += [f"its message {seq} is no JSON" for seq, body in _rows(messages) if not _is_json(body)]
    except (OSError, ValueError, KeyError) as error:
        return [reason_of(error)]
    return faults


def _rows(messages: Any) -> Iterator[tuple[int, bytes]]:
    return zip(*(column.to_pylist() for column in messages.columns), strict=True)


def _is_json(body: bytes) -> bool:
    try:
        msgspec.json.decode(body, type=msgspec.Raw)
    except msgspec.DecodeError:
        return False
    return True


def _loaded(folder: Path, disk: Disk, file: SealedFile, after: int, last: int, skipped: Skipped) -> list[Any]:
    """The columns of a file's messages in order of `seq`; nothing where it is skipped."""
    try:
        table = _verified(folder, disk, file).read(columns=stored_names(ENTRY_COLUMNS), use_threads=False)
    except (OSError, ValueError, KeyError) as error:
        skipped(file, reason_of(error))
        return []
    if file.first <= after or file.last > last:
        seq = table.column("seq")
        table = table.filter(pc.and_(pc.greater(seq, after), pc.less_equal(seq, last)))
    table = table.unify_dictionaries()
    return [table.take(pc.sort_indices(table, [("seq", "ascending")]))] if len(table) else []


def _split(tables: list[Any], limit: int) -> tuple[list[Any], list[Any]]:
    """The rows up to a number, in one table in order, and the rest of each table."""
    ready, rest = [], []
    for table in tables:
        number = pc.sum(pc.less_equal(table.column("seq"), limit)).as_py()
        ready += [table.slice(0, number)] if number else []
        rest += [table.slice(number)] if number < len(table) else []
    if len(ready) > 1:
        table = pyarrow.concat_tables(ready).unify_dictionaries()
        ready = [table.take(pc.sort_indices(table, [("seq", "ascending")]))]
    return ready, rest


def _entries(table: Any) -> list[Entry]:
    messages = messages_of(table, ENTRY_COLUMNS)
    seqs, *values = (column.to_pylist() for column in messages.columns)
    return [Entry(seq, Row("stored", *row)) for seq, row in zip(seqs, zip(*values, strict=True), strict=True)]


def _verified(folder: Path, disk: Disk, file: SealedFile) -> Any:
    """A file whose every byte is as it was written. Raises OSError and ValueError."""
    with open_file(folder, disk, file) as stream:
        content = read_whole(stream, folder / file.name, most=max(file.size, 1))
    if len(content) == file.size and hashlib.sha256(content).hexdigest() != file.sha256:
        raise ValueError("its bytes were changed")
    return open_parquet(pyarrow.BufferReader(content), file)[0]


def open_parquet(
    stream: Any, file: SealedFile, earlier: tuple[Any, Footer] | None = None, dictionaries: Sequence[str] = ()
) -> tuple[Any, Footer]:
    """The Parquet file that is `file`, and what its footer says. Raises OSError, and ValueError for any other.

    `earlier` has the metadata and the footer of an earlier opening, which saves to read and check them again. The
    columns of `dictionaries` are read as Arrow's dictionaries, besides those that always are.
    """
    size = stream.size() if isinstance(stream, pyarrow.BufferReader) else stream.seek(0, 2)
    if size != file.size:
        raise ValueError(f"{size:,} of its {file.size:,} bytes are there")
    if earlier is None and file.footer and checksum(footer_bytes(stream)) != file.footer:
        raise ValueError("the bytes of its footer were changed")
    parquet = pyarrow.parquet.ParquetFile(
        stream,
        metadata=earlier and earlier[0],
        read_dictionary=[*FEW, "rest", *dictionaries],
        page_checksum_verification=True,
    )
    if earlier is not None:
        return parquet, earlier[1]
    footer = footer_of(parquet.schema_arrow.metadata)
    if footer is None:
        raise ValueError("it is a Parquet file that this footfall did not write")
    if any(getattr(footer, name) != getattr(file, name) for name in _IDENTITY):
        raise ValueError(f"it is the file of the messages {footer.first} to {footer.last} of {footer.day}")
    return parquet, footer


def reason_of(error: BaseException) -> str:
    if isinstance(error, FileNotFoundError):
        return "it is missing"
    return f"it cannot be read ({getattr(error, 'strerror', None) or error})"

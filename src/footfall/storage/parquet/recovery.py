"""Finds the sealed files of a folder by what they say themselves, for a manifest that was lost. For a child process."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet

from footfall.disk import SystemDisk, read_file
from footfall.storage.parquet.footer import checksum, footer_bytes
from footfall.storage.parquet.reading import footer_of
from footfall.storage.parquet.warehouse import FILE
from footfall.storage.parquet.writing import counts_of
from footfall.storage.warehouse import SealedFile

__all__ = ["recover_files"]

_LARGEST = 1 << 30
_DIGEST = 8  # hex digits of its SHA-256 that a file has in its name


def recover_files(arguments: Mapping[str, Any], _: object) -> list[SealedFile]:
    """Every file in the warehouse of the folder `data` that is whole, by its name and its footer."""
    return list(_files(Path(arguments["data"]) / "warehouse"))


def _files(warehouse: Path) -> Iterator[SealedFile]:
    for folder in SystemDisk().list(warehouse):
        for path in SystemDisk().list(folder) if folder.is_dir() else ():
            file = _described(path) if FILE.fullmatch(path.name) else None
            if file is not None:
                yield file


def _described(path: Path) -> SealedFile | None:
    try:
        content = read_file(SystemDisk(), path, most=_LARGEST)
        table = pyarrow.parquet.read_table(pyarrow.BufferReader(content))
        counts = counts_of(table)
    except (OSError, ValueError, KeyError):  # pyarrow's own errors are ValueErrors and OSErrors
        return None
    digest, footer = hashlib.sha256(content).hexdigest(), footer_of(table.schema.metadata)
    if footer is None or path.stem[-_DIGEST:] != digest[:_DIGEST]:
        return None
    name = f"{path.parent.name}/{path.name}"
    crc = checksum(footer_bytes(pyarrow.BufferReader(content)))
    return SealedFile(
        name, footer.day, footer.first, footer.last, footer.messages, len(content), digest, counts, crc,
        footer.environment, footer.is_marked,
    )  # fmt: skip

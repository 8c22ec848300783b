"""Writes the files that a plan command makes, with one error for what cannot be written."""

from __future__ import annotations

from pathlib import Path

from footfall.disk import SystemDisk, replace_file
from footfall.errors import UsageError

__all__ = ["same_content", "write_file"]


def write_file(
    file: Path, content: bytes, *, make_folder: bool = False, remedy: str = "choose another --output"
) -> None:
    """Write or replace a file, with the folders above it if `make_folder`. Raises UsageError with the remedy."""
    disk = SystemDisk()
    try:
        if make_folder:
            disk.make_folder(file.parent)
        replace_file(disk, file, content)
    except OSError as error:
        raise UsageError(f"{file}: cannot be written: {error.strerror or error}; {remedy}") from None


def same_content(file: Path, content: bytes) -> bool:
    """Whether a file has exactly this content; no more of a file is read than that takes. Raises OSError."""
    with SystemDisk().open(file, "read") as opened:
        return opened.read(len(content) + 1) == content

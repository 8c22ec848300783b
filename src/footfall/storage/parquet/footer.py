"""The footer of a Parquet file: where it lies, and its checksum, which the format has for pages alone."""

from __future__ import annotations

import os
import struct
import zlib
from typing import Any

__all__ = ["checksum", "footer_bytes"]

_END = struct.Struct("<I4s")  # how long the footer is, and what ends every Parquet file


def footer_bytes(stream: Any) -> bytes:
    """The footer of an open file and what comes after it; b"" where the file is no Parquet file. Raises OSError."""
    size = stream.seek(0, os.SEEK_END)
    stream.seek(max(0, size - _END.size))
    length, magic = _END.unpack(stream.read().rjust(_END.size))
    if magic != b"PAR1" or length > size - _END.size:
        return b""
    stream.seek(size - _END.size - length)
    return bytes(stream.read())


def checksum(footer: bytes) -> str:
    """The CRC-32 in hex, as the list of files has it."""
    return f"{zlib.crc32(footer):08x}"

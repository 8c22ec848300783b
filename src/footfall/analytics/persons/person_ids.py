"""The heads of person_ids: enough of each to look for one among a million without making them all."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from hashlib import sha1
from typing import Any
from uuid import UUID

import pyarrow

from footfall.analytics.persons.arrays import INT

__all__ = ["head_of", "heads_of"]

_SIZE = 4  # bytes, which a UUID has from the hash of its name as they are


def head_of(person_id: UUID) -> int:
    """The first bytes of a UUID as a number."""
    return int.from_bytes(person_id.bytes[:_SIZE], sys.byteorder, signed=True)


def heads_of(namespace: UUID, names: Sequence[str]) -> Any:
    """The head of `uuid5(namespace, name)` for each name, an int32 array. It takes a fifth of the time of the UUIDs."""
    space = namespace.bytes
    content = b"".join([sha1(space + name.encode(), usedforsecurity=False).digest()[:_SIZE] for name in names])
    return pyarrow.Array.from_buffers(INT, len(names), [None, pyarrow.py_buffer(content)])

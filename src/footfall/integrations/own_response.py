"""OwnResponse: what footfall answers itself, whole."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

__all__ = ["OwnResponse"]


class OwnResponse(msgspec.Struct, frozen=True):
    """A whole response of footfall's own."""

    status: int
    headers: Sequence[tuple[str, str]] = ()
    body: bytes = b""

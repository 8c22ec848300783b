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

    def with_header(self, name: str, value: str) -> OwnResponse:
        """The response with a header, unless it has that already."""
        if any(each == name for each, _ in self.headers):
            return self
        return OwnResponse(self.status, (*self.headers, (name, value)), self.body)

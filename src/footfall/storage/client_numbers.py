"""The number that a client of footfall gives each of its messages, as bodies have it; pure."""

from __future__ import annotations

import msgspec

__all__ = ["numbers_of"]


class _Client(msgspec.Struct):
    id: str | None = None
    seq: int | None = None


class _Context(msgspec.Struct):
    client: _Client | None = None


class _Body(msgspec.Struct):
    context: _Context | None = None


_read_body = msgspec.json.Decoder(_Body).decode


def numbers_of(body: bytes | str | None) -> tuple[str | None, int | None]:
    """The client and the number that the body of a message names; None for what is none."""
    try:
        parts = _read_body(body or b"{}")
    except msgspec.MsgspecError:
        return None, None
    client = parts.context.client if parts.context is not None else None
    if client is None or client.seq is None or client.id is None or not -(2**63) <= client.seq < 2**63:
        return None, None
    return client.id, client.seq

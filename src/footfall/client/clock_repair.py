"""Clock repair: the time of a message that waited while the wall clock was set.

A gateway that boots without a clock stamps 1970 until it hears from a time server. The clock that counts since the boot
goes on evenly, so where the two moved apart since the call, the time becomes that of the sending less what passed in
between, and the message says so: `context.client.clock` is `repaired`. A time that the caller gave is never touched. No
message outlives the boot of its client's machine, so no two boots' clocks are ever compared.
"""

from __future__ import annotations

from collections.abc import Sequence

from footfall.client.outbox_store import Entry
from footfall.timestamps import format_us

__all__ = ["MARK", "with_repaired_times"]

MARK = b',"clock":"repaired"'

_TOLERANCE = 2_000_000  # µs; what a time server corrects little by little stays as it is
_SECOND = 1_000_000
_BEFORE = b',"timestamp":"'  # first in a message: in a text before it, its quotes would have backslashes
_WIDTH = len("2026-11-22T09:00:00.000000Z")
_END = b"}}}"  # of the client, the context and the message


def with_repaired_times(entries: Sequence[Entry], now_us: int, now: float) -> tuple[bytes, ...]:
    """The messages of `entries` as they are to be sent at `now_us` of the wall clock and `now` of the other one."""
    offset = now_us - now * _SECOND
    return tuple(
        message
        if wall_us is None or -_TOLERANCE <= wall_us - since * _SECOND - offset <= _TOLERANCE
        else _repaired(message, now_us - round((now - since) * _SECOND))
        for _, message, since, wall_us in entries
    )


def _repaired(message: bytes, us: int) -> bytes:
    start = message.index(_BEFORE) + len(_BEFORE)
    pieces = (message[:start], format_us(us).encode(), message[start + _WIDTH : -len(_END)], MARK, _END)
    return b"".join(pieces)

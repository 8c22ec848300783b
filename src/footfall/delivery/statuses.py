"""Statuses: which error an HTTP status means that acknowledges nothing. delivery/retry says what follows from it."""

from __future__ import annotations

from footfall.errors import OverloadedError, RefusedError, TransportError, UnauthorizedError, UnreachableError

__all__ = ["error_for"]

# Five statuses are about the batch or the key. What is listed nowhere (a redirect, a 404, a 407, a 421) comes from
# something between us and a collector, or in its place: a router that does not know it yet, a proxy, a captive portal.
# It says nothing about the batch, which is kept.
_STATUSES: dict[int, tuple[type[TransportError], str]] = {
    400: (RefusedError, "the collector cannot read this batch"),
    401: (UnauthorizedError, "the write key was refused; use one that the collector knows"),
    403: (UnauthorizedError, "the write key may not send here; use one that may"),
    408: (OverloadedError, "the collector gave up waiting for the request"),
    413: (RefusedError, "the batch is larger than the collector takes"),
    422: (RefusedError, "the collector will not take this batch"),
    429: (OverloadedError, "the collector asks to slow down"),
    **{
        status: (OverloadedError, "the collector cannot take batches now")
        for status in range(500, 600)
        if status not in (501, 505, 506, 508, 510, 511)
    },
}
_ELSEWHERE = (UnreachableError, "something other than a collector answered, and the batch is kept; check the URL")
_TOO_LARGE = 413


def error_for(
    status: int, *, retry_after: float | None = None, detail: str = "", from_page: bool = False, whose: str = ""
) -> TransportError:
    """The error that an HTTP status means which acknowledges nothing.

    `detail` is the reason of its status line, `from_page` says that a web page came with it, `whose` says who answered
    and what, for an answer that may be no collector's, or that may say what is wrong with the key.

    A page that refuses a batch or a key is another server's: an HTTPS port asked over HTTP, a firewall that blocks
    for an hour. Only its 413 is what a proxy says of a batch.
    """
    kind, text = _STATUSES.get(status, _ELSEWHERE)
    if from_page and kind in (RefusedError, UnauthorizedError) and status != _TOO_LARGE:
        kind, text = _ELSEWHERE
    detail = ": ".join(
        part for part in (detail, whose if kind in (UnreachableError, UnauthorizedError) else "") if part
    )
    return kind(f"HTTP {status}: {text}{f' ({detail})' if detail else ''}", retry_after=retry_after, status=status)

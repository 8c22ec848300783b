"""Ledger and Delivery: what became of every message, in numbers that always add up."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

__all__ = ["Delivery", "Ledger"]


class Delivery(msgspec.Struct, frozen=True):
    """What `flush()` and `close()` return: counts over the client's whole life up to now.

    Truthy if and only if nothing is left and nothing was lost. `delivered` is what the collector answered for; of
    those it keeps `quarantined` apart, whole and with their faults, and `rejected` could not be kept and are lost. The
    log says which events these were, and why. `dropped` counts by reason, see Ledger. `reason` says why something is
    pending, None when nothing is: `unauthorized: …` (the write key was refused), `unreachable: …` or `overloaded: …`
    (what the last attempt met), `unanswered: …` (an attempt has no answer yet), `unsent: …` (none was made). What is
    pending after `close()` was not delivered, or its answer did not come in time; it is not counted as dropped, for it
    may have arrived.
    """

    delivered: int
    pending: int
    dropped: Mapping[str, int] = {}
    reason: str | None = None
    quarantined: int = 0
    rejected: int = 0

    def __bool__(self) -> bool:
        return self.pending == 0 and self.rejected == 0 and not self.dropped


class Ledger(msgspec.Struct, frozen=True, kw_only=True):
    """The client's books: `accepted + adopted == delivered + pending + sum(dropped)`, at every moment.

    `accepted` counts truthy receipts, `adopted` what was taken over from an earlier process. `delivered` is what a
    collector acknowledged; `duplicate`, `quarantined` and `rejected` say what it thought of some of those. `dropped` is
    what was accepted and then let go: `queue_full`, `refused` (a 400 or a 422), `too_large` (a 413 for one message),
    `gave_up` (the retry policy's limit). `refused` counts falsy receipts by reason: these were never accepted, such as
    `consent`, to which their person did not agree. `stopped` says why nothing is sent any more, `reason` why something
    is pending (see Delivery), `retries` how many attempts failed and were, or will be, made again. `uncounted` counts
    the hits of a web integration that became no page view, and the cookies that it could not set, by reason
    (`footfall.web.reasons`): they were never messages. `footfall stats` shows what a collector got of them.
    """

    accepted: int = 0
    adopted: int = 0
    delivered: int = 0
    pending: int = 0
    dropped: Mapping[str, int] = {}
    refused: Mapping[str, int] = {}
    uncounted: Mapping[str, int] = {}
    duplicate: int = 0
    quarantined: int = 0
    rejected: int = 0
    retries: int = 0
    pending_bytes: int = 0
    stopped: str | None = None
    reason: str | None = None

    @property
    def balanced(self) -> bool:
        """Whether the books add up; false would be a defect of footfall."""
        return self.accepted + self.adopted == self.delivered + self.pending + sum(self.dropped.values())

    def delivery(self) -> Delivery:
        """The part that `flush()` and `close()` return."""
        return Delivery(self.delivered, self.pending, self.dropped, self.reason, self.quarantined, self.rejected)

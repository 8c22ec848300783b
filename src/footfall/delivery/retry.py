"""What to do when a batch did not get through: the table of answers, and how long to wait before the next attempt.

tenacity's strategies do the arithmetic (how long, whether to stop) and nothing else: no function is wrapped and nothing
sleeps here. tenacity is loaded at the first failure, so that importing the client stays cheap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from footfall.errors import (
    OverloadedError,
    RefusedError,
    TransportError,
    UnauthorizedError,
    UnreachableError,
    UsageError,
)

if TYPE_CHECKING:
    import tenacity

__all__ = ["Action", "Decision", "Failures", "RetryPolicy", "decide", "error_for"]

Action = Literal["again", "drop", "split", "stop"]


class Decision(NamedTuple):
    """What happens to the batch; `reason` is the ledger's word when it is dropped."""

    action: Action
    reason: str = ""


# By HTTP status, before the error's class is asked: 413 says that the batch is too long, not that it is wrong.
_BY_STATUS: dict[int, Decision] = {413: Decision("split", "too_large")}

_BY_ERROR: tuple[tuple[type[TransportError], Decision], ...] = (
    (UnauthorizedError, Decision("stop", "unauthorized")),
    (RefusedError, Decision("drop", "refused")),
    (OverloadedError, Decision("again")),
    (UnreachableError, Decision("again")),
    (TransportError, Decision("again")),
)

# The error that stands for a status. Four kinds of them speak of the batch or of the key. What is listed nowhere (a
# redirect, a 404, a 407, a 421) comes from something that stands between us and a collector, or in its place: a router
# that has not heard of it yet, a proxy, a captive portal. It says nothing about the batch, which is kept.
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


def decide(error: TransportError) -> Decision:
    """What to do with the batch that met `error`."""
    if error.status in _BY_STATUS:
        return _BY_STATUS[error.status]
    return next(decision for kind, decision in _BY_ERROR if isinstance(error, kind))


def error_for(
    status: int, *, retry_after: float | None = None, detail: str = "", from_page: bool = False, whose: str = ""
) -> TransportError:
    """The error that stands for an HTTP status that acknowledges nothing.

    `detail` is the reason of its status line, `from_page` says that a web page came with it, `whose` says who answered
    and what, for an answer that may be no collector's, or that may say what is wrong with the key.

    A page that refuses a batch or a key is another server's: an HTTPS port asked over HTTP, a firewall that blocks
    for an hour. Only its 413 is what a proxy says of a batch.
    """
    kind, text = _STATUSES.get(status, _ELSEWHERE)
    if from_page and kind in (RefusedError, UnauthorizedError) and status not in _BY_STATUS:
        kind, text = _ELSEWHERE
    detail = ": ".join(
        part for part in (detail, whose if kind in (UnreachableError, UnauthorizedError) else "") if part
    )
    return kind(f"HTTP {status}: {text}{f' ({detail})' if detail else ''}", retry_after=retry_after, status=status)


class Failures(NamedTuple):
    """What is known of a batch that failed: how often in a row, and for how many seconds since the first time."""

    attempts: int
    seconds: float


class RetryPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """How often and how long to try again.

    Waits grow as `initial · 2ⁿ` up to `maximum` seconds, each multiplied by a die in [0, 1) ("full jitter",
    https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/). Where the collector named a wait
    (`Retry-After`), that is the least, up to `longest_asked` seconds. `attempts` and `seconds` limit how long one batch
    is tried; None is for ever, which for a client means until it is closed.
    """

    initial: float = 0.5
    maximum: float = 30.0
    longest_asked: float = 300.0
    attempts: int | None = None
    seconds: float | None = None

    def __post_init__(self) -> None:
        wrong = [name for name in ("initial", "maximum", "longest_asked") if getattr(self, name) <= 0]
        wrong += [name for name in ("attempts", "seconds") if (limit := getattr(self, name)) is not None and limit <= 0]
        if wrong:
            raise UsageError(f"RetryPolicy: {', '.join(wrong)} must be more than 0")

    def delay(self, failures: Failures, *, dice: float, retry_after: float | None = None) -> float:
        """Seconds to wait before the next attempt; `dice` is a number in [0, 1)."""
        import tenacity  # only a client that met a failure pays for it

        ceiling = tenacity.wait_exponential(multiplier=self.initial, max=self.maximum)(_state(failures))
        if retry_after is None:
            return ceiling * dice
        # The die is added, so that clients which were told the same wait do not come back in the same moment.
        return min(max(retry_after, 0.0), self.longest_asked) + self.initial * dice

    def exhausted(self, failures: Failures) -> bool:
        """Whether a batch with these failures is given up."""
        import tenacity

        limits: list[tenacity.stop.stop_base] = []
        if self.attempts is not None:
            limits.append(tenacity.stop_after_attempt(self.attempts))
        if self.seconds is not None:
            limits.append(tenacity.stop_after_delay(self.seconds))
        return tenacity.stop_any(*limits)(_state(failures)) if limits else False


def _state(failures: Failures) -> tenacity.RetryCallState:
    import tenacity

    state = tenacity.RetryCallState(tenacity.Retrying(), None, (), {})
    state.attempt_number = failures.attempts
    state.start_time, state.outcome_timestamp = 0.0, failures.seconds
    return state

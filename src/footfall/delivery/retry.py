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

__all__ = ["Action", "Failures", "RetryDecision", "RetryPolicy", "decide"]

Action = Literal["again", "drop", "split", "stop"]


class RetryDecision(NamedTuple):
    """What happens to the batch; `reason` is the ledger's word when it is dropped."""

    action: Action
    reason: str = ""


# By HTTP status, before the error's class is asked: 413 says that the batch is too long, not that it is wrong.
_BY_STATUS: dict[int, RetryDecision] = {413: RetryDecision("split", "too_large")}

_BY_ERROR: tuple[tuple[type[TransportError], RetryDecision], ...] = (
    (UnauthorizedError, RetryDecision("stop", "unauthorized")),
    (RefusedError, RetryDecision("drop", "refused")),
    (OverloadedError, RetryDecision("again")),
    (UnreachableError, RetryDecision("again")),
    (TransportError, RetryDecision("again")),
)


def decide(error: TransportError) -> RetryDecision:
    """What to do with the batch that met `error`."""
    if error.status in _BY_STATUS:
        return _BY_STATUS[error.status]
    return next(decision for kind, decision in _BY_ERROR if isinstance(error, kind))


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
        faults = [name for name in ("initial", "maximum", "longest_asked") if getattr(self, name) <= 0]
        faults += [
            name for name in ("attempts", "seconds") if (limit := getattr(self, name)) is not None and limit <= 0
        ]
        if faults:
            raise UsageError(f"RetryPolicy: {', '.join(faults)} must be more than 0")

    def delay(self, failures: Failures, *, dice: float, retry_after: float | None = None) -> float:
        """Seconds to wait before the next attempt; `dice` is a number in [0, 1)."""
        import tenacity  # only a client that met a failure pays for it

        ceiling = tenacity.wait_exponential(multiplier=self.initial, max=self.maximum)(_state(failures))
        if retry_after is None:
            return ceiling * dice
        # The die is added, so that clients with the same wait do not come back at the same moment.
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

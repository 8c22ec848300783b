"""ClientOptions: every setting of a client, frozen, with its unit and its default."""

from __future__ import annotations

import math
from typing import Literal

import msgspec

from footfall.delivery.retry import RetryPolicy
from footfall.errors import UsageError
from footfall.identity.given import plain_text
from footfall.secret import SecretBytes

__all__ = ["ClientOptions", "WhenFull"]

WhenFull = Literal["block", "drop_oldest"]

_MORE_THAN_ZERO = ("max_batch", "max_batch_bytes", "queue_bytes", "max_message_bytes", "timeout")
_NOT_NEGATIVE = ("linger", "block_timeout", "close_timeout", "gzip_over")


class ClientOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How a client queues, batches, sends and ends. Sizes are bytes of encoded JSON, times are seconds.

    A batch leaves when it has `max_batch` messages or `max_batch_bytes`, or when its oldest message waited `linger`.
    The queue, what is being sent included, never has more than `queue_bytes`. When it is full, `drop_oldest` lets the
    oldest message of the lowest priority go; `block` makes the caller wait up to `block_timeout` for room (the one
    setting under which `track()` waits). A message over `max_message_bytes` is refused at the door. `timeout` is for
    one whole HTTP request, `close_timeout` for the end of the process. Bodies of `gzip_over` bytes or more are packed.
    `transform_key` is the secret for properties that the plan hashes; it is not shown where the options are.

    Raises UsageError that names every setting out of range.
    """

    max_batch: int = 100
    max_batch_bytes: int = 480_000
    linger: float = 0.5
    queue_bytes: int = 32 * 1024 * 1024
    when_full: WhenFull = "drop_oldest"
    block_timeout: float = 1.0
    max_message_bytes: int = 32_768
    timeout: float = 10.0
    retry: RetryPolicy = RetryPolicy()
    close_timeout: float = 5.0
    gzip: bool = True
    gzip_over: int = 1024
    transform_key: bytes | None = None

    def __post_init__(self) -> None:
        faults = [f"{name} must be more than 0" for name in _MORE_THAN_ZERO if not _number(getattr(self, name)) > 0]
        faults += [f"{name} must be 0 or more" for name in _NOT_NEGATIVE if not _number(getattr(self, name)) >= 0]
        if plain_text(self.when_full) not in ("block", "drop_oldest"):
            faults.append('when_full must be "block" or "drop_oldest"')
        key: object = self.transform_key
        if isinstance(key, bytes):
            msgspec.structs.force_setattr(self, "transform_key", SecretBytes(key))
        elif key is not None:
            faults.append("transform_key must be bytes")
        if faults:
            raise UsageError(f"ClientOptions: {'; '.join(faults)}")


def _number(value: object) -> float:
    """A value as a plain number, NaN for what is none: whatever it is, it can be compared."""
    try:
        return float(value)  # type: ignore[arg-type]  # what is no number raises
    except Exception:  # noqa: BLE001 - whatever the value's own code raised
        return math.nan

"""What a collector may be told: limits on what it reads, how it groups commits, how long it waits for a slow sender."""

from __future__ import annotations

import msgspec

from footfall.errors import UsageError

__all__ = ["CollectorSettings"]


class CollectorSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Options of a collector, read once. Sizes are bytes, times seconds. Raises UsageError for a value of 0 or less.

    `max_body_bytes` bounds a request as sent and again after inflating; `max_messages` a batch; `max_message_bytes`,
    `max_depth` (of arrays and objects) and `max_keys` (of all its objects together) one message. `group_messages` is
    where one commit stops taking in more waiting requests. `max_waiting_requests` and `max_waiting_bytes` bound what is
    held in memory before the answer is 503, with `retry_after`. Requests over `inline_bytes` are read beside the event
    loop, so that they hold up nobody. The last three are the server's: `header_timeout` for the whole head of a
    request, `body_timeout` for its body, `max_header_bytes` for its head.
    """

    max_body_bytes: int = 20_000_000
    max_messages: int = 5_000
    max_message_bytes: int = 32_768
    max_depth: int = 64
    max_keys: int = 1_000
    group_messages: int = 1_000
    max_waiting_requests: int = 1_000
    max_waiting_bytes: int = 256_000_000
    inline_bytes: int = 256_000
    retry_after: int = 2
    header_timeout: float = 10.0
    body_timeout: float = 60.0
    max_header_bytes: int = 16_384

    def __post_init__(self) -> None:
        wrong = [name for name in self.__struct_fields__ if not getattr(self, name) > 0]
        if wrong:
            raise UsageError(f"collector settings must be more than 0: {', '.join(wrong)}")

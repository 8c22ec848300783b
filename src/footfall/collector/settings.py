"""Settings of a collector: limits on what it reads, how it groups commits, how long it waits for a slow sender."""

from __future__ import annotations

import ipaddress

import msgspec

from footfall.errors import UsageError

__all__ = ["CollectorSettings"]


class CollectorSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Options of a collector, read once. Sizes are bytes, times seconds. Raises UsageError for a value of 0 or less.

    `max_body_bytes` bounds a request as sent and again after inflating; `max_messages` a batch; `max_message_bytes`,
    `max_depth` (of arrays and objects) and `max_keys` (of all its objects together) one message. What a batch says
    beside its messages has the bounds of a message. `group_messages` is where one commit stops taking in more waiting
    requests.

    `max_waiting_requests` and `max_waiting_bytes` bound the requests in work and what they hold in memory: bodies,
    inflated bodies, rows, answers. Over them the answer is 503, with `retry_after`. Requests without a write key in the
    header have a budget apart until the key in their body is proven: `max_unkeyed_requests`, `max_unkeyed_bytes`,
    `max_unkeyed_body_bytes` for one of them, and `unkeyed_timeout` for all of its body.

    Requests over `inline_bytes` or `inline_messages` are judged in `large_threads` threads beside the event loop, so
    that they hold up nobody; at most `max_waiting_large` of them wait for a thread.

    `probe_every` is how long no commit may have been tried before the collector commits a probe, to see whether the
    disk still works; where nobody sends and nobody asks, it waits longer.

    The rest are the server's. `header_timeout` for the whole head of a request, `body_timeout` for its body,
    `max_header_bytes` for its head, `answer_timeout` for a sender to read what it was answered. `max_connections` in
    all; the process's limit of open files lowers it. `max_connections_per_address` of one IPv4 address or one IPv6
    network (/64) for strangers, who have shown no key: at the limit a new connection ends the oldest of them. It does
    not hold for `trusted_proxies`, which are addresses or networks (`10.0.0.0/8`).
    """

    max_body_bytes: int = 20_000_000
    max_messages: int = 5_000
    max_message_bytes: int = 32_768
    max_depth: int = 64
    max_keys: int = 1_000
    group_messages: int = 1_000
    max_waiting_requests: int = 1_000
    max_waiting_bytes: int = 256_000_000
    max_unkeyed_requests: int = 100
    max_unkeyed_bytes: int = 16_000_000
    max_unkeyed_body_bytes: int = 512_000
    unkeyed_timeout: float = 10.0
    inline_bytes: int = 256_000
    inline_messages: int = 500
    large_threads: int = 2
    max_waiting_large: int = 64
    retry_after: int = 2
    probe_every: float = 1.0
    header_timeout: float = 10.0
    body_timeout: float = 60.0
    max_header_bytes: int = 16_384
    answer_timeout: float = 30.0
    max_connections: int = 10_000
    max_connections_per_address: int = 500
    trusted_proxies: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        values = {name: getattr(self, name) for name in self.__struct_fields__}
        not_positive = [name for name, value in values.items() if isinstance(value, int | float) and not value > 0]
        if not_positive:
            raise UsageError(f"collector settings must be more than 0: {', '.join(not_positive)}")
        for network in self.trusted_proxies:
            try:
                ipaddress.ip_network(network)
            except ValueError as error:
                raise UsageError(f"trusted_proxies: {error}; give addresses, or networks such as 10.0.0.0/8") from error

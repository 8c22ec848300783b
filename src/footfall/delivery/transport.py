"""Transport: how a batch leaves the client, which takes any of these, or a URL, from which it makes the HTTP one."""

from __future__ import annotations

from typing import Protocol

from footfall.events import Answer, Batch

__all__ = ["Transport"]


class Transport(Protocol):
    """Carries one batch to a collector and brings back its answer.

    An Answer is returned only for a batch that the collector keeps, by the transport's own rule of what says so; its
    `received` is the number of messages in the batch, 0 where it only reports hits. After any other outcome it is sent
    again, so an answer that the transport does not understand is an UnreachableError.

    Both `send` and its async pair raise a TransportError (see footfall.errors for which means what) and nothing else.
    A transport does not retry: the client decides that (delivery/retry).
    """

    def send(self, batch: Batch) -> Answer:
        """Hand over one batch; return what the collector said of it."""
        ...

    def close(self) -> None:
        """Let go of connections and files. Closing twice is no error."""
        ...

    async def send_async(self, batch: Batch) -> Answer:
        """`send` for an event loop."""
        ...

    async def close_async(self) -> None:
        """`close` for an event loop."""
        ...

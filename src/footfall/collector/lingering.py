"""A transport whose peer can read the last answer, also when the peer still sends.

To close a socket with bytes that nobody read resets the connection, and the peer may lose an answer that it has not
read yet (RFC 9112, 9.6).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

__all__ = ["LingeringTransport"]

_SECONDS = 5.0


class LingeringTransport(asyncio.Transport):
    """Closes in two steps when `must_linger` says so: first it ends only our side, and drops what comes.

    `lingers` is called when it begins to, and may call `finish` at once. The peer's end ends it, or 5 seconds, or
    `most_bytes`.
    """

    def __init__(
        self,
        transport: asyncio.Transport,
        loop: asyncio.AbstractEventLoop,
        *,
        most_bytes: int,
        must_linger: Callable[[], bool],
        lingers: Callable[[], None],
    ) -> None:
        super().__init__()
        self._transport = transport
        self._loop = loop
        self._remaining = most_bytes
        self._must_linger = must_linger
        self._lingers = lingers
        self._deadline: asyncio.TimerHandle | None = None

    @property
    def is_lingering(self) -> bool:
        """Whether it is between the two steps."""
        return self._deadline is not None

    def close(self) -> None:
        """End our side. Closing twice is no error."""
        if self.is_closing():
            return
        if not self._must_linger():
            self._transport.close()
            return
        self._deadline = self._loop.call_later(_SECONDS, self.finish)
        self._transport.write_eof()
        self._transport.resume_reading()
        self._lingers()

    def drop(self, data: bytes) -> None:
        """Read on after the end of our side, up to the limit."""
        self._remaining -= len(data)
        if self._remaining < 0:
            self.finish()

    def finish(self) -> None:
        """Close now."""
        self.forget()
        self._transport.close()

    def forget(self) -> None:
        """The connection is lost: nothing is to be closed."""
        if self._deadline is not None:
            self._deadline.cancel()

    def is_closing(self) -> bool:
        """Whether nothing is written any more."""
        return self._deadline is not None or self._transport.is_closing()

    def abort(self) -> None:
        """Close without writing what waits to be written."""
        self.forget()
        self._transport.abort()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Write, unless our side has ended."""
        if self._deadline is None:
            self._transport.write(data)

    # What is the same

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """What the transport below knows of its socket."""
        return self._transport.get_extra_info(name, default)

    def get_write_buffer_size(self) -> int:
        """How many bytes the peer has not taken yet."""
        return self._transport.get_write_buffer_size()

    def pause_reading(self) -> None:
        """Read no more for now; while it lingers it reads on."""
        if self._deadline is None:
            self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Read again."""
        self._transport.resume_reading()

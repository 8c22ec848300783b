"""uvicorn's HTTP protocol with bounds on what a connection may cost: its head, its pace, what waits on it.

Also kept here is what RFC 9110 and 9112 ask of a server and uvicorn does otherwise: an Upgrade that is not wanted is
ignored (RFC 9110, 7.8), and a request names its host once (RFC 9112, 3.2).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Literal

import httptools
from uvicorn._types import ASGI3Application
from uvicorn.config import Config
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from footfall.collector.connections import Connections
from footfall.collector.lingering import LingeringTransport
from footfall.collector.responses import error_body
from footfall.collector.settings import CollectorSettings
from footfall.errors import RequestError

__all__ = ["GuardedProtocol", "refusal"]

# As much as the parser is given at a time. It cannot be stopped inside, so this bounds how many requests it can find
# that have to wait for those before them.
_PIECE = 8_192
_REFUSALS = {
    error.status: error
    for error in (
        RequestError(400, "malformed", "the request is not what RFC 9112 has a request be"),
        RequestError(408, "timeout", "the request did not come in time; send it again"),
        RequestError(431, "head", "the head of the request is too long; send fewer and shorter fields"),
        RequestError(503, "connections", "too many connections are open; send it again"),
    )
}
Stage = Literal["idle", "head", "body"]


def refusal(status: int, retry_after: int) -> bytes:
    """A whole answer, after which the connection is closed."""
    body = error_body(_REFUSALS[status])
    retry = b"retry-after: %d\r\n" % retry_after if status == 503 else b""
    head = b"connection: close\r\ncontent-type: application/json\r\n%scontent-length: %d\r\n\r\n" % (retry, len(body))
    return STATUS_LINE[status] + head + body


class GuardedProtocol(HttpToolsProtocol):
    """One connection. `refused` is called with the status and the code of each request that is refused here.

    An application that knows a request's sender calls `scope["extensions"]["footfall"]["sender_is_known"]`.
    """

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        *,
        settings: CollectorSettings,
        connections: Connections[GuardedProtocol],
        refused: Callable[[int, str], None],
        loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, loop)
        self._settings = settings
        self._connections = connections
        self._refused = refused
        self._stage: Stage = "idle"
        self._deadline: asyncio.TimerHandle | None = None
        self._reader_deadline: asyncio.TimerHandle | None = None
        self._head_bytes = 0
        self._field_bytes = 0
        self._is_upgrade = False
        self._version = "1.1"
        self._unread = memoryview(b"")
        self._extensions: dict[str, dict[object, object]] = {"footfall": {"sender_is_known": self._sender_is_known}}
        self._running: RequestResponseCycle | None = None
        self._parse_status = 400
        self._last_status = 0
        self._is_open = False
        self._is_ended = False
        self._is_displaced = False
        self._is_begun = False
        self._is_half_closed = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self._lingering = LingeringTransport(
            transport,
            self.loop,
            most_bytes=self._settings.max_body_bytes,
            must_linger=lambda: self._may_send_on,
            lingers=self._linger,
        )
        self.transport = self._lingering
        self.flow = _Flow(self._lingering, self)
        self._is_open = True
        if self._is_displaced:
            self._end(503)
        else:
            self._enter("head")

    def connection_lost(self, exc: Exception | None) -> None:
        self._connections.remove(self)
        self._disarm()
        self._unread = memoryview(b"")
        if self._reader_deadline is not None:
            self._reader_deadline.cancel()
        self._lingering.forget()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._lingering.is_lingering:
            self._lingering.drop(data)
            return
        self._unset_keepalive_if_required()
        self._is_begun = True
        if self._stage == "idle":
            self._enter("head")
        self._unread = memoryview(b"".join((self._unread, data))) if self._unread else memoryview(data)
        self._read()

    def eof_received(self) -> bool:  # type: ignore[override]  # uvicorn leaves it out
        """The sender sends no more, and may still read. Returns whether a whole request waits for its answer."""
        self._is_half_closed = True
        return not self.transport.is_closing() and (bool(self._unread) or self._answer_the_last())

    def _answer_the_last(self) -> bool:
        """After the last byte: forget the request that is not whole. Returns whether those before it want an answer."""
        self._disarm()
        return not self._forget_broken() and not self._is_answered()

    # What is read, and when

    @property
    def may_read(self) -> bool:
        """Whether more may be read. While a whole request waits for the one before it, its successors can wait too."""
        return not self.pipeline and not self._last_status and not self._is_ended

    def _read(self) -> None:
        while self._unread and self.may_read and not self.transport.is_closing():
            piece, self._unread = self._unread[:_PIECE], self._unread[_PIECE:]
            if self._stage == "head":
                self._head_bytes += len(piece)
            try:
                self._parse(piece)
            except httptools.HttpParserError:
                self._refuse(self._parse_status)
                return
            if self._stage == "head" and self._head_bytes > self._settings.max_header_bytes:
                self._refuse(431)
        if self._unread:
            self.flow.pause_reading()
        elif self._is_half_closed and not self._last_status and not self._answer_the_last():
            self.transport.close()

    def _parse(self, piece: memoryview) -> None:
        while True:
            try:
                self.parser.feed_data(piece)
            except httptools.HttpParserUpgrade as upgrade:
                # The parser takes what follows for another protocol and forgets how long the body is. A parser that is
                # given the same head without the field reads on as HTTP/1.1.
                self.parser = httptools.HttpRequestParser(self)
                self.parser.set_dangerous_leniencies(lenient_data_after_close=True)  # as uvicorn does
                self._is_upgrade = False
                self.parser.feed_data(self._head_without_upgrade())
                piece = piece[upgrade.args[0] :]
            else:
                return

    def _head_without_upgrade(self) -> bytes:
        fields = b"".join(b"%s: %s\r\n" % field for field in self.headers if field[0] != b"upgrade")
        method = self.scope["method"].encode("ascii")
        return b"%s %s HTTP/%s\r\n%s\r\n" % (method, self.url, self._version.encode("ascii"), fields)

    # What the parser calls

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._field_bytes = 0
        if self._stage != "head":  # a request that came together with the one before it
            self._enter("head")

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        self._field_bytes += len(url)
        if self._field_bytes > self._settings.max_header_bytes:
            self._refuse_head()

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._stage == "head":
            super().on_header(name, value)
        self._field_bytes += len(name) + len(value)  # also of fields after a body in chunks
        if self._field_bytes > self._settings.max_header_bytes:
            self._refuse_head()

    def _refuse_head(self) -> None:
        self._parse_status = 431
        raise ValueError("the head is too long")  # the parser hands this back as its own error

    def on_headers_complete(self) -> None:
        self._version = self.parser.get_http_version()
        names = [name for name, _ in self.headers]
        hosts = names.count(b"host")
        # These fields name sender and receiver. If one is repeated, two readers may understand the request differently.
        if hosts > 1 or names.count(b"authorization") > 1 or (not hosts and self._version == "1.1"):
            raise ValueError("a field is missing, or there twice")
        if self.parser.should_upgrade():
            method = self.parser.get_method()
            if method == b"CONNECT":
                raise ValueError("this is no proxy")
            self.scope["method"] = method.decode("ascii")
            self._is_upgrade = True  # the parser stops here, and `_parse` goes on
            return
        self.scope["extensions"] = self._extensions
        super().on_headers_complete()
        if self.expect_100_continue:
            # Whoever is refused before it was asked for its body may send it or not: nobody knows what comes next.
            self.cycle.keep_alive = False
        self._enter("body")

    def on_message_complete(self) -> None:
        if self._is_upgrade:
            return
        super().on_message_complete()
        self._disarm()
        self._stage = "idle"

    def _sender_is_known(self) -> None:
        self._connections.know(self)

    # What is answered

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._running = cycle
        super()._start_asgi_task(cycle, app)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.transport.is_closing():
            self._await_reader()
        elif not self.pipeline:
            self._read()
            if self.transport.is_closing():
                self._await_reader()
            elif self._is_answered():
                if self._last_status:
                    self._end(self._last_status)
                else:
                    self._connections.rest(self)

    def _is_answered(self) -> bool:
        """Whether there is an answer to each request that is whole."""
        return not self.pipeline and (self._running is None or self._running.response_complete)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._await_reader()

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._reader_deadline is not None and not self.transport.is_closing():
            self._reader_deadline.cancel()
            self._reader_deadline = None

    def _await_reader(self) -> None:
        """Leave a sender who does not read its answer, after a time. A transport that closes would wait for ever."""
        if self._reader_deadline is None and self.transport.get_write_buffer_size():
            self._reader_deadline = self.loop.call_later(self._settings.answer_timeout, self.transport.abort)

    # How a connection ends

    def timeout_keep_alive_handler(self) -> None:
        super().timeout_keep_alive_handler()
        self._await_reader()

    def shutdown(self) -> None:
        if self._lingering.is_lingering:
            self.leave()
        else:
            super().shutdown()
        if self.transport.is_closing():
            self._await_reader()

    @property
    def _may_send_on(self) -> bool:
        """Whether bytes may come, or have come, that nobody reads when the connection ends now."""
        is_whole = self._stage == "idle" and not self._unread and not self.pipeline
        return not self._is_half_closed and (self._is_displaced or (self._is_begun and not is_whole))

    def _linger(self) -> None:
        self._connections.linger(self)
        self.leave_surplus(self._connections)

    def leave(self) -> None:
        """Close a connection that lingers."""
        self._lingering.finish()

    @staticmethod
    def leave_surplus(connections: Connections[GuardedProtocol]) -> None:
        """Close connections that wait for their senders to read, if they use too many descriptors."""
        for connection in connections.surplus():
            connection.leave()

    def displace(self) -> None:
        """End this connection, so that there is room for another one; also one that has not begun yet."""
        self._connections.remove(self)
        self._is_displaced = True
        if not self._is_open:
            return
        if self._stage == "idle" and self._is_answered():
            self.transport.close()
            self._await_reader()
        else:
            self._end(503)

    def _enter(self, stage: Literal["head", "body"]) -> None:
        self._stage = stage
        self._head_bytes = 0
        self._disarm()
        self._arm()

    def _arm(self) -> None:
        seconds = self._settings.header_timeout if self._stage == "head" else self._settings.body_timeout
        self._deadline = self.loop.call_later(seconds, self._be_late)

    def _be_late(self) -> None:
        if self.flow.read_paused:
            self._arm()  # it is we who do not read
        else:
            self._refuse(408)

    def _disarm(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _refuse(self, status: int) -> None:
        """Read no more, and refuse the request that is not whole; first those before it are answered."""
        self._disarm()
        self._unread = memoryview(b"")
        if self._forget_broken() or self._is_answered():
            self._end(status)
        else:
            self._last_status = status
            self.flow.pause_reading()

    def _forget_broken(self) -> bool:
        """Take the request that is not whole from those that wait. Returns whether the application has it already."""
        if self._stage == "body" and self.pipeline and self.pipeline[0][0] is self.cycle:
            self.pipeline.popleft()
        return self._stage == "body" and self._running is self.cycle

    def _end(self, status: int) -> None:
        self._disarm()
        if self._is_ended or self.transport.is_closing():
            return
        self._is_ended = True
        running = self._running
        is_answered = self._stage == "body" and running is self.cycle and self._is_answered()
        if not is_answered:  # else it is the rest of a body whose request has its answer
            self._refused(status, _REFUSALS[status].code)
            if running is None or running.response_complete or not running.response_started:
                self.transport.write(refusal(status, self._settings.retry_after))
        if running is not None:
            running.disconnected = True
            running.message_event.set()
        self.transport.close()
        self._await_reader()


class _Flow(FlowControl):
    """uvicorn's flow control, which asks the connection before it lets more in."""

    def __init__(self, transport: asyncio.Transport, connection: GuardedProtocol) -> None:
        super().__init__(transport)
        self._connection = connection

    def resume_reading(self) -> None:
        if self._connection.may_read:
            super().resume_reading()

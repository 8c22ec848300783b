"""The collector over HTTP: an ASGI application that any ASGI server runs, and any ASGI framework mounts."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

import msgspec

from footfall.collector.collector import Collector
from footfall.collector.compression import content_of
from footfall.collector.group_commit import Done, Outcome
from footfall.collector.keys import Keyring, header_key
from footfall.collector.pipeline import Judged
from footfall.collector.wire import Envelope, read_batch, read_single
from footfall.errors import JournalError, RequestError
from footfall.events import MESSAGE_TYPES, Answer, Verdict

__all__ = ["App", "create_app"]

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

# Where messages are taken: the type that the path gives to its one message; "" for a batch.
_INTAKE: Mapping[str, str] = {"/v1/batch": "", **{f"/v1/{name}": name for name in MESSAGE_TYPES}}
_SLASHES = re.compile("/{2,}")
_PROBE_EVERY = 1.0
# How many times smaller than its content a compressed body may be, to be read in the event loop.
_INFLATION = 10
_LONGEST_ANSWER = 900_000  # bytes
_CLOSE: tuple[bytes, bytes] = (b"connection", b"close")
_CHALLENGE: tuple[bytes, bytes] = (b"www-authenticate", b'Basic realm="footfall"')
_JSON: tuple[bytes, bytes] = (b"content-type", b"application/json")


def create_app(collector: Collector, keys: Mapping[str, str] | Keyring) -> App:
    """The ASGI application of a collector. `keys` says which source each write key belongs to.

    It holds no resource of its own: whoever made the collector closes it, after the server has stopped.
    """
    return App(collector, keys)


class App:
    """Takes requests, hands their messages to the collector, and answers once they are on the disk."""

    def __init__(self, collector: Collector, keys: Mapping[str, str] | Keyring) -> None:
        self._collector = collector
        self._settings = collector.settings
        self._keys = keys if isinstance(keys, Keyring) else Keyring(keys)
        self._waiting = 0
        self._held_bytes = 0
        self._failing = False
        self._probed_at = -_PROBE_EVERY

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI 3 entry (https://asgi.readthedocs.io/en/latest/specs/www.html)."""
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "lifespan":
            await _lifespan(receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close"})

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = _plain(scope["path"].removeprefix(scope.get("root_path", "")))
        try:
            if path == "/health":
                _require_method(scope, ("GET", "HEAD"))
                await self._health(send)
            else:
                answer = await self._intake(scope, receive, _type_of(path, scope))
                if answer is not None:
                    await _respond(send, 200, _encode(answer))
        except JournalError:
            # What failed is in the collector's log; a sender learns only that it has to come again.
            await self._unavailable(send, "journal", "nothing could be written; send it again")
        except _Overload:
            await self._unavailable(send, "overload", "too many requests wait; send it again")
        except RequestError as error:
            self._collector.notices.refuse(error.status, error.code)
            await _respond_error(send, error, error.headers if isinstance(error, _Refusal) else _closing(error.status))

    async def _intake(self, scope: Scope, receive: Receive, type_: str) -> Answer | None:
        """Take one request; None when its sender went away before it was whole."""
        headers: dict[bytes, bytes] = dict(scope["headers"])
        source = self._source_of_header(headers)
        _check_length(headers, self._settings.max_body_bytes)
        if self._waiting >= self._settings.max_waiting_requests:
            raise _Overload
        self._waiting += 1
        held = 0
        try:
            body = bytearray()
            more = True
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    return None
                part = message.get("body", b"")
                held += len(part)
                self._held_bytes += len(part)
                if len(body) + len(part) > self._settings.max_body_bytes:
                    raise _too_large(self._settings.max_body_bytes)
                if self._held_bytes > self._settings.max_waiting_bytes:
                    raise _Overload
                body += part
                more = message.get("more_body", False)
            content = bytes(body)
            del body
            if len(content) > self._inline_bytes(content):
                found, judged = await asyncio.to_thread(self._judge, content, type_, source)
            else:
                found, judged = self._judge(content, type_, source)
            return self._collector.settle(found, judged, await self._commit(judged))
        finally:
            self._waiting -= 1
            self._held_bytes -= held

    def _inline_bytes(self, body: bytes) -> int:
        """Up to which size a body is read in the event loop; what is compressed may be many times as large inside."""
        return self._settings.inline_bytes if body[:1] == b"{" else self._settings.inline_bytes // _INFLATION

    def _judge(self, body: bytes, type_: str, source: str | None) -> tuple[str, Judged]:
        content = content_of(body, self._settings.max_body_bytes)
        if source is None and content and not self._keys.may_be_in(content):
            raise _unauthorized()  # before anything is read closely: a stranger shall not cost us much
        envelope = read_single(content, type_, self._settings) if type_ else read_batch(content, self._settings)
        source = source or self._source_of_body(envelope)
        return source, self._collector.judge(envelope, source)

    async def _commit(self, judged: Judged) -> list[bool]:
        if not judged.received:
            return []
        return await self._outcome(lambda done: self._collector.submit(judged, done))

    async def _outcome(self, start: Callable[[Done], None]) -> list[bool]:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Outcome] = loop.create_future()

        def arrived(outcome: Outcome) -> None:
            if not future.done():
                future.set_result(outcome)

        def done(outcome: Outcome) -> None:
            with contextlib.suppress(RuntimeError):  # a loop that was closed meanwhile has nobody left to be told
                loop.call_soon_threadsafe(arrived, outcome)

        start(done)
        outcome = await future
        self._failing = isinstance(outcome, JournalError)
        if isinstance(outcome, JournalError):
            raise outcome
        return outcome

    async def _health(self, send: Send) -> None:
        """200 while the journal can be written. While it fails, and now and then, that is tried and not believed."""
        now = self._collector.clock.monotonic()
        if self._failing or now - self._probed_at >= _PROBE_EVERY:
            self._probed_at = now
            await self._outcome(self._collector.probe)
        await _respond(send, 200, b'{"status":"ok"}')

    async def _unavailable(self, send: Send, code: str, message: str) -> None:
        retry_after = (b"retry-after", str(self._settings.retry_after).encode())
        await _respond_error(send, RequestError(503, code, message), [retry_after])

    def _source_of_header(self, headers: Mapping[bytes, bytes]) -> str | None:
        """The source whose write key the header carries; None when there is no header."""
        header = headers.get(b"authorization")
        if not header:
            return None
        source = self._keys.source(header_key(header) or "")
        if source is None:
            raise _unauthorized()
        return source

    def _source_of_body(self, envelope: Envelope) -> str:
        key = envelope.write_key
        source = self._keys.source(key if type(key) is str else "")
        if source is None:
            raise _unauthorized()
        return source


class _Overload(Exception):  # noqa: N818 - not an error of the program: it never leaves this module
    """More requests wait than the settings allow."""


class _Refusal(RequestError):  # noqa: N818 - see _Overload
    """A RequestError with headers of its own."""

    def __init__(self, status: int, code: str, message: str, headers: Headers | None = None) -> None:
        super().__init__(status, code, message)
        self.headers = headers or []


class _Body(msgspec.Struct, kw_only=True):
    """An answer as it is sent; `status`, `error`, `code` and `success` are what Segment's and Mixpanel's SDKs read."""

    status: int = 1
    error: None = None
    code: int = 200
    success: bool = True
    received: int
    stored: int
    duplicate: int
    quarantined: int
    rejected: int
    verdicts: tuple[Verdict, ...]


def _encode(answer: Answer) -> bytes:
    counts = answer.counts()
    body = _Body(
        received=answer.received,
        stored=counts["stored"],
        duplicate=counts["duplicate"],
        quarantined=counts["quarantined"],
        rejected=counts["rejected"],
        verdicts=answer.verdicts,
    )
    text = msgspec.json.encode(body)
    if len(text) <= _LONGEST_ANSWER:
        return text
    # Clients read no more than 1 MB. The faults are kept with the messages; the verdicts are what an answer is for.
    body.verdicts = tuple(msgspec.structs.replace(verdict, faults=()) for verdict in answer.verdicts)
    return msgspec.json.encode(body)


def _type_of(path: str, scope: Scope) -> str:
    """The type that a path gives to its message, "" for a batch. Raises for a path or a method that takes none."""
    if path not in _INTAKE:
        raise _Refusal(404, "not_found", "nothing is here; send messages to /v1/batch", [_CLOSE])
    _require_method(scope, ("POST",))
    return _INTAKE[path]


def _require_method(scope: Scope, methods: tuple[str, ...]) -> None:
    if scope["method"] not in methods:
        allowed = ", ".join(methods)
        raise _Refusal(405, "method", f"use {allowed}", [(b"allow", allowed.encode()), _CLOSE])


def _plain(path: str) -> str:
    """A path without doubled slashes and one at its end: SDKs join what they were given with `/v1/batch` as it is."""
    if "//" in path:
        path = _SLASHES.sub("/", path)
    return path if len(path) < 2 else path.removesuffix("/")


def _check_length(headers: Mapping[bytes, bytes], limit: int) -> None:
    """Refuse what says that it is too large before a byte of it is read."""
    length = headers.get(b"content-length", b"")
    if length.isdigit() and int(length) > limit:
        raise _too_large(limit)


def _too_large(limit: int) -> _Refusal:
    return _Refusal(413, "too_large", f"the body is larger than the limit of {limit} bytes; split it", [_CLOSE])


def _unauthorized() -> _Refusal:
    # The same words for every reason: they tell a guesser nothing.
    return _Refusal(
        401,
        "unauthorized",
        "send a write key as the user name of Basic auth, or as a Bearer token",
        _closing(401),
    )


def _closing(status: int) -> Headers:
    """Of a sender who may not send, nothing more is read."""
    return {401: [_CHALLENGE, _CLOSE], 403: [_CLOSE]}.get(status, [])


async def _respond(send: Send, status: int, body: bytes, headers: Headers | None = None) -> None:
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [_JSON, length, *(headers or ())]})
    await send({"type": "http.response.body", "body": body})


async def _respond_error(send: Send, error: RequestError, headers: Headers) -> None:
    body = {
        "status": 0,
        "error": {"code": error.code, "message": str(error)},
        "code": error.status,
        "success": False,
    }
    await _respond(send, error.status, msgspec.json.encode(body), headers)


async def _lifespan(receive: Receive, send: Send) -> None:
    for phase in ("startup", "shutdown"):
        await receive()
        await send({"type": f"lifespan.{phase}.complete"})

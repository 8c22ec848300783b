"""The collector over HTTP: an ASGI application that any ASGI server runs, and any ASGI framework mounts."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from functools import partial
from typing import Any, NamedTuple

import msgspec

from footfall.collector.admission import Claim
from footfall.collector.collector import Collector
from footfall.collector.dialects import ROUTES, Route
from footfall.collector.group_commit import Outcome
from footfall.collector.keys import Keyring, header_key
from footfall.collector.pipeline import IntakeDecision
from footfall.collector.responses import (
    CLOSE,
    Message,
    Refusal,
    Response,
    Send,
    headers_of,
    respond,
    respond_error,
    slow_stranger,
    too_large,
    unauthorized,
    unkeyed_too_large,
)
from footfall.collector.wire import RequestEnvelope
from footfall.errors import JournalError, RequestError
from footfall.storage.environments import Sender
from footfall.timestamps import format_us
from footfall.versions import WIRE

__all__ = ["App", "create_app"]

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Handler = Callable[[Scope, Receive, Send], Awaitable[None]]

_SLASHES = re.compile("/{2,}")


class _Endpoint(NamedTuple):
    methods: tuple[str, ...]
    handle: Handler


def create_app(collector: Collector, keys: Mapping[str, str | Sender] | Keyring) -> App:
    """The ASGI application of a collector. `keys` says which source each write key belongs to.

    It owns no resource: whoever made the collector closes it, after the server has stopped.
    """
    collector.watch()
    return App(collector, keys)


class App:
    """Takes requests, hands their messages to the collector, and answers once they are on the disk."""

    def __init__(
        self, collector: Collector, keys: Mapping[str, str | Sender] | Keyring, routes: Mapping[str, Route] = ROUTES
    ) -> None:
        self._collector = collector
        self._intake = collector.intake
        self._settings = collector.settings
        self._keys = keys if isinstance(keys, Keyring) else Keyring(keys)
        self._headers = headers_of(retry_after=self._settings.retry_after)
        self._routes: Mapping[str, _Endpoint] = {
            "/live": _Endpoint(("GET", "HEAD"), self._live),
            "/ready": _Endpoint(("GET", "HEAD"), self._ready),
            "/health": _Endpoint(("GET", "HEAD"), self._ready),  # what load balancers and scripts ask for by habit
            **{path: _Endpoint(route.methods, partial(self._take, route)) for path, route in routes.items()},
        }

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
        try:
            route = self._route(scope)
            await route.handle(scope, receive, send)
        except JournalError:
            # What failed is in the collector's log; a sender learns only that it has to come again.
            failure = RequestError(503, "journal", "nothing could be written; send it again")
            await respond_error(send, failure, self._headers)
        except RequestError as error:
            if error.status < 500:
                self._collector.intake_log.count_refusal(error.status, error.code)
            await respond_error(send, error, self._headers)

    def _route(self, scope: Scope) -> _Endpoint:
        """The route of a request. Raises Refusal for a path or a method that takes none."""
        route = self._routes.get(_plain(scope["path"].removeprefix(scope.get("root_path", ""))))
        if route is None:
            raise Refusal(404, "not_found", f"nothing is here; send messages to /v{WIRE}/batch", [CLOSE])
        if scope["method"] not in route.methods:
            allowed = ", ".join(route.methods)
            raise Refusal(405, "method", f"use {allowed}", [(b"allow", allowed.encode()), CLOSE])
        return route

    async def _take(self, route: Route, scope: Scope, receive: Receive, send: Send) -> None:
        """Take messages in. Nothing is answered to a sender that went away before its request was whole."""
        headers: dict[bytes, bytes] = dict(scope["headers"])
        sender = self._sender_of_header(headers)
        if sender is not None:
            _say_known(scope)
        with self._intake.admit(is_keyed=sender is not None) as claim:
            if sender is None:
                body = await self._unproven(route, scope, headers, receive, claim)
            else:
                body = await self._body(headers, receive, claim, self._settings.max_body_bytes)
            if body is None:
                return
            sender, decision = await self._decide(route, body, scope.get("query_string", b""), sender, claim)
            del body
            fresh = await self._committed(decision, claim)
            answered = partial(self._response, route, sender, decision, fresh)
            is_little = decision.received <= self._settings.inline_messages
            response = answered() if is_little else await self._intake.lane.finish(answered)
            del decision, answered
            claim.hold(min(len(response.body), claim.size))
            await respond(send, response.status, response.body, response.headers, response.content_type)

    async def _unproven(
        self, route: Route, scope: Scope, headers: Mapping[bytes, bytes], receive: Receive, claim: Claim
    ) -> bytes | None:
        """The content of a request without a key in its header, once a key that we know was seen in it."""
        limit = min(self._settings.max_unkeyed_body_bytes, self._settings.max_body_bytes)
        try:
            async with asyncio.timeout(self._settings.unkeyed_timeout):
                body = await self._body(headers, receive, claim, limit)
        except TimeoutError:
            raise slow_stranger(self._settings.unkeyed_timeout) from None
        if body is None:
            return None
        try:
            content = self._intake.inflate(body, limit, claim)
        except RequestError as error:
            raise unkeyed_too_large(limit) if error.status == 413 else error from None
        if self._keys.knows_one_of(route.dialect.write_keys(content, scope.get("query_string", b""))):
            _say_known(scope)
            claim.prove()
        elif content:
            raise unauthorized()  # before anything is read closely: a stranger shall not cost us much
        return content

    async def _body(self, headers: Mapping[bytes, bytes], receive: Receive, claim: Claim, limit: int) -> bytes | None:
        """The body of a request as it was sent, None when its sender went away before it was whole.

        One over `limit` is refused when it has come, if it is no larger than any body may be: a sender who is cut off
        in the middle of it may never see its answer. None of it is kept.
        """
        most = self._settings.max_body_bytes
        length = headers.get(b"content-length", b"")
        if length.isdigit() and int(length) > most:
            raise too_large(most)  # before a byte of it is read
        body = bytearray()
        size = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            part: bytes = message.get("body", b"")
            size += len(part)
            if size > most:
                raise too_large(most)
            more = message.get("more_body", False)
            if size > limit:
                body.clear()
                claim.hold(0)
                if not more:
                    raise unkeyed_too_large(limit)
                continue
            claim.hold(size)
            if not more and not body:
                return part
            body += part
            if not more:
                return bytes(body)

    async def _decide(
        self, route: Route, body: bytes, query: bytes, sender: Sender | None, claim: Claim
    ) -> tuple[Sender, IntakeDecision]:
        """Read a body and decide: in the event loop if that is little work, else in the large lane."""
        if len(body) <= self._settings.inline_bytes:
            limit = min(self._settings.inline_bytes, self._settings.max_body_bytes)
            try:
                content = self._intake.inflate(body, limit, claim)
            except RequestError as error:
                if error.status != 413:
                    raise
            else:
                envelope = self._intake.read(route, content, claim, query)
                sender = sender or self._sender_of_body(envelope)
                if len(envelope.pieces) <= self._settings.inline_messages:
                    return sender, self._intake.decide(envelope, sender, claim)
                return sender, await self._intake.lane.run(partial(self._intake.decide, envelope, sender, claim), claim)
        return await self._intake.lane.run(partial(self._read_and_decide, route, body, query, sender, claim), claim)

    def _read_and_decide(
        self, route: Route, body: bytes, query: bytes, sender: Sender | None, claim: Claim
    ) -> tuple[Sender, IntakeDecision]:
        content = self._intake.inflate(body, self._settings.max_body_bytes, claim)
        envelope = self._intake.read(route, content, claim, query)
        sender = sender or self._sender_of_body(envelope)
        return sender, self._intake.decide(envelope, sender, claim)

    def _response(self, route: Route, sender: Sender, decision: IntakeDecision, fresh: list[bool]) -> Response:
        return route.response(self._intake.answer(sender, decision, fresh))

    async def _committed(self, decision: IntakeDecision, claim: Claim) -> list[bool]:
        """Have the rows written. Their memory counts until then, even if nobody waits for the answer any more."""
        if not (decision.received or decision.changes.uncounted):
            return []
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Outcome] = loop.create_future()

        def arrived(outcome: Outcome) -> None:
            if not future.done():
                future.set_result(outcome)

        def done(outcome: Outcome) -> None:
            claim.release()
            with contextlib.suppress(RuntimeError):  # a closed loop has nobody who waits
                loop.call_soon_threadsafe(arrived, outcome)

        claim.share()
        self._collector.submit(decision, done)
        outcome = await future
        if isinstance(outcome, JournalError):
            raise outcome
        return outcome

    async def _live(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """200: this process answers."""
        await respond(send, 200, b'{"state":"live"}')

    async def _ready(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """200 while what is taken in reaches the disk, as the last commit says; nothing is tried for it."""
        state, since, reason = self._collector.readiness()
        body = msgspec.json.encode({"state": state, "since": format_us(since), "reason": reason})
        status = 200 if state == "ready" else 503
        await respond(send, status, body, self._headers.get(status))

    def _sender_of_header(self, headers: Mapping[bytes, bytes]) -> Sender | None:
        """The sender whose write key the header carries; None when there is no header."""
        header = headers.get(b"authorization")
        if not header:
            return None
        sender = self._keys.sender(header_key(header) or "")
        if sender is None:
            raise unauthorized()
        return sender

    def _sender_of_body(self, envelope: RequestEnvelope) -> Sender:
        key = envelope.write_key
        sender = self._keys.sender(key if type(key) is str else "")
        if sender is None:
            raise unauthorized()
        return sender


def _say_known(scope: Scope) -> None:
    """Let our own server know that the sender's key is right; other servers do not ask."""
    extension = scope.get("extensions", {}).get("footfall")
    if extension is not None:
        extension["sender_is_known"]()


def _plain(path: str) -> str:
    """A path without doubled slashes and one at its end: SDKs join what they were given with `/v1/batch` as it is."""
    if "//" in path:
        path = _SLASHES.sub("/", path)
    return path if len(path) < 2 else path.removesuffix("/")


async def _lifespan(receive: Receive, send: Send) -> None:
    for phase in ("startup", "shutdown"):
        await receive()
        await send({"type": f"lifespan.{phase}.complete"})

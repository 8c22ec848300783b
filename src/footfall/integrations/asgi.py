"""ASGI: middleware for any ASGI 3 application.

It looks at what passes and keeps none of it: bodies, trailers and extensions go through untouched, and to a response's
head our headers are added. The scope stays the server's own object, in which layers around us read what routers wrote.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from footfall.client import AsyncClient, Client
from footfall.client.base import BaseClient
from footfall.integrations.hit import Hit
from footfall.integrations.options import SiteOptions
from footfall.integrations.own_response import OwnResponse
from footfall.integrations.site import Site
from footfall.web.request import WebRequest, WebResponse

__all__ = ["HIT", "App", "AsgiMiddleware", "Receive", "Scope", "Send", "flush_before_end"]

HIT = "footfall"
"""The key of the scope under which the application finds its hit."""

_FLUSH_TIMEOUT = 5.0  # seconds
_LIFESPAN_ENDS = ("lifespan.shutdown.complete", "lifespan.shutdown.failed")

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class AsgiMiddleware:
    """Captures the page views of the application that it wraps.

        app = AsgiMiddleware(app, client)

    Whatever runs inside of a request or a websocket tracks for its visitor; `scope["footfall"]` is the hit. What is
    pending is sent before the server hears that the application has shut down, within 5 seconds. Inside of another
    middleware of the same client it does nothing. Raises UsageError as Site does.
    """

    def __init__(self, app: App, client: BaseClient, options: SiteOptions | None = None) -> None:
        self.app = app
        self.site = Site(client, options)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind = scope["type"]
        if kind == "lifespan":
            await self._live(scope, receive, send)
        elif kind not in ("http", "websocket") or self._is_inside(scope):
            await self.app(scope, receive, send)
        else:
            scope[HIT] = hit = self.site.begin_from(_read_request, scope)
            if kind == "http" and (own := self.site.own_response(hit)) is not None:
                await _answer(own, scope, send)
                return
            route = self._learn(hit, scope)
            if kind == "http":
                await self._serve(hit, route, scope, receive, send)
            else:
                with hit.scope():
                    await self.app(scope, receive, send)

    def learn(self, hit: Hit, scope: Scope) -> Callable[[], str | None]:
        """Add to a hit that begins what a framework knows of it; returns what names the route once it is known."""
        if (find_user := self.site.options.user) is not None:
            hit.user(lambda: find_user(scope))
        return _no_route

    def _learn(self, hit: Hit, scope: Scope) -> Callable[[], str | None]:
        try:
            return self.learn(hit, scope)
        except Exception as error:  # noqa: BLE001 - nothing of ours may reach the application
            self.site.failed("learn()", error)
            return _no_route

    def _named(self, route: Callable[[], str | None]) -> str | None:
        try:
            return route()
        except Exception as error:  # noqa: BLE001 - a route that raises costs no page view
            self.site.failed("route()", error)
            return None

    def _is_inside(self, scope: Scope) -> bool:
        outer = scope.get(HIT)
        return isinstance(outer, Hit) and outer.site.client is self.site.client

    async def _serve(
        self, hit: Hit, route: Callable[[], str | None], scope: Scope, receive: Receive, send: Send
    ) -> None:
        site, is_begun = self.site, False

        def read_head(message: Message) -> WebResponse:
            return WebResponse(
                status=message["status"], headers=_text(message.get("headers", ())), route=self._named(route)
            )

        async def send_with_headers(message: Message) -> None:
            nonlocal is_begun
            if not hit.is_over:
                if message["type"] == "http.response.start":
                    is_begun = True
                    message = _with_list(message)
                    message = _with_headers(message, site.depart_from(hit, read_head, message))
                elif is_begun:
                    site.send(hit, message.get("body", b""))
            await send(message)

        try:
            with hit.scope():
                await self.app(scope, receive, send_with_headers)
        except Exception:
            if not is_begun:
                site.finish(hit, WebResponse(status=500))  # what the server answers, or a layer around us
            raise
        finally:
            # A response without a body, or one whose reader has left.
            site.send(hit)
            if not is_begun:
                site.abandon(hit)

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_after_flush(message: Message) -> None:
            if message["type"] in _LIFESPAN_ENDS:
                await flush_before_end(self.site.client)
            await send(message)

        await self.app(scope, receive, send_after_flush)


async def flush_before_end(client: BaseClient) -> None:
    """Send what is pending as a server's lifespan ends; within 5 seconds."""
    if isinstance(client, AsyncClient):
        await client.flush(_FLUSH_TIMEOUT)
    elif isinstance(client, Client):
        await asyncio.to_thread(client.flush, _FLUSH_TIMEOUT)


def _no_route() -> None:
    """ASGI knows no routes."""


def _with_list(message: Message) -> Message:
    """A response's head whose headers can be read more than once; they may be any iterable."""
    headers = message.get("headers", ())
    return message if isinstance(headers, list | tuple) else {**message, "headers": [*headers]}


def _with_headers(message: Message, added: Iterable[tuple[str, str]]) -> Message:
    """A response's head with our headers; the same object where there are none."""
    if not added:
        return message
    ours = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in added]
    return {**message, "headers": [*message.get("headers", ()), *ours]}


async def _answer(own: OwnResponse, scope: Scope, send: Send) -> None:
    head: Message = {"type": "http.response.start", "status": own.status}
    await send(_with_headers(head, [*own.headers, ("Content-Length", str(len(own.body)))]))
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else own.body})


def _read_request(scope: Scope) -> WebRequest:
    headers = _text(scope["headers"])
    client = scope.get("client")
    path: str = scope["path"]
    root: str = scope.get("root_path", "").rstrip("/")
    if root and path != root and not path.startswith(f"{root}/"):
        path = root + path  # some mount an application and give it the rest of the path alone
    return WebRequest(
        method=scope.get("method", "GET"),
        scheme=scope.get("scheme", "http"),
        host=headers.get("host", ""),
        path=path,
        query=scope.get("query_string", b"").decode("latin-1"),
        headers=headers,
        peer=client[0] if client else "",
    )


def _text(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    text: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        if name in text:
            value = f"{text[name]}{'; ' if name == 'cookie' else ', '}{value}"
        text[name] = value
    return text

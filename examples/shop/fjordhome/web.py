"""Just enough of a web framework for one shop: a request, a response, and a table of routes over ASGI."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qsl

MAX_FORM = 64 * 1024  # bytes; the largest form of the shop is a feedback comment

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: Mapping[str, str]
    form: Mapping[str, str]
    cookies: Mapping[str, str]
    parts: Mapping[str, str]  # the named parts of the route, `{sku}` among them


@dataclass
class Response:
    body: str = ""
    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    location: str = ""
    cookies: list[str] = field(default_factory=list)

    def set_cookie(self, name: str, value: str, max_age: int) -> None:
        """A first-party cookie that no script can read; `max_age` in seconds, 0 takes it away."""
        self.cookies.append(f"{name}={value}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Lax")

    async def send(self, send: Send) -> None:
        body = self.body.encode()
        headers = [(b"content-type", self.content_type.encode()), (b"content-length", str(len(body)).encode())]
        headers += [(b"set-cookie", cookie.encode()) for cookie in self.cookies]
        if self.location:
            headers.append((b"location", self.location.encode()))
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def redirect(location: str) -> Response:
    """Send the browser on with a GET, so that loading the next page again repeats no form."""
    return Response(status=303, location=location)


H = TypeVar("H")


class Routes(Generic[H]):
    """Which handler answers a method and a path: `GET /products/{sku}`."""

    def __init__(self, table: Mapping[str, H]) -> None:
        self._table: list[tuple[str, str, H]] = []
        for route, handler in table.items():
            method, pattern = route.split(" ")
            self._table.append((method, pattern, handler))

    def find(self, method: str, path: str) -> tuple[H, Mapping[str, str]] | None:
        for route_method, pattern, handler in self._table:
            parts = _match(pattern, path)
            if route_method == method and parts is not None:
                return handler, parts
        return None


def _match(pattern: str, path: str) -> Mapping[str, str] | None:
    wanted, given = pattern.split("/"), path.split("/")
    if len(wanted) != len(given):
        return None
    parts = {}
    for want, got in zip(wanted, given, strict=True):
        if want.startswith("{"):
            parts[want.strip("{}")] = got
        elif want != got:
            return None
    return parts


async def read_request(scope: Scope, receive: Receive, parts: Mapping[str, str]) -> Request | None:
    """The whole request, or None when its form is larger than any of ours."""
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > MAX_FORM:
            return None
        if not message.get("more_body"):
            break
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    return Request(
        method=scope["method"],
        path=scope["path"],
        query=dict(parse_qsl(scope["query_string"].decode("latin-1"))),
        form=dict(parse_qsl(body.decode("utf-8", "replace"))),
        cookies=_cookies(headers.get("cookie", "")),
        parts=parts,
    )


def _cookies(header: str) -> Mapping[str, str]:
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(header).items()}
    except CookieError:
        return {}

"""The applications that bench_web.py measures: in each framework a page and some data, bare and with an integration."""

from __future__ import annotations

import asyncio
import io
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from footfall import Client
from footfall.client.disabled import Nowhere
from footfall.integrations.options import SiteOptions
from footfall.plan import read
from footfall.plan.model import Consent, Purpose
from footfall.web.visitor_cookie import CookieVisitor, VisitorCookie

PLAN = Path(__file__).parents[2] / "tracking_plans" / "shop_and_gateway"
KEY = "a key of the benchmark's own"
HTML = b"<html><head><title>A sensor</title></head></html>"
VISITORS = 50

Request = Mapping[str, Any]  # method, path, peer, and headers by their names in lower case
Run = Callable[[Sequence[dict[str, Any]]], None]  # answers each of some requests
Server = tuple[Callable[[Request], dict[str, Any]], Run]  # what a request is for it

_ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
_CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{0}.0.0.0 Safari/537.36"
_IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
_BROWSERS = (  # the agent, and the version of Chromium that its hints name
    (f"Mozilla/5.0 (X11; Linux x86_64) {_CHROME.format(146)}", "146"),
    (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_CHROME.format(145)}", "145"),
    ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:145.0) Gecko/20100101 Firefox/145.0", None),
    (f"{_IPHONE} Version/18.1 Mobile/15E148 Safari/604.1", None),
)
_REFERRERS = ("https://shop.example/products", "https://www.google.com/", "https://shop.example/", "")


def requests(kind: str) -> Sequence[Request]:
    """Requests of different visitors with four browsers: of a script for `data`, of its visitor for `other` data, for a
    `page`, or for a page of a `new` visitor.
    """
    cookie, today = VisitorCookie("ff_id", [KEY]), int(time.time() // 86_400)
    return [
        {
            "path": f"/data/{number}" if kind in ("data", "other") else f"/products/SENSOR-{number}",
            "peer": f"192.0.{number % 50}.{number % 200 + 1}",
            "headers": _headers(
                number,
                is_page=kind != "data",
                cookie=None if kind == "new" else cookie.value(CookieVisitor(_id(number), today - number % 9)),
            ),
        }
        for number in range(VISITORS)
    ]


def _id(number: int) -> str:
    return f"0194e1c0-0000-7000-8000-{number:012x}"


def _headers(number: int, *, is_page: bool, cookie: str | None) -> dict[str, str]:
    agent, chromium = _BROWSERS[number % len(_BROWSERS)]
    headers = {
        "host": "shop.example",
        "user-agent": agent,
        "accept": _ACCEPT if is_page else "*/*",
        "accept-language": "nb-NO,nb;q=0.9,en-US;q=0.8,en;q=0.7",
        "accept-encoding": "gzip, deflate, br, zstd",
        "sec-fetch-dest": "document" if is_page else "empty",
        "sec-fetch-mode": "navigate" if is_page else "cors",
        "sec-fetch-site": "same-origin",
    }
    if is_page:
        headers |= {"sec-fetch-user": "?1", "upgrade-insecure-requests": "1"}
    if chromium is not None:
        headers |= {
            "sec-ch-ua": f'"Chromium";v="{chromium}", "Not A(Brand";v="24", "Google Chrome";v="{chromium}"',
            "sec-ch-ua-mobile": "?0",
            "sec-ch-ua-platform": '"Linux"',
        }
    if referrer := _REFERRERS[number // 4 % len(_REFERRERS)]:
        headers["referer"] = referrer
    if cookie is not None:
        headers["cookie"] = f"theme=dark; ff_id={cookie}"
    return headers


# Servers: what calls an application, and takes its response.


def _environ(request: Request) -> dict[str, Any]:
    return {
        "REQUEST_METHOD": "GET", "SCRIPT_NAME": "", "PATH_INFO": request["path"], "QUERY_STRING": "",
        "SERVER_NAME": "shop.example", "SERVER_PORT": "443", "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": request["peer"], "wsgi.version": (1, 0), "wsgi.url_scheme": "https", "wsgi.multithread": True,
        "wsgi.multiprocess": False, "wsgi.run_once": False, "wsgi.input": io.BytesIO(), "wsgi.errors": sys.stderr,
        **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in request["headers"].items()},
    }  # fmt: skip


def by_wsgi(app: Callable[..., Any]) -> Run:
    def start(status: str, headers: object, *_: object) -> None:
        assert status == "200 OK", (status, headers)

    def run(environs: Sequence[dict[str, Any]]) -> None:
        for environ in environs:
            chunks = app(dict(environ), start)
            for _chunk in chunks:
                pass
            if hasattr(chunks, "close"):
                chunks.close()

    return run


def _scope(request: Request) -> dict[str, Any]:
    return {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.4"}, "http_version": "1.1", "method": "GET",
        "scheme": "https", "path": request["path"], "raw_path": request["path"].encode(), "query_string": b"",
        "root_path": "", "headers": [(name.encode(), value.encode()) for name, value in request["headers"].items()],
        "client": (request["peer"], 50_000), "server": ("shop.example", 443),
    }  # fmt: skip


def _async_scope(request: Request) -> dict[str, Any]:
    return _scope({**request, "path": f"/async{request['path']}"})


def by_asgi(app: Callable[..., Any]) -> Run:
    async def receive() -> Mapping[str, Any]:
        if is_first.pop():
            is_first.append(False)
            return {"type": "http.request", "body": b"", "more_body": False}
        return await asyncio.Future()

    async def send(message: Mapping[str, Any]) -> None:
        assert message.get("status", 200) == 200, message

    async def answer(scopes: Sequence[dict[str, Any]]) -> None:
        for scope in scopes:
            is_first[:] = [True]
            await app(dict(scope), receive, send)

    is_first: list[bool] = []
    loop = asyncio.new_event_loop()
    return lambda scopes: loop.run_until_complete(answer(scopes))


# Applications; `variant` is bare, footfall, posthog or sentry.


@cache
def client() -> Client:
    """The client of a process; what it sends goes nowhere."""
    purposes = {"statistics": Purpose(name="statistics")}
    consent = Consent(rule="statistics_exempt", default="full", purposes=purposes)
    return Client(Nowhere(), plan=msgspec.structs.replace(read(PLAN).require(), consent=consent))


def _wsgi(variant: str) -> Server:
    def app(environ: dict[str, Any], start_response: Any) -> Sequence[bytes]:
        if environ["PATH_INFO"].startswith("/data"):
            start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", "2")])
            return [b"{}"]
        if (hit := environ.get("footfall.hit")) is not None:
            hit.route = "/products/{sku}"
        start_response("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(HTML)))])
        return [HTML]

    if variant == "footfall":
        from footfall.integrations.wsgi import WsgiMiddleware

        return _environ, by_wsgi(WsgiMiddleware(app, client(), SiteOptions(cookie_keys=[KEY])))
    if variant == "sentry":
        from sentry_sdk.integrations.wsgi import SentryWsgiMiddleware

        return _environ, by_wsgi(SentryWsgiMiddleware(app))
    return _environ, by_wsgi(app)


def _asgi(variant: str) -> Server:
    async def app(scope: Any, _receive: Any, send: Any) -> None:
        is_data = scope["path"].startswith("/data")
        if (hit := scope.get("footfall")) is not None:
            hit.route = "/products/{sku}"
        kind = b"application/json" if is_data else b"text/html; charset=utf-8"
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind)]})
        await send({"type": "http.response.body", "body": b"{}" if is_data else HTML})

    if variant == "footfall":
        from footfall.integrations.asgi import AsgiMiddleware

        return _scope, by_asgi(AsgiMiddleware(app, client(), SiteOptions(cookie_keys=[KEY])))
    if variant == "sentry":
        from sentry_sdk.integrations.asgi import SentryAsgiMiddleware

        return _scope, by_asgi(SentryAsgiMiddleware(app, asgi_version=3))
    return _scope, by_asgi(app)


def _flask(variant: str) -> Server:
    from flask import Flask

    app = Flask("shop")
    app.add_url_rule("/products/<sku>", view_func=lambda sku: HTML, endpoint="product")
    app.add_url_rule("/data/<number>", view_func=lambda number: {}, endpoint="data")
    if variant == "footfall":
        from footfall.integrations.flask import Footfall

        Footfall(app, client=client(), cookie_keys=[KEY])
    return _environ, by_wsgi(app)


def _starlette(variant: str) -> Server:
    from starlette.applications import Starlette
    from starlette.responses import HTMLResponse, JSONResponse
    from starlette.routing import Route

    async def product(_request: Any) -> HTMLResponse:
        return HTMLResponse(HTML)

    async def data(_request: Any) -> JSONResponse:
        return JSONResponse({})

    app = Starlette(routes=[Route("/products/{sku}", product), Route("/data/{number}", data)])
    if variant == "footfall":
        from footfall.integrations.starlette import FootfallMiddleware

        app.add_middleware(FootfallMiddleware, client=client(), cookie_keys=[KEY])
    return _scope, by_asgi(app)


def _django(variant: str) -> Server:
    from tests.benchmarks import web_django

    return _environ, by_wsgi(web_django.handler(variant))


def _django_async(variant: str) -> Server:
    from tests.benchmarks import web_django

    return _async_scope, by_asgi(web_django.async_handler(variant))


APPS: Mapping[str, Callable[[str], Server]] = {
    "wsgi": _wsgi,
    "asgi": _asgi,
    "flask": _flask,
    "starlette": _starlette,
    "django": _django,
    "django, async": _django_async,
}

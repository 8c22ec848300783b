"""What a web integration adds to a request: CPU of the process, over the bare application in the same run.

    python tests/benchmarks/bench_web.py [--requests N] [--rounds N] [--quick]

The application answers at once, so that what is left of the difference is ours: reading the environment, deciding,
the page view with its plan, and the thread that takes it out of the queue (to a transport that keeps nothing). Bare
and wrapped take turns, a thousand requests each; of either the round counts that other processes disturbed least.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import msgspec

from footfall import Client
from footfall.client.disabled import Nowhere
from footfall.integrations.options import SiteOptions
from footfall.integrations.wsgi import WsgiMiddleware
from footfall.plan import read
from footfall.plan.model import Consent, Purpose

PLAN = Path(__file__).parents[2] / "tracking_plans" / "shop_and_gateway"
BUDGETS = {"untracked": 30, "page": 70}  # µs
BROWSER = {
    "HTTP_HOST": "shop.example",
    "HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/146.0.0.0 Safari/537.36",
    "HTTP_ACCEPT": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    "HTTP_ACCEPT_LANGUAGE": "nb-NO,nb;q=0.9,en-US;q=0.8,en;q=0.7",
    "HTTP_ACCEPT_ENCODING": "gzip, deflate, br, zstd",
    "HTTP_SEC_CH_UA": '"Chromium";v="146", "Not A(Brand";v="24", "Google Chrome";v="146"',
    "HTTP_SEC_CH_UA_MOBILE": "?0",
    "HTTP_SEC_CH_UA_PLATFORM": '"Linux"',
    "HTTP_SEC_FETCH_DEST": "document",
    "HTTP_SEC_FETCH_MODE": "navigate",
    "HTTP_SEC_FETCH_SITE": "same-origin",
    "HTTP_SEC_FETCH_USER": "?1",
    "HTTP_UPGRADE_INSECURE_REQUESTS": "1",
    "HTTP_REFERER": "https://shop.example/products",
}
SERVER = {
    "REQUEST_METHOD": "GET", "SCRIPT_NAME": "", "PATH_INFO": "/products/SENSOR-T1", "QUERY_STRING": "",
    "SERVER_NAME": "shop.example", "SERVER_PORT": "443", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "192.0.2.7",
    "wsgi.version": (1, 0), "wsgi.url_scheme": "https", "wsgi.multithread": True, "wsgi.multiprocess": False,
    "wsgi.run_once": False,
}  # fmt: skip
App = Callable[[dict[str, Any], Any], Iterable[bytes]]


def page(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    if (hit := environ.get("footfall.hit")) is not None:
        hit.route = "/products/{sku}"
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", "46")])
    return [b"<html><head><title>A sensor</title></head></html>"]


def data(_environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", "2")])
    return [b"{}"]


def cookie_of(app: App) -> str:
    """The cookie that a new visitor gets."""
    heads: list[list[tuple[str, str]]] = []
    app({**SERVER, **BROWSER}, lambda _status, headers: heads.append(headers))
    return dict(heads[0])["Set-Cookie"].partition(";")[0]


def cpu(app: App, environ: dict[str, Any], count: int) -> float:
    """CPU of the process per request, in µs."""

    def start(_status: str, headers: list[tuple[str, str]]) -> None:
        assert headers

    begin = time.process_time_ns()
    for _ in range(count):
        chunks = app(dict(environ), start)
        for _chunk in chunks:
            pass
    return (time.process_time_ns() - begin) / count / 1_000


def added(bare: App, wrapped: App, environ: dict[str, Any], count: int, rounds: int) -> tuple[float, float]:
    """CPU per request of the bare application, and what we add to it, in µs."""
    pairs = [(cpu(bare, environ, count), cpu(wrapped, environ, count)) for _ in range(rounds + 1)][1:]
    least, ours = (min(times) for times in zip(*pairs, strict=True))
    return least, ours - least


def sentry_of(app: App) -> App | None:
    """The same application with sentry-sdk's middleware, which traces each request; None without sentry-sdk."""
    try:
        import sentry_sdk
        from sentry_sdk.integrations.wsgi import SentryWsgiMiddleware
        from sentry_sdk.transport import Transport
    except ImportError:
        return None

    class Dropping(Transport):  # type: ignore[misc, unused-ignore]
        def capture_envelope(self, envelope: object) -> None:
            """Nothing is kept."""

    sentry_sdk.init(dsn="http://key@127.0.0.1:9/1", transport=Dropping, traces_sample_rate=1.0)
    wrapped: App = SentryWsgiMiddleware(app)
    return wrapped


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=1_000, help="of each kind in a round")
    parser.add_argument("--rounds", type=int, default=41)
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    rounds = 9 if arguments.quick else arguments.rounds
    purposes = {"statistics": Purpose(name="statistics")}
    consent = Consent(rule="statistics_exempt", default="full", purposes=purposes)
    plan = msgspec.structs.replace(read(PLAN).require(), consent=consent)
    with Client(Nowhere(), plan=plan) as client:
        options = SiteOptions(cookie_keys=["a key of the benchmark's own"])
        pages, others = WsgiMiddleware(page, client, options), WsgiMiddleware(data, client, options)
        known = {**SERVER, **BROWSER, "HTTP_COOKIE": f"session=abc; {cookie_of(pages)}; theme=dark"}
        rows: list[tuple[str, str, App, App, dict[str, Any]]] = [
            ("a file", "untracked", data, others, {**known, "PATH_INFO": "/static/site.css"}),
            ("data for a script", "untracked", data, others, {**known, "HTTP_SEC_FETCH_DEST": "empty"}),
            ("a form", "untracked", data, others, {**known, "REQUEST_METHOD": "POST"}),
            ("a page that is no HTML", "untracked", data, others, known),
            ("a page of a visitor who comes back", "page", page, pages, known),
            ("a page of a new visitor", "page", page, pages, {**SERVER, **BROWSER}),
            ("a page of a crawler", "page", page, pages, {**SERVER, **BROWSER, "HTTP_USER_AGENT": "Googlebot/2.1"}),
        ]
        for name, budget, bare, wrapped, environ in rows:
            least, ours = added(bare, wrapped, environ, arguments.requests, rounds)
            verdict = "within" if ours <= BUDGETS[budget] else "OVER"
            print(f"{name:36} bare {least:5.1f} µs, added {ours:5.1f} µs ({verdict} {BUDGETS[budget]})")

        if (peer := sentry_of(page)) is not None:
            _, theirs = added(page, peer, known, arguments.requests, rounds)
            print(f"{'a page, by sentry-sdk that traces':36} added {theirs:5.1f} µs")


if __name__ == "__main__":
    main()

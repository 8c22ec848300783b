"""Behind a cache that many share, two visitors never get one id: nginx as it is used, and a cache by RFC 9111's text.

nginx is skipped where it is not installed; the cache of the test itself keeps more than most do.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterable, Iterator
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from tests.integrations.collected import free_port, wait_until
from tests.web.sites import BROWSER, ID, KEY, plan

from footfall import Client
from footfall.clock import SystemClock
from footfall.integrations.options import SiteOptions
from footfall.integrations.wsgi import WsgiMiddleware
from footfall.testing import Recorder
from footfall.web.recognition import DAY_US
from footfall.web.visitor_cookie import CookieVisitor, VisitorCookie

VISITORS = 4
# Path of a page, and the headers by which it speaks to caches.
PAGES = {
    "/silent": {},
    "/modified": {"Last-Modified": "Sat, 01 Jan 2022 00:00:00 GMT"},
    "/no-cache": {"Cache-Control": "no-cache", "ETag": '"1"'},
    "/zero": {"Cache-Control": "max-age=0", "ETag": '"1"'},
    "/private": {"Cache-Control": "private, max-age=60"},
    "/no-store": {"Cache-Control": "no-store"},
    "/public": {"Cache-Control": "public, max-age=60"},
    "/shared": {"Cache-Control": "s-maxage=60"},
    "/short": {"Cache-Control": "max-age=60"},
    "/expires": {"Expires": "Thu, 01 Jan 2099 00:00:00 GMT"},
    "/accel": {"X-Accel-Expires": "60"},
    "/some-private": {"Cache-Control": 'private="X-Other", max-age=60'},
}
NGINX = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes 1; user root;
events {{ worker_connections 64; }}
http {{
    access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
    uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    proxy_cache_path {folder}/cache keys_zone=pages:1m;
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://127.0.0.1:{application}; proxy_cache pages; proxy_cache_valid any 60s;
            proxy_cache_revalidate on; proxy_set_header Host $host; {more}
            add_header X-Cache $upstream_cache_status always;
        }}
    }}
}}
"""


def pages(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
    headers = PAGES[environ["PATH_INFO"]]
    if environ.get("HTTP_IF_NONE_MATCH") == '"1"':
        start_response("304 Not Modified", [("ETag", '"1"')])  # which says nothing to caches
        return []
    start_response("200 OK", [("Content-Type", "text/html"), *headers.items()])
    return [b"<title>A page</title>"]


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *_arguments: Any) -> None:
        """The test reads no log."""


@pytest.fixture
def application() -> Iterator[int]:
    """The port of an application with our integration."""
    with Client(Recorder(), plan=plan()) as client:
        app = WsgiMiddleware(pages, client, SiteOptions(cookie_keys=[KEY]))
        with make_server("127.0.0.1", 0, app, server_class=Server, handler_class=Quiet) as server:
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
            thread.start()
            yield server.server_port
            server.shutdown()
            thread.join()


def ask(port: int, path: str, **headers: str) -> dict[str, str]:
    """The headers of a page as a visitor's browser gets it, all in lower case."""
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", path, headers=BROWSER | headers)
    response = connection.getresponse()
    response.read()
    connection.close()
    answer: dict[str, str] = {}
    for name, value in response.getheaders():
        answer[name.lower()] = f"{answer[name.lower()]}, {value}" if name.lower() in answer else value
    return answer


def ids_of(get: Callable[[str], dict[str, str]], path: str) -> list[str]:
    """The ids that new visitors get with a page, one after another."""
    cookies = [SimpleCookie(get(path).get("set-cookie", "")) for _ in range(VISITORS)]
    return [cookie["ff_id"].value for cookie in cookies if "ff_id" in cookie]


def repeated(ids: dict[str, list[str]]) -> list[str]:
    """The pages that gave one id to two visitors."""
    return [path for path, values in ids.items() if len(set(values)) < len(values)]


@pytest.mark.slow
@pytest.mark.parametrize(
    "more",
    ["", "proxy_ignore_headers Vary;", "proxy_ignore_headers Set-Cookie;"],
    ids=["as it comes", "whatever Vary says", "also with cookies"],
)
def test_behind_nginx_two_visitors_never_get_one_id(application: int, tmp_path: Path, more: str) -> None:
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if nginx is None:
        pytest.skip("nginx is not installed (Debian: apt-get install nginx-light)")
    port = free_port()
    settings = NGINX.format(folder=tmp_path, port=port, application=application, more=more)
    (tmp_path / "nginx.conf").write_text(settings)
    with subprocess.Popen([nginx, "-c", str(tmp_path / "nginx.conf"), "-p", str(tmp_path)]) as proxy:
        try:
            wait_until(lambda: answers(port))
            ids = {path: ids_of(lambda path: ask(port, path), path) for path in PAGES}
            kept = {path for path in PAGES if ask(port, path).get("x-cache") == "HIT"}
        finally:
            proxy.terminate()

    assert repeated(ids) == []
    assert {"/public", "/short", "/shared", "/expires", "/accel"} <= kept  # what we added costs no cache its pages
    assert len(ids["/silent"]) == VISITORS


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True


class SharedCache:
    """A cache that keeps all that RFC 9111 lets a shared cache keep, as long as it may, for every visitor.

    What it may not use again before it asked, it asks for, and then uses again with the stored headers (section 4.3.4).
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._kept: dict[str, dict[str, str]] = {}

    def get(self, path: str, **headers: str) -> dict[str, str]:
        stored = self._kept.get(path)
        if stored is not None and not self._must_ask(stored):
            return stored
        # A 304 changes the headers that are stored, also the cookie in them.
        asked = headers if stored is None else {**headers, "If-None-Match": '"1"'}
        answer = (stored or {}) | ask(self._port, path, **asked)
        if stored is not None or self._may_keep(answer):
            self._kept[path] = answer
        return answer

    @staticmethod
    def _directives(headers: dict[str, str]) -> set[str]:
        return {part.strip().lower() for part in headers.get("cache-control", "").split(",")}

    def _may_keep(self, headers: dict[str, str]) -> bool:
        return not {"no-store", "private"} & self._directives(headers)

    def _must_ask(self, headers: dict[str, str]) -> bool:
        return bool({"no-cache", "max-age=0"} & self._directives(headers))


def test_behind_a_cache_that_keeps_all_it_may_two_visitors_never_get_one_id(application: int) -> None:
    cache = SharedCache(application)

    ids = {path: ids_of(cache.get, path) for path in PAGES}

    assert repeated(ids) == []
    assert len(ids["/silent"]) == VISITORS


def test_nor_where_it_keeps_the_pages_of_a_visitor_who_came_back(application: int) -> None:
    cache = SharedCache(application)
    today = SystemClock().now_us() // DAY_US
    known = VisitorCookie("ff_id", [KEY]).value(CookieVisitor(ID, today))
    for path in PAGES:
        cache.get(path, Cookie=f"ff_id={known}")

    ids = {path: ids_of(cache.get, path) for path in PAGES}

    assert repeated(ids) == []
    assert "/no-cache" in cache._kept


def test_the_cache_of_this_test_gives_one_visitors_cookie_to_all_where_it_may(application: int) -> None:
    cache = SharedCache(application)
    cache._kept["/public"] = {"cache-control": "public", "set-cookie": "ff_id=somebody"}

    assert ids_of(cache.get, "/public") == ["somebody"] * VISITORS

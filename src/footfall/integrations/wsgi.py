"""WSGI: footfall around any application of PEP 3333.

    app = WsgiMiddleware(app, client, SiteOptions(cookie_keys=[…]))

The application finds its hit in `environ["footfall.hit"]`, and may set `route` there. Its response goes through as it
is: files that a server sends by itself, lists, generators, `write()`, `close()`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from functools import lru_cache
from http import HTTPStatus
from typing import Any

from footfall.client.base import BaseClient
from footfall.integrations.hit import Hit
from footfall.integrations.options import SiteOptions
from footfall.integrations.own_response import OwnResponse
from footfall.integrations.site import Site
from footfall.web.request import WebRequest, WebResponse

__all__ = ["HIT", "WsgiMiddleware", "headers_of", "read_environ"]

HIT = "footfall.hit"

_Headers = list[tuple[str, str]]
_Start = Callable[..., Callable[[bytes], object]]
_App = Callable[[dict[str, Any], Any], Iterable[bytes]]


class WsgiMiddleware:
    """A WSGI application around another one. See Site for what it raises when it is made.

    Inside of another middleware of the same client it does nothing.
    """

    def __init__(self, app: _App, client: BaseClient, options: SiteOptions | None = None) -> None:
        self._app = app
        self.site = Site(client, options)

    def __call__(self, environ: dict[str, Any], start_response: _Start) -> Iterable[bytes]:
        site = self.site
        outer = environ.get(HIT)
        if isinstance(outer, Hit) and outer.site.client is site.client and not outer.is_over:
            return self._app(environ, start_response)
        hit = site.begin_from(read_environ, environ)
        if (own := site.own_response(hit)) is not None:
            return _answer(own, environ, start_response)
        environ[HIT] = hit
        if (find_user := site.options.user) is not None:
            hit.user(lambda: find_user(environ))
        response = _Response(site, hit, start_response)
        scope = hit.scope()
        try:
            with scope:
                chunks = self._app(environ, response.start)
        except BaseException:
            response.fail()
            raise
        if type(chunks) in (list, tuple):
            response.begin_body(next(iter(chunks), b""))
            hit.release()
            return chunks  # servers ask for its length
        if hasattr(chunks, "fileno") or _is_file(chunks, environ.get("wsgi.file_wrapper")):
            response.begin_body(b"")
            return chunks
        return _Chunks(chunks, response, scope)


class _Response:
    """The response of one request: its head, which may be replaced until the first of its body is sent."""

    def __init__(self, site: Site, hit: Hit, start_response: _Start) -> None:
        self.hit = hit
        self._site = site
        self._start_response = start_response

    def start(self, status: str, headers: _Headers, *exc_info: Any) -> Callable[[bytes], object]:
        """What the application calls as `start_response`; again with `exc_info` where another head takes its place."""
        added = self._site.depart_from(self.hit, _read_head, (status, headers))
        write = self._start_response(status, [*headers, *added] if added else headers, *exc_info)

        def write_out(body: bytes) -> object:
            self.begin_body(body)
            return write(body)

        return write_out

    def begin_body(self, chunk: bytes) -> None:
        """The first of the body goes out, and the head before it."""
        if not self.hit.is_over:
            self._site.send(self.hit, chunk)

    def fail(self) -> None:
        """The application raised: unless some of the response is out, the server answers with an error."""
        if not self.hit.is_over:
            self._site.finish(self.hit, WebResponse(status=500))


class _Chunks:
    """The body of a response: each part is made inside of the hit's scope, whatever thread asks for it.

    A class and no generator: its end is `close()`, which servers call, and not the garbage collector.
    """

    def __init__(self, chunks: Iterable[bytes], response: _Response, scope: AbstractContextManager[object]) -> None:
        self._chunks = chunks
        self._response = response
        self._scope = scope
        self._iterator: Iterator[bytes] | None = None

    def __iter__(self) -> _Chunks:
        return self

    def __next__(self) -> bytes:
        try:
            with self._scope:
                if self._iterator is None:
                    self._iterator = iter(self._chunks)
                chunk = next(self._iterator)
        except StopIteration:
            self._response.begin_body(b"")
            raise
        except BaseException:
            self._response.fail()
            raise
        if chunk:
            self._response.begin_body(chunk)
        return chunk

    def close(self) -> None:
        """The server is done with the response, whole or not."""
        try:
            if (close := getattr(self._chunks, "close", None)) is not None:
                with self._scope:
                    close()
        finally:
            self._response.begin_body(b"")
            self._response.hit.release()


def _is_file(chunks: object, wrapper: object) -> bool:
    """Whether it is a file for the server to send: some know it by the class that they gave for it."""
    return isinstance(wrapper, type) and isinstance(chunks, wrapper)


@lru_cache(512)
def _header_name(key: str) -> str:
    return key[5:].replace("_", "-").lower()


def headers_of(environ: Mapping[str, Any]) -> dict[str, str]:
    """The headers in a WSGI environment, by their names in lower case."""
    return {_header_name(key): value for key, value in environ.items() if key[:5] == "HTTP_"}


def read_environ(environ: dict[str, Any]) -> WebRequest:
    """The request in a WSGI environment."""
    get = environ.get
    headers = headers_of(environ)
    path = f"{get('SCRIPT_NAME', '')}{get('PATH_INFO', '')}"
    if not path.isascii():
        path = path.encode("latin-1").decode("utf-8", "replace")  # as PEP 3333 has it
    return WebRequest(
        method=get("REQUEST_METHOD", ""),
        scheme=get("wsgi.url_scheme", ""),
        host=headers.get("host") or get("SERVER_NAME", ""),
        path=path,
        query=get("QUERY_STRING", ""),
        headers=headers,
        peer=get("REMOTE_ADDR", ""),
    )


def _read_head(head: tuple[str, _Headers]) -> WebResponse:
    status, pairs = head
    headers: dict[str, str] = {}
    for field, value in pairs:
        name = field.lower()
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return WebResponse(status=int(status[:3]), headers=headers)


def _answer(own: OwnResponse, environ: Mapping[str, Any], start_response: _Start) -> Iterable[bytes]:
    status = f"{own.status} {HTTPStatus(own.status).phrase}"
    start_response(status, [*own.headers, ("Content-Length", str(len(own.body)))])
    return [b"" if environ.get("REQUEST_METHOD") == "HEAD" else own.body]

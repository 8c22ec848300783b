"""WSGI: whatever an application of PEP 3333 does goes through as it is."""

from __future__ import annotations

import gc
import sys
import weakref
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from wsgiref.util import FileWrapper, setup_testing_defaults

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.web.sites import BROWSER, plan

from footfall import Client
from footfall.integrations.hit import Hit, current_hit
from footfall.integrations.options import SiteOptions
from footfall.integrations.wsgi import HIT, WsgiMiddleware, read_environ
from footfall.testing import Recorder

Start = Callable[..., Callable[[bytes], object]]
HTML = [("Content-Type", "text/html")]
HEADERS = {f"HTTP_{name.replace('-', '_').upper()}": value for name, value in BROWSER.items()}


class Server:
    """A server in a few lines: it sends the head with the first of the body, as PEP 3333 has it, and calls close()."""

    def __init__(self, app: Callable[[dict[str, Any], Any], Iterable[bytes]], **options: Any) -> None:
        self.recorder = Recorder()
        self.client = Client(self.recorder, plan=plan())
        self.app = WsgiMiddleware(app, self.client, SiteOptions(cookie_keys=["sixteen bytes of key"], **options))
        self.head: tuple[str, list[tuple[str, str]]] = ("", [])
        self.sent: list[bytes] = []
        self.returned: Iterable[bytes] = ()

    def start(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
        if exc_info is not None and self.sent:
            raise exc_info[1].with_traceback(exc_info[2])
        assert exc_info is not None or not self.head[0]
        self.head = (status, headers)
        return self.write

    def write(self, body: bytes) -> None:
        assert self.head[0]
        if body:
            self.sent.append(body)

    def get(self, path: str = "/", **environ: Any) -> str:
        self.head, self.sent = ("", []), []
        environ = {"PATH_INFO": path, "REMOTE_ADDR": "192.0.2.7", **HEADERS, **environ}
        setup_testing_defaults(environ)
        self.returned = self.app(environ, self.start)
        try:
            for chunk in self.returned:
                self.write(chunk)
        finally:
            if hasattr(self.returned, "close"):
                self.returned.close()
        return self.head[0]

    @property
    def pages(self) -> list[str]:
        return [message["name"] for message in self.recorder.messages if message["type"] == "page"]

    def uncounted(self) -> dict[str, int]:
        return dict(self.client.stats().uncounted)


def page(environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
    environ[HIT].route = "/products/{sku}"
    start_response("200 OK", [*HTML])
    return [b"<html><title>A &amp; B</title>", b"</html>"]


def test_a_page_is_counted_by_its_route_with_its_title_and_its_visitor() -> None:
    server = Server(page)

    server.get("/products/7")

    (message,) = server.recorder.messages
    assert message["name"] == "/products/{sku}"
    assert message["properties"]["title"] == "A & B"
    cookie = dict(server.head[1])["Set-Cookie"]
    assert message["anonymousId"] in cookie


def test_a_list_reaches_the_server_as_the_same_object() -> None:
    body = [b"one", b"two"]

    def app(_environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        start_response("200 OK", [*HTML])
        return body

    server = Server(app)
    server.get()

    assert server.returned is body


def test_a_file_that_the_server_sends_by_itself_reaches_it_as_the_same_object(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_bytes(b"<title>File</title>")
    wrappers: list[Iterable[bytes]] = []

    def app(environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        start_response("200 OK", [*HTML])
        wrappers.append(environ["wsgi.file_wrapper"]((tmp_path / "page.html").open("rb")))
        return wrappers[0]

    class Wrapper(FileWrapper):
        def fileno(self) -> int:
            return self.filelike.fileno()

    server = Server(app)
    server.get("/", **{"wsgi.file_wrapper": Wrapper})

    assert server.returned is wrappers[0]
    assert server.sent == [b"<title>File</title>"]
    assert server.pages == ["(no route)"]


def test_a_file_that_the_server_knows_by_its_class_reaches_it_as_the_same_object() -> None:
    class File:
        """As gunicorn's: it has no number, and the server asks for its class."""

        def __init__(self, file: BytesIO) -> None:
            self.filelike = file

        def __iter__(self) -> Iterator[bytes]:
            return iter(self.filelike)

    files: list[Iterable[bytes]] = []

    def app(environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        start_response("200 OK", [*HTML])
        files.append(environ["wsgi.file_wrapper"](BytesIO(b"page")))
        return files[0]

    server = Server(app)
    server.get("/", **{"wsgi.file_wrapper": File})

    assert server.returned is files[0]
    assert server.pages == ["(no route)"]


def test_a_stream_has_the_hits_scope_at_each_chunk_and_at_its_end() -> None:
    hits = []

    class Stream:
        def __iter__(self) -> Iterator[bytes]:
            for part in (b"a", b"b"):
                hits.append(current_hit())
                server.client.track("streamed", {"part": part.decode()})
                yield part

        def close(self) -> None:
            hits.append(current_hit())
            server.client.track("closed")

    def app(environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        hits.append(environ[HIT])
        start_response("200 OK", [*HTML])
        return Stream()

    server = Server(app)
    server.get()

    assert server.sent == [b"a", b"b"]
    assert hits == [hits[0]] * 4
    assert isinstance(hits[0], Hit)
    assert current_hit() is None
    assert len({message["anonymousId"] for message in server.recorder.messages}) == 1
    assert server.recorder.events == ["streamed", "streamed", "closed"]
    assert server.pages == ["(no route)"]


def test_a_stream_is_made_no_earlier_than_the_server_asks_for_it() -> None:
    made = []

    def app(_environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        start_response("200 OK", [*HTML])
        return (made.append(part) or part for part in (b"a", b"b"))  # type: ignore[func-returns-value]

    server = Server(app)
    environ: dict[str, Any] = {}
    setup_testing_defaults(environ)
    chunks = iter(server.app(environ, server.start))

    assert made == []
    assert next(chunks) == b"a"
    assert made == [b"a"]


def test_a_generator_may_start_its_response_at_its_first_chunk() -> None:
    def app(_environ: dict[str, Any], start_response: Start) -> Iterator[bytes]:
        start_response("200 OK", [*HTML])
        yield b"late"

    server = Server(app)

    assert server.get() == "200 OK"
    assert server.pages == ["(no route)"]


def test_a_head_that_takes_the_place_of_another_is_the_one_that_counts() -> None:
    def app(_environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        start_response("200 OK", [*HTML])
        try:
            1 / 0  # noqa: B018
        except ZeroDivisionError:
            start_response("500 Oh", [*HTML], sys.exc_info())
        return [b"sorry"]

    server = Server(app)

    assert server.get() == "500 Oh"
    assert server.pages == []
    assert server.uncounted() == {"server_error": 1}


def test_a_head_after_the_body_began_raises_as_it_would_without_us() -> None:
    def app(_environ: dict[str, Any], start_response: Start) -> Iterator[bytes]:
        start_response("200 OK", [*HTML])
        yield b"half"
        try:
            1 / 0  # noqa: B018
        except ZeroDivisionError:
            start_response("500 Oh", [*HTML], sys.exc_info())

    server = Server(app)

    with pytest.raises(ZeroDivisionError):
        server.get()
    assert server.sent == [b"half"]
    assert server.pages == ["(no route)"]
    assert server.uncounted() == {}


def test_what_an_application_writes_goes_out_and_the_page_is_counted_once() -> None:
    def app(_environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        write = start_response("200 OK", [*HTML])
        write(b"<title>Written</title>")
        write(b"more")
        return [b"end"]

    server = Server(app)
    server.get()

    assert server.sent == [b"<title>Written</title>", b"more", b"end"]
    (message,) = server.recorder.messages
    assert message["properties"]["title"] == "Written"


@pytest.mark.parametrize("error", [ValueError("oh"), SystemExit(3), KeyboardInterrupt()])
def test_an_error_of_the_application_passes_and_is_no_page_view(error: BaseException) -> None:
    def app(_environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        start_response("200 OK", [*HTML])
        raise error

    server = Server(app)

    with pytest.raises(type(error)) as raised:
        server.get()
    assert raised.value is error
    assert server.pages == []
    assert server.uncounted() == {"server_error": 1}
    assert current_hit() is None


def test_an_error_before_the_first_chunk_is_no_page_view() -> None:
    def app(_environ: dict[str, Any], start_response: Start) -> Iterator[bytes]:
        start_response("200 OK", [*HTML])
        yield b""
        raise ZeroDivisionError

    server = Server(app)

    with pytest.raises(ZeroDivisionError):
        server.get()
    assert server.pages == []
    assert server.uncounted() == {"server_error": 1}


def test_a_stream_that_the_visitor_leaves_early_is_closed_and_counted() -> None:
    closed = []

    class Stream:
        def __iter__(self) -> Iterator[bytes]:
            yield b"a"
            yield b"b"

        def close(self) -> None:
            closed.append(current_hit())

    def app(_environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        start_response("200 OK", [*HTML])
        return Stream()

    server = Server(app)
    environ: dict[str, Any] = {}
    setup_testing_defaults(environ)
    chunks: Any = server.app(environ, server.start)
    next(iter(chunks))
    chunks.close()

    assert len(closed) == 1
    assert server.pages == ["(no route)"]


def test_a_close_that_raises_raises_and_the_page_is_counted() -> None:
    class Stream(list[bytes]):
        def close(self) -> None:
            raise ZeroDivisionError

    def app(_environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        start_response("200 OK", [*HTML])
        return Stream([b""])

    server = Server(app)

    with pytest.raises(ZeroDivisionError):
        server.get()
    assert server.pages == ["(no route)"]


def test_a_response_to_which_nothing_is_added_has_the_applications_own_list_of_headers() -> None:
    headers = [("Content-Type", "application/json"), ("ETag", '"7"')]

    def app(_environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        start_response("200 OK", headers)
        return [b"{}"]

    server = Server(app)
    server.get()

    assert server.head[1] is headers
    assert server.uncounted() == {"not_html": 1}


def test_a_path_of_our_own_never_reaches_the_application() -> None:
    def app(_environ: dict[str, Any], _start_response: Start) -> Iterable[bytes]:
        raise AssertionError

    server = Server(app)

    assert server.get("/.well-known/gpc.json") == "200 OK"
    assert server.sent[0].startswith(b'{"gpc":true')


def test_the_user_is_asked_for_with_the_environment_and_only_where_it_counts() -> None:
    asked = []

    def find(environ: dict[str, Any]) -> str:
        asked.append(environ["PATH_INFO"])
        return "kari"

    server = Server(page, user=find)
    server.get("/site.css")
    server.get("/products/7")

    assert asked == ["/products/7"]
    assert [message["type"] for message in server.recorder.messages] == ["identify", "page"]
    assert {message["userId"] for message in server.recorder.messages} == {"kari"}


def test_an_environment_is_read_as_pep_3333_writes_it() -> None:
    environ = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "/shop",
        "PATH_INFO": "/bl\xc3\xa5",
        "QUERY_STRING": "q=1",
        "HTTP_HOST": "shop.example",
        "HTTP_SEC_FETCH_DEST": "document",
        "REMOTE_ADDR": "192.0.2.7",
        "wsgi.url_scheme": "https",
        "wsgi.input": BytesIO(),
    }

    request = read_environ(environ)

    assert (request.scheme, request.host, request.path) == ("https", "shop.example", "/shop/blå")
    assert request.headers == {"host": "shop.example", "sec-fetch-dest": "document"}
    assert request.peer == "192.0.2.7"


def test_an_environment_with_nothing_in_it_changes_nothing() -> None:
    server = Server(page)

    assert list(server.app({}, server.start)) == [b"<html><title>A &amp; B</title>", b"</html>"]


class Environ(dict[str, Any]):
    """An environment to which a weak reference may lead."""


@pytest.mark.parametrize("body", [list, iter])
def test_a_request_is_freed_as_soon_as_it_is_answered(body: Callable[[list[bytes]], Iterable[bytes]]) -> None:
    def app(environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        environ[HIT].user(lambda: environ["REMOTE_USER"])
        start_response("200 OK", [("Content-Type", "application/json")])
        return body([b"{}"])

    server = Server(app)
    gc.disable()
    try:
        environ = Environ(PATH_INFO="/", REMOTE_ADDR="192.0.2.7", **HEADERS)
        setup_testing_defaults(environ)
        freed = weakref.ref(environ)
        response = server.app(environ, server.start)
        list(response)
        if hasattr(response, "close"):
            response.close()
        del environ, response
        assert freed() is None
    finally:
        gc.enable()


def everything(environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
    """Answers with all that it was asked, so that a request that was changed gives another response."""
    write = start_response("200 OK", [*HTML, ("ETag", '"7"'), ("Cache-Control", "private")])
    write(b"written")
    return (f"{name}={environ[name]!r}".encode() for name in sorted(environ) if name.isupper())


def exchange(app: Callable[..., Iterable[bytes]], environ: dict[str, Any]) -> tuple[str, list[tuple[str, str]], bytes]:
    """Status, headers and body of a response."""
    heads: list[tuple[str, list[tuple[str, str]]]] = []
    body: list[bytes] = []

    def start(status: str, headers: list[tuple[str, str]], _exc_info: Any = None) -> Callable[[bytes], object]:
        heads.append((status, headers))
        return body.append

    chunks = app({**environ}, start)
    body += chunks
    if hasattr(chunks, "close"):
        chunks.close()
    return *heads[-1], b"".join(body)


BYTES = st.binary(max_size=300).map(lambda value: value.decode("latin-1"))
CHOSEN = st.sampled_from(["GET", "POST", "HEAD", "/", "/site.css", "text/html", "document", "1", "true"])


FIELDS = st.sampled_from(
    [*HEADERS, "HTTP_COOKIE", "HTTP_X_FORWARDED_FOR", "HTTP_REFERER", "HTTP_SEC_GPC", "HTTP_HX_REQUEST",
     "HTTP_SEC_PURPOSE", "PATH_INFO", "QUERY_STRING", "REMOTE_ADDR", "REQUEST_METHOD"]
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.dictionaries(FIELDS, BYTES | CHOSEN))
@example({"HTTP_COOKIE": "ff_id=" + "x" * 65_536})
@example({"QUERY_STRING": "&".join(f"k{number}=v" for number in range(10_000))})
@example({"HTTP_USER_AGENT": "\x00\xff\r\n\x1b[2J"})
@example({"PATH_INFO": "/\xff\xfe"})
def test_whatever_bytes_a_request_has_the_response_is_that_of_the_bare_application(changes: dict[str, str]) -> None:
    environ: dict[str, Any] = {"PATH_INFO": "/", "REMOTE_ADDR": "192.0.2.7", **HEADERS, **changes}
    setup_testing_defaults(environ)
    server = Server(everything)

    status, headers, body = exchange(everything, environ)
    our_status, our_headers, our_body = exchange(server.app, environ)

    assert (our_status, our_body) == (status, body)
    assert our_headers[: len(headers)] == headers
    assert [name for name, _ in our_headers[len(headers) :]] in ([], ["Set-Cookie"])
    assert "internal" not in server.uncounted()


def test_inside_of_another_of_the_same_client_it_counts_nothing_twice() -> None:
    server = Server(page)
    server.app = WsgiMiddleware(server.app, server.client, SiteOptions(cookie_keys=["another key of bytes"]))

    server.get()

    assert server.pages == ["/products/{sku}"]
    assert [name for name, _ in server.head[1]].count("Set-Cookie") == 1


def test_a_page_of_our_own_has_no_body_where_only_its_head_is_asked_for() -> None:
    server = Server(page)

    server.get("/footfall/opt-out", REQUEST_METHOD="HEAD")

    assert int(dict(server.head[1])["Content-Length"]) > 0
    assert server.sent == []


def test_an_environment_that_is_used_again_is_another_request() -> None:
    server = Server(page)
    environ: dict[str, Any] = {**HEADERS}
    setup_testing_defaults(environ)

    for _ in range(2):
        server.head = ("", [])
        server.app(environ, server.start)

    assert len(server.pages) == 2

"""The middleware of Starlette and FastAPI: routes, users, other middleware above and below, and their test clients."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

pytest.importorskip("starlette", reason="starlette is not installed")

import httpx
from starlette.applications import Starlette
from starlette.authentication import AuthCredentials, AuthenticationBackend, BaseUser, SimpleUser
from starlette.background import BackgroundTask
from starlette.middleware import Middleware
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket
from tests.integrations.asgi_calls import PLAN_FILE, pages
from tests.integrations.browsers import CHROME
from tests.web.sites import plan

from footfall import AsyncClient, Client, ClientOptions
from footfall.errors import FootfallError, UsageError
from footfall.integrations.hit import Hit, current_hit
from footfall.integrations.starlette import FootfallMiddleware, tracker
from footfall.testing import Recorder

KEYS: dict[str, Any] = {"cookie_keys": ["a key for tests of 16 bytes or more"]}
BIG = "<title>Big</title>" + "x" * 2_000


class Passing(BaseHTTPMiddleware):
    """A middleware as most applications have one."""

    async def dispatch(self, request: Request, call_next: Any) -> Response:
        response: Response = await call_next(request)
        return response


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def client(recorder: Recorder) -> Iterator[Client]:
    with Client(recorder, plan=plan(), options=ClientOptions(linger=30)) as client:
        yield client


def application(client: Client | AsyncClient, *around: Middleware, **settings: Any) -> Starlette:
    """An application that does what applications do; `around` is what is around us and, after us, inside."""

    async def home(request: Request) -> Response:
        client.track("looked")
        return HTMLResponse("<title>Home</title>")

    def in_thread(request: Request) -> Response:
        client.track("looked")
        request.state.footfall.user(lambda: "kari")
        return HTMLResponse("<title>Thread</title>")

    async def order(request: Request) -> Response:
        return HTMLResponse(BIG, headers={"ETag": '"v1"'})

    async def stream(request: Request) -> Response:
        async def parts() -> AsyncIterator[bytes]:
            for part in (b"<title>Stream</title>", b"more"):
                client.track("part")
                yield part

        return StreamingResponse(parts(), media_type="text/html")

    async def later(request: Request) -> Response:
        return HTMLResponse("ok", background=BackgroundTask(client.track, "mailed"))

    async def fails(request: Request) -> Response:
        raise LookupError

    async def talk(websocket: WebSocket) -> None:
        await websocket.accept()
        client.track("talked")
        await websocket.send_text("hello")
        await websocket.close()

    routes = [
        Route("/", home), Route("/thread", in_thread), Route("/orders/{order_id:int}", order),
        Route("/stream", stream), Route("/later", later), Route("/fails", fails),
        Route("/file", lambda request: FileResponse(__file__, media_type="text/html")),
        Route("/json", lambda request: JSONResponse({})), Route("/go", lambda request: RedirectResponse("/")),
        WebSocketRoute("/talk", talk), Mount("/shops/{shop}", routes=[Route("/orders/{order_id}", order)]),
    ]  # fmt: skip
    ours = Middleware(FootfallMiddleware, client=client, **{**KEYS, **settings})
    position = around.index(OURS) if OURS in around else 0
    return Starlette(routes=routes, middleware=[*around[:position], ours, *around[position + 1 :]])


OURS = Middleware(Passing)  # where ours goes
AROUND = {
    "alone": (),
    "above": (OURS, Middleware(Passing), Middleware(GZipMiddleware, minimum_size=100)),
    "below": (Middleware(Passing), Middleware(GZipMiddleware, minimum_size=100), OURS),
    "between": (Middleware(Passing), OURS, Middleware(Passing)),
}


def browser(app: Any, **options: Any) -> TestClient:
    return TestClient(app, base_url="https://shop.example", headers=dict(CHROME), **options)


# Layers and routes


@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND)
@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_wherever_it_is_each_page_is_named_by_its_route_and_is_the_visitors(
    kind: type[Client | AsyncClient], around: tuple[Middleware, ...]
) -> None:
    recorder = Recorder()
    client = kind(recorder, plan=plan(), options=ClientOptions(linger=30))
    paths = (
        "/",
        "/thread",
        "/orders/7",
        "/stream",
        "/later",
        "/shops/oslo/orders/8",
        "/file",
        "/json",
        "/nothing",
        "/go",
    )
    with browser(application(client, *around)) as visitor:
        answers = [visitor.get(path, follow_redirects=False) for path in paths]

    messages = recorder.messages
    assert pages(recorder) == [
        "/", "/thread", "/orders/{order_id}", "/stream", "/later", "/shops/{shop}/orders/{order_id}", "/file",
    ]  # fmt: skip
    assert recorder.events == ["looked", "looked", "part", "part", "mailed"]
    assert len({message["anonymousId"] for message in messages}) == 1
    assert ["set-cookie" in answer.headers for answer in answers] == [True, True, *[False] * 8]
    assert client.stats().uncounted == {"not_html": 1, "not_found": 1, "redirect": 1}


@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND)
def test_what_a_browser_gets_is_what_it_gets_without_us_but_for_our_headers(
    client: Client, around: tuple[Middleware, ...]
) -> None:
    bare = Starlette(routes=application(client).routes, middleware=[layer for layer in around if layer is not OURS])
    for path in ("/orders/7", "/stream", "/later", "/file", "/json", "/nothing", "/go", "/thread"):
        with browser(application(client, *around)) as one, browser(bare) as other:
            with one.stream("GET", path, follow_redirects=False) as got:
                parts = [*got.iter_raw()]
            if path == "/thread":
                continue  # without us there is no `request.state.footfall`
            with other.stream("GET", path, follow_redirects=False) as expected:
                assert parts == [*expected.iter_raw()]

        ours = {"set-cookie", "cache-control"} - expected.headers.keys()
        assert got.status_code == expected.status_code
        assert [pair for pair in got.headers.multi_items() if pair[0] not in ours] == expected.headers.multi_items()


@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND)
def test_an_endpoint_that_raises_is_answered_as_without_us_and_is_no_page(
    client: Client, recorder: Recorder, around: tuple[Middleware, ...]
) -> None:
    with browser(application(client, *around), raise_server_exceptions=False) as visitor:
        assert visitor.get("/fails").status_code == 500
    # The first versions of Starlette raise what comes through a BaseHTTPMiddleware in a group.
    with browser(application(client, *around)) as visitor, pytest.raises((LookupError, ExceptionGroup)):
        visitor.get("/fails")

    assert recorder.messages == []
    assert client.stats().uncounted == {"server_error": 2}


def test_a_websocket_is_its_visitors(client: Client, recorder: Recorder) -> None:
    with browser(application(client)) as visitor:
        visitor.get("/later")
        cookie = f"ff_id={visitor.cookies['ff_id']}"  # which the jar keeps from ws://
        with visitor.websocket_connect("/talk", headers={"Cookie": cookie}) as websocket:
            assert websocket.receive_text() == "hello"

    assert recorder.events == ["mailed", "talked"]
    assert len({message["anonymousId"] for message in recorder.messages}) == 1


def test_a_mounted_application_with_a_middleware_too_counts_once(client: Client, recorder: Recorder) -> None:
    inner = application(client)
    outer = Starlette(
        routes=[Mount("/{tenant}", app=inner)],
        middleware=[Middleware(FootfallMiddleware, client=client, **KEYS)],
    )
    with browser(outer) as visitor:
        visitor.get("/acme/orders/7")

    assert pages(recorder) == ["/{tenant}/orders/{order_id}"]


def test_around_a_whole_application_it_names_routes_too(client: Client, recorder: Recorder) -> None:
    app = FootfallMiddleware(Starlette(routes=application(client).routes), client=client, **KEYS)

    with browser(app) as visitor:
        visitor.get("/orders/7")

    assert pages(recorder) == ["/orders/{order_id}"]


# Users


class Backend(AuthenticationBackend):
    """Takes the user from a header."""

    def __init__(self, user: BaseUser | None) -> None:
        self.user: Any = user

    async def authenticate(self, conn: HTTPConnection) -> tuple[AuthCredentials, BaseUser] | None:
        return None if self.user is None else (AuthCredentials(), self.user)


class Member(BaseUser):
    """A user with the application's own key."""

    is_authenticated = True
    identity = "member-1"
    display_name = "Kari"


class Row:
    """A row of an ORM as a user."""

    is_authenticated = True
    id = 12


@pytest.mark.parametrize(("user", "user_id"), [(Member(), "member-1"), (Row(), "12"), (SimpleUser("kari"), "kari")])
@pytest.mark.parametrize("inside", [True, False])
def test_the_user_who_is_authenticated_is_identified_once_and_reset_when_they_leave(
    client: Client, recorder: Recorder, user: Any, user_id: str, inside: bool
) -> None:
    backend = Backend(user)
    layers = (OURS, Middleware(AuthenticationMiddleware, backend=backend))
    with browser(application(client, *(layers if inside else reversed(layers)))) as visitor:
        visitor.get("/orders/1")
        visitor.get("/")
        backend.user = None
        visitor.get("/orders/1")
        visitor.get("/orders/1")

    assert [(message["type"], message.get("userId")) for message in recorder.messages] == [
        ("identify", user_id), ("page", user_id), ("track", user_id), ("page", user_id),
        ("reset", None), ("page", None), ("page", None),
    ]  # fmt: skip


def test_without_authentication_a_user_whom_a_view_named_is_not_reset(client: Client, recorder: Recorder) -> None:
    with browser(application(client)) as visitor:
        visitor.get("/thread")
        visitor.get("/orders/1")

    assert [message["type"] for message in recorder.messages] == ["track", "identify", "page", "page"]


def test_the_setting_for_the_user_is_asked_with_the_connection(client: Client, recorder: Recorder) -> None:
    app = application(client, user=lambda connection: connection.query_params.get("as"))
    with browser(app) as visitor:
        visitor.get("/?as=kari")

    assert {message["userId"] for message in recorder.messages} == {"kari"}


def test_a_user_that_raises_costs_neither_the_response_nor_the_page(client: Client, recorder: Recorder) -> None:
    def raises(connection: HTTPConnection) -> str:
        raise LookupError

    with browser(application(client, user=raises)) as visitor:
        assert visitor.get("/").text == "<title>Home</title>"

    assert pages(recorder) == ["/"]
    assert client.stats().uncounted == {"internal": 1}


# FastAPI


def test_a_dependency_of_fastapi_gives_the_hit_also_in_a_thread(client: Client, recorder: Recorder) -> None:
    fastapi: Any = pytest.importorskip("fastapi", reason="fastapi is not installed")
    hits: list[Any] = []
    app: Any = fastapi.FastAPI()
    app.add_middleware(FootfallMiddleware, client=client, **KEYS)
    needed = fastapi.Depends(tracker)

    @app.get("/async/{x}")  # type: ignore[untyped-decorator, unused-ignore]
    async def runs(x: str, hit: Any = needed) -> dict[str, str]:
        hits.append(hit)
        hit.track("looked")
        return {}

    @app.get("/sync/{x}", response_class=HTMLResponse)  # type: ignore[untyped-decorator, unused-ignore]
    def blocks(x: str, hit: Any = needed) -> str:
        hits.append(hit)
        hit.track("looked")
        return "ok"

    with browser(app) as visitor:
        visitor.get("/async/1")
        visitor.get("/sync/2")

    assert all(isinstance(hit, Hit) for hit in hits)
    assert len(recorder.events) == 2
    assert pages(recorder) == ["/sync/{x}"]


def test_the_dependency_names_the_middleware_where_it_is_missing() -> None:
    with pytest.raises(UsageError, match=r"app\.add_middleware"):
        tracker(HTTPConnection({"type": "http", "headers": []}))


# Starting and ending


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"cookie_keys": ["short"]}, "16"),
        ({"trusted_proxies": ["10.0.0.0/99"]}, "trusted_proxies"),
        ({"cookie_key": ["a"]}, "did you mean 'cookie_keys'"),
        ({"client": None, "plan": "/nowhere", "collector": "http://127.0.0.1:1", "write_key": "k"}, "/nowhere"),
    ],
)
def test_a_setting_that_cannot_be_used_keeps_the_server_from_starting(
    client: Client, settings: dict[str, Any], reason: str
) -> None:
    app, sent = application(**{"client": client, **settings}), []

    async def receive() -> dict[str, str]:
        return {"type": "lifespan.startup"}

    async def send(message: Any) -> None:
        sent.append(message)

    with contextlib.suppress(FootfallError):
        asyncio.run(app({"type": "lifespan", "state": {}}, receive, send))
    with pytest.raises(FootfallError):
        browser(app).get("/")

    assert [message["type"] for message in sent] == ["lifespan.startup.failed"]
    assert sent[0]["message"].startswith("footfall: ")
    assert reason in sent[0]["message"]


def test_without_a_client_it_makes_one_of_the_settings(recorder: Recorder) -> None:
    async def home(request: Request) -> Response:
        request.state.footfall.track("chunk_sent", {"part": "all"})
        return HTMLResponse("ok")

    app = Starlette(routes=[Route("/", home)])
    app.add_middleware(FootfallMiddleware, client=recorder, plan=PLAN_FILE, **KEYS)
    with browser(app) as visitor:
        visitor.get("/")

    assert recorder.events == ["chunk_sent"]
    assert pages(recorder) == ["/"]


def test_what_is_pending_is_sent_when_the_application_ends(client: Client, recorder: Recorder) -> None:
    with browser(application(client)) as visitor:
        visitor.get("/")
        before = len(recorder.batches)

    assert (before, len(recorder.batches)) == (0, 1)


@pytest.mark.anyio
@pytest.mark.parametrize("kind", [Client, AsyncClient])
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_it_works_with_the_transport_of_httpx(kind: type[Client | AsyncClient], anyio_backend: str) -> None:
    recorder = Recorder()
    client = kind(recorder, plan=plan(), options=ClientOptions(linger=30))
    transport = httpx.ASGITransport(application(client))
    async with httpx.AsyncClient(transport=transport, base_url="https://shop.example", headers=CHROME) as visitor:
        for path in ("/", "/thread", "/stream"):
            await visitor.get(path)
    hit = current_hit()

    assert pages(recorder) == ["/", "/thread", "/stream"]
    assert len({message["anonymousId"] for message in recorder.messages}) == 1
    assert hit is None
    await client.aclose() if isinstance(client, AsyncClient) else client.close()

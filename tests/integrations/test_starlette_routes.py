"""Each endpoint of Starlette and FastAPI is named by the whole template of its path, and never by an id."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("starlette", reason="starlette is not installed")

import httpx
from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Host, Mount, Route
from starlette.staticfiles import StaticFiles

from footfall.integrations.starlette_routes import StarletteRoutes

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def answer(request: Request) -> Response:
    return PlainTextResponse("ok")


async def other(request: Request) -> Response:
    return PlainTextResponse("ok")


async def named(app: Any, *paths: str, host: str = "shop.example", root: str = "") -> list[str | None]:
    """The template under which each path is answered, by an application that starts afresh."""
    routes, templates = StarletteRoutes(), []

    async def around(scope: Any, receive: Any, send: Any) -> None:
        application, path = scope.get("app", app), scope["path"].removeprefix(root)
        await app(scope, receive, send)
        templates.append(routes.template(scope, application, path))

    transport = httpx.ASGITransport(around, root_path=root)
    async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}") as browser:
        for path in paths:
            await browser.get(path)
    return templates


async def test_a_route_is_named_by_its_template_without_the_kinds_of_its_parts() -> None:
    app = Starlette(routes=[Route("/", answer), Route("/orders/{order_id:int}", other), Route("/f/{p:path}", named_f)])

    assert await named(app, "/", "/orders/12", "/f/a/b") == ["/", "/orders/{order_id}", "/f/{p}"]


async def named_f(request: Request) -> Response:
    return PlainTextResponse("ok")


async def test_what_no_route_fits_has_no_template() -> None:
    app = Starlette(routes=[Route("/orders/", answer)])

    assert await named(app, "/nothing", "/orders") == [None, None]


async def test_an_endpoint_of_several_routes_is_named_by_the_path_of_the_request() -> None:
    app = Starlette(routes=[Route("/", answer), Route("/{language}/about", answer), Route("/old-about", answer)])

    assert await named(app, "/en/about", "/", "/old-about") == ["/{language}/about", "/", "/old-about"]


async def test_the_template_of_a_mounted_application_begins_with_that_of_its_mount() -> None:
    inner = Starlette(routes=[Route("/orders/{order_id}", answer)])
    deeper = Mount("/shops", routes=[Mount("/{shop}", app=CORSMiddleware(inner))])
    app = Starlette(routes=[Mount("/{tenant:int}", routes=[deeper]), Route("/orders/{order_id}", other)])

    templates = await named(app, "/7/shops/oslo/orders/12", "/7/shops/oslo/nothing", "/orders/3")

    assert templates == ["/{tenant}/shops/{shop}/orders/{order_id}", "/{tenant}/shops/{shop}/{path}",
                         "/orders/{order_id}"]  # fmt: skip


async def test_one_application_that_is_mounted_twice_is_named_by_each_mount() -> None:
    inner = Starlette(routes=[Route("/orders/{order_id}", answer)])
    app = Starlette(routes=[Mount("/a", app=inner), Mount("/b", app=inner)])

    assert await named(app, "/b/orders/1", "/a/orders/1") == ["/b/orders/{order_id}", "/a/orders/{order_id}"]


async def test_below_a_root_path_the_template_is_that_of_the_application() -> None:
    app = Starlette(routes=[Route("/x/orders/{order_id}", answer), Route("/orders/{order_id}", answer)])

    assert await named(app, "/x/orders/1", root="/x") == ["/orders/{order_id}"]


async def test_what_a_host_serves_is_named_without_it(tmp_path: Any) -> None:
    api = Starlette(routes=[Route("/orders/{order_id}", answer)])
    app = Starlette(routes=[Host("api.example", app=api), Mount("/static", app=StaticFiles(directory=tmp_path))])

    assert await named(app, "/orders/1", host="api.example") == ["/orders/{order_id}"]
    assert await named(app, "/static/a.css") == ["/static/{path}"]


async def test_a_class_is_an_endpoint_too() -> None:
    from starlette.endpoints import HTTPEndpoint

    class Order(HTTPEndpoint):
        async def get(self, request: Request) -> Response:
            return PlainTextResponse("ok")

    assert await named(Starlette(routes=[Route("/orders/{order_id}", Order)]), "/orders/1") == ["/orders/{order_id}"]


async def test_a_route_that_was_added_late_is_found() -> None:
    app = Starlette(routes=[Route("/", answer)])

    async def add(request: Request) -> Response:
        app.router.routes.append(Route("/late/{x}", other))
        return PlainTextResponse("ok")

    app.router.routes.append(Route("/add", add))

    assert await named(app, "/", "/add", "/late/1") == ["/", "/add", "/late/{x}"]


async def test_an_application_that_shows_no_routes_is_named_by_the_route_in_the_scope() -> None:
    inner = Starlette(routes=[Route("/orders/{order_id}", answer)])

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await inner(scope, receive, send)
        scope["route"] = inner.routes[0]

    assert await named(app, "/orders/1") == ["/orders/{order_id}"]


async def test_routers_that_fastapi_includes_bring_their_prefixes() -> None:
    fastapi = pytest.importorskip("fastapi", reason="fastapi is not installed")
    orders, lines, app, sub = fastapi.APIRouter(prefix="/orders"), fastapi.APIRouter(), fastapi.FastAPI(), None
    lines.get("/{line_id}")(lambda line_id: {})
    orders.get("/{order_id}")(lambda order_id: {})
    orders.include_router(lines, prefix="/{order_id}/lines")
    app.include_router(orders, prefix="/v1")
    app.include_router(orders, prefix="/v2")
    sub = fastapi.FastAPI()
    sub.include_router(orders)
    app.mount("/sub/{tenant}", sub)
    app.get("/plain/{x}")(lambda x: {})

    templates = await named(app, "/v1/orders/1", "/v2/orders/1/lines/2", "/sub/t/orders/1", "/plain/3", "/v3/orders/1")

    assert templates == ["/v1/orders/{order_id}", "/v2/orders/{order_id}/lines/{line_id}",
                         "/sub/{tenant}/orders/{order_id}", "/plain/{x}", None]  # fmt: skip

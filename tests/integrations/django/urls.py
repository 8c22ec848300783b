"""The pages of the Django site under test: each answers in a way in which integrations are known to break."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Iterator
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.auth import authenticate, login, logout
from django.http import FileResponse, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.urls import include, path, re_path
from django.views.decorators.cache import cache_page

PAGE = "<html><head><title>Home</title></head><body><h1>Home</h1></body></html>"


def home(request: Any) -> HttpResponse:
    return HttpResponse(PAGE)


def for_networks(request: Any) -> HttpResponse:
    return HttpResponse(PAGE, headers={"Surrogate-Control": "max-age=60"})


def order(request: Any, number: int) -> HttpResponse:
    return HttpResponse(f"<h1>Order {number}</h1>")


def year(request: Any, year: str) -> HttpResponse:
    return HttpResponse(year)


def tracked(request: Any) -> HttpResponse:
    request.footfall.track("product_viewed", {"sku": "A"})
    return HttpResponse(PAGE)


def who(request: Any) -> HttpResponse:
    return HttpResponse(f"<p>{request.user.is_authenticated}</p>")


def sign_in(request: Any) -> HttpResponse:
    user = authenticate(request, username=request.GET["name"], password="secret")
    login(request, user)
    return HttpResponse(PAGE)


def sign_out(request: Any) -> HttpResponse:
    logout(request)
    return HttpResponse(PAGE)


def in_and_out(request: Any) -> HttpResponse:
    request.footfall.track("product_viewed", {"sku": "before"})
    login(request, authenticate(request, username=request.GET["name"], password="secret"))
    request.footfall.track("product_viewed", {"sku": "inside"})
    logout(request)
    request.footfall.track("product_viewed", {"sku": "after"})
    return HttpResponse(PAGE)


class BrokenUser:
    @property
    def is_authenticated(self) -> bool:
        raise RuntimeError("the model's own")


def broken_user(request: Any) -> HttpResponse:
    request.user = BrokenUser()
    return HttpResponse(PAGE)


def cart(request: Any) -> HttpResponse:
    request.session["cart"] = ["A"]
    return HttpResponse(PAGE)


def stream(request: Any) -> StreamingHttpResponse:
    def chunks() -> Iterator[bytes]:
        for part in ("one", "two"):
            request.footfall.track("chunk_sent", {"part": part})
            yield part.encode()

    return StreamingHttpResponse(chunks(), content_type="text/html")


async def stream_async(request: Any) -> StreamingHttpResponse:
    async def chunks() -> AsyncIterator[bytes]:
        for part in ("one", "two"):
            request.footfall.track("chunk_sent", {"part": part})
            await asyncio.sleep(0)
            yield part.encode()

    return StreamingHttpResponse(chunks(), content_type="text/html")


def file(request: Any) -> FileResponse:
    return FileResponse(io.BytesIO(b"a,b\n1,2\n"), as_attachment=True, filename="orders.csv")


def boom(request: Any) -> HttpResponse:
    raise RuntimeError("the view's own")


def moved(request: Any) -> HttpResponse:
    return HttpResponseRedirect("/")


def data(request: Any) -> HttpResponse:
    return HttpResponse(b"{}", content_type="application/json")


async def view_async(request: Any) -> HttpResponse:
    request.footfall.track("product_viewed", {"sku": "async"})
    await sync_to_async(lambda: request.footfall.track("product_viewed", {"sku": "thread"}))()
    return HttpResponse(PAGE)


async def who_async(request: Any) -> HttpResponse:
    user = await request.auser()
    return HttpResponse(f"<p>{user.is_authenticated}</p>")


@cache_page(60)
def cached(request: Any) -> HttpResponse:
    return HttpResponse(PAGE)


def public(request: Any) -> HttpResponse:
    response = HttpResponse(PAGE)
    response["Cache-Control"] = "public, max-age=600"
    return response


def handler500(request: Any) -> HttpResponse:
    return HttpResponse("<h1>Sorry</h1>", status=500)


urlpatterns = [
    path("for-networks/", for_networks),
    path("", home),
    path("orders/<int:number>/", order, name="order"),
    path("shop/", include([path("orders/<int:number>/", order)])),
    re_path(r"^years/(?P<year>[0-9]{4})/$", year),
    path("tracked/", tracked),
    path("who/", who),
    path("sign-in/", sign_in),
    path("sign-out/", sign_out),
    path("in-and-out/", in_and_out),
    path("broken-user/", broken_user),
    path("cart/", cart),
    path("stream/", stream),
    path("stream-async/", stream_async),
    path("file/", file),
    path("boom/", boom),
    path("moved/", moved),
    path("data/", data),
    path("async/", view_async),
    path("who-async/", who_async),
    path("cached/", cached),
    path("public/", public),
]

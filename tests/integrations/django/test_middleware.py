"""The middleware counts the pages of a Django site, sync and async, and changes nothing that the site answers."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import gzip
import pickle
import weakref
from collections.abc import Callable, Mapping
from copy import copy, deepcopy
from typing import Any

import pytest
from tests.integrations.browsers import CHROME

from footfall.integrations.hit import current_hit
from footfall.testing import Recorder

django = pytest.importorskip("django", reason="Django is not installed")

PLAIN = {"Accept-Encoding": "identity"}


def pages(recorder: Recorder) -> list[Mapping[str, Any]]:
    return [message for message in recorder.messages if message["type"] == "page"]


def tracks(recorder: Recorder) -> list[Mapping[str, Any]]:
    return [message for message in recorder.messages if message["type"] == "track"]


def uncounted() -> Mapping[str, int]:
    from footfall.integrations.django.settings import current_site

    return current_site().client.stats().uncounted


def asynchronous(path: str, **headers: str) -> Any:
    """A response of the site under ASGI, read to its end."""
    from django.test import AsyncClient

    async def ask() -> Any:
        client = AsyncClient(raise_request_exception=False)
        response = await client.get(path, headers={**CHROME, **headers})
        if response.streaming:
            response.body = b"".join([part async for part in response])
        return response

    return asyncio.run(ask())


# Pages


def test_a_page_is_counted_under_its_route_with_a_new_visitor(browser: Any, recorder: Recorder) -> None:
    response = browser.get("/orders/12/")

    [page] = recorder.messages
    assert (page["type"], page["name"]) == ("page", "/orders/<int:number>/")
    assert page["properties"]["status"] == 200
    assert page["anonymousId"] in response.cookies["ff_id"].value
    assert "12" not in str(page["name"])


def test_the_cookie_is_one_of_djangos_own_and_its_header_follows_a_change(browser: Any) -> None:
    from django.http import SimpleCookie

    cookie = browser.get("/orders/12/").cookies["ff_id"]
    again = SimpleCookie(cookie.OutputString())["ff_id"]
    cookie["domain"] = "shop.example"

    assert {**again, "domain": "shop.example"} == {**cookie, "max-age": again["max-age"]}
    assert again.value == cookie.value
    assert "Domain=shop.example" in cookie.OutputString()
    assert "HttpOnly" in cookie.OutputString()


@pytest.mark.parametrize("change", [
    lambda cookie: cookie.update({"path": "/shop"}),
    lambda cookie: cookie.set("ff_id", "b", "b"),
    lambda cookie: cookie.pop("secure"),
    lambda cookie: cookie.setdefault("domain", "shop.example"),
    lambda cookie: cookie.__setitem__("Max-Age", 60),
])  # fmt: skip
def test_the_cookie_writes_what_one_of_djangos_writes_whatever_was_done_to_it(
    change: Callable[[Any], object], browser: Any
) -> None:
    from django.http import SimpleCookie

    cookie = browser.get("/orders/12/").cookies["ff_id"]
    plain = SimpleCookie(cookie.OutputString())["ff_id"]
    copies = [cookie, cookie.copy(), copy(cookie), deepcopy(cookie), pickle.loads(pickle.dumps(cookie))]
    for each in (plain, *copies):
        change(each)

    assert [SimpleCookie(each.OutputString()) for each in copies] == [SimpleCookie(plain.OutputString())] * len(copies)
    assert plain.OutputString(["path"]) == cookie.OutputString(["path"])


def test_a_route_of_an_included_url_file_is_whole(browser: Any, recorder: Recorder) -> None:
    browser.get("/shop/orders/12/")

    assert pages(recorder)[0]["name"] == "/shop/orders/<int:number>/"


def test_a_route_that_is_an_expression_is_readable(browser: Any, recorder: Recorder) -> None:
    browser.get("/years/2026/")

    assert pages(recorder)[0]["name"] == "/years/<year>/"


def test_a_second_page_is_of_the_same_visitor_and_sets_no_cookie(browser: Any, recorder: Recorder) -> None:
    browser.get("/")
    second = browser.get("/")

    assert "ff_id" not in second.cookies
    assert len({page["anonymousId"] for page in pages(recorder)}) == 1


@pytest.mark.parametrize(
    ("path", "status", "reason"),
    [
        ("/nowhere/", 404, "not_found"),
        ("/moved/", 302, "redirect"),
        ("/data/", 200, "not_html"),
        ("/boom/", 500, "server_error"),
    ],
)
def test_what_is_no_page_is_counted_by_its_reason(
    path: str, status: int, reason: str, browser: Any, recorder: Recorder
) -> None:
    response = browser.get(path)

    assert response.status_code == status
    assert pages(recorder) == []
    assert uncounted()[reason] == 1


def test_a_page_that_the_browser_has_already_is_counted_again(browser: Any, recorder: Recorder) -> None:
    tag = browser.get("/")["ETag"]

    again = browser.get("/", headers={"If-None-Match": tag})

    assert again.status_code == 304
    assert len(pages(recorder)) == 2


def test_a_page_of_djangos_cache_is_counted_each_time_and_never_with_the_cookie_of_another(recorder: Recorder) -> None:
    from django.core.cache import cache
    from django.test import Client

    cache.clear()
    first = Client(headers=CHROME).get("/cached/")
    second = Client(headers=CHROME).get("/cached/")

    assert len(pages(recorder)) == 2
    assert next(message["anonymousId"] for message in pages(recorder)) != pages(recorder)[1]["anonymousId"]
    assert first.content == second.content
    assert "ff_id" not in first.cookies  # a shared cache may keep it
    assert uncounted()["shared_cache"] == 2


def test_a_page_that_a_network_may_keep_gets_no_cookie_however_its_header_is_written(recorder: Recorder) -> None:
    from django.test import Client

    response = Client(headers=CHROME).get("/for-networks/")

    assert "ff_id" not in response.cookies
    assert uncounted()["shared_cache"] == 1


def test_the_sitewide_cache_keeps_no_cookie(recorder: Recorder) -> None:
    from django.conf import settings
    from django.core.cache import cache
    from django.test import Client, override_settings

    cache.clear()
    around = ["django.middleware.cache.UpdateCacheMiddleware", "django.middleware.cache.FetchFromCacheMiddleware"]
    wrong = [around[0], *settings.MIDDLEWARE, around[1]]  # it keeps what ours adds, if ours lets it
    with override_settings(MIDDLEWARE=wrong):
        visitors = [Client(headers=CHROME).get("/").cookies.get("ff_id") for _ in range(2)]

    values = [cookie.value for cookie in visitors if cookie is not None]
    assert len(set(values)) == len(values)


# Messages of views


def test_a_view_tracks_with_the_ids_of_the_visitor_and_no_word_about_them(browser: Any, recorder: Recorder) -> None:
    browser.get("/tracked/")

    [event], [page] = tracks(recorder), pages(recorder)
    assert event["anonymousId"] == page["anonymousId"]
    assert event["context"]["userAgent"] == CHROME["User-Agent"]


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_what_a_stream_tracks_in_an_event_loop_is_of_the_visitor_too(encoding: str, recorder: Recorder) -> None:
    response = asynchronous("/stream-async/", **{"Accept-Encoding": encoding})

    assert (gzip.decompress(response.body) if encoding == "gzip" else response.body) == b"onetwo"
    assert [event["properties"]["part"] for event in tracks(recorder)] == ["one", "two"]
    assert {message["anonymousId"] for message in recorder.messages} == {pages(recorder)[0]["anonymousId"]}


def test_a_stream_is_read_part_by_part_and_each_tracks_for_the_visitor(browser: Any, recorder: Recorder) -> None:
    chunks = iter(browser.get("/stream/", headers=PLAIN))

    assert next(chunks) == b"one"
    assert len(tracks(recorder)) == 1
    assert b"".join(chunks) == b"two"
    assert {message["anonymousId"] for message in recorder.messages} == {pages(recorder)[0]["anonymousId"]}


def test_a_stream_that_ends_in_another_context_leaves_no_scope_behind(browser: Any, recorder: Recorder) -> None:
    chunks = iter(browser.get("/stream/", headers=PLAIN))

    contextvars.Context().run(next, chunks)
    contextvars.Context().run(list, chunks)

    assert [event["anonymousId"] for event in tracks(recorder)] == [pages(recorder)[0]["anonymousId"]] * 2
    assert current_hit() is None


def test_a_file_is_handed_to_the_server_as_it_was(recorder: Recorder) -> None:
    from django.core.handlers.wsgi import WSGIHandler
    from django.test import RequestFactory

    environ = RequestFactory(headers={**CHROME, **PLAIN}).get("/file/").environ
    environ["wsgi.file_wrapper"] = lambda file, size: [file]  # as uWSGI's, which sends the file by itself
    sent: list[tuple[str, str]] = []

    body = WSGIHandler()(environ, lambda status, headers: sent.extend(headers))

    assert next(iter(body)).read() == b"a,b\n1,2\n"
    assert ("Content-Length", "8") in sent


def test_an_async_view_and_a_thread_of_it_track_for_the_same_visitor(recorder: Recorder) -> None:
    response = asynchronous("/async/")

    assert response.status_code == 200
    assert {message["anonymousId"] for message in recorder.messages} == {pages(recorder)[0]["anonymousId"]}
    assert len(tracks(recorder)) == 2


def test_an_async_view_under_wsgi_tracks_for_its_visitor(browser: Any, recorder: Recorder) -> None:
    browser.get("/async/")

    assert {event["anonymousId"] for event in tracks(recorder)} == {pages(recorder)[0]["anonymousId"]}


def test_a_sync_view_under_asgi_tracks_for_its_visitor(recorder: Recorder) -> None:
    asynchronous("/tracked/")

    assert tracks(recorder)[0]["anonymousId"] == pages(recorder)[0]["anonymousId"]


@pytest.mark.parametrize("path", ["/tracked/", "/async/"])
@pytest.mark.parametrize("kinds", ["sync ours async", "async ours sync", "sync ours sync", "async ours async"])
def test_middleware_of_either_kind_may_be_around_and_inside(kinds: str, path: str, recorder: Recorder) -> None:
    from django.conf import settings
    from django.test import override_settings

    outer, _, inner = kinds.split()
    paths = [f"tests.integrations.django.chain.{outer}_only", *settings.MIDDLEWARE]
    paths.append(f"tests.integrations.django.chain.{inner}_only")
    with override_settings(MIDDLEWARE=paths):
        response = asynchronous(path)

    assert response.status_code == 200
    assert {message["anonymousId"] for message in recorder.messages} == {pages(recorder)[0]["anonymousId"]}


def test_two_requests_at_once_do_not_mix(recorder: Recorder) -> None:
    from django.test import AsyncClient

    async def ask() -> None:
        await asyncio.gather(*(AsyncClient().get("/async/", headers=CHROME) for _ in range(8)))

    asyncio.run(ask())

    assert len({page["anonymousId"] for page in pages(recorder)}) == 8
    assert all(
        len([event for event in tracks(recorder) if event["anonymousId"] == page["anonymousId"]]) == 2
        for page in pages(recorder)
    )


def test_a_request_is_freed_as_soon_as_it_is_answered(recorder: Recorder) -> None:
    from django.http import HttpResponse
    from django.test import RequestFactory

    from footfall.integrations.django import FootfallMiddleware

    middleware = FootfallMiddleware(lambda request: HttpResponse("{}", content_type="application/json"))
    gc.disable()
    try:
        request = RequestFactory(headers=CHROME).get("/")
        freed = weakref.ref(request)
        middleware(request)
        del request
        assert freed() is None
    finally:
        gc.enable()


def test_a_request_that_is_cancelled_is_no_page_and_leaves_no_scope_behind(recorder: Recorder) -> None:
    from django.test import AsyncRequestFactory

    from footfall.integrations.django import FootfallMiddleware

    async def never(request: Any) -> None:
        await asyncio.Event().wait()

    async def ask() -> object:
        task = asyncio.ensure_future(FootfallMiddleware(never)(AsyncRequestFactory(headers=CHROME).get("/")))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return current_hit()

    assert asyncio.run(ask()) is None
    assert recorder.messages == []
    assert uncounted() == {"no_response": 1}

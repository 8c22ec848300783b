"""The middleware of ASGI sees what passes, adds its headers, and changes nothing else, whatever an application does."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import event, find, given, settings
from hypothesis import strategies as st
from tests.integrations.asgi_calls import HTML, OPTIONS, called, head, http_scope, pages, start_message
from tests.integrations.browsers import CHROME
from tests.web.sites import plan

from footfall import AsyncClient, Client, ClientOptions
from footfall.integrations.asgi import AsgiMiddleware, Scope
from footfall.integrations.hit import Hit, current_hit
from footfall.integrations.options import SiteOptions
from footfall.testing import Recorder

pytestmark = pytest.mark.anyio
BODY: dict[str, Any] = {"type": "http.response.body", "body": b"<title>Home</title>"}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def client(recorder: Recorder) -> Iterator[Client]:
    with Client(recorder, plan=plan(), options=ClientOptions(linger=30)) as client:
        yield client


@functools.cache
def shared_client() -> Client:
    return Client(Recorder(), plan=plan(), options=ClientOptions(linger=30, queue_bytes=100_000))


def answering(*messages: Any) -> Any:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        for message in messages:
            await send(message)

    return app


# A page view


async def test_a_page_is_counted_with_its_title_and_its_visitor_gets_a_cookie(
    client: Client, recorder: Recorder
) -> None:
    sent = await called(AsgiMiddleware(answering(start_message(), BODY), client, OPTIONS))

    (page,) = recorder.messages
    (cookie,) = head(sent, "set-cookie")
    assert page["type"] == "page"
    assert page["properties"]["title"] == "Home"
    assert page["properties"]["status"] == 200
    assert page["anonymousId"] in cookie
    assert client.stats().uncounted == {}


async def test_a_visitor_who_comes_back_is_the_same_and_gets_no_second_cookie(
    client: Client, recorder: Recorder
) -> None:
    app = AsgiMiddleware(answering(start_message(), BODY), client, OPTIONS)
    cookie = head(await called(app), "set-cookie")[0].partition(";")[0]

    again = await called(app, http_scope(headers={**CHROME, "Cookie": f"a=1; {cookie}"}))

    assert len({message["anonymousId"] for message in recorder.messages}) == 1
    assert again == [start_message(), BODY]


async def test_cookies_that_a_browser_sends_in_several_lines_are_read(client: Client, recorder: Recorder) -> None:
    app = AsgiMiddleware(answering(start_message(), BODY), client, OPTIONS)
    cookie = head(await called(app), "set-cookie")[0].partition(";")[0]
    scope = http_scope()
    scope["headers"] += [(b"cookie", b"a=1"), (b"cookie", cookie.encode()), (b"cookie", b"b=2")]

    await called(app, scope)

    assert len({message["anonymousId"] for message in recorder.messages}) == 1


@pytest.mark.parametrize("kind", [Client, AsyncClient])
async def test_either_kind_of_client_takes_what_is_tracked_inside(kind: type[Client | AsyncClient]) -> None:
    recorder = Recorder()
    client = kind(recorder, plan=plan(), options=ClientOptions(linger=30))

    async def app(scope: Any, receive: Any, send: Any) -> None:
        client.track("looked")
        await asyncio.to_thread(client.track, "looked in a thread")
        scope["footfall"].track("looked by its hit")
        await answering(start_message(), BODY)(scope, receive, send)

    await called(AsgiMiddleware(app, client, OPTIONS))

    messages = recorder.messages
    assert recorder.events == ["looked", "looked in a thread", "looked by its hit"]
    assert len(messages) == 4
    assert len({message["anonymousId"] for message in messages}) == 1
    await client.aclose() if isinstance(client, AsyncClient) else client.close()


async def test_who_a_view_in_a_thread_says_the_user_is_is_identified_at_the_response(
    client: Client, recorder: Recorder
) -> None:
    def view() -> None:
        hit = current_hit()
        assert hit is not None
        hit.user(lambda: "kari")

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.to_thread(view)
        await answering(start_message(), BODY)(scope, receive, send)

    await called(AsgiMiddleware(app, client, OPTIONS))

    assert [(message["type"], message["userId"]) for message in recorder.messages] == [
        ("identify", "kari"), ("page", "kari"),
    ]  # fmt: skip


async def test_the_setting_for_the_user_is_asked_with_the_scope_and_only_when_it_is_needed(client: Client) -> None:
    asked: list[str] = []
    options = SiteOptions(cookie_keys=OPTIONS.cookie_keys, user=lambda scope: asked.append(scope["path"]))
    page = AsgiMiddleware(answering(start_message(), BODY), client, options)
    missing = AsgiMiddleware(answering(start_message(404), BODY), client, options)

    await called(page, http_scope("/pay", method="POST"))
    await called(missing, http_scope("/gone"))
    await called(page, http_scope("/account"))

    assert asked == ["/account"]


# What passes


NAMES = st.sampled_from([b"content-type", b"set-cookie", b"cache-control", b"etag", b"vary", b"x-a", b"X-Upper"])
VALUES = st.one_of(
    st.sampled_from([b"text/html", b"private", b"public, max-age=60", b"no-store", b"*", b""]), st.binary(max_size=20)
)
HEADERS = st.lists(st.tuples(NAMES, VALUES), max_size=5)
MIDDLE: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [
        {"type": "http.response.body", "body": b"part", "more_body": True},
        {"type": "http.response.body", "more_body": True},
        {"type": "http.response.zerocopysend", "file": 7, "more_body": True},
        {"type": "http.response.pathsend", "path": "/srv/a"},
        {"type": "http.response.early_hint", "links": [b"</a.css>"]},
        {"type": "http.response.push", "path": "/a", "headers": []},
        {"type": "made.by.somebody"},
    ]
)
LAST: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [
        {"type": "http.response.body", "body": b"<title>x</title>", "more_body": False},
        {"type": "http.response.body"},
        {"type": "http.response.trailers", "headers": [(b"x-sum", b"1")]},
    ]
)


@st.composite
def responses(draw: st.DrawFn) -> list[dict[str, Any]]:
    status = draw(st.sampled_from([200, 204, 206, 302, 304, 404, 500, 999]))
    first: dict[str, Any] = {"type": "http.response.start", "status": status}
    if draw(st.booleans()):
        first["headers"] = draw(st.sampled_from([list, tuple]))(draw(HEADERS))
    if draw(st.booleans()):
        first["trailers"] = True
    before = draw(st.lists(st.just({"type": "http.response.debug", "info": {"a": 1}}), max_size=1))
    return [*before, first, *draw(st.lists(MIDDLE, max_size=3)), *draw(st.lists(LAST, max_size=2))]


LARGE: dict[str, tuple[bytes, bytes]] = {
    "nothing": (b"x-small", b"1"),
    "cookie": (b"cookie", b"ff_id=" + b"x" * 65_536),
    "cookies": (b"cookie", b"; ".join(b"c%d=v" % number for number in range(10_000))),
    "agent": (b"user-agent", b"Mozilla/5.0 " * 5_000),
}


@settings(max_examples=60)
@given(
    messages=responses(),
    request_headers=st.lists(
        st.tuples(
            st.sampled_from(
                [b"cookie", b"user-agent", b"referer", b"Host", b"x-forwarded-for", b"sec-gpc", b"\xff\x00"]
            ),
            st.one_of(
                st.binary(max_size=30),
                st.sampled_from([b"ff_id=1.2.3.4", b"\r\nX: 1", b"1", b"\xc3\x28", b"; ;=;"]),
            ),
        ),
        max_size=4,
    ),
    large=st.sampled_from([*LARGE]),
    query=st.binary(max_size=20),
    keys=st.sampled_from([0, 10_000]),
    path=st.one_of(st.sampled_from(["/", "", "*", "//evil.example", "/ï\udcff\x00"]), st.text(max_size=10)),
)
def test_whatever_is_asked_and_answered_the_response_gains_headers_of_ours_and_nothing_else(
    messages: list[dict[str, Any]],
    request_headers: list[tuple[bytes, bytes]],
    large: str,
    query: bytes,
    keys: int,
    path: str,
) -> None:
    query += b"".join(b"&k%d=v" % number for number in range(keys))
    browser = [(name.lower().encode(), value.encode()) for name, value in CHROME.items()]
    scope = http_scope(path, headers={}, query_string=query)
    scope["headers"] = [*browser, LARGE[large], *request_headers]
    expected = [dict(message) for message in messages]

    sent = asyncio.run(called(AsgiMiddleware(answering(*messages), shared_client(), OPTIONS), scope))

    assert [message["type"] for message in sent] == [message["type"] for message in expected]
    for message, before in zip(sent, expected, strict=True):
        if message["type"] == "http.response.start" and message != before:
            event("headers were added")
            added = list(message["headers"])[len(before.get("headers", ())) :]
            assert list(message["headers"])[: len(before.get("headers", ()))] == list(before.get("headers", ()))
            assert {name for name, _ in added} <= {b"set-cookie", b"cache-control"}
            assert {**message, "headers": None} == {**before, "headers": None}
        else:
            assert message == before
    assert messages == expected
    assert "internal" not in shared_client().stats().uncounted


@pytest.mark.parametrize(
    "hard",
    [
        lambda messages: "headers" not in messages[0] and messages[0]["type"] == "http.response.start",
        lambda messages: any(message["type"] == "http.response.pathsend" for message in messages),
        lambda messages: any(message["type"] == "http.response.trailers" for message in messages),
        lambda messages: messages[0]["type"] == "http.response.debug",
        lambda messages: messages[-1]["type"] == "http.response.start",
    ],
)
def test_the_hard_responses_are_drawn(hard: Callable[[list[dict[str, Any]]], bool]) -> None:
    assert find(responses(), hard)


async def test_a_head_that_gains_nothing_is_the_very_same_object(client: Client) -> None:
    first = start_message(headers=[(b"content-type", b"application/json")])

    sent = await called(AsgiMiddleware(answering(first, BODY), client, OPTIONS))

    assert sent[0] is first
    assert sent[1] is BODY


async def test_headers_that_can_be_read_once_still_reach_the_server(client: Client) -> None:
    sent = await called(AsgiMiddleware(answering(start_message(headers=iter([HTML])), BODY), client, OPTIONS))

    assert head(sent, "content-type") == ["text/html; charset=utf-8"]
    assert len(head(sent, "set-cookie")) == 1


async def test_each_part_of_a_stream_passes_when_it_is_made_inside_of_the_scope(
    client: Client, recorder: Recorder
) -> None:
    order: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send(start_message())
        for part in ("first", "second"):
            client.track(part)
            await send({"type": "http.response.body", "body": part.encode(), "more_body": True})
            order.append(f"{part} returned")
        await send({"type": "http.response.body"})

    async def receive() -> Any:
        return {"type": "http.request"}

    async def send(message: Any) -> None:
        order.append(message.get("body", b"head").decode())

    await AsgiMiddleware(app, client, OPTIONS)(http_scope(), receive, send)

    assert order[:5] == ["head", "first", "first returned", "second", "second returned"]
    assert len({message["anonymousId"] for message in recorder.messages}) == 1
    assert len(recorder.messages) == 3


async def test_a_layer_around_reads_in_the_scope_what_a_router_inside_wrote(client: Client) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        scope["route"] = "/orders/{id}"
        await answering(start_message(), BODY)(scope, receive, send)

    scope = http_scope()
    await called(AsgiMiddleware(app, client, OPTIONS), scope)

    assert scope["route"] == "/orders/{id}"


# How a request may end


async def test_what_an_application_raises_before_its_response_passes_and_is_no_page(
    client: Client, recorder: Recorder
) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise LookupError("of the application")

    with pytest.raises(LookupError, match="of the application"):
        await called(AsgiMiddleware(app, client, OPTIONS))

    assert recorder.messages == []
    assert client.stats().uncounted == {"server_error": 1}


async def test_what_an_application_raises_after_its_head_passes_and_the_page_is_counted_once(
    client: Client, recorder: Recorder
) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send(start_message())
        raise LookupError

    with pytest.raises(LookupError):
        await called(AsgiMiddleware(app, client, OPTIONS))

    assert len(pages(recorder)) == 1
    assert client.stats().uncounted == {}


async def test_a_request_that_is_cancelled_is_no_page_and_leaves_its_scope(client: Client, recorder: Recorder) -> None:
    began = asyncio.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        began.set()
        await asyncio.sleep(3_600)

    async def request() -> object:
        with contextlib.suppress(asyncio.CancelledError):
            await called(AsgiMiddleware(app, client, OPTIONS))
        client.track("after")
        return current_hit()

    task = asyncio.create_task(request())
    await began.wait()
    task.cancel()

    assert await task is None
    assert [(message["event"], message.get("anonymousId")) for message in recorder.messages] == [("after", None)]
    assert client.stats().uncounted == {"no_response": 1}


async def test_a_stream_whose_reader_leaves_is_a_page_that_was_shown(client: Client, recorder: Recorder) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send(start_message())
        await send({"type": "http.response.body", "body": b"part", "more_body": True})

    async def gone(message: Any = None) -> Any:
        if message["type"] == "http.response.body":
            raise OSError("the client has gone")

    with pytest.raises(OSError, match="gone"):
        await AsgiMiddleware(app, client, OPTIONS)(http_scope(), gone, gone)

    assert len(pages(recorder)) == 1


async def test_an_application_that_leaves_without_a_response_is_no_page(client: Client, recorder: Recorder) -> None:
    assert await called(AsgiMiddleware(answering(), client, OPTIONS)) == []
    assert recorder.messages == []
    assert client.stats().uncounted == {"no_response": 1}


async def test_what_goes_on_after_the_response_is_the_visitors_too(client: Client, recorder: Recorder) -> None:
    tasks: list[asyncio.Task[None]] = []

    async def later() -> None:
        client.track("mailed")

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await answering(start_message(), BODY)(scope, receive, send)
        client.track("cleaned up")
        tasks.append(asyncio.create_task(later()))

    await called(AsgiMiddleware(app, client, OPTIONS))
    await tasks[0]

    assert sorted(recorder.events) == ["cleaned up", "mailed"]
    assert len({message["anonymousId"] for message in recorder.messages}) == 1


async def test_requests_that_run_at_the_same_time_keep_their_visitors_apart(client: Client, recorder: Recorder) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.sleep(0)
        client.track(scope["path"])
        await send(start_message())
        await asyncio.sleep(0)
        await asyncio.to_thread(client.track, scope["path"])
        await send(BODY)

    inside = AsgiMiddleware(app, client, OPTIONS)
    await asyncio.gather(*(called(inside, http_scope(f"/{number}")) for number in range(50)))

    of_path: dict[str, set[str]] = {}
    for message in recorder.messages:
        if message["type"] == "track":
            of_path.setdefault(message["event"], set()).add(message["anonymousId"])
    assert len(of_path) == 50
    assert {len(ids) for ids in of_path.values()} == {1}
    assert len(set.union(*of_path.values())) == 50


# Other kinds of scopes


async def test_a_websocket_passes_and_what_is_tracked_in_it_is_its_visitors(client: Client, recorder: Recorder) -> None:
    messages = [{"type": "websocket.accept"}, {"type": "websocket.send", "text": "a"}, {"type": "websocket.close"}]

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send(messages[0])
        client.track((await receive())["text"])
        for message in messages[1:]:
            await send(message)

    page = await called(AsgiMiddleware(answering(start_message(), BODY), client, OPTIONS))
    headers = {**CHROME, "Cookie": head(page, "set-cookie")[0].partition(";")[0]}
    scope = {**http_scope(headers=headers, scheme="wss"), "type": "websocket", "subprotocols": []}
    del scope["method"]

    sent = await called(AsgiMiddleware(app, client, OPTIONS), scope, [{"type": "websocket.receive", "text": "said"}])

    assert all(message is given for message, given in zip(sent, messages, strict=True))
    assert recorder.events == ["said"]
    assert len({message["anonymousId"] for message in recorder.messages}) == 1
    assert client.stats().uncounted == {}


@pytest.mark.parametrize("kind", [Client, AsyncClient])
@pytest.mark.parametrize("last", ["lifespan.shutdown.complete", "lifespan.shutdown.failed"])
async def test_what_is_pending_is_sent_before_the_server_hears_that_the_application_has_ended(
    kind: type[Client | AsyncClient], last: str
) -> None:
    recorder = Recorder()
    client = kind(recorder, plan=plan(), options=ClientOptions(linger=30))
    delivered: list[tuple[str, int]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        client.track("ending")
        await send({"type": last})

    async def receive() -> Any:
        return {"type": "lifespan.startup"}

    async def send(message: Any) -> None:
        delivered.append((message["type"], len(recorder.batches)))

    await AsgiMiddleware(app, client, OPTIONS)({"type": "lifespan", "state": {}}, receive, send)

    assert delivered == [("lifespan.startup.complete", 0), (last, 1)]
    await client.aclose() if isinstance(client, AsyncClient) else client.close()


@pytest.mark.parametrize("kind", ["lifespan", "made.by.somebody"])
async def test_an_application_that_knows_no_such_scope_says_so_as_before(client: Client, kind: str) -> None:
    scope = {"type": kind}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise NotImplementedError(scope["type"])

    with pytest.raises(NotImplementedError, match=kind):
        await called(AsgiMiddleware(app, client, OPTIONS), scope)

    assert scope == {"type": kind}


# Where it is


async def test_inside_of_another_of_the_same_client_it_counts_nothing_twice(client: Client, recorder: Recorder) -> None:
    inner = AsgiMiddleware(answering(start_message(), BODY), client, OPTIONS)

    sent = await called(AsgiMiddleware(inner, client, OPTIONS))

    assert len(pages(recorder)) == 1
    assert len(head(sent, "set-cookie")) == 1


async def test_inside_of_one_of_another_client_both_count(client: Client, recorder: Recorder) -> None:
    other = Recorder()
    with Client(other, plan=plan()) as outer:
        options = SiteOptions(cookie_keys=OPTIONS.cookie_keys, cookie_name="ff_other")
        await called(AsgiMiddleware(AsgiMiddleware(answering(start_message(), BODY), client, OPTIONS), outer, options))

        assert (len(pages(recorder)), len(pages(other))) == (1, 1)


@pytest.mark.parametrize(
    ("root_path", "path", "whole"),
    [("", "/a", "/a"), ("/shop", "/shop/a", "/shop/a"), ("/shop", "/a", "/shop/a"), ("/shop/", "/shop", "/shop"),
     ("/shop", "/shops", "/shop/shops")],
)  # fmt: skip
async def test_the_path_is_the_whole_one_whatever_a_mount_or_a_server_leaves_of_it(
    client: Client, root_path: str, path: str, whole: str
) -> None:
    scope = http_scope(path, root_path=root_path)

    await called(AsgiMiddleware(answering(start_message(), BODY), client, OPTIONS), scope)

    assert scope["footfall"].visit.request.path == whole


async def test_a_path_of_our_own_is_answered_without_the_application(client: Client) -> None:
    app = AsgiMiddleware(answering(), client, OPTIONS)

    sent = await called(app, http_scope("/.well-known/gpc.json"))
    without_body = await called(app, http_scope("/.well-known/gpc.json", method="HEAD"))

    assert head(sent, "content-type") == ["application/json"]
    assert head(sent, "content-length") == [str(len(sent[1]["body"]))]
    assert without_body == [sent[0], {"type": "http.response.body", "body": b""}]


async def test_with_a_client_that_is_disabled_nothing_is_added_or_counted() -> None:
    with Client(disabled=True) as client:
        sent = await called(AsgiMiddleware(answering(start_message(), BODY), client, OPTIONS))

        assert sent == [start_message(), BODY]
        assert client.stats().uncounted == {}


async def test_a_scope_that_cannot_be_read_costs_no_response_and_is_logged_once(
    client: Client, recorder: Recorder, caplog: pytest.LogCaptureFixture
) -> None:
    app = AsgiMiddleware(answering(start_message(), BODY), client, OPTIONS)
    scope = http_scope()
    scope["headers"] = [("text", "where bytes belong")]

    with caplog.at_level(logging.ERROR, "footfall"):
        sent = [await called(app, dict(scope)) for _ in range(3)]

    assert sent == [[start_message(), BODY]] * 3
    assert client.stats().uncounted == {"internal": 3}
    assert len(caplog.records) == 1


async def test_a_route_that_raises_costs_no_page(client: Client, recorder: Recorder) -> None:
    class Named(AsgiMiddleware):
        def learn(self, hit: Hit, scope: Scope) -> Callable[[], str | None]:
            return lambda: str(1 // 0)

    await called(Named(answering(start_message(), BODY), client, OPTIONS))

    assert len(pages(recorder)) == 1
    assert client.stats().uncounted == {"internal": 1}

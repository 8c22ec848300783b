"""What goes over HTTP, and what each answer means; httpx's transport is replaced by pytest-httpx."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
import traceback
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx
import pytest
from pytest_httpx import HTTPXMock

from footfall.delivery import HttpTransport
from footfall.delivery.acknowledgement import Rule, RuleName
from footfall.delivery.http_answer import MAX_ANSWER
from footfall.errors import (
    OverloadedError,
    RefusedError,
    TransportError,
    UnauthorizedError,
    UnreachableError,
    UsageError,
)
from footfall.events import Answer, Batch, Fault, Verdict

BATCH = Batch((b'{"type":"track","event":"a"}', b'{"type":"track","event":"b"}'), "2026-03-01T10:00:00.000000Z")
KEY = "canary-7f3a"
BASIC = base64.b64encode(f"{KEY}:".encode()).decode()
OURS = b'{"received":2}'
LONG = Batch((b'{"type":"track","event":"%b"}' % (b"a" * 3000),), "2026-03-01T10:00:00.000000Z")


class Pieces(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that comes as it is, in pieces."""

    def __init__(self, body: bytes) -> None:
        self.pieces = [body[start : start + 60_000] for start in range(0, len(body), 60_000)]

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.pieces)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            yield piece


def send(httpx_mock: HTTPXMock, batch: Batch = BATCH, **answer: object) -> Answer:
    answer = answer or {"json": {"received": len(batch.messages)}}
    httpx_mock.add_response(**answer)  # type: ignore[arg-type]  # handed on as they are
    return HttpTransport("https://collect.example", "key").send(batch)


def test_a_batch_is_posted_with_the_write_key_as_the_user_name(httpx_mock: HTTPXMock) -> None:
    send(httpx_mock)

    request = httpx_mock.get_requests()[0]
    assert (request.method, str(request.url)) == ("POST", "https://collect.example/v1/batch")
    assert request.headers["authorization"] == f"Basic {base64.b64encode(b'key:').decode()}"
    assert request.headers["content-type"] == "application/json"
    assert "content-encoding" not in request.headers
    assert request.content == BATCH.encode()


def test_a_long_body_is_compressed(httpx_mock: HTTPXMock) -> None:
    send(httpx_mock, LONG)

    request = httpx_mock.get_requests()[0]
    assert request.headers["content-encoding"] == "gzip"
    assert json.loads(gzip.decompress(request.content)) == json.loads(LONG.encode())
    assert len(request.content) < len(LONG.encode()) / 10


def test_compression_can_be_left_out(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(json={"received": 1})

    HttpTransport("https://collect.example", "key", gzip=False).send(LONG)

    assert httpx_mock.get_requests()[0].content == LONG.encode()


@pytest.mark.parametrize(
    ("url", "posted_to"),
    [
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/v1/batch"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080/v1/batch"),
        ("https://example.org/footfall/", "https://example.org/footfall/v1/batch"),
        ("https://example.org/v1/batch", "https://example.org/v1/batch"),
        ("http://[::1]:8080", "http://[::1]:8080/v1/batch"),
    ],
)
def test_the_path_is_added_where_it_is_missing(httpx_mock: HTTPXMock, url: str, posted_to: str) -> None:
    httpx_mock.add_response(json={"received": 2})

    HttpTransport(url, "key").send(BATCH)

    assert str(httpx_mock.get_requests()[0].url) == posted_to


def test_verdicts_are_read(httpx_mock: HTTPXMock) -> None:
    said = {
        "status": 1,
        "received": 2,
        "stored": 1,
        "verdicts": [
            {
                "index": 1,
                "message_id": "m",
                "verdict": "quarantined",
                "reason": "invalid",
                "faults": [{"path": "total", "code": "min", "expected": "at least 0", "got": "-1"}],
            }
        ],
    }

    answer = send(httpx_mock, json=said)

    assert answer == Answer(
        2, (Verdict(1, "quarantined", "m", "invalid", (Fault("total", "min", "at least 0", "-1"),)),)
    )
    assert answer.counts() == {"stored": 1, "duplicate": 0, "quarantined": 1, "rejected": 0}


def both(httpx_mock: HTTPXMock, **answer: object) -> list[str]:
    """What a sync and an async send raise for the same answer."""
    httpx_mock.add_response(is_reusable=True, **answer)  # type: ignore[arg-type]  # handed on as they are
    transport = HttpTransport("https://collect.example", "key")
    with pytest.raises(UnreachableError) as caught:
        transport.send(BATCH)
    with pytest.raises(UnreachableError) as caught_async:
        asyncio.run(transport.send_async(BATCH))
    return [str(caught.value), str(caught_async.value)]


@pytest.mark.parametrize(
    "answer",
    [
        {"json": {"success": True}},
        {"json": {"success": False}},
        {"json": {"received": 1}},
        {"json": {"received": 2}, "status_code": 202},
        {"json": {"received": 2, "verdicts": [{"index": 2, "verdict": "rejected"}]}},
        {"text": "Please log in"},
        {"html": "<h1>Log in to the hotel's network</h1>"},
        {"content": b""},
        {"status_code": 204},
        {"status_code": 302, "headers": {"location": "https://login.example"}},
        {"status_code": 511, "html": "<h1>Log in</h1>"},
        {"content": b"\xff{"},
    ],
)
def test_an_answer_that_is_not_our_collectors_acknowledges_nothing(
    httpx_mock: HTTPXMock, answer: dict[str, object]
) -> None:
    errors = both(httpx_mock, **answer)

    assert errors[0] == errors[1]
    assert "something other than a collector answered, and the batch is kept; check the URL" in errors[0]


def test_an_unknown_answer_is_named_with_its_place_status_type_and_first_characters(httpx_mock: HTTPXMock) -> None:
    errors = both(httpx_mock, content=b"Please\x1b[2J log in" + b"." * 100)

    assert errors[0].startswith("HTTP 200: something other than a collector answered")
    assert 'https://collect.example/v1/batch answered no content type, "' in errors[0]
    assert '"Please\\x1b[2J log in....' in errors[0]
    assert errors[0].endswith('" and more)')


@pytest.mark.parametrize(("status", "code"), [(401, "mistyped_key"), (403, "role")])
def test_who_refused_a_key_and_what_it_said_of_it_is_in_the_error(
    httpx_mock: HTTPXMock, status: int, code: str
) -> None:
    httpx_mock.add_response(status_code=status, json={"error": {"code": code, "message": "copy it again"}})

    with pytest.raises(UnauthorizedError) as caught:
        HttpTransport("https://collect.example", KEY).send(BATCH)

    assert "https://collect.example/v1/batch answered application/json" in str(caught.value)
    assert f'"code":"{code}","message":"copy it again"' in str(caught.value)


def test_an_answer_that_repeats_the_request_is_not_shown(httpx_mock: HTTPXMock) -> None:
    errors = both(httpx_mock, content=b'{"json":' + BATCH.encode())

    assert "repeats the request" in errors[0]
    assert '"track"' not in errors[0]


@pytest.mark.parametrize(
    ("rule", "answer"),
    [
        ("segment", {"json": {"success": True}}),
        ("rudderstack", {"text": "OK"}),
        ("rudderstack", {"text": '"OK"'}),
        ("any_2xx", {"status_code": 204}),
        (lambda reply, count: Answer(count) if reply.body == b"taken" else None, {"text": "taken"}),
    ],
)
def test_a_transport_to_another_makers_collector_says_what_acknowledges(
    httpx_mock: HTTPXMock, rule: RuleName | Rule, answer: dict[str, object]
) -> None:
    httpx_mock.add_response(**answer)  # type: ignore[arg-type]  # handed on as they are

    assert HttpTransport("https://collect.example", "key", acknowledges=rule).send(BATCH) == Answer(2)


def test_a_rule_that_there_is_not_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(UsageError, match="any_2xx, footfall, rudderstack, segment"):
        HttpTransport("https://collect.example", "key", acknowledges="mixpanel")  # type: ignore[arg-type]  # see above


def test_a_web_page_that_refuses_says_nothing_of_the_batch(httpx_mock: HTTPXMock) -> None:
    with pytest.raises(UnreachableError, match="check the URL"):
        send(httpx_mock, status_code=400, html="<h1>The plain HTTP request was sent to HTTPS port</h1>")


def test_what_a_status_line_says_is_shortened_and_cleaned(httpx_mock: HTTPXMock) -> None:
    said = {"reason_phrase": b"\x1b[31m" + b"n" * 1000}
    httpx_mock.add_callback(lambda _request: httpx.Response(404, extensions=said))

    with pytest.raises(UnreachableError) as caught:
        HttpTransport("https://collect.example", "key").send(BATCH)

    assert f"(\\x1b[31m{'n' * 75}: " in str(caught.value)


@pytest.mark.parametrize("length", [MAX_ANSWER, MAX_ANSWER + 1])
@pytest.mark.parametrize("coding", ["", "gzip", "deflate"])
@pytest.mark.parametrize("is_async", [False, True])
def test_no_more_than_a_megabyte_of_an_answer_is_read(
    httpx_mock: HTTPXMock, length: int, coding: str, is_async: bool
) -> None:
    pack: dict[str, Callable[[bytes], bytes]] = {"": bytes, "gzip": gzip.compress, "deflate": zlib.compress}
    httpx_mock.add_response(stream=Pieces(pack[coding](OURS.ljust(length))), headers={"content-encoding": coding})
    transport = HttpTransport("https://collect.example", "key")

    def ask() -> Answer:
        return asyncio.run(transport.send_async(BATCH)) if is_async else transport.send(BATCH)

    if length > MAX_ANSWER:
        with pytest.raises(UnreachableError, match="longer than"):
            ask()
    else:
        assert ask() == Answer(2)


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, gzip", "gzip"])
def test_an_answer_that_cannot_be_unpacked_acknowledges_nothing(httpx_mock: HTTPXMock, coding: str) -> None:
    httpx_mock.add_response(stream=Pieces(b"no such thing"), headers={"content-encoding": coding})

    with pytest.raises(UnreachableError, match="packed"):
        HttpTransport("https://collect.example", "key").send(BATCH)


def test_we_ask_for_answers_that_are_not_packed(httpx_mock: HTTPXMock) -> None:
    send(httpx_mock)

    assert httpx_mock.get_requests()[0].headers["accept-encoding"] == "identity"


def test_a_redirect_is_not_followed(httpx_mock: HTTPXMock) -> None:
    with pytest.raises(UnreachableError, match="302"):
        send(httpx_mock, status_code=302, headers={"location": "https://login.example"})

    assert len(httpx_mock.get_requests()) == 1


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, RefusedError),
        (404, UnreachableError),
        (401, UnauthorizedError),
        (413, RefusedError),
        (429, OverloadedError),
        (503, OverloadedError),
    ],
)
def test_each_status_is_told_as_its_error(httpx_mock: HTTPXMock, status: int, kind: type[TransportError]) -> None:
    with pytest.raises(kind) as caught:
        send(httpx_mock, status_code=status)

    assert caught.value.status == status
    assert caught.value.retry_after is None


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        # The gateway's clock may be years off; the difference of the server's two dates is not.
        ({"retry-after": "Sun, 01 Mar 2026 10:00:30 GMT", "date": "Sun, 01 Mar 2026 10:00:00 GMT"}, 30.0),
        ({"retry-after": "Sun, 01 Mar 2026 09:00:00 GMT", "date": "Sun, 01 Mar 2026 10:00:00 GMT"}, 0.0),
        ({"retry-after": "Sun, 01 Mar 2026 10:00:30 GMT"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "²"}, None),
        ({}, None),
    ],
)
def test_the_wait_that_the_collector_asks_for_is_read(
    httpx_mock: HTTPXMock, headers: dict[str, str], seconds: float | None
) -> None:
    with pytest.raises(OverloadedError) as caught:
        send(httpx_mock, status_code=503, headers=[(key.encode(), value.encode()) for key, value in headers.items()])

    assert caught.value.retry_after == seconds


@pytest.mark.parametrize(
    "error",
    [
        httpx.ConnectError("refused"),
        httpx.ReadTimeout("slow"),
        httpx.RemoteProtocolError("nonsense"),
        httpx.DecodingError("gzip"),
        OSError("broken"),
    ],
)
@pytest.mark.parametrize("is_async", [False, True])
def test_what_goes_wrong_on_the_way_is_told_as_unreachable(
    httpx_mock: HTTPXMock, error: Exception, is_async: bool
) -> None:
    httpx_mock.add_exception(error)
    transport = HttpTransport("https://collect.example", "key")

    with pytest.raises(UnreachableError, match=type(error).__name__):
        asyncio.run(transport.send_async(BATCH)) if is_async else transport.send(BATCH)


def test_a_collector_that_does_not_run_is_named_with_the_remedy(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_exception(httpx.ConnectError("[Errno 111] Connection refused\n"))

    with pytest.raises(UnreachableError) as caught:
        HttpTransport("https://collect.example", "key").send(BATCH)

    why = "ConnectError ([Errno 111] Connection refused); see that the collector runs, and check the URL"
    assert str(caught.value) == f"no answer from the collector: {why}"


@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize(
    "answer",
    [
        {"status_code": 401},
        {"text": f"you sent {KEY} and Basic {BASIC}", "headers": {"content-type": f"text/{KEY}"}},
        {"status_code": 404, "text": f"you sent {KEY} and Basic {BASIC}"},
        {"status_code": 500, "extensions": {"reason_phrase": f"{KEY} {BASIC}".encode()}},
        None,
    ],
)
def test_neither_a_key_nor_a_password_is_in_an_error_or_in_what_comes_with_it(
    httpx_mock: HTTPXMock, answer: dict[str, Any] | None, is_async: bool
) -> None:
    if answer is None:
        httpx_mock.add_exception(httpx.ConnectError(f"cannot connect to http://user:{KEY}@proxy"))
    else:
        response = httpx.Response(answer.pop("status_code", 200), **answer)
        httpx_mock.add_callback(lambda _request: response)
    transport = HttpTransport("https://collect.example", KEY, proxy=f"http://user:{KEY}@127.0.0.1:9")

    with pytest.raises(TransportError) as caught:
        asyncio.run(transport.send_async(BATCH)) if is_async else transport.send(BATCH)

    trace = "".join(traceback.format_exception(caught.value))
    texts = [str(caught.value), repr(caught.value), trace, repr(vars(transport))]
    assert [text for text in texts if KEY in text or BASIC in text] == []
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_closing_twice_and_sending_again_is_fine(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(is_reusable=True, json={"received": 2})
    transport = HttpTransport("https://collect.example", "key")

    transport.close()
    transport.send(BATCH)
    transport.close()
    transport.close()

    assert transport.send(BATCH) == Answer(2)

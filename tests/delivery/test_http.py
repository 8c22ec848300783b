"""What goes over HTTP, and what each answer means; httpx's transport is replaced by pytest-httpx."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
import traceback
from typing import Any

import httpx
import pytest
from pytest_httpx import HTTPXMock

from footfall.delivery import HttpTransport
from footfall.delivery.acknowledgement import Rule, RuleName
from footfall.errors import (
    TransportError,
    UnreachableError,
    UsageError,
)
from footfall.events import Answer, Batch

BATCH = Batch((b'{"type":"track","event":"a"}', b'{"type":"track","event":"b"}'), "2026-03-01T10:00:00.000000Z")
KEY = "canary-7f3a"
BASIC = base64.b64encode(f"{KEY}:".encode()).decode()
LONG = Batch((b'{"type":"track","event":"%b"}' % (b"a" * 3000),), "2026-03-01T10:00:00.000000Z")


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


def test_we_ask_for_answers_that_are_not_packed(httpx_mock: HTTPXMock) -> None:
    send(httpx_mock)

    assert httpx_mock.get_requests()[0].headers["accept-encoding"] == "identity"


def test_a_redirect_is_not_followed(httpx_mock: HTTPXMock) -> None:
    with pytest.raises(UnreachableError, match="302"):
        send(httpx_mock, status_code=302, headers={"location": "https://login.example"})

    assert len(httpx_mock.get_requests()) == 1


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

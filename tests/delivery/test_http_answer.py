"""What each answer over HTTP means; httpx's transport is replaced by pytest-httpx."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator, Callable, Iterator

import httpx
import pytest
from pytest_httpx import HTTPXMock

from footfall.delivery import HttpTransport
from footfall.delivery.http_answer import MAX_ANSWER
from footfall.errors import (
    OverloadedError,
    RefusedError,
    TransportError,
    UnauthorizedError,
    UnreachableError,
)
from footfall.events import Answer, Batch, Fault, Verdict

BATCH = Batch((b'{"type":"track","event":"a"}', b'{"type":"track","event":"b"}'), "2026-03-01T10:00:00.000000Z")


KEY = "canary-7f3a"


OURS = b'{"received":2}'


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
    errors = both(httpx_mock, content=b"Please\x1b[2J log in" + b"." * 300)

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

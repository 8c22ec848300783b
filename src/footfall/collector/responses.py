"""What a collector answers over HTTP: the body for what was taken, and one for each way of being refused."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from typing import Any, NamedTuple

import msgspec

from footfall.errors import RequestError
from footfall.events import Answer, Verdict

__all__ = [
    "CLOSE",
    "Headers",
    "Message",
    "Refusal",
    "Response",
    "Send",
    "encode",
    "error_body",
    "headers_of",
    "json_response",
    "respond",
    "respond_error",
    "slow_stranger",
    "too_large",
    "unauthorized",
    "unkeyed_too_large",
]

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

_LONGEST_ANSWER = 900_000  # bytes
_MOST_FAULTS = 10_000
# What a server may write at once without waiting for its reader.
_AT_ONCE = 65_536
CLOSE: tuple[bytes, bytes] = (b"connection", b"close")
_JSON = b"application/json"


class Refusal(RequestError):  # noqa: N818 - it is answered, and never leaves the collector
    """A RequestError with additional headers."""

    def __init__(self, status: int, code: str, message: str, headers: Headers | None = None) -> None:
        super().__init__(status, code, message)
        self.headers = headers or []


class _Body(msgspec.Struct, kw_only=True):
    """An answer as it is sent; `status`, `error`, `code` and `success` are what Segment's and Mixpanel's SDKs read."""

    status: int = 1
    error: None = None
    code: int = 200
    success: bool = True
    received: int
    stored: int
    duplicate: int
    quarantined: int
    rejected: int
    verdicts: tuple[Verdict, ...]


def encode(answer: Answer) -> bytes:
    """The JSON of an answer."""
    counts = answer.counts()
    body = _Body(
        received=answer.received,
        stored=counts["stored"],
        duplicate=counts["duplicate"],
        quarantined=counts["quarantined"],
        rejected=counts["rejected"],
        verdicts=answer.verdicts,
    )
    if sum(len(verdict.faults) for verdict in answer.verdicts) <= _MOST_FAULTS:
        text = msgspec.json.encode(body)
        if len(text) <= _LONGEST_ANSWER:
            return text
    # Clients read no more than 1 MB. The faults are kept with the messages; the verdicts are what an answer is for.
    body.verdicts = tuple(msgspec.structs.replace(verdict, faults=()) for verdict in answer.verdicts)
    return msgspec.json.encode(body)


class Response(NamedTuple):
    """A response to a request whose messages were taken. One of status 204 has no body and no `content_type`."""

    status: int
    body: bytes
    content_type: bytes = _JSON
    headers: Sequence[tuple[bytes, bytes]] = ()


def json_response(answer: Answer) -> Response:
    """What footfall's client and Segment's SDKs read."""
    return Response(200, encode(answer))


async def respond(
    send: Send,
    status: int,
    body: bytes,
    headers: Sequence[tuple[bytes, bytes]] | None = None,
    content_type: bytes = _JSON,
) -> None:
    """Send an answer. A long one has been taken by its reader, but for what a server buffers, when this returns."""
    described: Headers = [] if status == 204 else [
        (b"content-type", content_type), (b"content-length", str(len(body)).encode()),
    ]  # fmt: skip
    await send({"type": "http.response.start", "status": status, "headers": [*described, *(headers or ())]})
    if len(body) <= _AT_ONCE:
        await send({"type": "http.response.body", "body": body})
    else:
        await send({"type": "http.response.body", "body": body, "more_body": True})
        await send({"type": "http.response.body", "body": b""})  # waits until there is room for it


def headers_of(*, retry_after: int) -> Mapping[int, Headers]:
    """The headers of every answer with a status. Of a sender who may not send, nothing more is read."""
    return {
        401: [(b"www-authenticate", b'Basic realm="footfall"'), CLOSE],
        403: [CLOSE],
        503: [(b"retry-after", str(retry_after).encode())],
    }


def error_body(error: RequestError) -> bytes:
    """The JSON for a request that is refused."""
    body = {
        "status": 0,
        "error": {"code": error.code, "message": str(error)},
        "code": error.status,
        "success": False,
    }
    return msgspec.json.encode(body)


async def respond_error(send: Send, error: RequestError, headers: Mapping[int, Headers]) -> None:
    """Answer a request that is refused. `headers` are those of a status; a Refusal has its own besides."""
    own = error.headers if isinstance(error, Refusal) else []
    await respond(send, error.status, error_body(error), [*headers.get(error.status, ()), *own])


def too_large(limit: int) -> Refusal:
    """413 for a body over the limit."""
    return Refusal(413, "too_large", f"the body is larger than the limit of {limit} bytes; split it", [CLOSE])


def unkeyed_too_large(limit: int) -> Refusal:
    """413 for a body over the limit of those whose write key is not in the header."""
    message = f"the body is larger than {limit} bytes: send the write key in the Authorization header, or split it"
    return Refusal(413, "too_large", message, [CLOSE])


def slow_stranger(seconds: float) -> Refusal:
    """408 for a body that took too long, of a request whose write key is not in the header."""
    message = f"the body took longer than {seconds:g} s: send the write key in the Authorization header"
    return Refusal(408, "timeout", message, [CLOSE])


def unauthorized() -> RequestError:
    """401, in the same words for every reason, so that a guesser learns nothing."""
    message = (
        "the write key is missing, unknown or revoked; send a good one as the user name of Basic auth or as Bearer"
    )
    return RequestError(401, "unauthorized", message)

"""HTTP answers: what a reply to a batch says of it, whoever sent it. Loaded at the first send."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from footfall.delivery.acknowledgement import Reply, Rule, excerpt_of, is_page
from footfall.delivery.statuses import error_for
from footfall.errors import UnreachableError
from footfall.events import Answer, Batch
from footfall.printable import printable
from footfall.secret import without

if TYPE_CHECKING:
    import httpx

__all__ = ["MAX_ANSWER", "AnswerReader", "collect", "is_short"]

MAX_ANSWER = 1_000_000  # bytes; what is longer comes from no collector
_SHORT = 65_536
_REASON = 80  # characters of a status line that an error repeats
_HINTS = {
    "ConnectError": "; see that the collector runs, and check the URL",
    "ConnectTimeout": "; see that the collector runs, and check the URL",
    "ProxyError": "; check the proxy and the URL",
}
_EITHER = 47  # zlib's window bits for a gzip or a zlib header


class AnswerReader:
    """Reads the replies from one URL by a rule. No error repeats a secret."""

    def __init__(self, url: str, acknowledges: Rule, secrets: Sequence[str]) -> None:
        self._url = url
        self._acknowledges = acknowledges
        self._secrets = secrets

    def answer(self, reply: httpx.Response, raw: bytes, batch: Batch) -> Answer:
        """What a reply says of a batch. Raises the error that it means if that is no acknowledgement."""
        content_type = reply.headers.get("content-type", "")
        body = raw
        if reply.is_success:
            body = _unpacked(raw, reply.headers)
            answer = self._acknowledges(Reply(reply.status_code, content_type, body), len(batch.messages))
            if answer is not None and answer.acknowledges(len(batch.messages)):
                return answer
        excerpt = excerpt_of(content_type, body, b",".join(batch.messages), self._secrets)
        raise error_for(
            reply.status_code,
            retry_after=_retry_after(reply.headers),
            detail=self._shown(reply.reason_phrase),
            from_page=is_page(content_type),
            whose=f"{self._url} answered {excerpt}",
        )

    def unreachable(self, error: Exception) -> UnreachableError:
        """The error for a request to which no whole answer came."""
        name = type(error).__name__
        why = self._shown(str(error).strip())
        hint = _HINTS.get(name, "")
        return UnreachableError(f"no answer from the collector: {name}{why and f' ({why})'}{hint}")

    def _shown(self, text: str) -> str:
        return printable(without(text, self._secrets)[:_REASON])


def is_short(reply: httpx.Response) -> bool:
    """Whether the body of a refusal is worth reading, so that its connection can be used again."""
    length = reply.headers.get("content-length", "")
    return length.isascii() and length.isdigit() and int(length[:8]) <= _SHORT


def collect(chunk: bytes, answer: bytearray) -> None:
    """Add a piece of an answer. Raises UnreachableError for one that is too long."""
    answer += chunk
    if len(answer) > MAX_ANSWER:
        raise _too_long()


def _too_long() -> UnreachableError:
    return UnreachableError(f"the answer is longer than {MAX_ANSWER} bytes, so no collector sent it; check the URL")


def _unpacked(raw: bytes, headers: Mapping[str, str]) -> bytes:
    """The body of an answer that was packed although we asked for none of that; at most MAX_ANSWER bytes."""
    coding = headers.get("content-encoding", "").strip().lower()
    if coding in ("", "identity"):
        return raw
    unreadable = UnreachableError(f"the answer is packed ({printable(coding[:20])}) and cannot be read; check the URL")
    if coding not in ("gzip", "x-gzip", "deflate"):
        raise unreadable
    unpacker = zlib.decompressobj(_EITHER)
    try:
        body = unpacker.decompress(raw, MAX_ANSWER + 1)
    except zlib.error:
        raise unreadable from None
    if len(body) > MAX_ANSWER:
        raise _too_long()
    if not unpacker.eof:
        raise unreadable  # it was cut off
    return body


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds (RFC 9110, 10.2.3). A date is compared with the answer's own `Date`: our clock may be wrong."""
    text = headers.get("retry-after", "")
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - parsedate_to_datetime(headers["date"])).total_seconds())
    except (KeyError, TypeError, ValueError):
        return None

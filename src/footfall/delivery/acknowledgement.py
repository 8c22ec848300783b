"""Acknowledgement: which answer over HTTP says that a batch was kept. A guess here loses messages, so there is none.

A rule is a function of a Reply and the number of messages in the batch; it returns the Answer, or None for a reply that
acknowledges nothing. `RULES` has the ready-made ones by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Literal, NamedTuple

import msgspec

from footfall.errors import UsageError
from footfall.events import Answer, Verdict
from footfall.printable import printable
from footfall.secret import without

__all__ = ["RULES", "Reply", "Rule", "RuleName", "excerpt_of", "is_page", "rule_of"]

_SHOWN = 240  # characters of a body that an error repeats: a collector's own sentences are whole
_SHOWN_KIND = 80  # the same of a content type
_READ = 4_096  # bytes of a body that are looked at for them
_REPEATED = 12  # characters in a row that a body shares with the request only if it repeats it
_BOM = b"\xef\xbb\xbf"
_PAGES = ("text/html", "application/xhtml+xml")


class Reply(NamedTuple):
    """What came over HTTP with a status of 200 to 299; `body` is whole and unpacked."""

    status: int
    content_type: str
    body: bytes


Rule = Callable[[Reply, int], Answer | None]
RuleName = Literal["any_2xx", "footfall", "rudderstack", "segment"]


class _OurReply(msgspec.Struct):
    """What footfall's collector answers. It sends every key; none that is there may contradict another."""

    received: int
    success: bool = True
    error: None = None
    stored: int | None = None
    duplicate: int | None = None
    quarantined: int | None = None
    rejected: int | None = None
    verdicts: tuple[Verdict, ...] = ()


class _SegmentReply(msgspec.Struct):
    success: bool


_decode_ours = msgspec.json.Decoder(_OurReply).decode
_decode_segments = msgspec.json.Decoder(_SegmentReply).decode
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def _footfall(reply: Reply, count: int) -> Answer | None:
    """200 and our JSON, whose counts are those of the batch and of its verdicts."""
    try:
        reply_body = _decode_ours(reply.body.removeprefix(_BOM))
    except _UNREADABLE:
        return None
    answer = Answer(reply_body.received, reply_body.verdicts)
    if reply.status != 200 or not reply_body.success or not answer.acknowledges(count):
        return None
    counts = answer.counts()
    agrees = all(getattr(reply_body, name) in (None, number) for name, number in counts.items())
    return answer if agrees else None


def _segment(reply: Reply, count: int) -> Answer | None:
    """200 and `{"success": true}`."""
    try:
        reply_body = _decode_segments(reply.body)
    except _UNREADABLE:
        return None
    return Answer(count) if reply.status == 200 and reply_body.success else None


def _rudderstack(reply: Reply, count: int) -> Answer | None:
    """200 and `OK`, with or without quotes."""
    is_ok = reply.body.strip().strip(b'"') == b"OK"
    return Answer(count) if reply.status == 200 and is_ok else None


def _any_2xx(reply: Reply, count: int) -> Answer | None:
    """Any status of 200 to 299 that comes without a web page."""
    is_markup = reply.body.removeprefix(_BOM).lstrip()[:1] == b"<"
    return None if is_markup or is_page(reply.content_type) else Answer(count)


RULES: Mapping[RuleName, Rule] = MappingProxyType(
    {"any_2xx": _any_2xx, "footfall": _footfall, "rudderstack": _rudderstack, "segment": _segment}
)


def rule_of(acknowledges: RuleName | Rule) -> Rule:
    """The rule of a name; a function is one. Raises UsageError for another name."""
    if callable(acknowledges):
        return acknowledges
    if acknowledges not in RULES:
        raise UsageError(f"acknowledges must be one of {', '.join(RULES)}, or a function of a Reply and a number")
    return RULES[acknowledges]


def is_page(content_type: str) -> bool:
    """Whether a web page came: a captive portal's, a proxy's log-in, another server's. No collector sends one."""
    return content_type.strip().lower().startswith(_PAGES)


def excerpt_of(content_type: str, body: bytes, request: bytes, secrets: Sequence[str]) -> str:
    """Content type and first characters of a body, for an error: safe for a terminal, and without what we sent.

    `request` is the body of the request before it was packed. A reply that repeats a stretch of it is not shown, as it
    may contain a value or an id. `…` replaces each of `secrets`.
    """
    kind = printable(without(content_type, secrets)[:_SHOWN_KIND]) or "no content type"
    text = without(body[:_READ].decode("utf-8", "replace"), secrets)
    shown = text[:_SHOWN]
    if not shown:
        return f"{kind}, empty"
    sent = request.decode("utf-8", "replace")
    if any(shown[start : start + _REPEATED] in sent for start in range(len(shown) - _REPEATED + 1)):
        return f"{kind}, which repeats the request"
    return f'{kind}, "{printable(shown)}"{" and more" if len(text) > len(shown) else ""}'

"""Locator: puts country and region beside the address of a message, and cuts the address. Pure.

`location_step` says what becomes of which message.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, Final, NamedTuple

import msgspec

from footfall.collector.json_split import members
from footfall.collector.splice import splice_names
from footfall.plan.checking.transform import Changer
from footfall.plan.checking.transform_parts import Edit
from footfall.web.proxies import cut_address, plain_address
from footfall.web.staff import StaffNetworks

__all__ = ["Locator"]

_KEY = "ip"
_LONGEST = 200  # characters of an address with its zone and port, of which many are kept in memory
_NULL = b"null"
# A text without escaped letters of ASCII (\u0069 is an i) has this key written in one way alone. Where it is there
# once, and the context has it, it is that of the context. To go by members would take ten times as long.
_PLAIN_KEY = b'"ip"'
_ESCAPES = (b"\\u006", b"\\u007")
_PLAIN_MEMBER = re.compile(rb'"ip"[ \t\r\n]*+:[ \t\r\n]*+("[^"\\]*+")')
# A text with an escape, as far as it goes.
_ESCAPED = re.compile(rb'"([^"\\]*+(?:\\.[^"\\]*+)++)(?:"|\\?\Z)|"[^"\\]*+"', re.DOTALL)
_LEFT_OUT: Final = {_KEY: Edit("drop", {})}
_NO_KEY: Final = Changer(None)


class _Address(NamedTuple):
    """What is kept of an address: its JSON text, cut, and the members that follow it, by name."""

    text: bytes
    more: Mapping[str, bytes]


class Locator:
    """Finds the place of an address. May be shared by threads.

    `find` gives it as `{country, region}` or None, and `networks` are those of the plan's staff.
    """

    def __init__(self, find: Callable[[str], Mapping[str, str] | None], networks: Sequence[str] = ()) -> None:
        # Of no method: a locator in a circle with its memory would keep its database open until the next collection.
        self._address = lru_cache(4_096)(partial(_read, find, StaffNetworks(networks)))

    def apply(self, text: bytes, context: Mapping[str, Any], *, is_located: bool = True) -> bytes:
        """A message or an envelope, whose decoded `context` has an `ip`, as it is kept.

        Without `is_located` its address is cut and nothing is added.
        """
        value = context[_KEY]
        is_short = type(value) is str and len(value) <= _LONGEST
        address = self._address(value) if is_short else _Address(_NULL, {})
        span = _span(text)
        if span is None:
            return self.unread(text)
        more = b""
        if is_located:
            more = b"".join(member for name, member in address.more.items() if name not in context)
        return b"".join((text[: span[0]], address.text, more, text[span[1] :]))

    def unread(self, text: bytes) -> bytes:
        """A text that cannot be read, as it is kept: no address in it, nor in JSON that is a text inside of it."""
        return _without_address(text)


def _without_address(text: bytes) -> bytes:
    return splice_names(_ESCAPED.sub(_text_without_address, text), _LEFT_OUT, _NO_KEY).text


def _text_without_address(match: re.Match[bytes]) -> bytes:
    """A text in JSON without the addresses of the JSON that it is; its quotes are escaped, so each level is shorter."""
    if match[1] is None:
        return match[0]
    try:
        text: str = json.loads(b'"%b"' % match[1], strict=False)
    except ValueError:  # it ends inside of an escape, or has one that there is not
        return b'""'
    inside = text.encode("utf-8", "surrogatepass")
    kept = _without_address(inside) if '"' in text else inside
    return match[0] if kept == inside else json.dumps(kept.decode("utf-8", "surrogatepass")).encode()


def _read(find: Callable[[str], Mapping[str, str] | None], staff: StaffNetworks, value: str) -> _Address:
    whole, cut = plain_address(value), cut_address(value)
    if whole is None or cut is None:
        return _Address(_NULL, {})
    more = {}
    if (location := find(whole)) is not None:
        more["location"] = b',"location":' + msgspec.json.encode(location)
    if whole in staff:
        more["staff"] = b',"staff":true'
    return _Address(msgspec.json.encode(cut), more)


def _span(text: bytes) -> tuple[int, int] | None:
    """Where the value of `context.ip` is in the JSON of a message or an envelope."""
    if not any(escape in text for escape in _ESCAPES) and text.count(_PLAIN_KEY) == 1:
        match = _PLAIN_MEMBER.search(text)
        if match is not None:
            return match.span(1)
    start, end = 0, len(text)
    for key in ("context", _KEY):
        try:
            inside = [member for member in members(text[start:end]) if member.key == key]
        except ValueError:
            return None
        if not inside:
            return None
        start, end = start + inside[-1].value, start + inside[-1].end
    return start, end

"""RudderStack's wire: Segment's, where a message may have its time and its user's traits in another place.

Its SDKs write `originalTimestamp`, as RudderStack's own servers make `timestamp` of it, and a user's traits in
`context.traits`, on every message (https://www.rudderstack.com/docs/event-spec/standard-events/common-fields/).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from footfall.collector.dialects.segment import SegmentDialect
from footfall.collector.wire import CANONICAL, MessageForm

__all__ = ["RudderStack"]

_NOTHING = msgspec.Raw()


class _Body(msgspec.Struct):
    context: msgspec.Raw = _NOTHING


class _Context(msgspec.Struct):
    traits: msgspec.Raw = _NOTHING


_read_body = msgspec.json.Decoder(_Body).decode
_read_context = msgspec.json.Decoder(_Context).decode


def _timestamp(message: Mapping[str, Any]) -> object:
    timestamp = message.get("timestamp")
    return message.get("originalTimestamp") if timestamp is None else timestamp


def _more_traits(message: bytes | str, shared: bytes | str | None) -> list[msgspec.Raw]:
    """Those in its batch's context, then those in its own; what is no object has none."""
    texts = [_traits_in(text) for text in (shared, message) if text is not None]
    return [text for text in texts if bytes(text).lstrip()[:1] == b"{"]


def _traits_in(text: bytes | str) -> msgspec.Raw:
    try:
        context = _read_body(text).context
        return _read_context(context).traits if len(context) else _NOTHING
    except msgspec.DecodeError:
        return _NOTHING


class RudderStack(SegmentDialect):
    """What RudderStack's SDKs send; their requests look like those of Segment's."""

    form = MessageForm(_timestamp, _more_traits, (("context", "traits"),), (*CANONICAL.names, "originalTimestamp"))

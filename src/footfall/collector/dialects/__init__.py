"""The wires that the collector takes, by route. A new one is a file in this folder and a row of `ROUTES`.

Stored messages have the form of the wire of `/v1`: any other dialect writes canonical messages, which that form covers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from footfall.collector.dialects.rudderstack import RudderStack
from footfall.collector.responses import Response, json_response
from footfall.collector.wire import Dialect, MessageForm
from footfall.events import MESSAGE_TYPES, Answer
from footfall.versions import WIRE

__all__ = ["BATCH", "ROUTES", "STORED", "Route"]


class Route(NamedTuple):
    """How requests to a path are read and answered.

    `type` is that of a single message whose path names it, "" for others. `response` makes the response to a request
    whose messages were taken: another where senders expect a GIF, say, or no body. Refusals are JSON on every route.
    """

    dialect: Dialect
    type: str = ""
    methods: tuple[str, ...] = ("POST",)
    response: Callable[[Answer], Response] = json_response


# SDKs of Segment and of RudderStack send to the same paths, and their requests look alike. RudderStack's wire includes
# Segment's.
_V1: Final = RudderStack()
BATCH: Final = Route(_V1)
"""The route of a batch of our own client, which is taken in the same process too."""

ROUTES: Mapping[str, Route] = {
    f"/v{WIRE}/batch": BATCH,
    **{f"/v{WIRE}/{type_}": Route(_V1, type_) for type_ in MESSAGE_TYPES},
}
"""By path."""

STORED: MessageForm = _V1.form
"""The form in which every kept message can be read."""

"""Planned event: an event with its properties in one object of a generated class; loaded with the first such call."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, ClassVar, Protocol
from uuid import UUID

import msgspec

from footfall.client.message import Message
from footfall.encoding import lazy_text

__all__ = ["PlannedEvent", "opened"]

# What the encoder writes in its own way, so that an object sends the same bytes as the same values in a dict.
_KEPT = (bytes, bytearray, memoryview, datetime, date, time, timedelta, Decimal, UUID)


class PlannedEvent(Protocol):
    """An event with its properties in one object, as `footfall plan codegen python` makes them from a plan."""

    __footfall_event__: ClassVar[str]


def opened(message: Message) -> Message:
    """The message of a `PlannedEvent`: its name on the wire, and its properties by their names there.

    What is UNSET was not given and is left out. A lazy text is asked for its text. Anything else comes back as it is,
    to be refused with a fault.
    """
    event = message.name
    try:
        name = getattr(type(event), "__footfall_event__", None)
    except Exception:  # noqa: BLE001 - a metaclass of the caller's raised: it is no event of a plan
        name = None
    if not isinstance(name, str):
        text = lazy_text(event)
        return message if text is None else msgspec.structs.replace(message, name=text)
    if message.properties is not None:
        return message
    properties: Any = event
    if isinstance(event, msgspec.Struct):
        try:
            properties = msgspec.to_builtins(event, builtin_types=_KEPT)
        except Exception:  # noqa: BLE001 - a value of another kind, or one that raises: the encoder deals with each
            fields = zip(event.__struct_fields__, event.__struct_encode_fields__, strict=True)
            given = ((wire_name, getattr(event, field)) for field, wire_name in fields)
            properties = {wire_name: value for wire_name, value in given if value is not msgspec.UNSET}
    return msgspec.structs.replace(message, name=name, properties=properties)

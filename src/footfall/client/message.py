"""Message: one call of the client before it is encoded, which is what hooks see; and the table of what each type is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, ClassVar, Literal, Protocol, SupportsIndex
from uuid import UUID

import msgspec

from footfall.client.outbox_store import HIGH, LOW
from footfall.encoding import lazy_text
from footfall.events import MessageType

__all__ = ["SPECS", "Fields", "Hook", "Id", "Message", "MessageSpec", "PlannedEvent", "Timestamp", "opened"]


class _Dataclass(Protocol):
    __dataclass_fields__: ClassVar[dict[str, Any]]


class _Attrs(Protocol):
    __attrs_attrs__: ClassVar[Any]


class _Pydantic(Protocol):
    def model_dump(self) -> Any: ...


class PlannedEvent(Protocol):
    """An event with its properties in one object, as `footfall plan codegen python` makes them from a plan."""

    __footfall_event__: ClassVar[str]


Fields = Mapping[str, Any] | msgspec.Struct | _Dataclass | _Attrs | _Pydantic
Id = str | SupportsIndex | UUID
Timestamp = datetime | date | float | str  # a number (float takes int too): seconds since 1970-01-01 UTC


class Message(msgspec.Struct, frozen=True):
    """One call, with what the scope added. `name` is the event, the page, the group's id or an alias's previous id.

    A hook gets one and returns it, or another made with `msgspec.structs.replace`, or None to drop it.
    """

    type: MessageType
    name: Any = None
    properties: Any = None
    user_id: Any = None
    anonymous_id: Any = None
    timestamp: Any = None
    context: Any = None
    message_id: Any = None
    category: Any = None


Hook = Callable[[Message], Message | None]


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


# What the encoder writes in its own way, so that an object sends the same bytes as the same values in a dict.
_KEPT = (bytes, bytearray, memoryview, datetime, date, time, timedelta, Decimal, UUID)


class MessageSpec(msgspec.Struct, frozen=True):
    """What a type of message is on the wire.

    `name_key` is where `name` goes; it is an id (text, integer or UUID) where `name_is_id`, else text. `body_key` is
    where the properties go; both are empty where the type has none. `rank` decides what a full queue keeps: the
    messages that say who is who outlive the rest. `scope_user` and `scope_anonymous` say which ids it takes from its
    scope: a block's user is not the one that an identify or an alias is about, and has left the device that a reset is
    about.
    """

    rank: int
    body_key: str = ""
    name_key: str = ""
    name_required: bool = False
    name_is_id: bool = False
    user_required: bool = False
    traits: Literal["account", "user"] | None = None
    scope_user: bool = True
    scope_anonymous: bool = True


SPECS: dict[str, MessageSpec] = {
    "alias": MessageSpec(
        HIGH,
        "",
        "previousId",
        name_required=True,
        name_is_id=True,
        user_required=True,
        scope_user=False,
        scope_anonymous=False,
    ),
    "group": MessageSpec(HIGH, "traits", "groupId", name_required=True, name_is_id=True, traits="account"),
    "identify": MessageSpec(HIGH, "traits", user_required=True, traits="user", scope_user=False),
    "page": MessageSpec(LOW, "properties", "name"),
    "reset": MessageSpec(HIGH, scope_user=False),
    "screen": MessageSpec(LOW, "properties", "name"),
    "track": MessageSpec(LOW, "properties", "event", name_required=True),
}

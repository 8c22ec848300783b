"""Message: one call of the client before it is encoded, which is what hooks see; and the table of what each type is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, ClassVar, Literal, Protocol, SupportsIndex
from uuid import UUID

import msgspec

from footfall.client.outbox_store import HIGH, LOW
from footfall.events import MessageType

__all__ = ["SPECS", "Fields", "Hook", "Id", "Message", "MessageSpec", "Timestamp"]


class _Dataclass(Protocol):
    __dataclass_fields__: ClassVar[dict[str, Any]]


class _Attrs(Protocol):
    __attrs_attrs__: ClassVar[Any]


class _Pydantic(Protocol):
    def model_dump(self) -> Any: ...


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

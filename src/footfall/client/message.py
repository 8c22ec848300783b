"""Message: one call of the client before it is encoded, which is what hooks see; and the table of what each type is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, ClassVar, Literal, Protocol, SupportsIndex
from uuid import UUID

import msgspec

from footfall.client.outbox_store import HIGH, LOW
from footfall.events import MessageType
from footfall.timestamps import format_us

__all__ = ["SPECS", "ContextSource", "Fields", "Hook", "Id", "Message", "MessageSpec", "SitePage", "Timestamp"]


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


class ContextSource(Protocol):
    """What a page view of a web integration says of its hit."""

    @property
    def context(self) -> Mapping[str, Any]:
        """The context of its message; no key of it is one of ours."""
        ...

    @property
    def context_text(self) -> bytes | None:
        """The same as JSON without the braces; None where that needs care."""
        ...


class SitePage(msgspec.Struct, frozen=True):
    """A page view that a web integration made.

    Its values are JSON's own. `at_us` is when it was, in microseconds since 1970-01-01 UTC, of 1900 to 2199; None is
    now. `is_of_bot` says that it is a bot's, and needs no id, `is_full` that all of it may be sent; else it is only
    counted.
    """

    name: str
    properties: Mapping[str, Any]
    source: ContextSource
    user_id: str | None = None
    anonymous_id: str | None = None
    at_us: int | None = None
    is_of_bot: bool = False
    is_full: bool = True

    def message(self) -> Message:
        """The same as a call."""
        time = None if self.at_us is None else format_us(self.at_us)
        return Message("page", self.name, self.properties, self.user_id, self.anonymous_id, time, self.source.context)


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

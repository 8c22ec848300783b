"""What a profile has: all that the data says of one person, each part with its source. Times are UTC."""

from __future__ import annotations

from datetime import datetime

import msgspec

from footfall.analytics.audience_rules import Audience
from footfall.identity.aliases import AliasEffect
from footfall.people.traits import Trait

__all__ = ["EventCount", "Evidence", "LeftOutCount", "PersonAlias", "PersonMessage", "PersonProfile", "ReasonCount"]


class EventCount(msgspec.Struct, frozen=True):
    """How many messages of one type and, for track, of one event."""

    type: str
    event: str | None
    messages: int


class PersonMessage(msgspec.Struct, frozen=True):
    """One message of the person, and why it is theirs.

    `properties` is the JSON of its properties, or of its traits, as it was received (`null` without any);
    `name` is that of a page or screen, or the id of a group.
    """

    source: str
    message_id: str
    type: str
    event: str | None
    name: str | None
    at: datetime
    reason: str
    properties: msgspec.Raw


class PersonAlias(msgspec.Struct, frozen=True):
    """What the aliases of one id to a user did: `footfall.identity.AliasEffect` says what each effect means.

    The ids are as they are compared, None where the message has none. `(source, message_id)` names the first of the
    `messages` that say so. `users` are those, at most five, to which the previous id was aliased.
    """

    previous_id: str | None
    user_id: str | None
    effect: AliasEffect
    users: tuple[str, ...]
    messages: int
    source: str
    message_id: str
    at: datetime


class Evidence(msgspec.Struct, frozen=True):
    """A message that says whose others are, and how many of the person's messages it explains.

    `user_id` is the id that it bears, before any alias.
    """

    source: str
    message_id: str
    type: str
    event: str | None
    user_id: str | None
    at: datetime
    explains: int


class ReasonCount(msgspec.Struct, frozen=True):
    """How many of a person's messages are theirs for one reason.

    `evidence` has the first few of the `evidence_total` messages that say so; an explicit message is its own.
    """

    reason: str
    messages: int
    evidence_total: int
    evidence: tuple[Evidence, ...]


class LeftOutCount(msgspec.Struct, frozen=True):
    """How many of a person's messages figures leave out for one reason, as those of a bot or of the team's own people.

    `reason` is a name of `footfall.web.bots.BOT_REASONS` or `footfall.analytics.audience_rules.STAFF_REASONS`. That of
    a bot is `marked` where its mark gives no reason.
    """

    audience: Audience
    reason: str
    messages: int


class PersonProfile(msgspec.Struct, frozen=True):
    """A person, or a connected product's stream.

    `user_id` is the canonical one, None for an anonymous person; `user_ids` has it and every id that an alias joined
    to it. `shared_ids` are those of `anonymous_ids` that also lead to somebody else. `aliases` are up to 20 of the
    `aliases_total` that name an id of this person, those that merged nobody first. `left_out` says which of the
    `messages` no figure has unless it is asked to.
    """

    person_id: str
    user_id: str | None
    counted: bool
    user_ids: tuple[str, ...]
    anonymous_ids: tuple[str, ...]
    shared_ids: tuple[str, ...]
    device_ids: tuple[str, ...]
    first_seen: datetime
    last_seen: datetime
    messages: int
    events: tuple[EventCount, ...]
    traits: tuple[Trait, ...]
    recent: tuple[PersonMessage, ...]
    reasons: tuple[ReasonCount, ...]
    aliases: tuple[PersonAlias, ...]
    aliases_total: int
    left_out: tuple[LeftOutCount, ...] = ()

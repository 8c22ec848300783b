"""Profiles: all that the data says of one person, each part with its source. Times are UTC."""

from __future__ import annotations

from datetime import datetime
from typing import Any, get_args

import msgspec

from footfall.analytics import Dataset
from footfall.errors import UsageError
from footfall.identity.aliases import AliasEffect
from footfall.identity.attribution import Reason
from footfall.identity.junk import is_junk
from footfall.message_reader import json_object
from footfall.people.lookup import lookup
from footfall.people.traits import Identify, Trait, last_traits
from footfall.printable import counted
from footfall.timestamps import local_time

__all__ = [
    "EventCount", "Evidence", "PersonAlias", "PersonMessage", "PersonProfile", "ReasonCount", "profile", "profile_of",
    "profiles",
]  # fmt: skip

_REASONS: tuple[str, ...] = get_args(Reason)
_RECENT = 20
_ALIASES = 20
_MINE = "WITH mine AS (SELECT * FROM messages WHERE person_id = $person_id)"

_EVIDENCE = """
, grouped AS (
    SELECT reason, evidence_source, evidence_message_id, count(*) AS explains FROM mine GROUP BY ALL
), ranked AS (
    SELECT grouped.*, known.type, known.event, known.user_id, known.occurred_at,
           sum(explains) OVER (PARTITION BY grouped.reason) AS messages,
           count(grouped.evidence_source) OVER (PARTITION BY grouped.reason) AS total,
           row_number() OVER (PARTITION BY grouped.reason ORDER BY known.ord) AS place
    FROM grouped LEFT JOIN messages AS known
    ON known.source = grouped.evidence_source AND known.message_id = grouped.evidence_message_id
)
SELECT reason, messages, total,
       evidence_source, evidence_message_id, type, event, user_id, occurred_at, explains
FROM ranked WHERE place <= 3 ORDER BY reason, place
"""

# Those that this person's messages say, and those that say of one of this person's ids that another took its place.
_ALIASES_OF = """
, named AS (
    SELECT previous_id, user_id, alias_effect, count(*) AS messages,
           min({'occurred_at': occurred_at, 'source': source, 'message_id': message_id}) AS first
    FROM messages
    WHERE alias_effect IS NOT NULL AND (person_id = $person_id OR list_contains($user_ids, previous_id))
    GROUP BY ALL
), targets AS (
    SELECT previous_id, list_slice(list_sort(list(DISTINCT user_id)), 1, 5) AS users
    FROM messages
    WHERE alias_effect IN ('merged', 'identified', 'ambiguous')
          AND previous_id IN (SELECT previous_id FROM named)
    GROUP BY previous_id
)
SELECT named.previous_id, named.user_id, named.alias_effect, targets.users, named.messages,
       named.first.source, named.first.message_id, named.first.occurred_at, count(*) OVER ()
FROM named LEFT JOIN targets ON targets.previous_id = named.previous_id
ORDER BY named.alias_effect = 'merged', named.first
LIMIT $limit
"""


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


class PersonProfile(msgspec.Struct, frozen=True):
    """A person, or a connected product's stream.

    `user_id` is the canonical one, None for an anonymous person; `user_ids` has it and every id that an alias joined
    to it. `shared_ids` are those of `anonymous_ids` that also lead to somebody else. `aliases` are up to 20 of the
    `aliases_total` that name an id of this person, those that merged nobody first.
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


def profile(dataset: Dataset, id: str, *, recent: int = _RECENT) -> PersonProfile | None:  # noqa: A002 - the word of the domain
    """The person behind an id (user_id, anonymous_id, device_id or person_id), or None when there is nobody.

    `recent` is how many of the latest messages to return. Raises UsageError when the id leads to several persons, as
    that of a shared browser does: `profiles` returns them all.
    """
    persons = profiles(dataset, id, recent=recent)
    if len(persons) > 1:
        raise UsageError(f"{id!r} leads to {counted(len(persons), 'person')}; ask for all of them, or by person_id")
    return persons[0] if persons else None


def profiles(dataset: Dataset, id: str, *, recent: int = _RECENT) -> list[PersonProfile]:  # noqa: A002 - the word of the domain
    """Every person of an id, the first seen first: a browser that several people used leads to each of them."""
    persons = (profile_of(dataset, person_id, recent=recent) for person_id in lookup(dataset, id))
    return [person for person in persons if person is not None]


def profile_of(dataset: Dataset, person_id: str, *, recent: int = _RECENT) -> PersonProfile | None:
    """The person of a person_id, or None when no message is theirs."""
    ask = _Asker(dataset, person_id)
    user_id, counted, first, last, messages = ask(
        "SELECT any_value(canonical_user_id), any_value(counted), min(occurred_at), max(occurred_at), count(*)"
        " FROM mine"
    )[0]
    if not messages:
        return None
    # SDKs alias the anonymous ids of browsers too; such an alias identifies a device.
    anonymous_ids = ask.ids("anonymous_id", unless="device") | ask.previous_ids("identified", "ambiguous")
    user_ids = ask.ids("user_id") | ask.previous_ids("merged")
    aliases, aliases_total = _aliases(ask, user_ids)
    return PersonProfile(
        person_id=person_id,
        user_id=user_id,
        counted=counted,
        user_ids=tuple(sorted(user_ids)),
        anonymous_ids=tuple(sorted(anonymous_ids)),
        shared_ids=tuple(sorted(ask.shared(anonymous_ids))),
        device_ids=tuple(sorted(ask.ids("device_id"))),
        first_seen=local_time(first),
        last_seen=local_time(last),
        messages=messages,
        events=tuple(
            EventCount(*row)
            for row in ask("SELECT type, event, count(*) AS n FROM mine GROUP BY ALL ORDER BY n DESC, type, event")
        ),
        traits=last_traits(
            Identify(*row)
            for row in ask(
                "SELECT source, message_id, occurred_at, body, traits FROM mine WHERE type = 'identify' ORDER BY ord"
            )
        ),
        recent=_recent(ask, recent),
        reasons=_reasons(ask),
        aliases=aliases,
        aliases_total=aliases_total,
    )


class _Asker:
    """Asks about the messages of one person, which are `mine` in its queries."""

    def __init__(self, dataset: Dataset, person_id: str) -> None:
        dataset.load_messages()
        self._connection = dataset.connection
        self._person_id = person_id

    def __call__(self, query: str, **values: object) -> list[tuple[Any, ...]]:
        values["person_id"] = self._person_id
        return self._connection.execute(f"{_MINE} {query}", values).fetchall()

    def ids(self, column: str, *, unless: str = "") -> set[str]:
        """The usable ids of one column, but for messages of the reason `unless`."""
        rows = self(f"SELECT DISTINCT {column} FROM mine WHERE reason <> $unless", unless=unless)  # noqa: S608 - our own name
        return {value for (value,) in rows if value is not None and not is_junk(value)}

    def previous_ids(self, *effects: AliasEffect) -> set[str]:
        """The previous ids of those of the person's aliases that had one of these effects."""
        rows = self(
            "SELECT DISTINCT previous_id FROM mine WHERE list_contains($effects, alias_effect)", effects=effects
        )
        return {row[0] for row in rows}

    def shared(self, anonymous_ids: set[str]) -> set[str]:
        """Those that messages of other persons have too."""
        rows = self(
            "SELECT DISTINCT anonymous_id FROM messages WHERE list_contains($ids, anonymous_id)"
            " AND person_id <> $person_id AND reason <> 'device'",
            ids=sorted(anonymous_ids),
        )
        return {row[0] for row in rows}


def _aliases(ask: _Asker, user_ids: set[str]) -> tuple[tuple[PersonAlias, ...], int]:
    rows = ask(_ALIASES_OF, user_ids=sorted(user_ids), limit=_ALIASES)
    aliases = tuple(
        PersonAlias(previous_id, user_id, effect, tuple(users or ()), messages, source, message_id, local_time(at))
        for previous_id, user_id, effect, users, messages, source, message_id, at, _ in rows
    )
    return aliases, rows[0][-1] if rows else 0


def _recent(ask: _Asker, limit: int) -> tuple[PersonMessage, ...]:
    rows = ask(
        "SELECT source, message_id, type, event, group_id, occurred_at, reason, body FROM mine "
        "ORDER BY ord DESC LIMIT $n",
        n=limit,
    )
    messages = []
    for source, message_id, kind, event, group_id, at, reason, text in rows:
        body = json_object(text)
        messages.append(
            PersonMessage(
                source=source,
                message_id=message_id,
                type=kind,
                event=event,
                name=_text(body.get("name")) if kind != "group" else group_id,
                at=local_time(at),
                reason=reason,
                properties=body.get("properties", body.get("traits", msgspec.Raw(b"null"))),
            )
        )
    return tuple(messages)


def _text(value: msgspec.Raw | None) -> str | None:
    try:
        return None if value is None else msgspec.json.decode(value, type=str)
    except msgspec.DecodeError:
        return None


def _reasons(ask: _Asker) -> tuple[ReasonCount, ...]:
    rows = ask(_EVIDENCE)
    counts: dict[str, tuple[int, int]] = {}
    evidence: dict[str, list[Evidence]] = {}
    for reason, messages, total, source, message_id, kind, event, user_id, at, explains in rows:
        counts[reason] = (int(messages), total)
        examples_of_reason = evidence.setdefault(reason, [])
        if source is not None:
            examples_of_reason.append(Evidence(source, message_id, kind, event, user_id, local_time(at), explains))
    ordered = sorted(counts, key=_REASONS.index)
    return tuple(ReasonCount(reason, *counts[reason], tuple(evidence[reason])) for reason in ordered)

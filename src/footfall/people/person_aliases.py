"""What aliases did for one person: those that the person's messages say, and those about one of the person's ids."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import pyarrow
import pyarrow.compute as pc

from footfall.analytics.persons import Persons
from footfall.analytics.persons.arrays import INT, joined
from footfall.analytics.persons.fetching import fetch
from footfall.analytics.persons.person_rows import aliases_at
from footfall.identity.aliases import AliasEffect
from footfall.identity.ids import comparable
from footfall.people.lookup import PersonSource
from footfall.people.profile import PersonAlias
from footfall.timestamps import local_time

__all__ = ["AliasLine", "alias_lines", "person_aliases"]

_MOST = 20
_MOST_USERS = 5
_COLUMNS = ("occurred_at", "source", "message_id", "previous_id", "user_id")


class AliasLine(NamedTuple):
    """An alias message, with its ids as they are compared, and what it did.

    `previous` is the number of its previous id, None where that is not usable.
    """

    occurred_at: int
    source: str
    message_id: str
    previous_id: str | None
    user_id: str | None
    effect: AliasEffect
    previous: int | None


def alias_lines(source: PersonSource, part: Sequence[int], row: Sequence[int]) -> list[AliasLine]:
    """The aliases in these rows of these parts."""
    if not part:
        return []
    places = pyarrow.array(part, INT), pyarrow.array(row, INT)
    messages, aliases = fetch(source.parts, *places, _COLUMNS), aliases_at(source.persons, *places)
    columns = [each.to_pylist() for each in (*messages.columns, aliases.column("effect"), aliases.column("previous"))]
    return [
        AliasLine(at, sender, name, _compared(previous), _compared(user), effect, number)
        for at, sender, name, previous, user, effect, number in zip(*columns, strict=True)
    ]


def person_aliases(
    source: PersonSource, own: Sequence[AliasLine], user_ids: Sequence[int]
) -> tuple[tuple[PersonAlias, ...], int]:
    """The aliases of a person, those that merged nobody first, and how many there are.

    `own` are the person's messages, `user_ids` the person's ids, as numbers.
    """
    places = list(source.persons.lookups.aliases_of(pyarrow.array(user_ids, INT)))
    about = alias_lines(source, [part for part, _ in places], [row for _, row in places])
    groups: dict[tuple[str | None, str | None, AliasEffect], list[AliasLine]] = {}
    for line in {*own, *about}:
        groups.setdefault((line.previous_id, line.user_id, line.effect), []).append(line)
    ordered = sorted(groups.items(), key=lambda group: (group[0][2] == "merged", min(line[:3] for line in group[1])))
    targets = _targets(source.persons, {line.previous for line in (*own, *about) if line.previous is not None})
    aliases = []
    for (previous, user, effect), lines in ordered[:_MOST]:
        first = min(lines, key=lambda line: line[:3])
        users = tuple(targets.get(previous or "", ())[:_MOST_USERS])
        aliases.append(
            PersonAlias(
                previous, user, effect, users, len(lines), first.source, first.message_id, local_time(first.occurred_at)
            )
        )
    return tuple(aliases), len(ordered)


def _targets(persons: Persons, previous_ids: Collection[int]) -> Mapping[str, Sequence[str]]:
    """The users that an alias which did something leads to from each of these ids."""
    aliases = persons.dictionary.aliases
    is_asked = pc.is_in(aliases.column("previous"), value_set=pyarrow.array(previous_ids, INT))
    aliases = aliases.filter(pc.and_(is_asked, pc.not_equal(aliases.column("effect"), "itself")))
    previous, users = (
        persons.dictionary.ids.take(joined([aliases.column(name)])).to_pylist() for name in ("previous", "user")
    )
    targets: dict[str, list[str]] = {}
    for id_, user in sorted(zip(previous, users, strict=True)):
        targets.setdefault(id_, []).append(user)
    return targets


def _compared(id_: str | None) -> str | None:
    return None if id_ is None else comparable(id_)

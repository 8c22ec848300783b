"""What aliases did for one person: those that the person's messages say, and those about one of the person's ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import pyarrow
import pyarrow.compute as pc

from footfall.analytics.persons import Persons
from footfall.analytics.persons.arrays import INT
from footfall.identity.aliases import AliasEffect
from footfall.identity.ids import comparable
from footfall.analytics.persons.fetching import fetch
from footfall.people.lookup import PersonSource
from footfall.people.profile import PersonAlias
from footfall.timestamps import local_time

__all__ = ["AliasLine", "alias_lines", "person_aliases"]

_MOST = 20
_MOST_USERS = 5
_COLUMNS = ("occurred_at", "source", "message_id", "previous_id", "user_id")


class AliasLine(NamedTuple):
    """An alias message, with its ids as they are compared, and what it did."""

    occurred_at: int
    source: str
    message_id: str
    previous_id: str | None
    user_id: str | None
    effect: AliasEffect


def alias_lines(source: PersonSource, part: Sequence[int], row: Sequence[int]) -> list[AliasLine]:
    """The aliases in these rows of these parts."""
    if not part:
        return []
    messages = fetch(source.parts, pyarrow.array(part, INT), pyarrow.array(row, INT), _COLUMNS)
    lines = zip(*(column.to_pylist() for column in messages.columns), strict=True)
    effects = {number: source.persons.alias_effects(number) for number in set(part)}
    return [
        AliasLine(at, sender, name, _compared(previous), _compared(user), effects[number][place].as_py())
        for (at, sender, name, previous, user), number, place in zip(lines, part, row, strict=True)
    ]


def person_aliases(
    source: PersonSource, own: Sequence[AliasLine], user_ids: set[str]
) -> tuple[tuple[PersonAlias, ...], int]:
    """The aliases of a person, those that merged nobody first, and how many there are.

    `own` are the person's messages, `user_ids` the person's ids.
    """
    groups: dict[tuple[str | None, str | None, AliasEffect], list[AliasLine]] = {}
    for line in {*own, *_about(source, user_ids)}:
        groups.setdefault((line.previous_id, line.user_id, line.effect), []).append(line)
    ordered = sorted(groups.items(), key=lambda group: (group[0][2] == "merged", min(group[1])[:3]))
    targets = _targets(source.persons, {previous for previous, _, _ in groups if previous is not None})
    aliases = []
    for (previous, user, effect), lines in ordered[:_MOST]:
        first = min(lines)
        users = tuple(targets.get(previous or "", ())[:_MOST_USERS])
        aliases.append(
            PersonAlias(
                previous, user, effect, users, len(lines), first.source, first.message_id, local_time(first.occurred_at)
            )
        )
    return tuple(aliases), len(ordered)


def _about(source: PersonSource, user_ids: set[str]) -> Iterator[AliasLine]:
    """The aliases, whoever sent them, that say of one of these ids that another took its place."""
    dictionary = source.persons.dictionary
    is_asked = pc.is_in(dictionary.ids, value_set=pyarrow.array(user_ids, pyarrow.string()))
    places = []
    for number, ids in enumerate(dictionary.maps):
        aliases = [stretch for stretch in source.parts[number].stretches() if stretch.type == "alias"]
        if not aliases or not pc.any(is_asked.take(ids)).as_py():
            continue
        start, stop = aliases[0].start, aliases[-1].stop
        column = source.parts[number].read(("previous_id",), start, stop).column("previous_id").to_pylist()
        rows = [start + place for place, id_ in enumerate(column) if id_ is not None and comparable(id_) in user_ids]
        places += [(number, row) for row in rows if any(each.start <= row < each.stop for each in aliases)]
    yield from alias_lines(source, [part for part, _ in places], [row for _, row in places])


def _targets(persons: Persons, previous_ids: set[str]) -> Mapping[str, Sequence[str]]:
    """The users to whom an alias that did something leads from each of these ids."""
    aliases = persons.dictionary.aliases
    previous = persons.dictionary.ids.take(aliases.column("previous").combine_chunks())
    did_something = pc.not_equal(aliases.column("effect").combine_chunks(), "itself")
    is_asked = pc.and_(pc.is_in(previous, value_set=pyarrow.array(previous_ids, pyarrow.string())), did_something)
    users = persons.dictionary.ids.take(aliases.column("user").combine_chunks().filter(is_asked))
    targets: dict[str, list[str]] = {}
    for id_, user in sorted(zip(previous.filter(is_asked).to_pylist(), users.to_pylist(), strict=True)):
        targets.setdefault(id_, []).append(user)
    return targets


def _compared(id_: str | None) -> str | None:
    return None if id_ is None else comparable(id_)

"""Matching: which persons an id leads to; a browser that several people used leads to each of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

from footfall.identity.junk import is_junk
from footfall.plan.model import Plan
from footfall.storage.part import Part

if TYPE_CHECKING:
    from footfall.analytics.persons import Persons

__all__ = ["Match", "PersonSource", "lookup", "matches"]


class PersonSource(Protocol):
    """Messages with their persons: a `StoredMessages` or a `Dataset`."""

    @property
    def parts(self) -> Sequence[Part]: ...

    @property
    def persons(self) -> Persons: ...

    @property
    def plan(self) -> Plan | None: ...


class Match(NamedTuple):
    """A person that an id leads to; `person` is None for a message that is nobody's, which is in `row` of `part`."""

    person_id: str
    person: int | None
    part: int = 0
    row: int = 0


def lookup(source: PersonSource, id: str) -> tuple[str, ...]:  # noqa: A002 - the word of the domain
    """The person_ids behind an id: a user_id (old or new), anonymous_id, device_id or person_id, the first seen first.

    It may be written in any way that is compared as the same. A junk id (`null`, `guest`, …) never links anything, so
    it leads to nobody. Raises DamagedFileError.
    """
    return tuple(match.person_id for match in matches(source, id))


def matches(source: PersonSource, id: str) -> list[Match]:  # noqa: A002 - the word of the domain
    """The same with the number of each person."""
    from footfall.analytics.persons.fetching import fetch
    from footfall.analytics.persons.person_rows import find_nobody, firsts_of  # loaded with pyarrow

    if is_junk(id):
        return []
    persons = source.persons.find(id)
    if not persons:
        nobody = find_nobody(source.persons, id)
        return [] if nobody is None else [Match(id, None, *nobody)]
    if len(persons) == 1:  # no other is seen before
        (person_id,) = source.persons.person_ids(_array(persons)).to_pylist()
        return [Match(person_id, persons[0])]
    firsts = firsts_of(source.persons, id, persons)
    names = fetch(source.parts, firsts.column("part"), firsts.column("row"), ("source", "message_id"))
    columns = (firsts.column("at"), *names.columns, firsts.column("person"))
    lines = sorted(zip(*(column.to_pylist() for column in columns), strict=True))
    ordered = list(dict.fromkeys(person for *_, person in lines))
    ids = source.persons.person_ids(_array(ordered)).to_pylist()
    return [Match(person_id, person) for person_id, person in zip(ids, ordered, strict=True)]


def _array(persons: list[int]) -> object:
    import pyarrow  # loaded with the persons

    return pyarrow.array(persons, pyarrow.int32())

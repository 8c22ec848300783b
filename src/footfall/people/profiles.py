"""The profiles of the persons behind an id."""

from __future__ import annotations

from footfall.errors import UsageError
from footfall.people.lookup import Match, PersonSource, matches
from footfall.people.profile import PersonProfile
from footfall.printable import counted

__all__ = ["profile", "profile_of", "profiles"]

_RECENT = 20


def profile(source: PersonSource, id: str, *, recent: int = _RECENT) -> PersonProfile | None:  # noqa: A002 - the word of the domain
    """The person behind an id (user_id, anonymous_id, device_id or person_id), or None when there is nobody.

    `recent` is how many of the latest messages to return. Raises UsageError when the id leads to several persons, as
    that of a shared browser does: `profiles` returns them all; and DamagedFileError.
    """
    persons = matches(source, id)
    if len(persons) > 1:
        raise UsageError(f"{id!r} leads to {counted(len(persons), 'person')}; ask for all of them, or by person_id")
    return profile_of(source, persons[0], recent=recent) if persons else None


def profiles(source: PersonSource, id: str, *, recent: int = _RECENT) -> list[PersonProfile]:  # noqa: A002 - the word of the domain
    """Every person of an id, the first seen first: a browser that several people used leads to each of them."""
    return [profile_of(source, match, recent=recent) for match in matches(source, id)]


def profile_of(source: PersonSource, match: Match, *, recent: int = _RECENT) -> PersonProfile:
    """The person that an id leads to. Raises DamagedFileError."""
    from footfall.people.person_messages import PersonMessages  # loaded with pyarrow

    mine = PersonMessages(source, match)
    return mine.profile(recent)

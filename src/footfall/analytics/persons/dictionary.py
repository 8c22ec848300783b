"""IdDictionary: the ids of many parts as numbers, and who is who among them.

Everything is a union or a minimum of what the parts say, and what follows from that. So parts may come in any order, in
any pieces and more than once. The rules are those of `footfall.identity.attribution`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import pyarrow
import pyarrow.compute as pc

from footfall.analytics.persons.arrays import BIG, FALSE, INT, equals, integer, none, positions
from footfall.analytics.persons.summary import ALONE, STREAM, USER, has_role
from footfall.analytics.persons.timeline_runs import RUNS, rows_in
from footfall.analytics.persons.timelines import ENTRIES

__all__ = ["ALIASES", "CLAIMS", "DEVICE", "EMPTY", "NOBODY", "SESSION", "SHARED", "VISITOR", "Counts", "IdDictionary"]

# A person is a number that says its kind too: users go by the number of their canonical id.
VISITOR = 1 << 29
"""The anonymous person of a device is this and the number of its id."""
SESSION = 2 << 29
"""A session of a shared device in which nobody was identified is this and a number."""
DEVICE = 3 << 29
"""The stream of a connected product is this and the number of its id; no person."""

NOBODY, SHARED = -1, -2
"""Owners of a device: nobody was identified on it, or several users were."""

Counts = tuple[int, int]
"""How many persons have a message, and how many streams of connected products."""

CLAIMS = pyarrow.schema({"device": INT, "user": INT, "part": INT, "row": INT, "at": BIG})
ALIASES = pyarrow.schema({"previous": INT, "user": INT, "effect": pyarrow.string()})


class IdDictionary(NamedTuple):
    """Who is who. The first four are arrays with a value for each id.

    `ids` are texts as they are compared, `roles` the bits of how each was seen, `canonical` the number of the id under
    which a user goes, `owners` the canonical number of the one user ever identified on a device, or NOBODY or SHARED.
    `claims` is a table as in `PartSummary`, of all parts. `aliases` has each distinct pair with its effect. `entries`
    (see `footfall.analytics.persons.timelines`) has the timelines of shared devices in the rows of `runs` (see
    `footfall.analytics.persons.timeline_runs`); other rows count no more. `maps` has for each part the numbers of its
    ids. New sessions get numbers from `sessions`.
    """

    ids: Any
    roles: Any
    canonical: Any
    owners: Any
    claims: Any
    aliases: Any
    entries: Any
    runs: Any
    maps: tuple[Any, ...]
    sessions: int

    def current_entries(self) -> Any:
        """The entries that count."""
        return rows_in(self.entries, self.runs)

    def visitors(self) -> Any:
        """Whose a message is with each id as its anonymous id, and no other: SHARED where only a session says who."""
        is_nobodys = pc.equal(self.owners, integer(NOBODY))
        return pc.if_else(is_nobodys, pc.add(positions(len(self.owners)), integer(VISITOR)), self.owners)

    def persons_by_subject(self, numbers: Any, visitors: Any) -> Any:
        """The person of each subject of a part, whose ids have these numbers; null for nobody.

        `visitors` are those of this dictionary. See `footfall.analytics.persons.subjects`.
        """
        products = pc.add(numbers, integer(DEVICE))
        users, visitors = self.canonical.take(numbers), visitors.take(numbers)
        return pyarrow.concat_arrays([users, visitors, products, pyarrow.nulls(1, INT)])

    def kinds(self) -> Mapping[str, tuple[Any, Any]]:
        """By kind but for sessions, the persons that have a message and the number of the id of each."""
        place = positions(len(self.roles))
        users = self.canonical.filter(has_role(self.roles, USER)).unique()
        visitors = place.filter(pc.and_(has_role(self.roles, ALONE), equals(self.owners, NOBODY)))
        products = place.filter(has_role(self.roles, STREAM))
        return {
            "user": (users, users),
            "anonymous": (pc.add(visitors, integer(VISITOR)), visitors),
            "device": (pc.add(products, integer(DEVICE)), products),
        }

    def of_sessions(self) -> Any:
        """The person and the device of each entry of a session in which nobody was identified."""
        entries = self.current_entries().select(["person", "device"])
        return entries.filter(pc.fill_null(pc.greater_equal(entries.column("person"), integer(SESSION)), FALSE))

    def counts(self) -> Counts:
        """How many persons have a message, and how many streams of connected products."""
        sessions = pc.count_distinct(self.of_sessions().column("person")).as_py()
        users, visitors, devices = (len(self.kinds()[kind][0]) for kind in ("user", "anonymous", "device"))
        return users + visitors + sessions, devices


EMPTY = IdDictionary(
    ids=none(pyarrow.string()),
    roles=none(pyarrow.uint8()),
    canonical=none(INT),
    owners=none(INT),
    claims=pyarrow.Table.from_batches([], CLAIMS),
    aliases=pyarrow.Table.from_batches([], ALIASES),
    entries=pyarrow.Table.from_batches([], ENTRIES),
    runs=pyarrow.Table.from_batches([], RUNS),
    maps=(),
    sessions=SESSION,
)

"""Dictionary: the ids of many parts as numbers, and who is who among them.

Everything is a union or a minimum of what the parts say, and what follows from that. So parts may come in any order, in
any pieces and more than once. The rules are those of `footfall.identity.attribution`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import pyarrow

from footfall.analytics.persons.arrays import BIG, INT
from footfall.analytics.persons.timelines import ENTRIES

__all__ = ["ALIASES", "CLAIMS", "DEVICE", "EMPTY", "NOBODY", "SESSION", "SHARED", "VISITOR", "Dictionary"]

# A person is a number that says its kind too: users go by the number of their canonical id.
VISITOR = 1 << 29
"""The anonymous person of a device is this and the number of its id."""
SESSION = 2 << 29
"""A session of a shared device in which nobody was identified is this and a number."""
DEVICE = 3 << 29
"""The stream of a connected product is this and the number of its id; no person."""

NOBODY, SHARED = -1, -2
"""Owners of a device: nobody was identified on it, or several users were."""

CLAIMS = pyarrow.schema({"device": INT, "user": INT, "part": INT, "row": INT, "at": BIG})
ALIASES = pyarrow.schema({"previous": INT, "user": INT, "effect": pyarrow.string()})


class Dictionary(NamedTuple):
    """Who is who. The first four are arrays with a value for each id.

    `ids` are texts as they are compared, `roles` the bits of how each was seen, `canonical` the number of the id under
    which a user goes, `owners` the canonical number of the one user ever identified on a device, or NOBODY or SHARED.
    `claims` and `entries` are tables as in `PartSummary` and `footfall.analytics.persons.timelines`, of all parts;
    `aliases` has each distinct pair with its effect. `maps` has for each part the numbers of its ids. New sessions get
    numbers from `sessions`.
    """

    ids: Any
    roles: Any
    canonical: Any
    owners: Any
    claims: Any
    aliases: Any
    entries: Any
    maps: tuple[Any, ...]
    sessions: int


EMPTY = Dictionary(
    ids=pyarrow.array([], pyarrow.string()),
    roles=pyarrow.array([], pyarrow.uint8()),
    canonical=pyarrow.array([], INT),
    owners=pyarrow.array([], INT),
    claims=CLAIMS.empty_table(),
    aliases=ALIASES.empty_table(),
    entries=ENTRIES.empty_table(),
    maps=(),
    sessions=SESSION,
)

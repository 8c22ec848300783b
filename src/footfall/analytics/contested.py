"""Contested persons: between how many a count of persons is, by whose the sessions are that may be of several.

Where several users were identified on a device, a session in which nobody was is a person by itself, marked contested.
"""

from __future__ import annotations

from typing import Final

from footfall.analytics.shards import Shard

__all__ = ["CONTESTED", "ContestedPersons"]

CONTESTED: Final = (
    "Contested sessions, on devices of several users, count as a person each. If each is of somebody who is counted "
    "anyway, there are as many persons as the lower end of persons_range says."
)


class ContestedPersons(Shard, frozen=True):
    """The persons of a shard that are contested sessions."""

    @classmethod
    def of_shard(cls, shard: Shard) -> ContestedPersons:
        """Those of a shard."""
        return cls(shard.number, shard.of)

    @property
    def is_whole(self) -> bool:
        return False

    def sql(self, number: str = "coalesce(person, seq)") -> str:
        """See Shard."""
        from footfall.analytics.persons.dictionary import DEVICE, SESSION  # loaded with pyarrow

        inside = "TRUE" if self.of == 1 else f"{number} % {self.of} = {self.number}"
        return f"{inside} AND person >= {SESSION} AND person < {DEVICE}"

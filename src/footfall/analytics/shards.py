"""Shards: a dataset cut by person, so that each part can be asked alone and the partial answers add up."""

from __future__ import annotations

import msgspec

__all__ = ["WHOLE", "Shard"]


class Shard(msgspec.Struct, frozen=True):
    """The persons of which the number leaves `number` when it is divided by `of`, and messages of nobody by `seq`.

    All messages of a person are in one shard, so persons, devices and journeys of several shards add up.
    """

    number: int = 0
    of: int = 1

    @property
    def is_whole(self) -> bool:
        """Whether there is nothing to add up with."""
        return self.of == 1

    @property
    def is_first(self) -> bool:
        """Whether this is the shard that counts what belongs to no message, such as rejections."""
        return self.number == 0

    @property
    def stored(self) -> tuple[str, ...]:
        """What the condition of `sql` needs: see `Dataset.events`."""
        return () if self.is_whole else ("person", "seq")

    def sql(self, number: str = "coalesce(person, seq)") -> str:
        """The condition on a row."""
        return "TRUE" if self.is_whole else f"{number} % {self.of} = {self.number}"


WHOLE = Shard()

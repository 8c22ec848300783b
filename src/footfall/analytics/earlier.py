"""An earlier moment of a store, as a reader names it and as an answer shows it."""

from __future__ import annotations

from datetime import datetime
from typing import Self

import msgspec

from footfall.analytics.window import microseconds
from footfall.plan.model import Plan
from footfall.storage.as_of import AsOf, as_of
from footfall.storage.control import latest_plan
from footfall.storage.environments import environment_of, is_of
from footfall.storage.store import Store
from footfall.storage.store_snapshot import StoreSnapshot
from footfall.timestamps import local_time

__all__ = ["EarlierMoment", "snapshot_as_of"]


class EarlierMoment(msgspec.Struct, frozen=True):
    """The moment that an answer is of: `seq` was the number of the last message then.

    `since` says what the answer is without, and what is not known of then; `purged` counts the messages of the rules
    that were carried out since.
    """

    seq: int
    at: datetime
    purged: int
    since: str

    @classmethod
    def of(cls, moment: AsOf, timezone: str) -> Self:
        """The same on the clock of a timezone."""
        return cls(moment.seq, local_time(moment.at, timezone), moment.messages_purged, moment.since_text)

    @property
    def text(self) -> str:
        """All of it in one line."""
        return f"message {self.seq:,}, {self.at.isoformat(' ', 'seconds')}; {self.since}"


def snapshot_as_of(
    store: Store,
    latest: StoreSnapshot,
    point: int | datetime | None,
    plan: Plan | None,
    *,
    now: int,
    environment: str | None = None,
) -> StoreSnapshot:
    """What `latest` shows of a store, as of `point`: a number in the order of receipt or a time; None is now.

    A time without an offset is in the timezone of `plan`, or of the store's latest one. `now` is in microseconds since
    1970-01-01 UTC. It shows one `environment`, or all. Raises UsageError for a point that is not
    there, and JournalError.
    """
    if point is None:
        return latest.within(environment)
    if isinstance(point, datetime) and point.tzinfo is None:
        plan = plan or latest_plan(store.control)
        point = local_time(microseconds(point, plan.timezone if plan else "UTC"))
    moment = as_of(latest, point, now=now)
    purged = tuple(count for count in moment.purged if is_of(environment_of(count.source), environment))
    return latest.at(moment._replace(purged=purged)).within(environment)

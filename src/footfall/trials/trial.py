"""The trial of a plan over a data folder: what would be put aside, what would come free, how each figure would move.

Both reports are over the messages that the collector would have stored: as it did, and as it would under the new plan.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec

from footfall import storage
from footfall.analytics import Dataset, report
from footfall.collector.kept import Rejudged
from footfall.events import Fault
from footfall.plan import bundle_hash
from footfall.plan.fault_paths import general_path
from footfall.plan.model import Plan
from footfall.storage.journal import Entry, Kind, Snapshot, account
from footfall.timestamps import epoch_us
from footfall.trials.moves import JourneyMove, KpiMove, journey_moves, kpi_moves
from footfall.trials.rejudge import Rejudge

__all__ = ["EventTrial", "FaultTrial", "Trial", "try_plan"]

_CHUNK = 20_000


class EventTrial(msgspec.Struct):
    """One event: how many of its messages were stored, would be put aside, were put aside, would come free."""

    event: str
    stored: int = 0
    lost: int = 0
    quarantined: int = 0
    freed: int = 0


class FaultTrial(msgspec.Struct):
    """One way in which stored messages would break the new plan: how many, and one of them to look at."""

    event: str
    path: str
    code: str
    expected: str
    got: str
    message_id: str
    count: int = 0


class Trial(msgspec.Struct, frozen=True):
    """What the new plan would do. `in_force` and `plan` are hashes of bundles, `since` is None for everything.

    Messages are counted by when they occurred. `lost` would be quarantined or rejected and are stored now, `freed` the
    reverse. Figures go by each KPI's own window, or by `since` and `until`.
    """

    plan: str
    in_force: str | None
    since: datetime | None
    stored: int
    lost: int
    quarantined: int
    freed: int
    events: tuple[EventTrial, ...]
    faults: tuple[FaultTrial, ...]
    kpis: tuple[KpiMove, ...]
    journeys: tuple[JourneyMove, ...]


def try_plan(
    data: str | Path,
    plan: Plan,
    *,
    in_force: Plan | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    now: datetime,
) -> Trial:
    """Try `plan` on what a collector keeps in `data`, also while it runs.

    `in_force` is by default the plan that the folder used last. `since` and `until` are moments with an offset.
    Raises DataFolderError, JournalError, MissingExtraError without the `analytics` and `collector` extras.
    """
    with Dataset.open(data, in_force) as kept:
        in_force = kept.plan
        before = None if in_force is None else report(kept, in_force, since=since, until=until, now=now)
    tally = _Tally(since, until)
    with storage.open(data, "read") as store, store.journal.snapshot() as snapshot:
        accepted = _accepted(snapshot, Rejudge(plan, in_force), tally)
        with Dataset.of(accepted, plan) as tried:
            after = report(tried, plan, since=since, until=until, now=now)
    events = sorted(tally.events.values(), key=lambda one: (-one.lost, -one.freed, one.event))
    faults = sorted(tally.faults.values(), key=lambda one: (-one.count, one.event, one.path, one.code))
    return Trial(
        plan=bundle_hash(plan),
        in_force=None if in_force is None else bundle_hash(in_force),
        since=since,
        stored=sum(one.stored for one in events),
        lost=sum(one.lost for one in events),
        quarantined=sum(one.quarantined for one in events),
        freed=sum(one.freed for one in events),
        events=tuple(events),
        faults=tuple(faults),
        kpis=kpi_moves(before, after),
        journeys=journey_moves(before, after),
    )


def _accepted(snapshot: Snapshot, rejudge: Rejudge, tally: _Tally) -> Iterator[Entry]:
    """Every message that would be stored under the new plan; the tally is kept on the way."""
    kinds: tuple[Kind, ...] = ("stored", "quarantined")
    for kind in kinds:
        for chunk in snapshot.scan(kind, chunk=_CHUNK):
            for entry in chunk:
                outcome = rejudge.outcome(entry)
                tally.note(entry, outcome)
                if outcome.is_stored and outcome.row is not None:
                    yield Entry(entry.seq, outcome.row)


class _Tally:
    """Counts what happens to the messages that occurred from one moment to another."""

    def __init__(self, since: datetime | None, until: datetime | None) -> None:
        self._since = None if since is None else epoch_us(since)
        self._until = None if until is None else epoch_us(until)
        self.events: dict[str, EventTrial] = {}
        self.faults: dict[tuple[str, str, str], FaultTrial] = {}

    def note(self, entry: Entry, outcome: Rejudged) -> None:
        row = entry.row
        if self._since is not None and row.occurred_at < self._since:
            return
        if self._until is not None and row.occurred_at >= self._until:
            return
        named = row.event if outcome.row is None else outcome.row.event
        name = account(named, row.type)
        event = self.events.setdefault(name, EventTrial(name))
        if row.kind == "quarantined":
            event.quarantined += 1
            event.freed += outcome.is_stored
            return
        event.stored += 1
        if not outcome.is_stored:
            event.lost += 1
            self._blame(name, row.message_id, outcome.faults)

    def _blame(self, name: str, message_id: str, faults: tuple[Fault, ...]) -> None:
        told = {(name, general_path(fault.path), fault.code): fault for fault in reversed(faults)}
        for key, fault in reversed(told.items()):
            if key not in self.faults:
                self.faults[key] = FaultTrial(*key, fault.expected, fault.got, message_id)
            self.faults[key].count += 1

"""Simulates a plan over a data folder: which messages it would quarantine or accept, and how each figure would move.

Both reports are over the messages that the collector would have stored: as it did, and as it would under the new plan.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec

from footfall import storage
from footfall.analytics import Dataset, report
from footfall.analytics.persons import Persons
from footfall.collector.revalidation import Revalidated
from footfall.events import Fault
from footfall.plan import bundle_hash
from footfall.plan.model import Plan
from footfall.simulation.deltas import JourneyDelta, KpiDelta, journey_deltas, kpi_deltas
from footfall.simulation.overlay import overlay
from footfall.simulation.revalidator import Revalidator
from footfall.storage.environments import PRODUCTION, wanted
from footfall.storage.journal import Entry, counter_name
from footfall.timestamps import epoch_us

__all__ = ["EventOutcome", "FaultOutcome", "Simulation", "simulate"]


class EventOutcome(msgspec.Struct):
    """Message counts of one event: `lost` of those stored and `freed` of those quarantined, under the new plan."""

    event: str
    stored: int = 0
    lost: int = 0
    quarantined: int = 0
    freed: int = 0


class FaultOutcome(msgspec.Struct):
    """One fault that stored messages would have under the new plan: how many, and the id of one of them."""

    event: str
    path: str
    code: str
    expected: str
    got: str
    message_id: str
    count: int = 0


class Simulation(msgspec.Struct, frozen=True):
    """What the new plan would change. `current` and `plan` are hashes of bundles, `since` is None for everything.

    Messages are counted by when they occurred. `lost` would be quarantined or rejected and are stored now, `freed` the
    reverse. Figures go by each KPI's own window, or by `since` and `until`.
    """

    plan: str
    current: str | None
    since: datetime | None
    stored: int
    lost: int
    quarantined: int
    freed: int
    events: tuple[EventOutcome, ...]
    faults: tuple[FaultOutcome, ...]
    kpis: tuple[KpiDelta, ...]
    journeys: tuple[JourneyDelta, ...]


def simulate(
    data: str | Path,
    plan: Plan,
    *,
    current: Plan | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    now: datetime,
    environment: str = PRODUCTION,
) -> Simulation:
    """Simulate `plan` over what a collector keeps in `data`, also while it runs.

    `current` is by default the plan that the folder used last. `since` and `until` are moments with an offset. The
    messages are of one `environment`, or of `all`. One part
    of the messages is looked at after the other; those that the plan changes are kept in memory.
    Raises DataFolderError, JournalError, MissingExtraError without the `server` extra.
    """
    with Dataset.open(data, current, environment=environment) as kept:
        return kept.whole(lambda: _simulated(kept, _quarantined(data, environment), plan, since, until, now))


def _simulated(
    kept: Dataset,
    quarantined: Iterator[Entry],
    plan: Plan,
    since: datetime | None,
    until: datetime | None,
    now: datetime,
) -> Simulation:
    current, tally = kept.plan, _Tally(since, until)
    before = None if current is None else report(kept, current, since=since, until=until, now=now)
    parts = overlay(kept.parts, quarantined, Revalidator(plan, current), tally.note)
    is_same = current is not None and current.id == plan.id and list(parts) == list(kept.parts)
    with Dataset.over(parts, plan, kept.persons if is_same else Persons.of(parts, plan.id)) as simulated:
        after = report(simulated, plan, since=since, until=until, now=now)
    events = sorted(tally.events.values(), key=lambda event: (-event.lost, -event.freed, event.event))
    faults = sorted(tally.faults.values(), key=lambda fault: (-fault.count, fault.event, fault.path, fault.code))
    counts = {
        name: sum(getattr(event, name) for event in events) for name in ("stored", "lost", "quarantined", "freed")
    }
    return Simulation(
        plan=bundle_hash(plan),
        current=None if current is None else bundle_hash(current),
        since=since,
        **counts,
        events=tuple(events),
        faults=tuple(faults),
        kpis=kpi_deltas(before, after),
        journeys=journey_deltas(before, after),
    )


def _quarantined(data: str | Path, environment: str) -> Iterator[Entry]:
    with storage.open(data, "read") as store, store.snapshot() as snapshot:
        for entries in snapshot.within(wanted(environment)).scan("quarantined"):
            yield from entries


class _Tally:
    """Counts the outcomes of the messages that occurred in [since, until)."""

    def __init__(self, since: datetime | None, until: datetime | None) -> None:
        self._since = None if since is None else epoch_us(since)
        self._until = None if until is None else epoch_us(until)
        self.events: dict[str, EventOutcome] = {}
        self.faults: dict[tuple[str, str, str], FaultOutcome] = {}

    def note(self, entry: Entry, outcome: Revalidated) -> None:
        row = entry.row
        if self._since is not None and row.occurred_at < self._since:
            return
        if self._until is not None and row.occurred_at >= self._until:
            return
        named = row.event if outcome.row is None else outcome.row.event
        name = counter_name(named, row.type)
        event = self.events.setdefault(name, EventOutcome(name))
        if row.kind == "quarantined":
            event.quarantined += 1
            event.freed += outcome.is_stored
            return
        event.stored += 1
        if not outcome.is_stored:
            event.lost += 1
            self._count_faults(name, row.message_id, outcome.faults)

    def _count_faults(self, name: str, message_id: str, faults: tuple[Fault, ...]) -> None:
        distinct = {(name, fault.general_path, fault.code): fault for fault in reversed(faults)}
        for key, fault in reversed(distinct.items()):
            if key not in self.faults:
                self.faults[key] = FaultOutcome(*key, fault.expected, fault.got, message_id)
            self.faults[key].count += 1

"""Replays quarantined messages: judges them anew and lets go what passes, a durable chunk at a time.

Each chunk is one transaction, and a row that has left is not looked at again, so a replay that breaks off at any moment
is finished by another one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing

import msgspec

from footfall.collector.revalidation import TOO_LARGE, faults_of
from footfall.events import Fault
from footfall.plan import bundle_bytes, bundle_hash
from footfall.plan.model import Plan
from footfall.quarantine.judging import Judging
from footfall.storage.control import Bundles
from footfall.storage.environments import PRODUCTION, is_of, wanted
from footfall.storage.journal import Changes, Entry, Journal, Row, counter_name

__all__ = ["EventReplay", "Replay", "StayingFault", "replay"]

CHUNK = 1_000


class StayingFault(msgspec.Struct, frozen=True):
    """One fault that keeps messages in quarantine, and how many have it. `path` has `[]` for any item of a list."""

    path: str
    code: str
    messages: int


class EventReplay(msgspec.Struct, frozen=True):
    """One event, under the name that the books have for it: how many left quarantine, how many stay, and why."""

    event: str
    released: int
    staying: int
    faults: tuple[StayingFault, ...]


class Replay(msgspec.Struct, frozen=True):
    """What a replay did, or (`is_dry_run`) would do.

    `plan` and `bundle` are the id and the hash of the plan that judged, None without one. `truncated`, a part of
    `staying`, are too large to have been kept whole. `passed_over` were not asked for.
    """

    is_dry_run: bool
    plan: str | None
    bundle: str | None
    released: int
    staying: int
    truncated: int
    passed_over: int
    events: tuple[EventReplay, ...]


def replay(
    journal: Journal,
    control: Bundles,
    plan: Plan | None,
    *,
    event: str | None = None,
    code: str | None = None,
    is_dry_run: bool = False,
    chunk: int = CHUNK,
    transform_key: bytes | None = None,
    environment: str = PRODUCTION,
) -> Replay:
    """Judge what is in quarantine by `plan`, and store what passes.

    `event` (the name that a message came with, or the plan's) and `code` (of a fault) choose among the
    messages of an `environment`, or of `all`.
    A released row gets a new `seq` and keeps its ids, times and bundle. The plan becomes the newest of `control` when
    the first row is released. The caller has the folder open for itself, unless it is a dry run. Each commit takes at
    most `chunk` messages. Values that the plan transforms now, and that came in clear, are transformed; without
    `transform_key` a message with a value to hash stays. Raises JournalError.
    """
    judging = Judging(plan, control, transform_key=transform_key)
    tally = _Tally(event, code, wanted(environment))
    is_recorded = is_dry_run or plan is None
    for entries in _chunks(journal, chunk):
        leaving = []
        for entry in entries:
            judged = judging.judge(entry.row)
            anew = judged.row if judged.is_stored else None
            if tally.note(entry.row, anew, judged.faults) and anew is not None:
                leaving.append(Entry(entry.seq, anew))
        if leaving and not is_recorded and plan is not None:
            control.put_bundle(bundle_hash(plan), bundle_bytes(plan), seq=journal.watermark())
            is_recorded = True
        if leaving and not is_dry_run:
            journal.commit(Changes((), {}, leaving))
    return tally.result(plan, is_dry_run=is_dry_run)


def _chunks(journal: Journal, size: int) -> Iterator[list[Entry]]:
    """What is in quarantine, each chunk as of its own time: a snapshot over all would keep the log from shrinking."""
    after = 0
    while True:
        with closing(journal.scan("quarantined", after=after, chunk=size)) as scan:  # type: ignore[type-var]
            entries = next(scan, None)
        if entries is None:
            return
        yield entries
        after = entries[-1].seq


class _Tally:
    """Counts what leaves and what stays."""

    def __init__(self, event: str | None, code: str | None, environment: str | None) -> None:
        self._environment = environment
        self._event = event
        self._code = code
        self._released: Counter[str] = Counter()
        self._staying: Counter[str] = Counter()
        self._faults: Counter[tuple[str, str, str]] = Counter()
        self._truncated = 0
        self._passed_over = 0

    def note(self, row: Row, anew: Row | None, faults: tuple[Fault, ...]) -> bool:
        """Count a row, whose stored form is `anew` if it passes; False when it was not asked for."""
        name = counter_name(row.event, row.type)
        codes = {fault.code for fault in faults_of(row)}
        names = {name, anew.event if anew is not None else None}
        if (
            not is_of(row.environment, self._environment)
            or (self._event is not None and self._event not in names)
            or (self._code is not None and self._code not in codes)
        ):
            self._passed_over += 1
            return False
        if anew is not None:
            self._released[name] += 1
            return True
        self._staying[name] += 1
        self._truncated += TOO_LARGE in codes
        self._faults.update({(name, fault.general_path, fault.code) for fault in faults})
        return True

    def result(self, plan: Plan | None, *, is_dry_run: bool) -> Replay:
        """Everything that was counted; the events of which most messages leave come first."""
        names = sorted({*self._released, *self._staying}, key=lambda name: (-self._released[name], name))
        return Replay(
            is_dry_run=is_dry_run,
            plan=None if plan is None else plan.id,
            bundle=None if plan is None else bundle_hash(plan),
            released=self._released.total(),
            staying=self._staying.total(),
            truncated=self._truncated,
            passed_over=self._passed_over,
            events=tuple(
                EventReplay(name, self._released[name], self._staying[name], self._faults_of(name)) for name in names
            ),
        )

    def _faults_of(self, event: str) -> tuple[StayingFault, ...]:
        mine = ((path, code, count) for (name, path, code), count in self._faults.items() if name == event)
        return tuple(StayingFault(*fault) for fault in sorted(mine, key=lambda fault: (-fault[2], *fault[:2])))

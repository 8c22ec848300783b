"""Collector: takes batches in, checks each message by the plan, keeps it durably, and answers with verdicts."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from footfall.clock import Clock, SystemClock
from footfall.collector.bundle_rules import RulesFor
from footfall.collector.dialects import BATCH
from footfall.collector.geo_watch import GeoWatch
from footfall.collector.group_commit import Done, GroupCommitter
from footfall.collector.intake import Intake
from footfall.collector.intake_log import IntakeLog
from footfall.collector.keys import DEFAULT_SOURCE, TRANSFORM_KEY_FILE, read_transform_key
from footfall.collector.pipeline import IntakeDecision
from footfall.collector.readiness import Readiness
from footfall.collector.settings import CollectorSettings
from footfall.disk import Disk
from footfall.events import Answer
from footfall.plan.model import Plan
from footfall.storage.books import Books
from footfall.storage.environments import Environment, Sender
from footfall.storage.journal import Journal
from footfall.storage.location import open as open_store
from footfall.storage.store import Store

__all__ = ["Collector"]


class Collector:
    """Owns a data folder and takes messages into it. Any thread may use it.

    `plan` is a Plan, a folder, a file or a bundle; without one everything is taken as it comes. Raises PlanError,
    DataFolderError, DataFolderHeldError and JournalError when it cannot start. `journal` takes the place of the
    folder's own (for faults under test, or another store); `store` is the folder's where the caller has it open, and is
    closed with the collector. `transform_key` is what values are hashed with that the plan
    wants hashed and that come in clear; by default it is read from the file that `FOOTFALL_TRANSFORM_KEY_FILE` names.
    Without one such values are left out, with a warning. `geo` is a database in MaxMind's format, by which messages get
    the place of their address, which is then cut; BrokenInputError where it cannot be used.
    """

    def __init__(
        self,
        data: str | Path,
        *,
        plan: str | Path | Plan | None = None,
        settings: CollectorSettings | None = None,
        transform_key: bytes | None = None,
        geo: str | Path | None = None,
        clock: Clock | None = None,
        disk: Disk | None = None,
        journal: Journal | None = None,
        store: Store | None = None,
    ) -> None:
        self.settings = settings or CollectorSettings()
        self.clock = clock or SystemClock()
        self.data = Path(data)
        self.intake_log = IntakeLog(self.clock)
        self.plan = _loaded(plan, disk)
        self._transform_key = transform_key or _transform_key(disk)
        self._geo = None if geo is None else GeoWatch(Path(geo), _staff_networks(self.plan), clock=self.clock)
        self._store = store or open_store(self.data, "write", disk=disk, clock=self.clock)
        try:
            self._journal = journal or self._store.journal
            rules_for: RulesFor = _no_rules
            if self.plan is not None:
                # Loaded late: a collector without a plan needs neither the validator nor YAML.
                from footfall.collector.bundle_registry import BundleRegistry

                registry = BundleRegistry(
                    self.plan,
                    self._store.control,
                    transform_key=self._transform_key,
                    seq=self._journal.watermark(),
                )
                rules_for = registry.rules_for
        except BaseException:
            self._store.close()
            raise
        self.intake = Intake(
            self.settings,
            clock=self.clock,
            intake_log=self.intake_log,
            rules_for=rules_for,
            locator=lambda: None if self._geo is None else self._geo.locator,
        )
        self._committer = GroupCommitter(
            self._journal,
            most=self.settings.group_messages,
            clock=self.clock,
            probe_every=self.settings.probe_every,
        )

    @property
    def store(self) -> Store:
        """What it collects into, for what else is done there by its owner."""
        return self._store

    def take(self, body: bytes, *, source: str = DEFAULT_SOURCE, environment: Environment | None = None) -> Answer:
        """Take the body of `/v1/batch`, not compressed. When this returns, the messages are on the disk.

        `environment` is None for production.

        Raises RequestError when the body as a whole cannot be read (400, 413) or there is no room for it now (503),
        JournalError when nothing could be written.
        """
        with self.intake.admit(is_keyed=True) as claim:
            sender = Sender(source, environment)
            decision = self.intake.decide(self.intake.read(BATCH, body, claim), sender, claim)
            return self.intake.answer(sender, decision, self._journal.commit(decision.changes))

    def submit(self, decision: IntakeDecision, done: Done) -> None:
        """Have messages written together with those of other requests; `done` is called from another thread."""
        self._committer.submit(decision.changes, done)

    def watch(self) -> None:
        """Begin to commit a probe now and then while nobody sends, so that `readiness` knows how the disk is."""
        self._committer.start()

    def readiness(self) -> Readiness:
        """Whether commits work, since when, and why not. It reads a state and tries nothing."""
        return self._committer.readiness()

    def tick(self) -> None:
        """What is to be done now and then, and needs no request to come: several times a second will do."""
        self.intake_log.write_due()
        self.intake.tidy()
        if self._geo is not None and self._geo.is_due():
            self.intake.lane.spare(self._geo.refresh)

    def stats(self) -> Books:
        """The books by (source, event), since the beginning."""
        return self._journal.books()

    def close(self) -> None:
        """Write what waits, and let go of the folder. Closing twice is no error."""
        self.intake.close()
        self._committer.close()
        self.intake_log.write_due(is_last=True)
        try:
            self._journal.close()
        finally:
            self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _loaded(plan: str | Path | Plan | None, disk: Disk | None) -> Plan | None:
    if plan is None or isinstance(plan, Plan):
        return plan
    # Loaded late: reading plans needs YAML, which a collector without a plan does not.
    from footfall.plan import read

    return read(plan, disk=disk).require()


def _staff_networks(plan: Plan | None) -> Sequence[str]:
    return () if plan is None or plan.staff is None else plan.staff.networks


def _transform_key(disk: Disk | None) -> bytes | None:
    path = os.environ.get(TRANSFORM_KEY_FILE)
    return read_transform_key(Path(path), disk) if path else None


def _no_rules(_: object) -> None:
    return None

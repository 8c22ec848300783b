"""As of each of many moments a report says what it said then, by a copy of the folder that was made then.

In between, messages come in, are released, sealed, compacted, purged and restored, the plan changes, and the clock goes
back.
"""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest
from tests.maintenance.folders import compact
from tests.truth.folders import exported, seal
from tests.truth.log import BEGIN, Log, make_log, wide_plan

from footfall import storage
from footfall.analytics import Dataset, report
from footfall.collector.job_settings import JobSettings
from footfall.maintenance.backup import backup
from footfall.maintenance.context import JobContext
from footfall.maintenance.purge import purge
from footfall.maintenance.purge_files import rewrite
from footfall.maintenance.restore import restore
from footfall.plan.bundle import bundle_bytes, bundle_hash
from footfall.plan.model import Plan
from footfall.reporting.json import to_json
from footfall.storage import Changes, Entry
from footfall.storage.as_of import as_of
from footfall.storage.purge_rule import PurgeRule
from footfall.testing import ManualClock

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
RULE = PurgeRule(event="signed_in")


class Moment(NamedTuple):
    """A number and a time of the clock, what the folder was then, and what a live report said."""

    seq: int
    at: int
    copy: Path


class Years:
    """A folder to which something happens at each turn, and a copy of it after each."""

    def __init__(self, folder: Path, log: Log, turns: int) -> None:
        self.data, self.moments, self.commits = folder / "data-0", list[Moment](), list[tuple[int, int]]()
        self.purged_after = 0
        self._folder, self._log, self._turns = folder, log, turns
        self._dice, self._clock = random.Random(7), ManualClock(EPOCH + timedelta(microseconds=BEGIN))

    def pass_by(self) -> None:
        self._load(wide_plan())
        size = -(-len(self._log.rows) // self._turns)
        happens: Mapping[int, Any] = {
            number * self._turns // 10: what
            for number, what in enumerate(
                (None, self._seal, self._go_back, self._load_another, self._seal, self._compact, self._purge,
                 self._go_back, self._restore, self._seal)
            )
        }  # fmt: skip
        for turn in range(self._turns):
            if what := happens.get(turn):
                what()
            self._clock.set_wall(self._dice.choice((0, 1, 20, 61, 300)))
            self._take(self._log.rows[turn * size : (turn + 1) * size])
            copy = shutil.copytree(self.data, self._folder / f"copy-{turn}")
            self.moments.append(Moment(self.commits[-1][0], self._clock.now_us(), copy))

    @property
    def now(self) -> int:
        return max(at for _, at in self.commits)

    def seq_at(self, at: int) -> int:
        """By brute force: all that came before the clock first passed a time."""
        seq = 0
        for last, clock in self.commits:
            if clock > at:
                break
            seq = last
        return seq

    def _take(self, rows: Sequence[storage.Row]) -> None:
        with storage.open(self.data, "write", clock=self._clock) as store:
            received = [row._replace(received_at=self._clock.now_us()) for row in rows]
            store.journal.commit(Changes(received, {}))
            self.commits.append((store.journal.watermark(), self._clock.now_us()))
            leaving = [
                Entry(entry.seq, entry.row._replace(kind="stored", faults=None))
                for chunk in store.journal.scan("quarantined")
                for entry in chunk
                if entry.row.message_id in self._log.released and self._dice.random() < 0.3
            ]
            store.journal.commit(Changes((), {}, released=leaving))
            self.commits.append((store.journal.watermark(), self._clock.now_us()))

    def _load(self, plan: Plan) -> None:
        with storage.open(self.data, "write", clock=self._clock) as store:
            store.control.put_bundle(bundle_hash(plan), bundle_bytes(plan), seq=store.journal.watermark())

    def _load_another(self) -> None:
        plan = wide_plan()
        self._load(msgspec.structs.replace(plan, kpis={name: plan.kpis[name] for name in list(plan.kpis)[::2]}))

    def _go_back(self) -> None:
        self._clock.set_wall(-200)

    def _seal(self) -> None:
        seal(self.data, self.commits[-1][0] - 3, wide_plan())

    def _compact(self) -> None:
        compact(self.data)

    def _purge(self) -> None:
        purge_here(self.data, self._clock)
        self.purged_after = self.commits[-1][0]

    def _restore(self) -> None:
        backup(self.data, self._folder / "backups")
        self.data = self._folder / "restored"
        restore(self._folder / "backups", self.data)


def purge_here(data: Path, clock: ManualClock) -> None:
    """Purge in this process."""
    with storage.open(data, "change", command="test", clock=clock) as store:
        context = JobContext(data, store, JobSettings(), clock)
        purge(context, RULE, rewrite=lambda _, arguments: rewrite(arguments, lambda _: None))


def answer(data: Path, at: int, point: int | None = None) -> dict[str, Any]:
    """A report but for what is said not to be known of then, and for the line that says so."""
    with Dataset.open(data, as_of=point) as dataset:
        shown = report(dataset, dataset.plan, now=EPOCH + timedelta(microseconds=at)).as_json()
    content: dict[str, Any] = json.loads(to_json(shown))
    for name in ("quarantined", "rejected", "as_of", "elsewhere"):
        del content["data"][name]
    for name in ("quarantined", "reasons", "rejected"):
        del content["intake"][name]
    return content


def persons(data: Path, *options: str) -> list[tuple[int, str, str]]:
    return [(line["seq"], line["person_id"], line["reason"]) for line in exported(data, *options)]


def pass_by(folder: Path, turns: int, messages: int) -> Years:
    years = Years(folder, make_log(seed=11, messages=messages), turns)
    years.pass_by()
    for moment in years.moments:
        if moment.seq <= years.purged_after:
            purge_here(moment.copy, ManualClock())
    return years


@pytest.mark.slow
def test_a_report_and_its_persons_are_those_of_each_of_fifty_moments(tmp_path: Path) -> None:
    years = pass_by(tmp_path, turns=50, messages=300)

    figures = set()
    for number, moment in enumerate(years.moments):
        live = answer(moment.copy, moment.at)
        figures.add(json.dumps(live["kpis"]))
        assert answer(years.data, moment.at, moment.seq) == live, moment
        if number % 5 == 0:
            assert persons(years.data, "--as-of", str(moment.seq)) == persons(moment.copy), moment
    assert len(figures) > 30


@pytest.mark.slow
def test_a_time_means_the_number_that_brute_force_finds(tmp_path: Path) -> None:
    years = pass_by(tmp_path, turns=20, messages=60)
    times = [at + later for _, at in years.commits for later in (-1, 0, 1, 30_000_000)]

    with storage.open(years.data, "read") as store, store.snapshot() as snapshot:
        numbers = [
            as_of(snapshot, EPOCH + timedelta(microseconds=at), now=years.now + 60_000_000).seq
            for at in times
            if years.seq_at(at)
        ]

    assert numbers == [years.seq_at(at) for at in times if years.seq_at(at)]
    assert len(set(numbers)) > 5

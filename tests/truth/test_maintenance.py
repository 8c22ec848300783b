"""A report says the same of the same messages after compaction, a restore and a purge, and beside a damaged file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.maintenance.folders import compact as compact_here
from tests.truth.folders import EVERYTHING, assert_exact, assert_persons, files_of, report_of, seal_at, seqs_of
from tests.truth.log import Log

from footfall import storage
from footfall.collector.job_settings import JobSettings
from footfall.maintenance import compact
from footfall.maintenance.backup import backup
from footfall.maintenance.context import JobContext
from footfall.maintenance.purge import purge
from footfall.maintenance.restore import restore
from footfall.plan.model import Plan
from footfall.storage.purge_rule import PurgeRule
from footfall.testing import ManualClock


@pytest.mark.slow
def test_after_all_files_were_put_into_new_ones(data: Path, plan: Plan, log: Log) -> None:
    seal_at(data, [20, 40, 60], plan, None)
    compact_here(data)

    assert_exact(data, plan, log.stored, log.quarantined)


@pytest.mark.slow
def test_after_a_compaction(data: Path, plan: Plan, log: Log) -> None:
    seal_at(data, [10, 20, 30, 40, 50, 60], plan, None)

    with storage.open(data, "change", command="test") as store:
        line = compact.run(JobContext(data, store, JobSettings(), ManualClock()))

    assert " merged to " in line
    assert_exact(data, plan, log.stored, log.quarantined)
    assert_persons(data, plan, log.stored)


@pytest.mark.slow
def test_after_a_restore(data: Path, plan: Plan, log: Log, tmp_path: Path) -> None:
    seal_at(data, [40], plan)
    backup(data, tmp_path / "backups")

    restore(tmp_path / "backups", tmp_path / "restored")

    assert_exact(tmp_path / "restored", plan, log.stored, log.quarantined)


@pytest.mark.slow
@pytest.mark.parametrize("event", ["product_viewed", "signed_in"])
def test_after_a_purge(data: Path, plan: Plan, log: Log, event: str) -> None:
    seal_at(data, [40], plan)
    assert_exact(data, plan, log.stored, log.quarantined)

    with storage.open(data, "change", command="test") as store:
        purge(JobContext(data, store, JobSettings(), ManualClock()), PurgeRule(event=event))

    stored, quarantined = ([row for row in rows if row.event != event] for rows in (log.stored, log.quarantined))
    assert_exact(data, plan, stored, quarantined)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def flip(path: Path) -> None:
    """Change one bit in the middle of the data."""
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 4
    path.write_bytes(content)


@pytest.mark.parametrize("damage", [flip, *(pytest.param(each, marks=pytest.mark.slow) for each in (Path.unlink, cut))])
def test_beside_a_damaged_file_all_else_is_counted_and_the_file_is_named(
    data: Path, plan: Plan, log: Log, damage: Callable[[Path], None]
) -> None:
    seal_at(data, [40, 70], plan)
    names, file = seqs_of(data), max(files_of(data), key=lambda file: file.messages)
    damage(data / "warehouse" / file.name)

    missing = set(names.values()) - set(seqs_of(data).values())
    rest = [row for row in log.stored if row[1:3] not in missing]
    assert len(missing) == file.messages
    assert_exact(data, plan, rest, log.quarantined)
    (loss,) = json.loads(report_of(data, plan, EVERYTHING))["data"]["losses"]
    assert file.name in loss

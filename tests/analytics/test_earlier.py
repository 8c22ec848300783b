"""An earlier moment as a reader names it, and as an answer shows it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from tests.maintenance.folders import batch

from footfall import storage
from footfall.analytics import Dataset, report
from footfall.analytics.earlier import snapshot_as_of
from footfall.collector import Collector
from footfall.errors import UsageError
from footfall.plan.model import Event, Plan
from footfall.storage.as_of import AsOf
from footfall.testing import ManualClock
from footfall.timestamps import epoch_us

# Midnight in Oslo.
BEGIN = datetime(2026, 1, 31, 23, tzinfo=UTC)
OSLO = Plan(id="shop", timezone="Europe/Oslo", events={"seen": Event(name="seen", wire_name="seen")})
LOCAL = datetime(2026, 2, 1, 1, 59)  # noqa: DTZ001 - on the plan's clock


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(BEGIN)


@pytest.fixture
def data(tmp_path: Path, clock: ManualClock) -> Path:
    """A message at each of five hours, three by a plan and two by the next."""
    for names, plan in (("abc", OSLO), ("de", msgspec.structs.replace(OSLO, description="newer"))):
        with Collector(tmp_path / "data", plan=plan, clock=clock) as collector:
            for name in names:
                collector.take(batch([name]))
                clock.advance(3600)
    return tmp_path / "data"


@pytest.mark.parametrize(
    ("point", "plan", "seq"),
    [
        (2, None, 2),
        (BEGIN + timedelta(hours=2), None, 3),
        (LOCAL, None, 2),
        (LOCAL, Plan(id="other", timezone="UTC"), 3),
        (None, None, 5),
    ],
)
def test_a_time_without_an_offset_is_in_the_plans_timezone(
    data: Path, clock: ManualClock, point: int | datetime | None, plan: Plan | None, seq: int
) -> None:
    with storage.open(data, "read", clock=clock) as store, store.snapshot() as latest:
        assert snapshot_as_of(store, latest, point, plan, now=clock.now_us()).watermark() == seq


def test_a_dataset_as_of_a_moment_has_its_messages_and_its_plan(data: Path, clock: ManualClock) -> None:
    with Dataset.open(data, as_of=3, clock=clock) as before, Dataset.open(data, clock=clock) as now:
        shown = [(dataset.contents().messages, dataset.plan and dataset.plan.description) for dataset in (before, now)]
        assert before.as_of == AsOf(3, epoch_us(BEGIN + timedelta(hours=2)) + 1)

    assert shown == [(3, ""), (5, "newer")]


def test_a_report_says_as_of_which_moment_it_is(data: Path, clock: ManualClock) -> None:
    with Dataset.open(data, as_of=3, clock=clock) as dataset:
        moment = report(dataset, dataset.plan, now=BEGIN).data.as_of

    assert moment is not None
    assert moment.text.startswith("message 3, 2026-02-01 02:00:00+01:00; purged since: nothing;")


def test_a_time_to_come_is_refused(data: Path, clock: ManualClock) -> None:
    with pytest.raises(UsageError, match="lies in the future"):
        Dataset.open(data, as_of=BEGIN + timedelta(days=9), clock=clock)

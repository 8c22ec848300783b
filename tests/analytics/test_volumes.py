"""Volumes go by full periods on the plan's clock, also on the days when it is put forward or back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from footfall.analytics.dataset import Dataset
from footfall.analytics.volumes import volume
from footfall.analytics.window import Span, microseconds
from footfall.plan.model import Event, Plan, VolumeExpectation
from footfall.storage.journal import Entry

ZONE = "Europe/Stockholm"
HOUR = 3_600 * 1_000_000


def us(text: str) -> int:
    return microseconds(datetime.fromisoformat(text), ZONE)


def plan_with(expected: VolumeExpectation) -> Plan:
    return Plan(id="test", timezone=ZONE, events={"view": Event(name="view", wire_name="view", volume=expected)})


def views(entry: Callable[..., Entry], *times: str) -> list[Entry]:
    return [entry(number, "view", us(time) / 1_000_000, user="ann") for number, time in enumerate(times, 1)]


@pytest.mark.parametrize(("low", "high", "met"), [(1, 2, False), (0, 2, True), (0, 1, False), (None, None, True)])
def test_the_lowest_and_the_highest_period_are_held_against_the_plan(
    entry: Callable[..., Entry], low: int | None, high: int | None, met: bool
) -> None:
    plan = plan_with(VolumeExpectation(per="day", min=low, max=high))
    log = views(entry, "2026-11-01T09:00", "2026-11-02T09:00", "2026-11-02T10:00", "2026-11-04T00:00")
    span = Span(us("2026-11-01T00:00"), us("2026-11-04T00:00"))

    with Dataset.of(log, plan) as dataset:
        found = volume(dataset, plan, plan.events["view"], span, us("2026-12-01T00:00"))

    assert found is not None
    assert (found.periods, found.lowest, found.highest, found.met) == (3, 0, 2, met)
    assert found.lowest_at == datetime(2026, 11, 2, 23, tzinfo=UTC)
    assert found.highest_at == datetime(2026, 11, 1, 23, tzinfo=UTC)


def test_without_a_full_period_there_is_no_verdict(entry: Callable[..., Entry]) -> None:
    plan = plan_with(VolumeExpectation(per="week", min=1))

    with Dataset.of(views(entry, "2026-11-03T09:00"), plan) as dataset:
        found = volume(dataset, plan, plan.events["view"], Span(), us("2026-11-05T00:00"))

    assert found is not None
    assert (found.periods, found.lowest, found.met) == (0, None, None)


def test_without_data_there_is_no_verdict() -> None:
    plan = plan_with(VolumeExpectation(per="hour", min=1))

    with Dataset.of([], plan) as dataset:
        found = volume(dataset, plan, plan.events["view"], Span(), us("2026-11-05T00:00"))

    assert found is not None
    assert found.met is None

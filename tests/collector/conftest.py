"""A small plan, a clock that stands still, and a collector over them, for every test of the collector."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from footfall.collector import Collector
from footfall.plan import read
from footfall.plan.model import Plan
from footfall.testing.clock import ManualClock

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)

PLAN = """
plan: small
sources:
  shop: {kind: server}
  gateway: {kind: device}
identity: {device: gateway_id}
traits:
  user:
    age: {type: integer, min: 0, description: Years}
  account:
    seats: {type: integer, min: 1, description: Paid seats}
events:
  order_completed:
    wire_name: Order Completed
    aliases: [{name: order_placed, until: 2026-10-01}, {name: order_made, until: 2026-08-01}]
    description: An order
    status: active
    sources: [shop]
    properties:
      total: {type: decimal, required: true, description: Sum}
      channel: {type: string, enum: [web, app], open: true, description: Where}
  reading_reported:
    description: A reading
    status: active
    sources: [gateway]
    properties:
      gateway_id: {type: string, required: true, description: Which, wire_name: gw}
  help_opened: {description: Help was opened, status: active}
  help_closed:
    description: Help was closed
    status: deprecated
    deprecated: {since: 2026-01-01, replaced_by: help_opened}
  help_rated: {description: Help was rated, status: draft}
  clicks_counted:
    description: Something small
    status: active
    properties: {n: {type: integer, description: How many}}
    enforcement: {collector: {unknown_event: quarantine, unknown_property: warn, invalid: drop}}
"""


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
def plan_path(tmp_path: Path) -> Path:
    path = tmp_path / "plan.yaml"
    path.write_text(PLAN)
    return path


@pytest.fixture
def plan(plan_path: Path) -> Plan:
    return read(plan_path).require()


@pytest.fixture
def open_collector(tmp_path: Path, clock: ManualClock) -> Iterator[Collector]:
    """A collector without a plan."""
    with Collector(tmp_path / "open", clock=clock) as collector:
        yield collector


@pytest.fixture
def collector(tmp_path: Path, clock: ManualClock, plan: Plan) -> Iterator[Collector]:
    """A collector with the small plan."""
    with Collector(tmp_path / "data", plan=plan, clock=clock) as collector:
        yield collector

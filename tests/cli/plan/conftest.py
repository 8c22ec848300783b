"""A small bakery: its plan, a file of messages, and a collector's data folder."""

from __future__ import annotations

from pathlib import Path

import pytest

import footfall
from footfall.collector import Collector
from footfall.delivery import FileTransport, InProcessTransport

PLAN = """
plan: bakery
events:
  viewed: {properties: {kind: {type: string, enum: [rye, wheat], required: true}}}
  bought:
    properties: {price: {type: decimal, scale: 2, required: true}}
  baked: {}
kpis: {revenue: {owner: growth, measure: {sum: bought.price}, window: all}}
teams: {growth: {}}
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "plan.yaml").write_text(PLAN)
    return tmp_path


def send(client: footfall.Client, *, kind: str = "rye") -> None:
    for number in range(10):
        client.track(
            "viewed", {"kind": kind if number == 9 else "rye"}, user_id="ann", timestamp="2026-11-03T10:00:00Z"
        )
    client.track("bought", {"price": 3.25}, user_id="ann", timestamp="2026-11-04T10:00:00Z")


@pytest.fixture
def events(place: Path) -> Path:
    with footfall.Client(FileTransport(place / "events.jsonl")) as client:
        send(client, kind="bun")
    return place / "events.jsonl"


@pytest.fixture
def data(place: Path) -> Path:
    with (
        Collector(place / "data", plan=place / "plan.yaml") as collector,
        footfall.Client(InProcessTransport(collector)) as client,
    ):
        send(client, kind="bun")
    return place / "data"

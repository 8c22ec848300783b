"""What was planted is stored, sealed, compacted, backed up, restored and purged, and nothing else is lost.

At every stage each message is there once, as it came, and the figures are exactly those that were planted.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Self

import pytest
from click.testing import CliRunner
from tests.faults.loops import loops
from tests.testing.planted.exact import assert_currencies, assert_funnels, assert_kpis, assert_persons

from footfall import Client, storage
from footfall import plan as plans
from footfall.cli.app import app
from footfall.collector import Collector
from footfall.collector.job_settings import JobSettings
from footfall.events import Batch
from footfall.maintenance import compact, seal
from footfall.maintenance.backup import backup
from footfall.maintenance.context import JobContext
from footfall.maintenance.purge import purge
from footfall.maintenance.restore import restore
from footfall.maintenance.verify import verify
from footfall.storage.books import imbalances, total
from footfall.storage.environments import Sender
from footfall.storage.purge_rule import PurgeRule
from footfall.testing import ManualClock, Recorder
from footfall.testing.planted import Planted, plant, send
from footfall.timestamps import format_us

ROOT = Path(__file__).parents[1]
PLAN = ROOT / "tracking_plans" / "shop_and_gateway"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="a collector needs Linux or macOS"),
]


class Years:
    """A data folder with a collector, and all that it was sent."""

    def __init__(self, data: Path, planted: Planted, seed: int) -> None:
        self.data = data
        self.planted = planted
        self.chance = random.Random(seed)
        self.clock = ManualClock(planted.until)
        self.batches = self._batches()
        self.stored: dict[tuple[str | None, str], bytes] = {}
        self.sent = 0

    def _batches(self) -> list[tuple[Sender, tuple[bytes, ...]]]:
        """What real clients send, in batches of any size, in any order."""
        recorders = {sender: Recorder() for sender in self.planted.senders}
        clients = {sender: Client(recorder, plan=self.planted.plan) for sender, recorder in recorders.items()}
        send(self.planted, clients)
        for client in clients.values():
            client.close()
        batches = []
        for sender, recorder in recorders.items():
            messages = [message for batch in recorder.batches for message in batch.messages]
            while messages:
                size = self.chance.randint(1, 60)
                batches.append((sender, tuple(messages[:size])))
                del messages[:size]
        self.chance.shuffle(batches)
        return batches

    def __enter__(self) -> Self:
        self.collector = Collector(self.data, plan=self.planted.plan, clock=self.clock)
        return self

    def __exit__(self, *_: object) -> None:
        self.collector.close()

    def take(self, batches: list[tuple[Sender, tuple[bytes, ...]]]) -> None:
        """Send batches, hours after one another."""
        for sender, messages in batches:
            body = Batch(messages, format_us(self.clock.now_us())).encode()
            self.collector.take(body, source=sender.source, environment=sender.environment)
            self.sent += len(messages)
            for message in messages:
                key = sender.environment, json.loads(message)["messageId"]
                if key in self.planted.kept:
                    self.stored.setdefault(key, message)
            self.clock.set_wall(self.chance.choice([1, 60, 3_600]))

    def seal(self) -> str:
        """Seal by the real job, in files of any size."""
        context = self.context()
        context.rows = self.chance.choice([10, 100, 1_000])
        return seal.run(context)

    def context(self) -> JobContext:
        return JobContext(self.data, self.collector.store, JobSettings(), self.clock)

    def purge(self, event: str) -> None:
        """Purge an event by the real command's action; what it says is what was stored."""
        mine = {key for key, body in self.stored.items() if json.loads(body).get("event") == event}
        assert purge(self.context(), PurgeRule(event=event)).stored == len(mine) > 0
        self.stored = {key: body for key, body in self.stored.items() if key not in mine}

    def assert_whole(self, data: Path | None = None) -> None:
        """Each message that was stored is there once, byte for byte, and the books balance."""
        with storage.open(data or self.data, "read") as store, store.snapshot() as snapshot:
            rows = [entry.row for chunk in snapshot.scan("stored") for entry in chunk]
            books, quarantine, watermark = snapshot.books(), snapshot.in_quarantine(), snapshot.watermark()
            losses = snapshot.losses

        assert losses == []
        assert len(rows) == len(self.stored)
        assert {(row.environment, row.message_id): row.body for row in rows} == self.stored
        assert imbalances(books, watermark=watermark, quarantine=quarantine) == []
        assert total(books)["received"] == self.sent

    def assert_exact(self, data: Path | None = None) -> None:
        """Every figure and every person is exactly as it was planted."""
        self.assert_whole(data)
        window = ["--since", self.planted.since.isoformat(), "--until", self.planted.until.isoformat()]
        place = ["--data", str(data or self.data), "--plan", str(PLAN)]
        report: Mapping[str, Any] = json.loads(
            footfall("report", *place, *window, "--format", "json"), parse_float=Decimal
        )
        assert_kpis(self.planted, report)
        assert_currencies(self.planted, report)
        assert_funnels(self.planted, report)
        assert_persons(self.planted, map(json.loads, footfall("export", *place).splitlines()))


def footfall(*arguments: str) -> bytes:
    return CliRunner().invoke(app, arguments, catch_exceptions=False).stdout_bytes


@pytest.mark.parametrize("seed", range(loops(1)))
def test_what_was_planted_is_there_at_every_stage(seed: int, tmp_path: Path) -> None:
    years = Years(tmp_path / "data", plant(plans.read(PLAN).require(), people=50, seed=seed), seed)
    waiting = list(years.batches)
    while waiting:
        size = max(1, len(years.batches) // 4)
        with years:
            years.take(waiting[:size])
            if len(waiting) > size:  # some are sealed, and some are not, when all are there
                years.seal()
        del waiting[:size]
        years.assert_whole()
    years.assert_exact()

    with years:
        years.seal()
        years.assert_exact()
        assert " merged to " in compact.run(years.context())
        assert compact.run(years.context()) == "nothing to compact"
    years.assert_exact()

    copy = tmp_path / "restored"
    backup(years.data, tmp_path / "backups")
    assert restore(tmp_path / "backups", copy).verification.is_whole
    years.data = copy
    years.assert_exact()
    with years:
        years.take(years.batches)
        assert years.seal() == "nothing to seal"
    years.assert_exact()

    with years:
        years.purge("product_viewed")
    years.assert_whole()
    verification = verify(copy)
    assert (verification.is_whole, verification.strays) == (True, ())

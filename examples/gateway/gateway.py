"""A home gateway's agent: pairs, reads its sensors, loses its uplink, comes back, and loses no reading.

A gateway has a shaky line and a cheap clock. The client's queue bridges an outage; collector and message ids do the
rest: a reading's message_id is made of the gateway's id and the reading's number, so the agent may send its last
readings again whenever it is not sure, and the collector keeps each once.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import sys
import threading
import uuid
from collections import deque
from datetime import UTC, datetime, timedelta
from pathlib import Path

from footfall import Client, ClientOptions
from footfall.clock import Clock, SystemClock
from footfall.delivery import HttpTransport, Transport
from footfall.errors import UnreachableError
from footfall.events import Answer, Batch

SENSORS = {"temperature": ("C", 17.0, 24.0), "humidity": ("%", 30.0, 70.0), "power": ("W", 80.0, 3200.0)}
FLEET = uuid.UUID("6f4c7a52-0a39-4f0e-9d0e-5b1f8f6f2b11")  # serial numbers become gateway ids under this name
SENT_AGAIN = 5  # the readings that a gateway sends once more after an outage


class CheapClock(SystemClock):
    """A clock that is `behind` by some seconds until it is set right; None for one that starts in 1970."""

    def __init__(self, behind: float | None) -> None:
        super().__init__()
        self._behind_us = super().now_us() if behind is None else round(behind * 1_000_000)

    def now_us(self) -> int:
        return super().now_us() - self._behind_us

    def set_right(self) -> None:
        """What a time server does as soon as there is a line to it."""
        self._behind_us = 0


class Uplink:
    """The line to the collector: a Transport that can be down."""

    def __init__(self, line: Transport) -> None:
        self._line = line
        self.up = True

    def send(self, batch: Batch) -> Answer:
        if not self.up:
            raise UnreachableError("the uplink is down")
        return self._line.send(batch)

    def close(self) -> None:
        self._line.close()

    async def send_async(self, batch: Batch) -> Answer:
        if not self.up:
            raise UnreachableError("the uplink is down")
        return await self._line.send_async(batch)

    async def close_async(self) -> None:
        await self._line.close_async()


class Gateway:
    """One gateway in one home. What it reads follows from `seed` and its number."""

    def __init__(self, number: int, client: Client, uplink: Uplink, clock: Clock, chance: random.Random) -> None:
        self.gateway_id = str(uuid.uuid5(FLEET, f"serial {number}"))
        self._client = client
        self._uplink = uplink
        self._clock = clock
        self._chance = chance
        self._about = {
            "gateway_id": self.gateway_id,
            "firmware": "1.4.2",
            "uplink": chance.choice(["ethernet", "wifi", "lte"]),
        }
        self._household = f"home-{number:03d}"
        self._read = 0
        self._sent: deque[tuple[dict[str, object], str]] = deque(maxlen=SENT_AGAIN)
        # Numbers its readings afresh after each start, so a start is part of a reading's id.
        self._start = clock.new_id()

    def _now(self) -> datetime:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=self._clock.now_us())

    def pair(self) -> None:
        self._client.track(
            "gateway_paired",
            {**self._about, "household_id": self._household, "duration_ms": self._chance.randrange(20_000, 90_000)},
        )

    def report(self) -> None:
        """Read one sensor and report it."""
        kind = self._chance.choice(list(SENSORS))
        measured_at = self._now()
        unit, low, high = SENSORS[kind]
        reading: dict[str, object] = {
            **self._about,
            "sensor_kind": kind,
            "value": round(self._chance.uniform(low, high), 1),
            "unit": unit,
            "battery_pct": self._chance.randrange(20, 100),
            "measured_at": measured_at,
        }
        self._read += 1
        message_id = f"{self.gateway_id}:{self._start}:{self._read}"
        # Without a timestamp: the client stamps it, and knows better than this clock what became of the time since.
        self._client.track("reading_reported", reading, message_id=message_id)
        self._sent.append((reading, message_id))

    def lose_uplink(self) -> None:
        self._lost_at, self._lost = self._now(), self._clock.monotonic()
        self._uplink.up = False

    def find_uplink(self) -> None:
        """Back online: tell of the outage, and send the last readings again, for nobody knows whether they arrived."""
        self._uplink.up = True
        outage = self._clock.monotonic() - self._lost  # the clock on the wall may have been set meanwhile
        self._client.track(
            "gateway_went_offline",
            {**self._about, "last_seen_at": self._lost_at, "outage_s": int(outage)},
        )
        for reading, message_id in self._sent:
            self._client.track("reading_reported", reading, message_id=message_id)

    def update(self) -> None:
        """Take a new firmware; what it reports from now on says so."""
        previous, self._about["firmware"] = self._about["firmware"], "1.5.0"
        self._client.track("firmware_updated", {**self._about, "previous": previous, "released": "2026-11-02"})

    def replace_sensor(self) -> None:
        """An event that the plan still calls a draft: coded early, so the collector puts it aside."""
        self._client.track("sensor_replaced", {**self._about, "sensor_kind": "humidity"})


def run(number: int, arguments: argparse.Namespace) -> str:
    """One gateway from power-on to switched off; what became of its messages, in one line."""
    chance = random.Random(f"{arguments.seed}:{number}")
    # The first boots without a clock, until it has a line again; the second is an hour behind for good.
    clock = CheapClock({1: None, 2: 3600}.get(number, 0))
    uplink = Uplink(HttpTransport(arguments.collector, os.environ["FOOTFALL_WRITE_KEY"]))
    with Client(uplink, plan=arguments.plan, options=ClientOptions(linger=0.2), clock=clock) as client:
        gateway = Gateway(number, client, uplink, clock, chance)
        gateway.pair()
        third = arguments.readings // 3
        for reading in range(arguments.readings):
            if reading == third:
                gateway.lose_uplink()
            gateway.report()
            if reading == 2 * third:
                if number == 1:
                    clock.set_right()
                gateway.find_uplink()
                gateway.update()
            clock.sleep(arguments.pause)
        if number == 1:
            gateway.replace_sensor()
        client.flush(timeout=10.0)
        ledger = client.stats()
    return (
        f"gateway {number}: {ledger.delivered} delivered, of which {ledger.duplicate} a second time "
        f"and {ledger.quarantined} in quarantine; {ledger.pending} not delivered"
    )


def main() -> None:
    """Run some gateways side by side until each has sent its readings."""
    parser = argparse.ArgumentParser(description="Gateways that report to a collector, with FOOTFALL_WRITE_KEY.")
    parser.add_argument("--collector", default="http://127.0.0.1:8191", help="where the collector listens")
    parser.add_argument("--plan", type=Path, default=Path("tracking_plans/shop_and_gateway"), help="the tracking plan")
    parser.add_argument("--gateways", type=int, default=3, help="how many gateways")
    parser.add_argument("--readings", type=int, default=12, help="how many readings each reports")
    parser.add_argument("--pause", type=float, default=0.2, help="seconds between two readings")
    parser.add_argument("--seed", type=int, default=1, help="what the sensors read follows from it")
    arguments = parser.parse_args()

    summaries: list[str] = []
    homes = [
        threading.Thread(target=lambda number=number: summaries.append(run(number, arguments)))
        for number in range(1, arguments.gateways + 1)
    ]
    for home in homes:
        home.start()
    with contextlib.suppress(KeyboardInterrupt):
        for home in homes:
            home.join()
    print("\n".join(sorted(summaries)))
    if len(summaries) < arguments.gateways or not all(line.endswith("; 0 not delivered") for line in summaries):
        sys.exit(1)


if __name__ == "__main__":
    main()

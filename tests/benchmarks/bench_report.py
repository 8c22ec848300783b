"""How long a report takes: loading the journal, finding the persons, and every figure of a plan.

    python tests/benchmarks/bench_report.py [--messages 1000000]

The data are shop events with decimals, from a twentieth as many browsers, a third of the messages signed in. The floors
are measured in the same run: a plain read of the same rows by SQLite, and, for the figures, one json.loads of each
body, which any reader in Python that goes through all of the messages has to pay.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import tempfile
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import apsw

from footfall import plan as plans
from footfall.analytics import Dataset, report
from footfall.storage import Changes, DataFolder, Row, SqliteJournal

PLAN = Path(__file__).parents[2] / "tracking_plans" / "shop_and_gateway"
START_US = 1_790_000_000_000_000
DAYS = 28
EVENTS = (
    "product_viewed",
    "product_viewed",
    "product_viewed",
    "cart_item_added",
    "checkout_started",
    "order_completed",
)
BODY = (
    '{"type":"track","messageId":"%s","timestamp":"2026-09-30T09:30:00.123456Z","anonymousId":"browser-%d","event":"%s",'
    '"properties":{"order_id":"FH-123456","total":%d.%02d,"currency":"%s","country":"NO","payment":"card","items":2,'
    '"lines":[{"sku":"SENSOR-T1","price":"249.50","quantity":2},{"sku":"LAMP-E27","price":"499.00","quantity":1}]},'
    '"context":{"library":{"name":"footfall","version":"0.1.0"},"client":{"id":"0190","seq":1}}}'
)


def rows(count: int) -> list[Row]:
    """Messages of a shop, in no order."""
    dice = random.Random(7)
    made = []
    for number in range(count):
        browser, event = dice.randrange(max(count // 20, 1)), dice.choice(EVENTS)
        at = START_US + dice.randrange(DAYS * 86_400) * 1_000_000
        message_id = str(uuid.UUID(int=number))
        amount = dice.randrange(2000), dice.randrange(100), dice.choice(("NOK", "SEK", "EUR"))
        body = BODY % (message_id, browser, event, *amount)
        user = f"customer-{browser}" if dice.random() < 1 / 3 else None
        made.append(
            Row(
                "stored", "shop_backend", message_id, "track", event, user, f"browser-{browser}", None, None, None, at,
                at, None, None, body.encode(), None,
            )
        )  # fmt: skip
    return made


def keep(folder: Path, count: int) -> Path:
    """Put the messages into a data folder; returns the journal's path."""
    held = DataFolder.open(folder)
    journal = SqliteJournal(held.journal_path)
    made = rows(count)
    for first in range(0, count, 10_000):
        journal.commit(Changes(made[first : first + 10_000], {}))
    journal.close()
    held.close()
    return held.journal_path


def timed(name: str, count: int, floor: float | None, run: Callable[[], object]) -> float:
    """Run once and print how long it took: wall and CPU seconds, and the ratio of CPU to the floor's."""
    wall, cpu = time.perf_counter(), time.process_time()
    run()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    ratio = "" if floor is None else f"  {cpu / floor:5.1f} x floor"
    print(f"{name:44} {wall:6.2f} s  {count / wall:12,.0f} messages/s  {cpu / count * 1e6:6.2f} µs CPU/message{ratio}")
    return cpu


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--quick", action="store_true", help="a short run, to see that it works")
    options = parser.parse_args()
    count = 20_000 if options.quick else options.messages
    plan = plans.read(PLAN).require()
    with tempfile.TemporaryDirectory() as folder:
        path = keep(Path(folder) / "data", count)
        database = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
        query = "SELECT * FROM messages"
        floor = timed("floor: SQLite reads the rows", count, None, lambda: database.execute(query).fetchall())
        bodies = [body for (body,) in database.execute("SELECT body FROM messages")]
        parse = timed("floor: json.loads of each body", count, None, lambda: sum(1 for _ in map(json.loads, bodies)))
        database.close()
        bodies.clear()
        opened: list[Dataset] = []
        timed("load, find the persons", count, floor, lambda: opened.append(Dataset.open(path.parent, plan)))
        since, now = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
        figures = f"{len(plan.kpis)} KPIs, {len(plan.journeys)} journeys"
        timed(figures, count, parse, lambda: report(opened[0], plan, since=since, now=now))
        opened[0].close()
    print(f"most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024:,} MiB")


if __name__ == "__main__":
    main()

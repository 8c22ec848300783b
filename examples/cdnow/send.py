"""Sends the CDNOW purchase log to a collector: one order_completed per row, with its true day and exact amount.

A row's place in the file is its message_id, so sending the log again, or on from where a broken run stopped, adds
nothing twice. Two rows may be alike in everything else: 255 are.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from footfall import Client, ClientOptions, plan
from footfall.delivery import RetryPolicy

HERE = Path(__file__).parent
PATIENCE = 2.0  # seconds between two lines while the collector is away


class Purchase(NamedTuple):
    """One row of the log; `row` counts from 1 after the heading, `buying_day` the customer's days with a purchase."""

    row: int
    customer: str
    day: datetime
    buying_day: int
    quantity: int
    total: Decimal


def purchases(log: Path, timezone: ZoneInfo) -> Iterator[Purchase]:
    """The rows of the log. A day has no hour in the file, so it stands for its midnight in `timezone`.

    The file is sorted by customer and day.
    """
    before, buying_day = ("", ""), 0
    with log.open(encoding="ascii") as file:
        next(file)
        for row, line in enumerate(file, start=1):
            customer, day, quantity, total = line.split()
            if before != (customer, day):
                buying_day = buying_day + 1 if before[0] == customer else 1
                before = (customer, day)
            midnight = datetime(int(day[:4]), int(day[4:6]), int(day[6:]), tzinfo=timezone)
            yield Purchase(row, customer, midnight, buying_day, int(quantity), Decimal(total))


def send(client: Client, purchase: Purchase) -> None:
    """Put one purchase in the queue, however long the queue stays full."""
    while True:
        receipt = client.track(
            "order_completed",
            {"total": purchase.total, "quantity": purchase.quantity, "buying_day": purchase.buying_day},
            user_id=purchase.customer,
            timestamp=purchase.day,
            message_id=f"cdnow-{purchase.row:05d}",
        )
        if receipt and not receipt.faults:
            return
        if receipt.reason != "queue_full":
            faults = "; ".join(map(str, receipt.faults))
            sys.exit(f"row {purchase.row} was not taken: {faults or receipt.reason}")
        progress(client, "waiting for the collector")


def progress(client: Client, note: str = "") -> None:
    """Say how far it is. Ends the program when the collector refuses our key, for then it will never be further."""
    ledger = client.stats()
    if ledger.stopped:
        sys.exit(f"nothing more is sent: {ledger.stopped}")
    print(f"  {ledger.delivered:>6} delivered, {ledger.pending:>6} waiting{f' ({note})' if note else ''}", flush=True)


def main() -> None:
    """Send the whole log and return when the collector has all of it."""
    parser = argparse.ArgumentParser(description="Send the CDNOW purchase log to a collector, with FOOTFALL_WRITE_KEY.")
    parser.add_argument("--collector", default="http://127.0.0.1:8191", help="where the collector listens")
    parser.add_argument("--log", type=Path, default=HERE / "cdnow_master.txt", help="the purchase log")
    arguments = parser.parse_args()

    tracking_plan = plan.read(HERE / "plan").require()
    options = ClientOptions(
        max_batch=500,
        queue_bytes=4 * 2**20,
        when_full="block",
        block_timeout=PATIENCE,
        retry=RetryPolicy(maximum=PATIENCE),  # seconds between two attempts while the collector is away
    )
    with Client(arguments.collector, plan=tracking_plan, options=options) as client:
        sent = 0
        for purchase in purchases(arguments.log, ZoneInfo(tracking_plan.timezone)):
            send(client, purchase)
            sent += 1
            if sent % 10_000 == 0:
                progress(client)
        while client.flush(timeout=PATIENCE).pending:
            progress(client, "waiting for the collector")
        ledger = client.stats()
    print(
        f"{sent} purchases sent: {ledger.delivered} delivered, of which {ledger.duplicate} were there already, "
        f"{ledger.quarantined} quarantined, {ledger.rejected} rejected; {sum(ledger.dropped.values())} lost"
    )


if __name__ == "__main__":
    main()

"""What it takes to seal messages into Parquet and to read them back; a script that prints a table.

The messages are those of footfall's client with the plan of tracking_plans/shop_and_gateway: orders alone, and a day
of a shop with its gateways. The floor is pyarrow, which writes the same columns with whole bodies, in order of receipt.

Run `python -m tests.benchmarks.bench_warehouse [--messages N] [--quick]`.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet

from footfall.plan import read
from footfall.storage.parquet.layout import MESSAGE_TYPES
from footfall.storage.parquet.warehouse import ParquetWarehouse
from footfall.timestamps import format_us

PLAN = Path(__file__).parents[2] / "tracking_plans" / "shop_and_gateway"
DAY = 1_796_000_000_000_000 // 86_400_000_000 * 86_400_000_000
BUNDLE = "35429243d233168c072c5f6e3cbb2e721addb55eaf9c41230ecf4be7089d30e7"
BATCH = 16_384
# Of a hundred messages of the day.
EVENTS = {
    "product_viewed": 50,
    "cart_item_added": 9,
    "checkout_started": 4,
    "order_completed": 3,
    "reading_reported": 34,
}


class Day:
    """A day's messages, the same for the same seed: eight backends, many browsers of which a third has a user."""

    def __init__(self, messages: int) -> None:
        self._dice = random.Random(1)
        self._step = 86_000_000_000 // messages
        self._clients: list[list[Any]] = [[self._uuid(DAY), self._dice.randrange(10**6)] for _ in range(8)]
        self._browsers = [(self._uuid(DAY - n), f"u-{n:06}" if n % 3 == 0 else None) for n in range(messages // 5 + 1)]
        self._gateways = [self._uuid(DAY - n) for n in range(messages // 200 + 1)]
        self._prices = [f"{self._dice.randrange(500, 50_000) / 100:.2f}" for _ in range(800)]

    def rows(self, messages: int, events: Sequence[str]) -> Iterator[dict[str, Any]]:
        """Messages of these events, each as likely as often as it is there."""
        received = DAY
        for seq in range(1, messages + 1):
            moment = DAY + seq * self._step + self._dice.randrange(self._step)
            if seq % 20 == 1:
                received = moment + self._dice.randrange(20_000, 1_500_000)
            yield self._row(seq, moment, received, self._dice.choice(events))

    def _row(self, seq: int, moment: int, received: int, event: str) -> dict[str, Any]:
        message_id, client = self._uuid(moment), self._dice.choice(self._clients)
        browser, user = self._browsers[int(len(self._browsers) * self._dice.random() ** 2)]
        gateway = self._dice.choice(self._gateways) if event == "reading_reported" else None
        ids: dict[str, str | None] = {"userId": user, "anonymousId": browser} if gateway is None else {}
        client[1] += 1
        said = "".join(f'"{key}":"{value}",' for key, value in ids.items() if value is not None)
        name = "Order Completed" if event == "order_completed" else event
        body = (
            f'{{"type":"track","messageId":"{message_id}","timestamp":"{format_us(moment)}",{said}"event":"{name}",'
            f'"properties":{self._properties(event, gateway)},"context":{{"library":{{"name":"footfall",'
            f'"version":"0.1.0"}},"plan":{{"id":"fjordhome","bundle":"{BUNDLE}"}},"client":{{"id":"{client[0]}",'
            f'"transformed":"{BUNDLE}","seq":{client[1]}}}}}}}'
        )
        return dict.fromkeys(MESSAGE_TYPES) | {
            "seq": seq, "source": "shop_backend" if gateway is None else "gateway_agent", "message_id": message_id,
            "type": "track", "event": event, "user_id": ids.get("userId"), "anonymous_id": ids.get("anonymousId"),
            "device_id": gateway, "occurred_at": moment, "received_at": received, "bundle": BUNDLE,
            "body": body.encode(),
        }  # fmt: skip

    def _properties(self, event: str, gateway: str | None) -> str:
        sku = int(800 * self._dice.random() ** 2)
        price = self._prices[sku]
        if event == "order_completed":
            payment, coupon = self._dice.choice(["card", "invoice"]), self._dice.choice(["", '"coupon":"JUL26",'])
            return (
                f'{{"order_id":"FH-{self._dice.randrange(10**6):06}","total":{price},"shipping":49.00,{coupon}'
                f'"payment":"{payment}","lines":[{{"sku":"SKU-{sku:04}","price":{price},"quantity":1}}],'
                '"currency":"NOK","country":"NO"}'
            )
        if event == "reading_reported":
            return f'{{"gateway_id":"{gateway}","firmware":"1.4.2","power":{self._dice.randrange(100_000) / 10}}}'
        return f'{{"sku":"SKU-{sku:04}","price":{price},"position":{self._dice.randrange(40)},"currency":"NOK"}}'

    def _uuid(self, moment: int) -> str:
        random_bits = self._dice.getrandbits(74)
        return str(
            uuid.UUID(int=moment // 1000 << 80 | 7 << 76 | random_bits >> 62 << 64 | 2 << 62 | random_bits >> 12)
        )


def batches_of(messages: int, events: Sequence[str]) -> list[Any]:
    day, batches = Day(messages), []
    rows = list(day.rows(messages, events))
    for start in range(0, messages, BATCH):
        part = rows[start : start + BATCH]
        arrays = [pyarrow.array([row[name] for row in part], type_) for name, type_ in MESSAGE_TYPES.items()]
        batches.append(pyarrow.record_batch(arrays, list(MESSAGE_TYPES)))
    return batches


def cpu(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.process_time()
    result = work()
    return time.process_time() - start, result


def measure(name: str, batches: list[Any], folder: Path) -> None:
    plan, rows = read(PLAN).require(), sum(len(batch) for batch in batches)
    size = sum(batch.column("body").nbytes for batch in batches) / rows
    plain = folder / "plain.parquet"
    floor, _ = cpu(lambda: pyarrow.parquet.write_table(pyarrow.Table.from_batches(batches), plain, compression="zstd"))
    warehouse = ParquetWarehouse(folder / name)
    sealing, files = cpu(lambda: warehouse.write(batches, plan))
    reading, read_rows = cpu(lambda: sum(len(chunk) for chunk in warehouse.scan(files)))
    checking, faults = cpu(lambda: [fault for file in files for fault in warehouse.check(file)])
    assert (read_rows, faults) == (rows, [])
    sealed = sum(file.size for file in files) / rows
    print(
        f"{name:10} body {size:4.0f} B | sealed {sealed:5.1f} B (floor {plain.stat().st_size / rows:5.1f})"
        f" | CPU a message: write {sealing / rows * 1e6:5.2f} µs (floor {floor / rows * 1e6:4.2f}),"
        f" scan {reading / rows * 1e6:5.2f} µs, check {checking / rows * 1e6:5.2f} µs"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=500_000)
    parser.add_argument("--quick", action="store_true", help="20,000 messages")
    options = parser.parse_args()
    messages = 20_000 if options.quick else options.messages
    day = [event for event, number in EVENTS.items() for _ in range(number)]
    for name, events in (("orders", ["order_completed"]), ("a day", day)):
        with tempfile.TemporaryDirectory() as folder:
            batches = batches_of(messages, events)
            ParquetWarehouse(Path(folder) / "first").write(batches[:1], None)  # loads what is loaded once
            measure(name, batches, Path(folder))


if __name__ == "__main__":
    main()

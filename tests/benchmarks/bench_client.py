"""What the client costs: the caller's time for `track()`, and the process's time from `track()` to a sink over HTTP.

    python tests/benchmarks/bench_client.py [--events N] [--repeats N] [--quick]

Each figure stands beside a floor that was measured in the same run. The sink is a process of its own that answers every
POST and reads nothing. Floors: for the caller, orjson.dumps of the same message with a fresh UUID and timestamp, and
a deque's append; end to end, the standard http.client sending the same messages in gzip batches of the same size.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import multiprocessing
import statistics
import sys
import time
import uuid
import zlib
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import orjson

from footfall import AsyncClient, Client, ClientOptions
from footfall.events import Answer, Batch

PLAN = Path(__file__).parents[2] / "tracking_plans" / "shop_and_gateway"
ANSWER = b'{"status":1,"error":null,"code":200,"success":true,"received":%d,"verdicts":[]}'
REPLY = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b"


def order(money: Callable[[str], Any]) -> dict[str, Any]:
    """An order of nine properties and three product lines."""
    return {
        "order_id": "FH-104233",
        "currency": "NOK",
        "country": "NO",
        "total": money("1499.50"),
        "shipping": money("99.00"),
        "coupon": None,
        "payment": "card",
        "first_order": False,
        "lines": [
            {"sku": "THERMO-01", "quantity": 1, "price": money("799.50")},
            {"sku": "LAMP-22", "quantity": 2, "price": money("250.00")},
            {"sku": "CABLE-03", "quantity": 4, "price": money("50.00")},
        ],
    }


class Nowhere:
    """A transport that takes everything and keeps nothing."""

    def send(self, batch: Batch) -> Answer:
        return Answer(len(batch.messages))

    def close(self) -> None:
        """Nothing is held."""

    async def send_async(self, batch: Batch) -> Answer:
        return self.send(batch)

    async def close_async(self) -> None:
        """Nothing is held."""


def median_us(call: Callable[[], object], count: int) -> float:
    """The median time of one call, in µs: the pauses of other processes stand in the tail."""
    times = []
    clock = time.perf_counter_ns
    for _ in range(count):
        start = clock()
        call()
        times.append(clock() - start)
    return statistics.median(times) / 1000


def floor_message(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "track",
        "messageId": str(uuid.uuid4()),
        "timestamp": datetime.now(UTC).isoformat(),
        "userId": "customer-8812",
        "event": "Order Completed",
        "properties": properties,
        "context": {"library": {"name": "floor", "version": "1"}},
    }


def caller(count: int, repeats: int) -> list[tuple[str, float, float]]:
    floats, decimals = order(float), order(Decimal)
    hashed = {**floats, "shipping_email": "kari@fjordhome.example"}
    queue: deque[bytes] = deque(maxlen=10_000)
    options = ClientOptions(transform_key=b"a key of the team's")
    with Client(Nowhere()) as bare, Client(Nowhere(), plan=PLAN, options=options) as planned:

        def tracked(client: Client, properties: dict[str, Any]) -> Callable[[], object]:
            receipt = client.track("Order Completed", properties, user_id="customer-8812")
            assert receipt, receipt
            assert not receipt.faults, receipt
            return lambda: client.track("Order Completed", properties, user_id="customer-8812")

        def floor(properties: dict[str, Any]) -> Callable[[], object]:
            return lambda: queue.append(orjson.dumps(floor_message(properties), default=str))

        calls: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
            name: (tracked(client, properties), floor(properties))
            for name, client, properties in [
                ("no plan, floats", bare, floats),
                ("plan, floats", planned, floats),
                ("plan, Decimals", planned, decimals),
                ("plan, floats, a hashed e-mail", planned, hashed),
            ]
        }
        rows = []
        for name, (ours, least) in calls.items():
            pairs = [(median_us(least, count), median_us(ours, count)) for _ in range(repeats)]
            floors, times = zip(*pairs, strict=True)
            rows.append((name, statistics.median(floors), statistics.median(times)))
        return rows


class Sink(asyncio.Protocol):
    """Answers each request once its body is there, with the number of its messages; knows no more of HTTP."""

    def __init__(self) -> None:
        self.buffer = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = bytes(self.buffer[:end]).lower()
            length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
            if len(self.buffer) < end + 4 + length:
                return
            body = bytes(self.buffer[end + 4 : end + 4 + length])
            del self.buffer[: end + 4 + length]
            body = zlib.decompress(body, 31) if body.startswith(b"\x1f\x8b") else body
            answer = ANSWER % body.count(b'"messageId"')
            assert isinstance(self.transport, asyncio.WriteTransport)
            self.transport.write(REPLY % (len(answer), answer))


def run_sink(ready: Connection) -> None:
    async def serve() -> None:
        server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", 0)
        ready.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(serve())


def timed(work: Callable[[], None], count: int) -> tuple[float, float]:
    """Messages a second, and µs of this process's CPU time a message."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return count / (time.perf_counter() - wall), (time.process_time() - cpu) / count * 1e6


def end_to_end(port: int, count: int, repeats: int) -> list[tuple[str, float, float]]:
    properties, url = order(float), f"http://127.0.0.1:{port}"
    options = ClientOptions(queue_bytes=1 << 30)

    def floor() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        headers = {"content-type": "application/json", "content-encoding": "gzip"}
        for _ in range(count // 100):
            batch = [orjson.dumps(floor_message(properties)) for _ in range(100)]
            body = zlib.compress(b'{"batch":[%b]}' % b",".join(batch), 1, 31)
            connection.request("POST", "/v1/batch", body, headers)
            connection.getresponse().read()

    def threads(plan: Path | None) -> Callable[[], None]:
        client = Client(url, write_key="key", plan=plan, options=options)
        client.track("Order Completed", properties, user_id="customer-8812")
        client.flush()

        def work() -> None:
            for _ in range(count):
                client.track("Order Completed", properties, user_id="customer-8812")
            left = client.flush(60)
            assert left, left

        return work

    def loop() -> None:
        async def work() -> None:
            async with AsyncClient(url, write_key="key", options=options) as client:
                for number in range(count):
                    client.track("Order Completed", properties, user_id="customer-8812")
                    if number % 100 == 99:
                        await asyncio.sleep(0)
                left = await client.flush(60)
                assert left, left

        asyncio.run(work())

    works = {
        "floor: http.client": floor,
        "Client": threads(None),
        "Client, plan": threads(PLAN),
        "AsyncClient": loop,
    }
    rows = []
    for name, work in works.items():
        runs = [timed(work, count) for _ in range(repeats)]
        rows.append((name, statistics.median(run[0] for run in runs), statistics.median(run[1] for run in runs)))
    return rows


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    arguments.add_argument("--events", type=int, default=20_000)
    arguments.add_argument("--repeats", type=int, default=5)
    arguments.add_argument("--quick", action="store_true", help="a short run, to see that it works")
    chosen = arguments.parse_args()
    if chosen.quick:
        chosen.events, chosen.repeats = 2_000, 1

    print(f"caller cost of track(): median µs, Python {sys.version.split()[0]}")
    print(f"  {'':32} {'floor':>8} {'track()':>8} {'ratio':>6}")
    for name, floor, ours in caller(chosen.events // 4, chosen.repeats):
        print(f"  {name:32} {floor:8.1f} {ours:8.1f} {ours / floor:6.2f}")

    ours_end, theirs = multiprocessing.Pipe()
    sink = multiprocessing.get_context("spawn").Process(target=run_sink, args=(theirs,), daemon=True)
    sink.start()
    rows = end_to_end(ours_end.recv(), chosen.events, chosen.repeats)
    sink.terminate()
    print("end to end to a sink on loopback, batches of 100")
    print(f"  {'':32} {'msgs/s':>8} {'CPU µs':>8} {'ratio':>6}")
    for name, rate, cpu in rows:
        print(f"  {name:32} {rate:8,.0f} {cpu:8.1f} {cpu / rows[0][2]:6.2f}")


if __name__ == "__main__":
    main()

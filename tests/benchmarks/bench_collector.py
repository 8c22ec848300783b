"""How many messages a real collector takes in, durably and judged by a plan, against a floor measured in the same run.

    python tests/benchmarks/bench_collector.py [--messages 60000] [--singles 6000] [--rounds 3] [--servers] [--quick]

Each round starts a fresh `footfall serve` (or the floor: bare HTTP and one durable sqlite3 insert per request), and
sends it order events of nine properties and three lines, 10 % of them sent before, from another process that shares
the machine's cores. `--servers` measures the collector under each server and framework it could have stood on.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from importlib.util import find_spec
from pathlib import Path

import orjson

from footfall.clock import SystemClock
from footfall.timestamps import format_us

ROOT = Path(__file__).parents[2]
PLAN = ROOT / "tracking_plans" / "shop_and_gateway"
FLOOR = Path(__file__).with_name("collector_floor.py")
CHOICES = Path(__file__).with_name("server_choices.py")
KEY = "bench-key"
CONNECTIONS = 8
TICKS = os.sysconf("SC_CLK_TCK")


def order(message_id: str, number: int) -> dict[str, object]:
    """An order of nine properties and three lines, as a client sends it."""
    return {
        "type": "track",
        "messageId": message_id,
        "timestamp": format_us(SystemClock().now_us()),
        "userId": f"customer-{number % 5000}",
        "anonymousId": f"browser-{number % 9000}",
        "event": "Order Completed",
        "properties": {
            "order_id": f"FH-{number % 1_000_000:06d}",
            "total": 1047.50,
            "shipping": 49.0,
            "discount": 10.0,
            "coupon": "WINTER",
            "payment": "card",
            "first_order": number % 3 == 0,
            "currency": "NOK",
            "country": "NO",
            "lines": [
                {"sku": "SENSOR-T1", "price": "249.50", "quantity": 2},
                {"sku": "LAMP-E27", "price": "499.00", "quantity": 1},
                {"sku": "HUB-2", "price": "49.50", "quantity": 1},
            ],
        },
        "context": {"library": {"name": "footfall", "version": "0.1.0"}},
    }


def request(path: str, body: bytes) -> bytes:
    """The bytes of one HTTP request."""
    token = "YmVuY2gta2V5Og=="
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Basic {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def requests(messages: int, batch: int) -> list[bytes]:
    """Requests with `messages` messages in all; a tenth of each was in the one before."""
    clock = SystemClock()
    made: list[bytes] = []
    repeated: list[bytes] = []
    number = 0
    while number < messages:
        again = repeated if batch > 1 or number % 10 == 9 else []
        fresh = [orjson.dumps(order(clock.new_id(), number + index)) for index in range(batch - len(again))]
        together = again + fresh
        repeated = fresh[: max(1, batch // 10)]
        number += batch
        if batch == 1:
            made.append(request("/v1/track", together[0]))
        else:
            sent_at = format_us(clock.now_us()).encode()
            made.append(request("/v1/batch", b'{"batch":[%s],"sentAt":"%s"}' % (b",".join(together), sent_at)))
    return made


def send(port: int, made: list[bytes], failures: list[str]) -> None:
    """Send requests over one connection, each after the answer to the one before."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for one in made:
            connection.sendall(one)
            answer = connection.recv(65536)
            if not answer.startswith(b"HTTP/1.1 200"):
                failures.append(answer[:200].decode("latin-1"))
                return
            end = answer.index(b"\r\n\r\n") + 4
            length = re.search(rb"content-length: (\d+)", answer, re.IGNORECASE)
            missing = end + int(length[1]) - len(answer) if length else 0
            while missing > 0:
                missing -= len(connection.recv(65536))


def load(port: int, messages: int, batch: int) -> None:
    """The load generator: makes its requests first, waits for a line on standard input, then sends them."""
    made = requests(messages, batch)
    print("ready", flush=True)
    sys.stdin.readline()
    failures: list[str] = []
    shares = [made[number::CONNECTIONS] for number in range(CONNECTIONS)]
    threads = [threading.Thread(target=send, args=(port, share, failures)) for share in shares]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(time.perf_counter() - started, flush=True)
    if failures:
        sys.exit(failures[0])


def cpu_seconds(pid: int) -> float:
    """User and system time of a process, all threads."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def measure(command: list[str], messages: int, batch: int) -> tuple[float, float]:
    """Messages per second, and CPU us per message of the server that `command` starts."""
    with tempfile.TemporaryDirectory() as folder:
        server = subprocess.Popen([*command, "--data", f"{folder}/data"], stdout=subprocess.PIPE, text=True)
        assert server.stdout is not None
        try:
            port = int(server.stdout.readline().rsplit(":", 1)[1])
            sender = subprocess.Popen(
                [sys.executable, __file__, "--load", str(port), "--messages", str(messages), "--batch", str(batch)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            assert sender.stdin is not None
            assert sender.stdout is not None
            sender.stdout.readline()
            before = cpu_seconds(server.pid)
            sender.stdin.write("go\n")
            sender.stdin.flush()
            seconds = float(sender.stdout.readline())
            spent = cpu_seconds(server.pid) - before
            if sender.wait():
                sys.exit("the load generator failed")
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait()
    return messages / seconds, spent / messages * 1e6


def contenders() -> dict[str, list[str]]:
    """The floor and the collector."""
    serve = [sys.executable, "-m", "footfall", "serve"]
    collector = [*serve, "--plan", str(PLAN), "--port", "0"]
    os.environ["FOOTFALL_WRITE_KEYS"] = f"{KEY}=shop_backend"
    return {"floor": [sys.executable, str(FLOOR)], "collector": collector}


def servers() -> dict[str, list[str]]:
    """Every server and framework that is installed; says which is not."""
    found = {}
    for server in ("uvicorn", "granian"):
        for framework in ("raw", "starlette"):
            missing = [name for name in (server, framework) if name != "raw" and find_spec(name) is None]
            if missing:
                print(f"{server} + {framework}: left out, pip install {' '.join(missing)}")
                continue
            chosen = ["--server", server, "--framework", framework, "--key", KEY]
            found[f"{server} + {framework}"] = [sys.executable, str(CHOICES), *chosen]
    return found


def main() -> None:
    """Measure all in turn, and print the best round of each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=60_000)
    parser.add_argument("--singles", type=int, default=6_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--servers", action="store_true", help="compare servers and frameworks instead of the floor")
    parser.add_argument("--quick", action="store_true", help="one short round, to see that it works")
    parser.add_argument("--load", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--batch", type=int, default=100, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.load is not None:
        load(options.load, options.messages, options.batch)
        return
    if options.quick:
        options.messages, options.singles, options.rounds = 5_000, 500, 1
    runs = servers() if options.servers else contenders()
    for batch, messages in ((100, options.messages), (1, options.singles)):
        best: dict[str, tuple[float, float]] = {}
        for _ in range(options.rounds):
            for name, command in runs.items():
                best[name] = max(best.get(name, (0.0, 0.0)), measure(command, messages, batch))
        for name, (rate, cpu) in best.items():
            print(f"batches of {batch:>3}  {name:<19}  {rate:>9,.0f} messages/s  {cpu:>6.1f} us CPU per message")
        if "floor" in best:
            print(
                f"batches of {batch:>3}  collector / floor  {best['collector'][0] / best['floor'][0]:.2f}", flush=True
            )


if __name__ == "__main__":
    main()

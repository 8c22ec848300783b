"""How many lines of an access log a second are imported into a new data folder; a script that prints a table.

Seven lines of ten are static files, in the first log; in the second all are pages. The floor only splits the lines and
decodes them. Run `python tests/benchmarks/bench_access_log.py [--lines N] [--quick]`.
"""

from __future__ import annotations

import argparse
import io
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from footfall.clock import SystemClock
from footfall.collector import Collector
from footfall.delivery import InProcessTransport
from footfall.disk import SystemDisk
from footfall.integrations.access_log import AccessLogImport
from footfall.plan.model import Page, Plan
from footfall.web.access_log import FORMATS
from footfall.web.logged_pages import LoggedPages

AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Safari/604.1",
    "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
)
REFERRERS = ("-", "https://www.google.com/", "https://shop.example/", "https://blog.example/a/b")
PLAN = Plan(id="bench", pages={name: Page(name=name) for name in ("/", "/products/{sku}", "/orders/{id}", "/cart")})


def line(chance: random.Random, second: int, static: float) -> str:
    """A line of the `combined` format."""
    if chance.random() < static:
        path = f"/static/{chance.randrange(40)}.css"
    else:
        path = chance.choice(
            ("/", f"/products/{chance.randrange(900)}", "/cart", f"/orders/{chance.randrange(99_999)}")
        )
    address = f"10.{chance.randrange(256)}.{chance.randrange(256)}.{chance.randrange(256)}"
    moment = f"{second // 3600 % 24:02}:{second // 60 % 60:02}:{second % 60:02}"
    return (
        f'{address} - - [29/Nov/2026:{moment} +0000] "GET {path} HTTP/1.1" 200 {chance.randrange(9000)}'
        f' "{chance.choice(REFERRERS)}" "{chance.choice(AGENTS)}"\n'
    )


def cpu(work: Callable[[], object]) -> float:
    """Seconds of CPU that some work takes, the least of three."""
    least = float("inf")
    for _ in range(3):
        begin = time.process_time()
        work()
        least = min(least, time.process_time() - begin)
    return least


def imported(log: bytes) -> None:
    """Import a log into a new folder."""
    with tempfile.TemporaryDirectory() as folder, Collector(Path(folder) / "data", plan=PLAN) as collector:
        job = AccessLogImport(
            InProcessTransport(collector), FORMATS["combined"], LoggedPages(PLAN, ["shop.example"]),
            clock=SystemClock(), disk=SystemDisk(),
        )  # fmt: skip
        job.run(None, io.BytesIO(log), lambda _: None)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--lines", type=int, default=200_000)
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    lines = 20_000 if arguments.quick else arguments.lines
    print(f"{'log':<22} {'floor, µs a line':>17} {'import, µs a line':>18} {'lines a CPU second':>19}")
    for name, static in (("70 % static files", 0.7), ("pages alone", 0.0)):
        chance = random.Random(1)
        log = "".join(line(chance, number // 20, static) for number in range(lines)).encode()
        floor = cpu(lambda log=log: [each.decode().split(" ") for each in io.BytesIO(log)])  # type: ignore[misc]
        whole = cpu(lambda log=log: imported(log))  # type: ignore[misc]
        print(f"{name:<22} {floor / lines * 1e6:>17.1f} {whole / lines * 1e6:>18.1f} {lines / whole:>19,.0f}")


if __name__ == "__main__":
    main()

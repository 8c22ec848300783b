"""What scanning a made repository costs beside `ast.parse` of the same files; a script that prints files per second.

Run with --quick for a tenth of the files. Medians of rounds that take turns; read the ratios.
"""

from __future__ import annotations

import ast
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from footfall.disk import SystemDisk
from footfall.plan.model import Event, Plan, Property
from footfall.planning.scan import find_python, open_library, scan

FILES = 1_000
ROUNDS = 5
EVENTS = 40

PLAN = Plan(
    id="bench",
    events={
        f"event_{number}": Event(
            name=f"event_{number}",
            wire_name=f"event_{number}",
            properties=(
                Property(name="order_id", type="string", required=True),
                Property(name="total", type="decimal", required=True),
                Property(name="channel", type="string", enum=("web", "app")),
            ),
        )
        for number in range(EVENTS)
    },
)
TRACKING = """
from footfall import Client

client = Client("https://collector.example", write_key="key")


def track_order(event, order, channel="web"):
    client.track(event, {"order_id": order.id, "total": order.total, "channel": channel})
"""
PLAIN = '''
class Store{n}:
    """Keeps rows."""

    def __init__(self, connection, table="rows_{n}"):
        self._connection = connection
        self._table = table
        self._rows = {{}}

    def add(self, key, row):
        if key in self._rows:
            raise KeyError(f"{{self._table}}: {{key}} is there already")
        self._rows[key] = {{**row, "table": self._table}}
        return len(self._rows)

    def find(self, **wanted):
        found = []
        for key, row in self._rows.items():
            try:
                if all(row.get(name) == value for name, value in wanted.items()):
                    found.append((key, row))
            except TypeError as error:
                raise ValueError(str(error)) from error
        return sorted(found, key=lambda pair: pair[0])


def total_{n}(rows, rate=1.25):
    return sum(round(row["amount"] * rate, 2) for row in rows if row.get("amount"))
'''
CALLS = """
from services.tracking import client, track_order


def checkout_{n}(order, store):
    store.add(order.id, {{"amount": order.total}})
    properties = {{"order_id": order.id, "total": order.total}}
    if order.from_app:
        properties["channel"] = "app"
    client.track("event_{e}", properties)
    track_order("event_{f}", order)
"""


def write(folder: Path, files: int) -> int:
    """Write the repository: of ten files seven send nothing, three send twice. Returns its lines."""
    (folder / "services").mkdir()
    (folder / "services" / "tracking.py").write_text(TRACKING, encoding="utf-8")
    lines = 0
    for number in range(files):
        text = "".join(PLAIN.format(n=f"{number}_{part}") for part in range(4))
        if number % 10 < 3:
            text += CALLS.format(n=number, e=number % EVENTS, f=(number + 1) % EVENTS)
        (folder / "services" / f"module_{number}.py").write_text(text, encoding="utf-8")
        lines += text.count("\n")
    return lines


def seconds(call: Callable[[], object]) -> float:
    """What one call took."""
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def main() -> None:
    """Measure the scan and its floor in turns, and print the table."""
    count = FILES // 10 if "--quick" in sys.argv[1:] else FILES
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines = write(folder, count)
        disk = SystemDisk()

        def parse() -> None:
            for _, path in find_python([folder], disk):
                ast.parse(path.read_bytes())

        def whole() -> None:
            result = scan(PLAN, open_library(find_python([folder], disk), disk))
            sent = sum(verdict.event is not None for verdict in result.verdicts)
            assert sent == 2 * (count // 10 * 3), sent
            assert result.coverage.implemented == min(EVENTS, len({e for n in range(count) if n % 10 < 3 for e in
                                                                  (n % EVENTS, (n + 1) % EVENTS)}))  # fmt: skip

        rounds = [(seconds(parse), seconds(whole)) for _ in range(ROUNDS)]
    floor, took = (statistics.median(column) for column in zip(*rounds, strict=True))
    print(f"{count + 1:,} files, {lines:,} lines")
    print(f"{'ast.parse of every file':<28}{floor:>8.2f} s{(count + 1) / floor:>10,.0f} files/s")
    print(f"{'plan scan':<28}{took:>8.2f} s{(count + 1) / took:>10,.0f} files/s   ratio {took / floor:.2f}")


if __name__ == "__main__":
    main()

"""How fast stored messages become sealed files, and how small; a script that prints a table.

Orders and views of a shop over three days. The floor is the same rows, read by the same driver and written as plain
Parquet with zstd by pyarrow, with no order, no promoted columns and the body as it is.
Run `python tests/benchmarks/bench_seal.py [--messages N] [--quick]`.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet

from footfall import storage
from footfall.clock import SystemClock, uuid7
from footfall.collector.job_settings import JobSettings
from footfall.maintenance.context import JobContext
from footfall.maintenance.seal import seal
from footfall.maintenance.seal_tail import TailRequest, write_parts
from footfall.maintenance.tail_reader import last_of, read_rows
from footfall.storage import Changes, Row
from footfall.testing import ManualClock
from footfall.timestamps import format_us

BEGIN = 1_795_694_400_000_000  # 2026-11-26T12:00:00Z
SPAN = 3 * 86_400_000_000
EVENTS = ("product_viewed", "order_completed", "cart_updated", "page_seen", "signed_in")


def message(chance: random.Random, now: int) -> Row:
    """One message of a shop; about four in ten are orders, of 620 bytes."""
    event = EVENTS[min(int(chance.expovariate(1)), 4)]
    browser, user = f"browser-{chance.randrange(20_000):06}", f"user-{chance.randrange(30_000)}"
    occurred_at = now - chance.randrange(5_000_000)
    properties: dict[str, Any] = {"path": f"/p/{chance.randrange(3000)}", "position": chance.randrange(50)}
    if event == "order_completed":
        lines: list[dict[str, Any]] = [
            {"sku": f"sku-{chance.randrange(500)}", "price": round(chance.random() * 99, 2), "quantity": 1}
            for _ in range(2)
        ]
        total = round(sum(line["price"] for line in lines), 2)
        properties = {"order_id": f"o-{chance.randrange(10**9)}", "total": total, "currency": "EUR", "items": lines}
    sent: dict[str, Any] = {
        "type": "track",
        "event": event,
        "messageId": uuid7(now // 1000, chance.getrandbits(80)),
        "anonymousId": browser,
        "timestamp": format_us(occurred_at),
        "context": {"library": {"name": "footfall", "version": "0.1.0"}, "ip": "10.0.0.1"},
        "properties": properties,
    }
    is_known = chance.random() < 0.34
    if is_known:
        sent["userId"] = user
    body = json.dumps(sent, separators=(",", ":")).encode()
    return Row(
        "stored", "shop", sent["messageId"], "track", event, user if is_known else None, browser, None, None, None,
        occurred_at, now, "a" * 64, None, body, None,
    )  # fmt: skip


def fill(data: Path, number: int) -> int:
    """Commit so many messages; the bytes of their bodies."""
    chance, size = random.Random(7), 0
    with storage.open(data, "write", clock=ManualClock()) as store:
        for start in range(0, number, 1000):
            moments = range(start, min(start + 1000, number))
            rows = [message(chance, BEGIN + place * SPAN // number) for place in moments]
            store.journal.commit(Changes(rows, {}))
            size += sum(len(row.body) for row in rows)
    return size


def timed(work: Callable[[], object], who: int = resource.RUSAGE_SELF) -> tuple[float, float]:
    """Seconds on the clock and of CPU."""
    before, start = resource.getrusage(who), time.perf_counter()
    work()
    wall, after = time.perf_counter() - start, resource.getrusage(who)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def floor(journal: Path, number: int, folder: Path) -> int:
    """The size of the files."""
    after = 0
    while (last := last_of(journal, after, number, 250_000)) is not None:
        table = pyarrow.Table.from_batches(read_rows(journal, after, last))
        pyarrow.parquet.write_table(table, folder / f"{last}.parquet", compression="zstd")
        after = last
    return sum(path.stat().st_size for path in folder.iterdir())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--quick", action="store_true", help="100,000 messages")
    options = parser.parse_args()
    number = 100_000 if options.quick else options.messages
    with tempfile.TemporaryDirectory() as folder:
        data, plain = Path(folder) / "data", Path(folder) / "plain"
        plain.mkdir()
        size = fill(data, number)
        print(f"{number:,} messages, {size / number:.0f} bytes each, journal of {_bytes_in(data) / number:.0f}")
        print(f"{'':<42}{'rows/s':>10}{'rows/CPU s':>12}{'bytes/row':>11}")
        journal = data / "journal.db"
        read = timed(lambda: sum(len(batch) for batch in read_rows(journal, 0, number)))
        _print("read as Arrow", number, *read)
        _print("floor: read, plain Parquet", number, *timed(lambda: floor(journal, number, plain)), _bytes_in(plain))
        request = TailRequest(str(data), 0, number, 250_000, 1 << 20)
        written = timed(lambda: write_parts(request))
        _print("write parts, in one process", number, *written, _bytes_in(data / "warehouse"))
        with storage.open(data, "change", command="bench_seal") as store:
            context = JobContext(data, store, JobSettings(), SystemClock())
            marks: list[float] = []
            context.progress = lambda _: marks.append(time.perf_counter())
            start = time.perf_counter()
            whole = timed(lambda: seal(context), resource.RUSAGE_CHILDREN)
        _print(
            "seal, by a process, until all count", number, marks[-1] - start, whole[1], _bytes_in(data / "warehouse")
        )
        print(f"{'and until the rows are removed, in seconds':<42}{whole[0]:>10.1f}")
        print(f"largest process: {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024:,} MiB")


def _bytes_in(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _print(what: str, number: int, wall: float, cpu: float, size: int | None = None) -> None:
    row = "" if size is None else f"{size / number:.1f}"
    print(f"{what:<42}{number / wall:>10,.0f}{number / cpu:>12,.0f}{row:>11}")


if __name__ == "__main__":
    main()

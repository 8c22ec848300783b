"""What a data folder of years costs: messages are committed, sealed and forgotten as a collector does it, without HTTP.

A million messages of a shop are received each day, in commits of 1,000; each day is sealed by a process beside the
commits, and at the end small files are compacted. Prints a line every `--step` messages. The process that writes has
the journal open all the time; a look-up is a commit of 1,000 messages that are there, from anywhere in the past.

Run `python tests/benchmarks/bench_years.py [--messages 100000000] [--step N] [--random-ids] [--folder F] [--quick]`.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from footfall import storage
from footfall.clock import SystemClock, uuid7
from footfall.collector.job_settings import JobSettings
from footfall.collector.memory import keep_large_blocks_apart
from footfall.maintenance.compact import compact
from footfall.maintenance.context import JobContext
from footfall.maintenance.merge_ids import merge_ids
from footfall.maintenance.seal import seal
from footfall.storage import Changes, Row
from footfall.storage.books import imbalances, kept, total
from footfall.timestamps import format_us

BEGIN = 1_767_225_600_000_000  # 2026-01-01T00:00:00Z
DAY = 1_000_000  # messages
DAY_US = 86_400_000_000
BATCH = 1000
REPEATS = 1000
EVENTS = ("product_viewed", "product_viewed", "page_seen", "cart_updated", "order_completed")

BODY = (
    b'{"type":"track","event":"%b","messageId":"%b","anonymousId":"%b","timestamp":"%b","context":{"library":'
    b'{"name":"footfall","version":"0.1.0"},"ip":"10.0.0.1"},"properties":%b%b}'
)
VIEW = b'{"path":"/p/%d","position":%d}'
ORDER = (
    b'{"order_id":"o-%d","total":%d.%02d,"currency":"EUR","items":[{"sku":"sku-%d","price":%d.%02d,"quantity":%d},'
    b'{"sku":"sku-%d","price":%d.%02d,"quantity":1}]}'
)

NewId = Callable[[int, bytes], str]


def id_in_order(moment: int, dice: bytes) -> str:
    """A UUIDv7."""
    return uuid7(moment // 1000, int.from_bytes(dice[:10]))


def id_at_random(_: int, dice: bytes) -> str:
    """A UUIDv4."""
    text = dice[:16].hex()
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"


def message(number: int, new_id: NewId) -> Row:
    """Message `number`, each time the same; one in five is an order."""
    dice = hashlib.blake2b(b"%d" % number).digest()
    now = BEGIN + number * DAY_US // DAY
    a, b, c, d, e, f, g, h = (int.from_bytes(dice[start : start + 4]) for start in range(32, 64, 4))
    event, message_id, occurred_at = EVENTS[a % 5], new_id(now, dice), now - b % 5_000_000
    browser, user = f"browser-{c % 200_000:06}", f"user-{c % 60_000}"
    is_known = d % 3 == 0
    properties = VIEW % (e % 3000, f % 50)
    if event == "order_completed":
        lines = e % 500, e % 97, e % 89, 1 + e % 3, f % 500, f % 97, f % 89
        properties = ORDER % (g, h % 300, h % 83, *lines)
    body = BODY % (
        event.encode(), message_id.encode(), browser.encode(), format_us(occurred_at).encode(), properties,
        b',"userId":"%b"' % user.encode() if is_known else b"",
    )  # fmt: skip
    return Row(
        "stored", "shop", message_id, "track", event, user if is_known else None, browser, None, None, None,
        occurred_at, now, "a" * 64, None, body, None,
    )  # fmt: skip


class Years:
    """A data folder that fills."""

    def __init__(self, data: Path, new_id: NewId) -> None:
        self.data = data
        self._new_id = new_id
        self._clock = SystemClock()
        self._sealer = ThreadPoolExecutor(1)
        self._waiting: Future[None] | None = None
        self.opening = self._open()
        self.count = 0
        self.bytes = 0
        self.committing = self.cpu = self.sealing = self.merging = 0.0

    def _open(self) -> float:
        start = time.perf_counter()
        self.store = storage.open(self.data, "write", clock=self._clock)
        self.store.journal.commit(Changes((), {}))
        return time.perf_counter() - start

    def fill(self, number: int) -> None:
        """Take in so many messages; each day is sealed as the next one comes in."""
        end = self.count + number
        while self.count < end:
            size = min(DAY - self.count % DAY, end - self.count)
            self._commit(size)
            self.wait()
            self._waiting = self._sealer.submit(self._seal)

    def _commit(self, number: int) -> None:
        for start in range(self.count, self.count + number, BATCH):
            rows = [message(place, self._new_id) for place in range(start, min(start + BATCH, self.count + number))]
            self.bytes += sum(len(row.body) for row in rows)
            wall, cpu = time.perf_counter(), time.thread_time()
            self.store.journal.commit(Changes(rows, {}))
            self.committing += time.perf_counter() - wall
            self.cpu += time.thread_time() - cpu
        self.count += number

    def _seal(self) -> None:
        context = JobContext(self.data, self.store, JobSettings(), self._clock)
        start = time.perf_counter()
        seal(context)
        sealed = time.perf_counter()
        merge_ids(context)
        self.sealing += sealed - start
        self.merging += time.perf_counter() - sealed

    def wait(self) -> None:
        """Until all that was to be sealed is sealed."""
        if self._waiting is not None:
            self._waiting.result()

    def open_again(self) -> float:
        """Close the folder and open it; seconds of opening."""
        self.store.close()
        return self._open()

    def repeat(self) -> float:
        """Send messages again that are there; seconds of the commit."""
        chance = random.Random(self.count)
        rows = [message(chance.randrange(self.count), self._new_id) for _ in range(REPEATS)]
        start = time.perf_counter()
        fresh = self.store.journal.commit(Changes(rows, {}))
        seconds = time.perf_counter() - start
        assert not any(fresh), f"{sum(fresh)} of {REPEATS} repeats were stored again"
        return seconds

    def stats(self) -> float:
        """Read the books of the folder as `footfall stats` does; seconds."""
        start = time.perf_counter()
        with storage.open(self.data, "read") as store, store.snapshot() as snapshot:
            books, quarantine = snapshot.books(), snapshot.in_quarantine()
            mistakes = imbalances(books, watermark=snapshot.watermark(), quarantine=quarantine)
        seconds = time.perf_counter() - start
        assert mistakes == [], mistakes
        assert kept(total(books)) == self.count
        return seconds

    def compact(self) -> float:
        """What the daily job does; seconds."""
        context = JobContext(self.data, self.store, JobSettings(), self._clock)
        start = time.perf_counter()
        compact(context)
        merge_ids(context, is_thorough=True)
        return time.perf_counter() - start

    def close(self) -> None:
        """Let go of the folder."""
        self._sealer.shutdown()
        self.store.close()


def run(years: Years, steps: Iterable[int]) -> None:
    print(
        f"{'messages':>12}{'commit/s':>10}{'µs CPU':>8}{'seal/s':>9}{'ids s':>7}{'B/message':>11}{'sealed':>8}"
        f"{'id files':>10}{'B/id':>6}{'RSS MiB':>9}{'open ms':>9}{'stats ms':>10}{'repeats ms':>12}",
        flush=True,
    )
    for step in steps:
        before = years.committing, years.cpu, years.sealing, years.merging
        years.fill(step)
        years.wait()
        rss = _rss()
        wall, cpu, sealing, merging = (
            now - then
            for now, then in zip((years.committing, years.cpu, years.sealing, years.merging), before, strict=True)
        )
        opening, stats = years.open_again(), years.stats()
        repeats = years.repeat()
        size, ids, sealed = (_bytes_in(years.data / name) for name in ("", "ids", "warehouse"))
        runs = sum(1 for _ in (years.data / "ids").glob("*.run"))
        print(
            f"{years.count:>12,}{step / wall:>10,.0f}{cpu / step * 1e6:>8.1f}{step / sealing:>9,.0f}{merging:>7.1f}"
            f"{size / years.count:>11.1f}{sealed / years.count:>8.1f}{runs:>10}{ids / years.count:>6.1f}{rss:>9.0f}"
            f"{opening * 1e3:>9.0f}{stats * 1e3:>10.1f}{repeats * 1e3:>12.1f}",
            flush=True,
        )


def _rss() -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def _bytes_in(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=100_000_000)
    parser.add_argument("--step", type=int, default=10_000_000, help="messages between two lines")
    parser.add_argument("--random-ids", action="store_true", help="UUIDv4 in place of UUIDv7")
    parser.add_argument("--folder", type=Path, help="where the data folder is made; a temporary one by default")
    parser.add_argument("--quick", action="store_true", help="200,000 messages")
    options = parser.parse_args()
    keep_large_blocks_apart()  # as the collector does, else the C library keeps the filters of ids that were replaced
    number, step = (200_000, 100_000) if options.quick else (options.messages, options.step)
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        years = Years(Path(folder) / "data", id_at_random if options.random_ids else id_in_order)
        start = time.perf_counter()
        run(years, (min(step, number - begin) for begin in range(0, number, step)))
        print(f"{years.bytes / number:.0f} bytes a body; {time.perf_counter() - start:,.0f} s in all")
        print(f"compacted and all ids read in {years.compact():.1f} s")
        years.close()


if __name__ == "__main__":
    main()

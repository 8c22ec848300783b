"""What a collector pays for finding repeats of many earlier messages, against one whose journal is empty.

    python -m tests.benchmarks.bench_ids [--earlier 100000 1000000] [--messages 60000] [--rounds 2] [--large] [--quick]

For UUIDs in order of time and for random ones a folder gets the ids of earlier messages, in runs that are merged as the
collector's job does it, and then `footfall serve` takes in new messages in batches of 100 from this process. `--large`
adds 10 million earlier ids. CPU is that of the collector, bytes written are those that /proc counts for it.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import apsw
import orjson
from tests.benchmarks.bench_collector import CONNECTIONS, KEY, PLAN, cpu_seconds, order, request, send

from footfall.clock import SystemClock
from footfall.disk import SystemDisk
from footfall.storage import DataFolder, SqliteJournal
from footfall.storage.ids.merging import merge_due_runs
from footfall.storage.ids.run_file import write_run
from footfall.storage.ids.stored_ids import RECENT, run_name
from footfall.storage.journal import IdRun

SOURCE = "shop_backend"
BATCH = 100
MS_A_MESSAGE = 200
CLOCK = SystemClock()


def random_id(_number: int) -> bytes:
    """A UUIDv4."""
    return _versioned(os.urandom(16), 4)


def timed_id(number: int) -> bytes:
    """A UUIDv7; `number` says how many messages after the newest one, so that it is negative for earlier ones."""
    ms = CLOCK.now_us() // 1000 + number * MS_A_MESSAGE
    return _versioned(ms.to_bytes(6) + os.urandom(10), 7)


def _versioned(content: bytes, version: int) -> bytes:
    return content[:6] + bytes([content[6] & 0x0F | version << 4, content[7], content[8] & 0x3F | 0x80]) + content[9:]


IDS: dict[str, Callable[[int], bytes]] = {"in order of time": timed_id, "random": random_id}


class Cost(NamedTuple):
    """Of one message: CPU in µs, and bytes written; of the collector: memory in MiB, when idle and under load."""

    cpu: float
    written: float
    idle: float
    loaded: float


def make_folder(data: Path, earlier: int, new_id: Callable[[int], bytes]) -> None:
    """A folder whose journal has the ids of `earlier` messages, and none of their rows."""
    folder, disk = DataFolder.open(data), SystemDisk()
    SqliteJournal(folder.journal_path).close()
    ids = data / "ids"
    disk.make_folder(ids)
    runs: list[IdRun] = []
    for start in range(0, earlier, RECENT):
        number = min(RECENT, earlier - start)
        run = IdRun(run_name(start + 1, start + number), start + 1, start + number, "2026-11", number)
        write_run(disk, ids / run.name, {SOURCE: {new_id(start + index - earlier): 1 for index in range(number)}})
        runs.append(run)
        if len(runs) % 4 == 0 or start + number == earlier:
            for swap in merge_due_runs(disk, ids, runs)[0]:
                runs = [each for each in runs if each.name not in swap.removed] + [swap.added]
                for name in swap.removed:
                    disk.remove(ids / name)
    with apsw.Connection(str(folder.journal_path)) as connection:
        connection.executemany("INSERT INTO id_runs VALUES (?, ?, ?, ?, ?)", runs)
        connection.execute("UPDATE last_seq SET seq = ?", (earlier,))
    folder.close()
    if earlier:
        size = sum(path.stat().st_size for path in ids.iterdir())
        print(f"{earlier:>12,} ids in {len(runs)} runs, {size / earlier:.1f} bytes an id", flush=True)


def requests(messages: int, new_id: Callable[[int], bytes]) -> list[bytes]:
    """Requests with as many new messages."""
    made = []
    for start in range(0, messages, BATCH):
        bodies = [
            orjson.dumps(order(str(UUID(bytes=new_id(number))), number)) for number in range(start, start + BATCH)
        ]
        made.append(request("/v1/batch", b'{"batch":[%s]}' % b",".join(bodies)))
    return made


def proc(pid: int, file: str, key: str) -> int:
    """A number of /proc."""
    lines = Path(f"/proc/{pid}/{file}").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{key}:"))


def measure(data: Path, made: list[bytes]) -> Cost:
    """Send requests to a collector on a folder."""
    command = [sys.executable, "-m", "footfall", "serve", "--plan", str(PLAN), "--port", "0", "--data", str(data)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        port = int(server.stdout.readline().rsplit(":", 1)[1])
        idle = proc(server.pid, "status", "VmRSS")
        cpu, written = cpu_seconds(server.pid), proc(server.pid, "io", "write_bytes")
        failures: list[str] = []
        threads = [
            threading.Thread(target=send, args=(port, made[number::CONNECTIONS], failures))
            for number in range(CONNECTIONS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failures:
            sys.exit(failures[0])
        messages = len(made) * BATCH
        return Cost(
            (cpu_seconds(server.pid) - cpu) / messages * 1e6,
            (proc(server.pid, "io", "write_bytes") - written) / messages,
            idle / 1024,
            proc(server.pid, "status", "VmRSS") / 1024,
        )
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()


def main() -> None:
    """Measure all in turn, and print the cheapest round of each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--earlier", type=int, nargs="*", default=[100_000, 1_000_000])
    parser.add_argument("--messages", type=int, default=60_000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--large", action="store_true", help="with 10 million earlier ids, too")
    parser.add_argument("--quick", action="store_true", help="one short round, to see that it works")
    options = parser.parse_args()
    if options.quick:
        options.earlier, options.messages, options.rounds = [100_000], 5_000, 1
    os.environ["FOOTFALL_WRITE_KEYS"] = f"{KEY}={SOURCE}"
    for name, new_id in IDS.items():
        best: dict[int, Cost] = {}
        for _ in range(options.rounds):
            for earlier in [0, *options.earlier, *[10_000_000] * options.large]:
                with tempfile.TemporaryDirectory() as folder:
                    make_folder(Path(folder) / "data", earlier, new_id)
                    cost = measure(Path(folder) / "data", requests(options.messages, new_id))
                best[earlier] = min(cost, best.get(earlier, cost))
        for earlier, cost in best.items():
            print(
                f"ids {name:<16}  {earlier:>10,} earlier  {cost.cpu:>6.1f} us CPU per message"
                f" ({cost.cpu / best[0].cpu:.2f} x empty)  {cost.written:>7,.0f} bytes written per message"
                f"  {cost.idle:>4.0f} MiB idle  {cost.loaded:>4.0f} MiB loaded",
                flush=True,
            )


if __name__ == "__main__":
    main()

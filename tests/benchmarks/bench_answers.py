"""How long answers over sealed folders take, beside DuckDB and ClickHouse by hand over the same files.

    python -m tests.benchmarks.bench_answers [--folder FOLDER] [--sizes 300000,1000000] [--chdb PYTHON] [--quick]

Each line is a new process: the wall time and the CPU that it took in all, with its start and its imports, and the most
memory that it had. Modules are compiled before, as where they are installed. By hand a person is whoever sent the user
id or else the anonymous id, with no identity, no aliases and no check of the files; the ratio is of wall time to that
of DuckDB by hand for the same question. FOLDER keeps the data folders for the next run; PYTHON is of an environment
with `chdb`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.shop_folder import BEGIN, PLAN, SPAN, Shop, shop_folder

from footfall import storage
from footfall.storage import Changes

UNTIL = "2026-09-01"
SINCE = "2026-05-01"
MIB = 1024

# What is done in a process of footfall's. `sys.argv` is the folder and the plan.
_FOOTFALL = """
import sys
from datetime import UTC, datetime
from footfall import plan as plans
from footfall.analytics import Dataset, report
from footfall.plan.model import *
data, now = sys.argv[1], datetime(2027, 1, 1, tzinfo=UTC)
"""
_FUNNEL = """
from footfall.analytics import JOURNEYS
steps = ("product_viewed", "cart_item_added", "order_completed")
journey = Journey(name="j", by="user", within=7 * 86400, steps=tuple(Step(id=e, event=e) for e in steps))
plan = Plan(id="fjordhome", events={e: Event(name=e, wire_name=e) for e in steps}, journeys={"j": journey})
with Dataset.open(data, plan) as dataset:
    (answer,) = report(dataset, plan, now=now, questions=[JOURNEYS])[JOURNEYS]
print([step.actors for step in answer.steps])
"""
_SUM = """
from footfall.analytics import KPIS
kpi = Kpi(name="k", measure=Aggregate(function="sum", event="order_completed", property="total"), window=None)
total = Property(name="total", wire_name="total", type="decimal")
event = Event(name="order_completed", wire_name="order_completed", properties=(total,))
plan = Plan(id="fjordhome", events={"order_completed": event}, kpis={"k": kpi})
with Dataset.open(data, plan) as dataset:
    (answer,) = report(dataset, plan, now=now, questions=[KPIS])[KPIS]
print(answer.value)
"""
# The same where the data is open: the first time, and once more.
_SUM_CALLS = (
    _SUM.partition("with Dataset")[0]
    + """
import time
with Dataset.open(data, plan) as dataset:
    for _ in range(2):
        start, cpu = time.perf_counter(), time.process_time()
        report(dataset, plan, now=now, questions=[KPIS])
        print(time.perf_counter() - start, time.process_time() - cpu)
"""
)
_IDENTITY = """
plan = Plan(id="fjordhome")
with Dataset.open(data, plan) as dataset:
    contents = dataset.contents()
print(contents.persons)
"""
# How long a page of a person takes where the data is open: the second person, so that all is loaded.
_PERSON = """
import time
from footfall.analytics.stored_messages import StoredMessages
from footfall.people import matches, profile_of
stored = StoredMessages.open(data, None)
for name in ("customer-0000007", "customer-0000009"):
    start, cpu = time.perf_counter(), time.process_time()
    [profile_of(stored, person) for person in matches(stored, name)]
    took = time.perf_counter() - start, time.process_time() - cpu
print(*took)
"""
_DUCKDB = """
import glob, sys
import duckdb
files = glob.glob(sys.argv[1] + "/warehouse/*/*.parquet")
connection = duckdb.connect()
def run(query):
    return connection.execute(query.replace("FILES", f"read_parquet({files}, union_by_name=true)")).fetchall()
"""
_CHDB = """
import sys
import chdb
def run(query):
    files = f"file('{sys.argv[1]}/warehouse/*/*.parquet', Parquet)"
    return str(chdb.query(query.replace("FILES", files), "TSV")).split()
"""
_FUNNEL_BY_HAND = """
WITH m AS (
    SELECT coalesce(user_id, anonymous_id) AS actor, event, occurred_at AS moment FROM FILES
    WHERE event IN ('product_viewed', 'cart_item_added', 'order_completed')
), a AS (
    SELECT actor, min(moment) AS moment FROM m WHERE event = 'product_viewed' GROUP BY actor
), b AS (
    SELECT m.actor, min(a.moment) AS entered, min(m.moment) AS moment FROM m JOIN a ON a.actor = m.actor
    WHERE event = 'cart_item_added' AND m.moment >= a.moment AND m.moment <= a.moment + INTERVAL 7 DAY GROUP BY m.actor
), c AS (
    SELECT m.actor, min(m.moment) AS moment FROM m JOIN b ON b.actor = m.actor
    WHERE event = 'order_completed' AND m.moment >= b.moment AND m.moment <= b.entered + INTERVAL 7 DAY GROUP BY m.actor
)
SELECT (SELECT count(*) FROM a), (SELECT count(*) FROM b), (SELECT count(*) FROM c)
"""
_ASKED_FUNNEL = """
import sys
import footfall
with footfall.open(sys.argv[1]) as opened:
    steps = ["product_viewed", "cart_item_added", "order_completed"]
    result = opened.funnel(steps, within="7d", entry="ENTRY").result
print([step.counts.reached for step in result.steps])
"""
_WINDOW_FUNNEL = """
SELECT level, count() FROM (
    SELECT coalesce(user_id, anonymous_id) AS actor, windowFunnel(604800000000)(
        toUInt64(toUnixTimestamp64Micro(occurred_at)),
        event = 'product_viewed', event = 'cart_item_added', event = 'order_completed'
    ) AS level FROM FILES WHERE event IN ('product_viewed', 'cart_item_added', 'order_completed') GROUP BY actor
) GROUP BY level ORDER BY level
"""
_SUM_BY_HAND = """SELECT sum("order_completed.total") FROM FILES WHERE event = 'order_completed'"""
_COUNT_BY_HAND = "SELECT count(DISTINCT coalesce(user_id, anonymous_id)) FROM FILES"


class Run(NamedTuple):
    """Seconds on the clock and of CPU, the most memory in MiB, and what was printed."""

    wall: float
    cpu: float
    memory: int
    output: str


def timed(command: Sequence[str | Path]) -> Run:
    """Run a command to its end. Raises SystemExit where it fails."""
    with tempfile.TemporaryFile() as output:
        start = time.perf_counter()
        process = subprocess.Popen([*map(str, command)], stdout=output)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{' '.join(map(str, command))[:200]}: ended with {process.returncode}")
        output.seek(0)
        text = output.read().decode()
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss // MIB, text)


def best(command: Sequence[str | Path], times: int, before: Sequence[Path] = ()) -> Run:
    """The quickest of several runs; before each, the files and folders named are removed."""
    runs = []
    for _ in range(times):
        for path in before:
            subprocess.run(["rm", "-rf", path], check=True)
        runs.append(timed(command))
    return min(runs, key=lambda run: run.wall)


def show(what: str, run: Run, floor: Run | None = None) -> None:
    ratio = "" if floor is None else f"{run.wall / floor.wall:>8.1f} x"
    print(f"{what:<58}{run.wall:>8.3f} s{run.cpu:>9.2f} s{run.memory:>8,} MiB{ratio}", flush=True)


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def footfall(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "footfall", *map(str, arguments)]


def compare(data: Path, times: int, chdb: str | None) -> None:
    """Every question over one folder."""
    cache = [data / "cache"]
    start = best(python("import footfall.analytics, duckdb, pyarrow.parquet"), times)
    show("start: import of footfall.analytics, duckdb and pyarrow", start)
    questions = (
        ("three-step funnel, first entry", _FUNNEL, _FUNNEL_BY_HAND),
        ("typed sum", _SUM, _SUM_BY_HAND),
        ("persons: how many", _IDENTITY, _COUNT_BY_HAND),
    )
    for name, code, by_hand in questions:
        floor = best([*python(_DUCKDB + f"print(run({by_hand!r}))"), data], times)
        show(f"{name}: DuckDB by hand", floor)
        if chdb:
            program = _CHDB + f"print(run({by_hand!r}))"
            show(f"{name}: chDB by hand", best([chdb, "-c", program, data], times), floor)
        show(f"{name}: footfall, no cache", best([*python(_FOOTFALL + code), data], times, cache), floor)
        show(f"{name}: footfall", best([*python(_FOOTFALL + code), data], times), floor)
    asked_funnel(data, times, chdb)
    call = best([*python(_FOOTFALL + _SUM_CALLS), data], times)
    for name, line in zip(("the first", "the second"), call.output.splitlines(), strict=True):
        wall, cpu = map(float, line.split())
        show(f"typed sum: footfall, as a call, {name}", call._replace(wall=wall, cpu=cpu))
    arguments: list[str | Path] = [
        "report",
        "--data",
        data,
        "--plan",
        PLAN,
        "--since",
        SINCE,
        "--until",
        UNTIL,
        "--format",
        "json",
    ]
    whole = best(footfall(*arguments), times, cache)
    again = best(footfall(*arguments), times)
    show("whole report (22 KPIs, 3 journeys), no cache", whole)
    show("whole report (22 KPIs, 3 journeys)", again)
    show("one journey of it: --only purchase", best(footfall(*arguments, "--only", "purchase"), times))
    figures = [_without_now(run.output) for run in (whole, again)]
    if figures[0] != figures[1]:
        raise SystemExit("the report with a cache is not that without one")
    show("person show", best(footfall("person", "show", "customer-0000007", "--data", data), times))
    call = best([*python(_FOOTFALL + _PERSON), data], times)
    wall, cpu = map(float, call.output.split())
    show("person show, as a call", call._replace(wall=wall, cpu=cpu))


def asked_funnel(data: Path, times: int, chdb: str | None) -> None:
    """The funnel as a question of its own, beside ClickHouse's own function for it."""
    floor = None
    if chdb:
        floor = best([chdb, "-c", _CHDB + f"print(run({_WINDOW_FUNNEL!r}))", data], times)
        show("three-step funnel: chDB's windowFunnel by hand", floor)
    for entry in ("first", "any", "each"):
        run = best([*python(_ASKED_FUNNEL.replace("ENTRY", entry)), data], times)
        show(f"footfall funnel, {entry} entry (ratio: to windowFunnel)", run, floor)


def _without_now(text: str) -> object:
    report = json.loads(text)
    report.pop("now")
    return report


def merge(data: Path, times: int) -> None:
    """What a thousand more messages take: the persons of the whole folder with a tail of so many, by the cache."""
    with storage.open(data, "change", command="bench_answers") as store:
        shop = Shop(1_000_000, seed=8)
        store.journal.commit(Changes([shop.row(BEGIN + SPAN + number) for number in range(1000)], {}))
    show("persons: how many, 1,000 messages more", best([*python(_FOOTFALL + _IDENTITY), data], times))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, help="where the data folders stay for the next run")
    parser.add_argument("--sizes", default="300000,1000000", help="numbers of messages")
    parser.add_argument("--times", type=int, default=3, help="how often each is run; the quickest counts")
    parser.add_argument("--chdb", help="the python of an environment with chdb")
    parser.add_argument("--quick", action="store_true", help="20,000 messages, once")
    options = parser.parse_args()
    sizes = [20_000] if options.quick else [int(size) for size in options.sizes.split(",")]
    times = 1 if options.quick else options.times
    with tempfile.TemporaryDirectory() as scratch:
        # As where it is installed: each module is compiled once.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = f"{scratch}/bytecode"
        timed(footfall("report", "--help"))
        for size in sizes:
            start = time.perf_counter()
            folder = options.folder or Path(scratch)
            folder.mkdir(parents=True, exist_ok=True)
            data = shop_folder(folder, size)
            copy = Path(scratch) / f"copy-{size}"
            subprocess.run(["cp", "-r", data, copy], check=True)
            print(f"\n{size:,} messages (made or copied in {time.perf_counter() - start:.0f} s)")
            print(f"{'':<58}{'wall':>10}{'CPU':>11}{'memory':>12}{'to DuckDB':>10}")
            compare(copy, times, options.chdb)
            merge(copy, times)
            subprocess.run(["rm", "-rf", copy], check=True)


if __name__ == "__main__":
    main()

"""What it takes to say whose a million messages are; a script that prints a table.

An ordinary shop, a tablet that many share, and tangles of aliases, in parts of 50,000 messages: from nothing, with a
cache, and for batches of 1,000 messages more, one after the other. The pure rules answer the same logs, and both
answers are compared.
Run `python tests/benchmarks/bench_identity.py [--messages N] [--quick]`, or with `--data FOLDER` for a folder's parts.
"""

from __future__ import annotations

import argparse
import functools
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow

from footfall.analytics.persons import Persons, PersonsCache
from footfall.identity.attribution import Observation, attribute, namespace
from footfall.storage.location import open as open_store
from footfall.storage.parquet.layout import MESSAGE_TYPES
from footfall.storage.parquet.table_part import TablePart
from footfall.storage.part import Part

PLAN = "benchmark"
PART = 50_000
BATCH, BATCHES = 1_000, 20
COLUMNS = ("source", "message_id", "type", "occurred_at", "user_id", "anonymous_id", "device_id", "previous_id")
# A month of visits on browsers that three in ten messages identify; one in fifty browsers has three users.
SHOP = """
WITH drawn AS (
    SELECT i, hash(i) % ({n} // 10) AS browser, hash(i, 1) % 100 AS kind,
           CASE WHEN browser % 50 = 0 THEN hash(i, 2) % 3 ELSE 0 END AS pick,
           1700000000000000 + (hash(i, 3) % 2592000)::BIGINT * 1000000 AS moment
    FROM range({n}) AS numbers(i)
)
SELECT 'web', 'message-' || i, CASE WHEN kind = 0 THEN 'alias' WHEN kind < 3 THEN 'reset' ELSE 'track' END, moment,
       CASE WHEN kind = 0 OR kind BETWEEN 3 AND 30 THEN 'user-' || (browser + pick)
            WHEN kind = 31 THEN 'undefined' END,
       CASE WHEN kind BETWEEN 1 AND 90 THEN 'browser-' || browser END,
       CASE WHEN kind > 90 THEN 'sensor-' || browser % 1000 END,
       CASE WHEN kind = 0 THEN 'former-' || browser END
FROM drawn
"""
LOGS: Mapping[str, str] = {
    "a month of a shop": SHOP,
    "one shared tablet": """
        SELECT 'web', 'm' || i, 'track', (hash(i) % 31104000000000)::BIGINT,
               CASE WHEN i % 7 = 0 THEN 'u' || i % 50 END, 'tablet', NULL, NULL FROM range({n}) AS numbers(i)""",
    "one session of a shared tablet": """
        SELECT 'web', 'm' || i, 'track', i * 1000, CASE WHEN i IN (5, {n} - 5) THEN 'u' || i END, 'tablet', NULL, NULL
        FROM range({n}) AS numbers(i)""",
    "aliases onto one user": """
        SELECT 'web', 'm' || i, 'alias', i, 'hot', NULL, NULL, 'old' || i FROM range({n}) AS numbers(i)""",
    "one chain of aliases": """
        SELECT 'web', 'm' || i, 'alias', i, 'u' || md5((i + 1)::VARCHAR), NULL, NULL, 'u' || md5(i::VARCHAR)
        FROM range({n}) AS numbers(i)""",
}


class NamedPart(TablePart):
    """A part in memory that a cache takes for a sealed file."""

    def __init__(self, table: Any, name: str) -> None:
        columns = {key: pyarrow.nulls(len(table), type_) for key, type_ in MESSAGE_TYPES.items()}
        columns |= dict(zip(COLUMNS, table.columns, strict=True))
        super().__init__([pyarrow.table(columns, schema=pyarrow.schema(MESSAGE_TYPES))], name)


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """CPU seconds, of all threads."""
    start = time.process_time()
    result = work()
    return time.process_time() - start, result


def measure(name: str, parts: Sequence[Part], nothing: Part, batches: Sequence[Part]) -> Persons:
    for part in (*parts, nothing, *batches):
        part.stretches()
    with tempfile.TemporaryDirectory() as folder:
        anew, persons = timed(lambda: Persons.of(parts, PLAN))
        Persons.of(parts, PLAN, PersonsCache(Path(folder)))
        opened, _ = timed(lambda: Persons.of(parts, PLAN, PersonsCache(Path(folder))))
    columns, _ = timed(lambda: [persons.column(number) for number in range(len(parts))])
    persons = persons.extended(nothing)  # it makes its index of ids
    times = []
    for batch in batches:
        took, persons = timed(functools.partial(persons.extended, batch))
        times.append(took * 1000)
    more = f"{statistics.median(times):6.1f} ms {max(times):6.1f} ms"
    print(f"{name:32} {anew:8.2f} s {opened * 1000:8.1f} ms {more} {columns:8.2f} s", end="", flush=True)
    return persons  # type: ignore[no-any-return]


def compare(persons: Persons, parts: Sequence[Part]) -> None:
    tables = [part.read(COLUMNS) for part in parts]
    log = [Observation(*row) for table in tables for row in zip(*(c.to_pylist() for c in table.columns), strict=True)]
    by_rules, expected = timed(lambda: attribute(log, namespace(PLAN)))
    same = all(
        expected[source, message_id].person_id == person_id
        for number, table in enumerate(tables)
        for source, message_id, person_id in zip(
            table.column(0).to_pylist(), table.column(1).to_pylist(), persons.row_ids(number).to_pylist(), strict=True
        )
    )
    print(f" {by_rules:8.2f} s   {'the same' if same else 'DIFFERENT'}")


def parts_of(log: str, messages: int) -> tuple[list[Part], Part, list[Part]]:
    """A log in parts, a part of nothing, and the batches after those."""
    connection = duckdb.connect()
    table: Any = connection.query(log.format(n=messages + BATCH * BATCHES)).to_arrow_table()
    starts = range(0, messages, PART)
    parts = [NamedPart(table.slice(start, min(PART, messages - start)), f"{start:064x}") for start in starts]
    batches = [NamedPart(table.slice(messages + start, BATCH), "") for start in range(0, BATCH * BATCHES, BATCH)]
    return [*parts], NamedPart(table.slice(0, 0), ""), [*batches]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--quick", action="store_true", help="a short run, to see that it works")
    parser.add_argument("--data", help="a data folder, of which each part is taken")
    options = parser.parse_args()
    messages = 20_000 if options.quick else options.messages
    print(f"{'CPU time':30} from nothing    a cache  1,000 more  at most    columns  pure rules   answers")
    if options.data:
        with open_store(options.data, "read") as store, store.snapshot() as snapshot:
            parts = snapshot.parts()
        measure(f"{sum(part.messages for part in parts):,} messages", parts, *parts_of(SHOP, messages)[1:])
        print()
        return
    for name, log in LOGS.items():
        parts, nothing, batches = parts_of(log, messages)
        compare(measure(name, parts, nothing, batches), [*parts, nothing, *batches])


if __name__ == "__main__":
    main()

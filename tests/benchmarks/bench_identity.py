"""What it takes to say whose a million messages are, by SQL and by the pure rules; a script that prints a table.

An ordinary shop, a tablet that many share, and tangles of aliases. Both answers are compared.
Run `python tests/benchmarks/bench_identity.py [--messages N] [--quick]`.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Mapping
from typing import Any

import duckdb

from footfall.identity.attribution import Attribution, Observation, attribute, namespace
from footfall.identity.sql import attribute_sql

SCHEMA = (
    "source VARCHAR, message_id VARCHAR, type VARCHAR, occurred_at BIGINT,"
    " user_id VARCHAR, anonymous_id VARCHAR, device_id VARCHAR, previous_id VARCHAR"
)
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


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def measure(name: str, log: str, messages: int) -> None:
    connection = duckdb.connect()
    connection.execute(f"CREATE TABLE observations ({SCHEMA})")
    connection.execute("INSERT INTO observations " + log.format(n=messages))
    ns = namespace("benchmark")
    by_sql, _ = timed(lambda: attribute_sql(lambda sql: connection.execute(sql).fetchall(), ns))
    observations = [Observation(*row) for row in connection.execute("SELECT * FROM observations").fetchall()]
    by_rules, found = timed(lambda: attribute(observations, ns))
    rows = connection.execute(
        "SELECT source, message_id, person_id, reason, evidence_source, evidence_message_id, user_id, counted"
        " FROM attributions"
    ).fetchall()
    answer = {
        (row[0], row[1]): Attribution(row[2], row[3], None if row[4] is None else (row[4], row[5]), row[6], row[7])
        for row in rows
    }
    print(f"{name:32} {by_sql:8.2f} s {by_rules:8.2f} s   {'the same' if answer == found else 'DIFFERENT'}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--quick", action="store_true", help="a short run, to see that it works")
    options = parser.parse_args()
    messages = 20_000 if options.quick else options.messages
    print(f"{f'{messages:,} messages':32} {'SQL':>10} {'pure':>10}   answers")
    for name, log in LOGS.items():
        measure(name, log, messages)


if __name__ == "__main__":
    main()

"""Funnels beside ClickHouse's `windowFunnel` and DuckDB by hand, where their definitions are ours."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pytest
from tests.analytics.conftest import make_entry, make_plan

from footfall.analytics import Dataset
from footfall.query.database import Database

PLAN = make_plan({name: {} for name in "abcx"})
STEPS = ["a", "b", "c"]
WITHIN = 40


class Act(NamedTuple):
    actor: str
    event: str
    at: int


def log_of(*, is_once: bool = False, has_ties: bool = True) -> list[Act]:
    """People with up to twelve messages in a minute and a half; `is_once`: each event once at most."""
    dice = random.Random(20261130)
    log = []
    for number in range(200):
        if is_once:
            events = dice.sample("abcx", dice.randint(1, 4))
            times = dice.choices(range(12), k=4) if has_ties else dice.sample(range(90), 4)
        else:
            events = dice.choices("aabbcx", k=dice.randint(1, 12))
            times = [dice.randrange(90) for _ in events]
        log += [Act(f"u{number}", event, at) for event, at in zip(events, times, strict=False)]
    return log


def ours(log: Sequence[Act], **options: Any) -> list[int]:
    entries = [make_entry(seq, act.event, act.at, user=act.actor) for seq, act in enumerate(log, 1)]
    with Database(Dataset.of(entries, PLAN)) as opened:
        result = opened.funnel(STEPS, within=f"{WITHIN}s", **options).result
    return [step.counts.reached for step in result.steps]


def window_funnel(log: Sequence[Act], folder: Path, *modes: str) -> list[int]:
    """How many reached each level, by chDB."""
    chdb = pytest.importorskip("chdb", reason="chDB is not installed here: pip install chdb")
    file = folder / "log.csv"
    file.write_text("".join(f"{act.actor},{act.event},{act.at}\n" for act in log))
    mode = "".join(f", '{name}'" for name in modes)
    conditions = ", ".join(f"event = '{step}'" for step in STEPS)
    answer = str(
        chdb.query(
            f"SELECT level, count() FROM (SELECT actor, windowFunnel({WITHIN}{mode})(at, {conditions}) AS level "
            f"FROM file('{file}', CSV, 'actor String, event String, at UInt64') GROUP BY actor) GROUP BY level",
            "CSV",
        )
    )
    levels = {int(level): int(count) for level, count in (line.split(",") for line in answer.split())}
    return [sum(count for level, count in levels.items() if level >= number) for number in (1, 2, 3)]


def test_any_entry_is_a_window_funnel(tmp_path: Path) -> None:
    assert ours(log_of(), entry="any") == window_funnel(log_of(), tmp_path)


def test_any_entry_with_no_ties_is_a_strictly_increasing_one(tmp_path: Path) -> None:
    # Where somebody does a thing again at the time of the next step, theirs forgets the earlier time.
    log = log_of(is_once=True)

    assert ours(log, entry="any", ties=False) == window_funnel(log, tmp_path, "strict_increase")
    assert ours(log, entry="any", ties=False) != ours(log, entry="any")


def test_strict_order_is_one_of_theirs_where_nobody_does_a_thing_twice(tmp_path: Path) -> None:
    # Theirs ends at the first thing between; ours goes on with a later message of a step.
    log = log_of(is_once=True, has_ties=False)

    assert ours(log, order="strict") == window_funnel(log, tmp_path, "strict_order")


def test_a_repeated_step_ends_a_deduplicating_one_and_no_other(tmp_path: Path) -> None:
    log = log_of(is_once=True)

    assert ours(log, entry="any") == window_funnel(log, tmp_path, "strict_deduplication")
    assert ours(log_of(), entry="any") != window_funnel(log_of(), tmp_path, "strict_deduplication")


NEXT = """
INSERT INTO reached SELECT log.actor, any_value(entered), min(log.moment), $1 FROM log JOIN reached
ON reached.actor = log.actor AND step = $1 - 1 AND log.moment BETWEEN reached.moment AND entered + $2
WHERE event = $3 GROUP BY log.actor
"""


def test_the_first_entry_is_that_of_joins_by_hand() -> None:
    log = log_of()
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE log (actor VARCHAR, event VARCHAR, moment BIGINT)")
        connection.executemany("INSERT INTO log VALUES (?, ?, ?)", log)
        connection.execute(
            "CREATE TABLE reached AS SELECT actor, min(moment) AS entered, min(moment) AS moment, 0 AS step FROM log "
            "WHERE event = 'a' GROUP BY actor"
        )
        for step in (1, 2):
            connection.execute(NEXT, [step, WITHIN, STEPS[step]])
        by_hand = connection.execute("SELECT count(*) FROM reached GROUP BY step ORDER BY step").fetchall()

    assert ours(log) == [count for (count,) in by_hand]

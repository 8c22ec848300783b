"""The CDNOW example says what the file says, to the cent: once, twice, and with the plug pulled in between."""

from __future__ import annotations

import json
import os
import signal
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from footfall.cli.demo.processes import Child
from footfall.errors import UsageError

Commands = Callable[[str], list[list[str]]]
Run = Callable[[list[str]], str]
Start = Callable[[list[str]], Child]

LOG = Path(__file__).parents[2] / "examples" / "cdnow" / "cdnow_master.txt"
PURCHASES, CUSTOMERS, REVENUE = 69_659, 23_570, Decimal("2500315.63")
WITHIN = 120.0  # seconds that a line may take to come on a busy machine


def rows() -> list[list[str]]:
    return [line.split() for line in LOG.read_text(encoding="ascii").splitlines()[1:]]


def at(arguments: list[str], port: str) -> list[str]:
    return [word.replace("8191", port) for word in arguments]


def kpis(printed: str) -> dict[str, Any]:
    report = json.loads(printed, parse_float=Decimal)
    found = {kpi["name"]: kpi["value"] for kpi in report["kpis"]}
    [journey] = report["journeys"]
    found["repeat"] = [step["actors"] for step in journey["steps"]]
    return found | {"persons": report["data"]["persons"]}


def stored(run: Run, stats: list[str]) -> int:
    return sum(book["stored"] for book in books(run(stats)))


def books(printed: str) -> list[dict[str, Any]]:
    found = json.loads(printed)
    return list(found["books"])


def test_the_file_is_what_the_example_says_it_is() -> None:
    assert len(rows()) == PURCHASES
    assert len({row[0] for row in rows()}) == CUSTOMERS
    assert sum(Decimal(row[3]) for row in rows()) == REVENUE
    assert len(rows()) - len({tuple(row) for row in rows()}) == 255


@pytest.mark.slow
def test_the_report_says_what_the_file_says_and_sending_twice_changes_nothing_but_the_duplicates(
    commands: Commands, run: Run, start: Start
) -> None:
    serve, send, report, again, report_again, stats = commands("cdnow")
    days = Counter(customer for customer, _ in {(row[0], row[1]) for row in rows()})
    port = start(at(serve, "0")).address(WITHIN).rpartition(":")[2]

    said = run(at(send, port))
    first = kpis(run([*report, "--format", "json"]))
    text = run(report)
    said_again = run(at(again, port))
    second = kpis(run([*report_again, "--format", "json"]))
    book = books(run(stats))

    assert f"{PURCHASES} delivered, of which 0 were there already, 0 quarantined, 0 rejected; 0 lost" in said
    assert (first["orders"], first["customers"], first["revenue"]) == (PURCHASES, CUSTOMERS, REVENUE)
    assert first["persons"] == CUSTOMERS
    assert first["cds_sold"] == 167_881
    assert first["free_orders"] == 80
    assert first["repeat"] == [sum(count >= least for count in days.values()) for least in (1, 2, 3)]
    assert first["repeat"][1] == 11_516
    assert abs(first["average_order_value"] - REVENUE / PURCHASES) < Decimal("0.000001")
    assert all(figure in text for figure in ("69,659", "23,570", "2,500,315.63"))
    assert f"{PURCHASES} delivered, of which {PURCHASES} were there already" in said_again
    assert second == first
    assert [(row["stored"], row["duplicate"], row["quarantined"]) for row in book] == [(PURCHASES, PURCHASES, 0)]


def feed(pipe: Path, first: str, killed: Event, rest: str) -> None:
    """Give the sender the first rows, and the rest only when the collector is dead: so it dies in the middle."""
    with pipe.open("w", encoding="ascii") as file:
        file.write(first)
        file.flush()
        killed.wait(WITHIN)
        file.write(rest)


@pytest.mark.slow
def test_a_collector_that_is_killed_in_the_middle_and_started_again_has_every_purchase_once(
    commands: Commands, run: Run, start: Start, checkout: Path
) -> None:
    serve, send, report, *_, stats = commands("cdnow")
    lines = LOG.read_text(encoding="ascii").splitlines(keepends=True)
    pipe, killed = checkout / "log", Event()
    os.mkfifo(pipe)
    feeder = Thread(target=feed, args=(pipe, "".join(lines[:40_001]), killed, "".join(lines[40_001:])), daemon=True)
    feeder.start()
    collector = start(at(serve, "0"))
    port = collector.address(WITHIN).rpartition(":")[2]
    sender = start([*at(send, port), "--log", str(pipe)])

    sender.said(r"^ +[1-9]\d* delivered", WITHIN)
    os.kill(collector.pid, signal.SIGKILL)
    killed.set()
    sender.said(r"waiting for the collector", WITHIN)
    before = stored(run, stats)
    start(at(serve, port)).address(WITHIN)
    said = sender.finish(WITHIN)
    feeder.join(WITHIN)
    after = kpis(run([*report, "--format", "json"]))

    assert 0 < before <= 40_000
    assert f"{PURCHASES} delivered" in said
    assert "0 lost" in said
    assert (after["orders"], after["customers"], after["revenue"]) == (PURCHASES, CUSTOMERS, REVENUE)
    assert stored(run, stats) == PURCHASES


def test_a_sender_with_a_wrong_key_stops_and_says_why(commands: Commands, start: Start, checkout: Path) -> None:
    serve, send, *_ = commands("cdnow")
    port = start(at(serve, "0")).address(WITHIN).rpartition(":")[2]
    few = checkout / "few.txt"
    few.write_text("\n".join(LOG.read_text(encoding="ascii").splitlines()[:5]), encoding="ascii")

    with pytest.raises(UsageError, match="nothing more is sent: unauthorized"):
        start(["FOOTFALL_WRITE_KEY=stolen", *at(send, port)[1:], "--log", str(few)]).finish(WITHIN)

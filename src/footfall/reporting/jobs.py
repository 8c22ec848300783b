"""The jobs of a data folder as a table and as JSON, and what `stats` says of those that fail."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from rich.markup import escape
from rich.table import Table

from footfall.maintenance.schedule import JobLine
from footfall.printable import printable
from footfall.storage.control import JobRun
from footfall.timestamps import format_us

__all__ = ["as_json", "failing_as_json", "failing_lines", "jobs_table"]


def jobs_table(lines: Sequence[JobLine]) -> Table:
    """A row for each job."""
    table = Table(box=None, header_style="bold")
    for name in ("job", "when", "last run", "took", "result", "next"):
        table.add_column(name, justify="right" if name == "took" else "left", overflow="fold")
    for line in lines:
        began = "never" if line.began_at is None else _second(line.began_at)
        took = "" if line.took_us is None or line.state == "running" else _took(line.took_us)
        table.add_row(line.name, line.when, began, took, escape(_result(line)), _next(line))
    return table


def _result(line: JobLine) -> str:
    text = printable(line.result)
    if line.state == "failed":
        times = f" {line.failures:,} times in a row" if line.failures > 1 else ""
        return f"FAILED{times}: {text}"
    if line.state == "running":
        return "has not ended"
    return text


def _next(line: JobLine) -> str:
    if line.state == "running":
        return ""
    return "when it is asked for" if line.next_at is None else _second(line.next_at)


def _second(us: int) -> str:
    return f"{format_us(us)[:19].replace('T', ' ')}"


def _took(us: int) -> str:
    seconds = us / 1_000_000
    return f"{seconds:,.1f} s" if seconds < 600 else f"{seconds / 60:,.0f} min"


def as_json(lines: Sequence[JobLine]) -> Sequence[Mapping[str, object]]:
    """Each job; times are RFC 3339, `took` is in seconds."""
    return [
        {
            "name": line.name,
            "about": line.about,
            "when": line.when,
            "state": line.state,
            "last_run": None if line.began_at is None else format_us(line.began_at),
            "took": None if line.took_us is None else line.took_us / 1_000_000,
            "result": line.result,
            "failures": line.failures,
            "next": None if line.next_at is None else format_us(line.next_at),
        }
        for line in lines
    ]


def failing_lines(runs: Sequence[JobRun], data: Path) -> Iterator[str]:
    """What fails, for those who look at something else."""
    for run in runs:
        since = f"last at {format_us(run.began_at)[:19]}Z"
        yield f"THE JOB {run.name} FAILS: {run.failures:,} times in a row, {since}: {printable(run.result)}"
    if runs:
        yield f"see footfall jobs --data {shlex.quote(str(data))}"


def failing_as_json(runs: Sequence[JobRun]) -> Sequence[Mapping[str, object]]:
    """The same as JSON."""
    return [
        {"name": run.name, "failures": run.failures, "last_run": format_us(run.began_at), "result": run.result}
        for run in runs
    ]

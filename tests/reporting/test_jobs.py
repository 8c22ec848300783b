"""The jobs as a table and as JSON, and those that fail in a line each."""

from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console

from footfall.collector.timetable import parse_timetable
from footfall.maintenance.schedule import Job, failing, job_lines
from footfall.reporting.jobs import as_json, failing_as_json, failing_lines, jobs_table
from footfall.storage.control import JobRun

NOON = 20_000 * 86_400_000_000 + 43_200_000_000  # 2024-10-04
JOBS = [
    Job(name, f"About {name}.", parse_timetable("00:10"), lambda _: "") for name in ("seal", "compact", "backup", "v")
]
RUNS = {
    "seal": JobRun("seal", NOON, 1_500_000, "done", "3 files [b]\x1b"),
    "compact": JobRun("compact", NOON, 3_600_000_000, "failed", "it is full", 2),
    "backup": JobRun("backup", NOON, 0, "running", "", 1),
}


def rows(*, is_scheduled: bool) -> list[str]:
    file = io.StringIO()
    Console(file=file, width=140).print(jobs_table(job_lines(JOBS, RUNS, NOON, is_scheduled=is_scheduled)))
    return [" ".join(line.split()) for line in file.getvalue().splitlines()]


def test_the_table_says_when_how_it_went_and_when_next_and_obeys_no_text() -> None:
    assert rows(is_scheduled=True) == [
        "job when last run took result next",
        "seal daily 00:10 UTC 2024-10-04 12:00:00 1.5 s 3 files [b]\\x1b 2024-10-05 00:10:00",
        "compact daily 00:10 UTC 2024-10-04 12:00:00 60 min FAILED 2 times in a row: it is full 2024-10-04 13:15:00",
        "backup daily 00:10 UTC 2024-10-04 12:00:00 has not ended",
        "v daily 00:10 UTC never 2024-10-04 12:00:00",
    ]


def test_without_a_schedule_a_job_comes_when_it_is_asked_for() -> None:
    assert rows(is_scheduled=False)[-1] == "v daily 00:10 UTC never when it is asked for"


def test_json_has_times_in_rfc_3339_and_seconds() -> None:
    seal, *_, never = as_json(job_lines(JOBS, RUNS, NOON, is_scheduled=True))

    assert seal == {
        "name": "seal", "about": "About seal.", "when": "daily 00:10 UTC", "state": "done",
        "last_run": "2024-10-04T12:00:00.000000Z", "took": 1.5, "result": "3 files [b]\x1b", "failures": 0,
        "next": "2024-10-05T00:10:00.000000Z",
    }  # fmt: skip
    assert (never["state"], never["last_run"], never["took"]) == (None, None, None)


def test_jobs_that_fail_are_named_with_the_reason_and_where_to_look() -> None:
    runs = failing(RUNS)

    assert list(failing_lines(runs, Path("my data"))) == [
        "THE JOB compact FAILS: 2 times in a row, last at 2024-10-04T12:00:00Z: it is full",
        "see footfall jobs --data 'my data'",
    ]
    assert failing_as_json(runs) == [
        {"name": "compact", "failures": 2, "last_run": "2024-10-04T12:00:00.000000Z", "result": "it is full"}
    ]
    assert list(failing_lines([], Path())) == []

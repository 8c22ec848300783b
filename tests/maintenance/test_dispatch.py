"""A command is carried out by the collector that owns the folder, else by whoever calls, and never by both."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from footfall import storage
from footfall.collector import Collector
from footfall.collector.commands import CommandServer
from footfall.collector.job_settings import JobSettings
from footfall.collector.timetable import parse_timetable
from footfall.errors import DataFolderError, DataFolderHeldError, JobError, UsageError
from footfall.maintenance.context import JobContext, Progress
from footfall.maintenance.dispatch import NoOptions, RunOptions, carry_out, failing_jobs, handlers
from footfall.maintenance.jobs import JobRunner
from footfall.maintenance.schedule import Job
from footfall.storage.control import JobRun
from footfall.testing import ManualClock


@pytest.fixture
def data(tmp_path: Path) -> Path:
    Collector(tmp_path / "data").close()
    return tmp_path / "data"


def runner_of(collector: Collector) -> JobRunner:
    job = Job("greet", "Greets.", parse_timetable("00:10"), lambda context: f"hello {context.data.name}")
    return JobRunner([job], JobContext(collector.data, collector.store, JobSettings(), collector.clock))


def test_a_collector_that_runs_does_it_with_its_own_jobs_and_settings(data: Path) -> None:
    def settings() -> JobSettings:
        raise AssertionError

    with Collector(data) as collector, CommandServer(data, handlers(runner_of(collector))):
        result = carry_out(data, "run", RunOptions("greet"), settings=settings)
        lines = carry_out(data, "jobs", NoOptions(), settings=settings)
        runs = collector.store.control.job_runs()

    assert result == "hello data"
    assert [(line["name"], line["state"], line["result"]) for line in lines] == [("greet", "done", "hello data")]
    assert runs["greet"].state == "done"


@pytest.mark.parametrize("options", [{}, {"name": 5}])
def test_options_that_are_not_the_commands_are_refused(data: Path, options: Mapping[str, Any]) -> None:
    with Collector(data) as collector, pytest.raises(UsageError, match="these options are not the command's: "):
        handlers(runner_of(collector))["run"](options, lambda _: None)


def test_without_a_collector_whoever_calls_does_it_and_lets_go_of_the_folder(data: Path) -> None:
    with pytest.raises(UsageError, match="there is no job 'greet' by these settings; there are: "):
        carry_out(data, "run", RunOptions("greet"), settings=JobSettings)

    assert isinstance(carry_out(data, "jobs", NoOptions(), settings=JobSettings), list)
    storage.open(data, "change").close()


def test_a_folder_that_another_command_has_is_refused_after_a_while(data: Path) -> None:
    clock = ManualClock()
    with (
        storage.open(data, "change", command="footfall quarantine replay"),
        pytest.raises(
            DataFolderHeldError, match=r"is held by process \d+ \(footfall quarantine replay\); run this when"
        ),
    ):
        carry_out(data, "run", RunOptions("greet"), settings=JobSettings, clock=clock)

    assert 1 < clock.monotonic() < 10


def test_a_collector_that_has_the_folder_and_takes_no_commands_yet_is_waited_for(data: Path) -> None:
    class Starting(ManualClock):
        def sleep(self, seconds: float) -> None:
            server.__enter__()

    with Collector(data) as collector:
        server = CommandServer(data, handlers(runner_of(collector)))
        result = carry_out(data, "run", RunOptions("greet"), settings=JobSettings, clock=Starting())
        server.__exit__()

    assert result == "hello data"


def test_a_folder_that_is_no_data_folder_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(DataFolderError, match="is not footfall's"):
        carry_out(tmp_path, "jobs", NoOptions(), settings=JobSettings)
    assert list(tmp_path.iterdir()) == []


def test_what_a_job_says_on_its_way_reaches_whoever_asked(data: Path) -> None:
    def work(context: JobContext) -> str:
        context.progress("half")
        return "whole"

    lines: list[str] = []
    progress: Progress = lines.append
    with Collector(data) as collector:
        context = JobContext(data, collector.store, JobSettings(), collector.clock)
        runner = JobRunner([Job("work", "Works.", parse_timetable("00:10"), work)], context)
        with CommandServer(data, handlers(runner)):
            result = carry_out(data, "run", RunOptions("work"), settings=JobSettings, progress=progress)

    assert (lines, result) == (["half"], "whole")


def test_jobs_that_fail_are_named_by_the_collector_whose_disk_cannot_keep_that(data: Path) -> None:
    def work(_: JobContext) -> str:
        raise JobError("the disk is full")

    with Collector(data) as collector:
        context = JobContext(data, collector.store, JobSettings(), collector.clock)
        runner = JobRunner([Job("work", "Works.", parse_timetable("00:10"), work)], context)
        with CommandServer(data, handlers(runner)):
            for _ in range(2):
                with pytest.raises(JobError, match="the disk is full"):
                    carry_out(data, "run", RunOptions("work"), settings=JobSettings)
            collector.store.control.record_run(JobRun("work", 0))  # as it was before the disk was full
            beside = failing_jobs(data, collector.store.control)
        after = failing_jobs(data, collector.store.control)

    assert [(run.name, run.failures, run.result) for run in beside] == [("work", 2, "the disk is full")]
    assert after == []

"""`footfall jobs`: what is done to a data folder beside collecting: when, how it went, and now."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from footfall.cli.data_option import data_option, required_data, settings_beside_data
from footfall.cli.output import console, echo, echo_json
from footfall.collector.job_settings import JobSettings
from footfall.maintenance.dispatch import NoOptions, RunOptions, carry_out
from footfall.maintenance.schedule import JobLine
from footfall.reporting.jobs import as_json, jobs_table

__all__ = ["command", "run_job"]


@click.group("jobs", invoke_without_command=True)
@data_option
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_context
def command(context: click.Context, *, data: Path | None, format_: str) -> None:
    """Show the jobs: when each runs, how it went the last time, and when it comes next. Works while a collector runs.

    `footfall serve` runs them by itself: one at a time, at low priority. A job whose time passed while nothing ran is
    made up for once. One that fails is tried again after 5 minutes, then later and later; one that failed twice in a
    row is in the log and in `footfall stats`. Times are UTC.
    """
    if context.invoked_subcommand is not None:
        return
    data = required_data(context, context.command.params[0], data)
    assert data is not None
    answer = carry_out(data, "jobs", NoOptions(), settings=_settings)
    lines = msgspec.convert(answer, list[JobLine])
    if format_ == "json":
        echo_json(as_json(lines))
        return
    console().print(jobs_table(lines))


@command.command("run")
@click.argument("name")
@data_option
def run_command(*, name: str, data: Path) -> None:
    """Run the job NAME now, after the one that runs. A collector that runs does it, otherwise this command.

    The job `backup` is there where the setting `backup` names a folder, as in footfall.toml.

    With `footfall serve --no-jobs` this is how cron runs them. Ctrl-C ends the job, but not one that a collector does.
    The exit code is 2 where the job could not do its work.
    """
    run_job(data, name)


def run_job(data: Path, name: str, *, rows: int | None = None) -> None:
    """Run a job of a folder, and show how far it is and its result. `rows`: see JobContext."""
    result = carry_out(
        data,
        "run",
        RunOptions(name, rows),
        settings=_settings,
        progress=lambda line: echo(f"{name}: {line}", err=True),
    )
    echo(f"{name}: {result}")


def _settings() -> JobSettings:
    return settings_beside_data().jobs

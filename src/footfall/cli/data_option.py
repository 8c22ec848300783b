"""The options `--data`, from the same places as `serve` takes it, and `--plan` of the commands that read data."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from footfall.errors import UsageError

__all__ = ["data_option", "plan_option"]

T = TypeVar("T", bound=Callable[..., Any])


def data_option(command: T) -> T:
    """`--data`, else FOOTFALL_DATA, else `data` in footfall.toml or the file of FOOTFALL_CONFIG; one is required."""
    return click.option(
        "--data", type=click.Path(path_type=Path), envvar="FOOTFALL_DATA", show_envvar=True, callback=_or_of_file,
        help="The data folder of a collector.  [required, or `data` in footfall.toml]",
    )(command)  # fmt: skip


def plan_option(help_: str) -> Callable[[T], T]:
    """`--plan`, None without it."""
    text = f"{help_}  [default: the latest plan of the folder]"
    return click.option("--plan", type=click.Path(path_type=Path), help=text)


def _or_of_file(context: click.Context, option: click.Parameter, data: Path | None) -> Path | None:
    data = data or _of_file()
    if data is None and not context.resilient_parsing:
        raise click.MissingParameter("Or write `data` into footfall.toml.", ctx=context, param=option)
    return data


def _of_file() -> Path | None:
    """The folder that the settings file names. Raises UsageError where a mistake in the file hides it.

    Other mistakes in a file that names the folder are for `serve` to report.
    """
    # Loaded late: with the option given, no file is looked for.
    from footfall.cli.settings_file import read_settings_file
    from footfall.collector.read_settings import read_settings
    from footfall.collector.serve_settings import CONFIG

    named = os.environ.get(CONFIG)
    file, problem = read_settings_file(Path(named) if named else None)
    reading = read_settings({}, {}, file)
    problems = [problem] if problem is not None else reading.problems
    if reading.settings.data is None and problems:
        raise UsageError("; ".join(problems))
    return reading.settings.data

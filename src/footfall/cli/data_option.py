"""The options `--data`, from the same places as `serve` takes it, and `--plan` of the commands that read data."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from footfall.errors import UsageError
from footfall.storage.environments import ALL, ENVIRONMENTS, PRODUCTION

if TYPE_CHECKING:
    from footfall.collector.read_settings import SettingsReading
    from footfall.collector.serve_settings import ServeSettings

__all__ = [
    "backup_beside_data",
    "data_option",
    "environment_option",
    "plan_option",
    "required_data",
    "settings_beside_data",
]

T = TypeVar("T", bound=Callable[..., Any])


def data_option(command: T) -> T:
    """`--data`, else FOOTFALL_DATA, else `data` in footfall.toml or the file of FOOTFALL_CONFIG; one is required.

    A group gets what was given, or None, for its command may have the option; see `required_data`.
    """
    return click.option(
        "--data", type=click.Path(path_type=Path, readable=False), callback=_unless_of_group,
        envvar="FOOTFALL_DATA", show_envvar=True,
        help="The data folder of a collector.  [required, or `data` in footfall.toml]",
    )(command)  # fmt: skip


def environment_option(command: T) -> T:
    """`--environment`, production without it."""
    return click.option(
        "--environment", type=click.Choice([*ENVIRONMENTS, ALL]), default=PRODUCTION, show_default=True,
        help="Only messages that were sent with keys of this environment.",
    )(command)  # fmt: skip


def plan_option(help_: str) -> Callable[[T], T]:
    """`--plan`, None without it."""
    text = f"{help_}  [default: the latest plan of the folder]"
    return click.option("--plan", type=click.Path(path_type=Path), help=text)


def _unless_of_group(context: click.Context, option: click.Parameter, data: Path | None) -> Path | None:
    return data if isinstance(context.command, click.Group) else required_data(context, option, data)


def required_data(context: click.Context, option: click.Parameter, data: Path | None) -> Path | None:
    """The folder from one of its places. Raises MissingParameter where none has it."""
    of_group = context.parent.params.get("data") if context.parent is not None else None
    data = data or of_group or _of_file()
    if data is None and not context.resilient_parsing:
        raise click.MissingParameter("Or write `data` into footfall.toml.", ctx=context, param=option)
    return data


def settings_beside_data() -> ServeSettings:
    """The settings of the environment and of the settings file. Raises UsageError with what is wrong in them."""
    reading = _reading(os.environ)
    if reading.problems:
        raise UsageError("\n  ".join(["the settings cannot be used:", *reading.problems]))
    return reading.settings


def backup_beside_data() -> Path | None:
    """The folder that backups go to by these settings. Other mistakes in them are for `serve` to report."""
    return _reading(os.environ).settings.jobs.backup


def _of_file() -> Path | None:
    """The folder that the settings file names. Raises UsageError where a mistake in the file hides it.

    Other mistakes in a file that names the folder are for `serve` to report.
    """
    reading = _reading({})
    if reading.settings.data is None and reading.problems:
        raise UsageError("; ".join(reading.problems))
    return reading.settings.data


def _reading(environment: Mapping[str, str]) -> SettingsReading:
    # Loaded late: with the option given, no file is looked for.
    from footfall.cli.settings_file import read_settings_file
    from footfall.collector.read_settings import read_settings
    from footfall.collector.serve_settings import CONFIG

    path = os.environ.get(CONFIG)
    file, problem = read_settings_file(Path(path) if path else None)
    reading = read_settings({}, environment, file)
    return reading if problem is None else reading._replace(problems=[problem])

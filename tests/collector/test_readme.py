"""The collector's README: its settings exist, its file is one, and its commands are ours."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import get_args

import click
import pytest

import footfall.collector
from footfall.cli.app import app
from footfall.collector import CollectorSettings
from footfall.collector.job_settings import JobSettings
from footfall.collector.read_settings import SettingsFile, read_settings
from footfall.collector.readiness import State
from footfall.collector.serve_settings import SETTINGS
from footfall.maintenance.table import jobs_of
from footfall.storage.control import ROLES

README = Path(footfall.collector.__file__).with_name("README.md").read_text(encoding="utf-8")
TABLES = "\n".join(line.split("|")[1] for line in README.splitlines() if line.startswith("| `"))


def test_the_example_of_a_settings_file_has_no_problem() -> None:
    (text,) = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)

    reading = read_settings({}, {}, SettingsFile(Path("footfall.toml"), text.encode()))

    assert reading.problems == []
    assert set(reading.places) == set(tomllib.loads(text))


def test_every_role_state_and_setting_that_is_no_limit_is_described() -> None:
    described = set(re.findall(r"`(\w+)`", TABLES))
    jobs = {job.name for job in jobs_of(JobSettings(backup=Path("backups")))}

    assert described <= {*ROLES, *get_args(State), *SETTINGS, *jobs}
    assert jobs <= described
    assert {
        *ROLES,
        *get_args(State),
        *(name for name, setting in SETTINGS.items() if setting.part != "collector"),
    } <= described


@pytest.mark.parametrize("name", CollectorSettings.__struct_fields__)
def test_every_limit_is_described_where_it_is_defined(name: str) -> None:
    assert f"`{name}`" in (CollectorSettings.__doc__ or "")


def test_every_option_of_serve_is_a_setting_or_described() -> None:
    serve = app.get_command(click.Context(app), "serve")
    assert serve is not None
    options = {option: parameter.name for parameter in serve.params for option in parameter.opts}

    assert [option for option, name in options.items() if name not in SETTINGS and f"{option}" not in README] == []


def test_every_command_of_the_readme_is_there() -> None:
    for line in re.findall(r"^footfall (.*)$", README, re.MULTILINE):
        command: click.Command | None = app
        for word in re.match(r"[a-z ]*", line)[0].split():  # type: ignore[index]  # it matches any text
            assert isinstance(command, click.Group)
            command = command.get_command(click.Context(command), word)
            assert command is not None, line
            if not isinstance(command, click.Group):
                break

"""`--include` takes bots and staff, apart or together, and nothing else."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from footfall.cli.include_option import include_option
from footfall.cli.output import echo


@click.command
@include_option
def command(include: list[str]) -> None:
    echo(str(sorted(include)))


@pytest.mark.parametrize(
    ("arguments", "names"),
    [([], []), (["--include", "bots"], ["bots"]), (["--include", "bots, staff"], ["bots", "staff"]),
     (["--include", "staff", "--include", "bots"], ["bots", "staff"])],
)  # fmt: skip
def test_names_are_one_list(arguments: list[str], names: list[str]) -> None:
    assert CliRunner().invoke(command, arguments).output == f"{names}\n"


def test_another_name_is_refused() -> None:
    assert "robots" in str(CliRunner().invoke(command, ["--include", "robots"]).exception)

"""`footfall import` lists what can be imported, and each is there."""

from __future__ import annotations

from click.testing import CliRunner

from footfall.cli.app import app
from footfall.cli.imports import COMMANDS


def test_every_import_has_its_help() -> None:
    overview = CliRunner().invoke(app, ["import", "--help"]).output

    assert [name for name in COMMANDS if name in overview] == list(COMMANDS)
    assert all(CliRunner().invoke(app, ["import", name, "--help"]).exit_code == 0 for name in COMMANDS)

"""`footfall import`: what other programs wrote down, taken in as messages."""

from __future__ import annotations

from collections.abc import Mapping

import click

from footfall.cli.lazy_group import LazyGroup

__all__ = ["COMMANDS", "command"]

COMMANDS: Mapping[str, tuple[str, str]] = {
    "access-log": ("footfall.cli.access_log:command", "Import the page views in the logs of a web server."),
    "costs": ("footfall.cli.costs:command", "Import what campaigns cost, from a CSV file."),
}


@click.group("import", cls=LazyGroup, table=COMMANDS)
def command() -> None:
    """Take in what other programs wrote down."""

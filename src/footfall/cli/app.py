"""The group of all subcommands; each is imported when it is called for, so that `footfall --help` is fast."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import cast

import click

__all__ = ["COMMANDS", "LazyGroup", "app"]

# name: (where the command is, what it is for)
COMMANDS: Mapping[str, tuple[str, str]] = {
    "demo": ("footfall.cli.demo:command", "Run a shop, its visitors and a collector on this machine, and report."),
    "export": ("footfall.cli.export:command", "Write out every stored message with its person."),
    "person": ("footfall.cli.person:command", "Show one person: traits, ids, messages, reasons."),
    "plan": ("footfall.cli.plan:command", "Check and bundle tracking plans."),
    "quarantine": ("footfall.cli.quarantine:command", "List what was not accepted, with its faults."),
    "report": ("footfall.cli.report:command", "Report goals, KPIs and journeys."),
    "serve": ("footfall.cli.serve:command", "Run a collector."),
    "stats": ("footfall.cli.stats:command", "Show the books: what was received, by source and event."),
}


class LazyGroup(click.Group):
    """A group that knows its subcommands by a table of names, and imports one only to run it."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's own signature
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        return cast("click.Command", getattr(importlib.import_module(module), attribute))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as above
        with formatter.section("Commands"):
            formatter.write_dl([(name, about) for name, (_, about) in sorted(COMMANDS.items())])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="footfall", prog_name="footfall")
def app() -> None:
    """Behavioural analytics without JavaScript: plan, send, collect, know people, report."""

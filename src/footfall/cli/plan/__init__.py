"""`footfall plan`: all that is done with a tracking plan, one subcommand a file."""

from __future__ import annotations

from collections.abc import Mapping

import click

from footfall.cli.lazy_group import LazyGroup

__all__ = ["COMMANDS", "command"]

# name: (where the command is, what it is for)
COMMANDS: Mapping[str, tuple[str, str]] = {
    "bundle": ("footfall.cli.plan.bundle:command", "Write a plan as one JSON file that needs no YAML."),
    "check": ("footfall.cli.plan.check:command", "Tell everything that is wrong with a plan."),
    "codegen": ("footfall.cli.plan.codegen:command", "Write typed Python, JSON Schema or Markdown from a plan."),
    "diff": ("footfall.cli.plan.diff:command", "Say what a change of the plan breaks, and for whom."),
    "docs": ("footfall.cli.plan.docs:command", "Write a plan as a static site."),
    "explain": ("footfall.cli.plan.explain:command", "Say why something is a finding, and what to do."),
    "export": ("footfall.cli.plan.export:command", "Write a plan in another tool's format."),
    "fmt": ("footfall.cli.plan.fmt:command", "Bring the files of a plan into one form; comments stay."),
    "impact": ("footfall.cli.plan.impact:command", "Say who and what would notice a change of an event."),
    "import": ("footfall.cli.plan.import_:command", "Read a plan from another tool's format."),
    "infer": ("footfall.cli.plan.infer:command", "Draft a plan from events that were seen."),
    "init": ("footfall.cli.plan.init:command", "Write a commented plan to start from."),
    "json-schema": ("footfall.cli.plan.json_schema:command", "Write the JSON Schema of plan files, for editors."),
    "lint": ("footfall.cli.plan.lint:command", "Judge a plan's names, metadata, privacy and use."),
    "lock": ("footfall.cli.plan.lock:command", "Write, or check, the versions of a plan's events."),
    "drift": ("footfall.cli.plan.drift:command", "Compare what was seen with what is planned."),
    "scan": ("footfall.cli.plan.scan:command", "Compare the calls in Python code with the plan."),
    "simulate": ("footfall.cli.plan.simulate:command", "Say what a new plan would do to stored events."),
}


@click.group(cls=LazyGroup, table=COMMANDS)
def command() -> None:
    """Check, compare, document and use tracking plans.

    Exit codes: 0 nothing was found, 1 something was, 2 the command or the plan's path is wrong, 3 another input is
    broken (a baseline, a lock, a git ref, a file of events).
    """

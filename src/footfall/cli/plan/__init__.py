"""`footfall plan`: the commands for tracking plans, one subcommand a file."""

from __future__ import annotations

from collections.abc import Mapping

import click

from footfall.cli.lazy_group import LazyGroup

__all__ = ["COMMANDS", "command"]

# name: (where the command is, what it is for)
COMMANDS: Mapping[str, tuple[str, str]] = {
    "bundle": ("footfall.cli.plan.bundle:command", "Write a plan as one JSON file that needs no YAML."),
    "check": ("footfall.cli.plan.check:command", "List everything that is wrong with a plan."),
    "codegen": ("footfall.cli.plan.codegen:command", "Write typed Python, JSON Schema or Markdown from a plan."),
    "diff": ("footfall.cli.plan.diff:command", "Say what a change of a plan breaks, and for whom."),
    "docs": ("footfall.cli.plan.docs:command", "Write a plan as web pages."),
    "explain": ("footfall.cli.plan.explain:command", "Explain a finding, and say what to do about it."),
    "export": ("footfall.cli.plan.export:command", "Write a plan in another tool's format."),
    "fmt": ("footfall.cli.plan.fmt:command", "Format the files of a plan; comments stay."),
    "impact": ("footfall.cli.plan.impact:command", "List who and what depends on an event."),
    "import": ("footfall.cli.plan.import_:command", "Read a plan from another tool's format."),
    "infer": ("footfall.cli.plan.infer:command", "Draft a plan from real messages."),
    "init": ("footfall.cli.plan.init:command", "Write a small plan to start from."),
    "json-schema": ("footfall.cli.plan.json_schema:command", "Write the JSON Schema of plan files, for editors."),
    "lint": ("footfall.cli.plan.lint:command", "Check a plan against rules of style, privacy and use."),
    "lock": ("footfall.cli.plan.lock:command", "Write or check the versions of a plan's events."),
    "observe": ("footfall.cli.plan.observe:command", "Compare real messages with the plan."),
    "scan": ("footfall.cli.plan.scan:command", "Compare the tracking calls in Python code with the plan."),
    "simulate": ("footfall.cli.plan.simulate:command", "Say what a new plan would do to stored messages."),
}


@click.group(cls=LazyGroup, table=COMMANDS)
def command() -> None:
    """Check, compare, document and use tracking plans.

    A PLAN is a folder of YAML files, one YAML file, or a bundle (JSON).

    Exit code 0: no findings. 1: findings. 2: a wrong option, or no plan at that path. 3: another input is broken (a
    baseline, a lock, a git ref, a file of messages).
    """

"""The group of all subcommands; each is imported when it is called for, so that `footfall --help` is fast."""

from __future__ import annotations

from collections.abc import Mapping

import click

from footfall.cli.lazy_group import LazyGroup
from footfall.versions import VERSION, VERSIONS

__all__ = ["COMMANDS", "app"]

# name: (where the command is, what it is for)
COMMANDS: Mapping[str, tuple[str, str]] = {
    "attribution": ("footfall.cli.attribution:command", "Credit conversions to campaigns and origins, by six models."),
    "backup": ("footfall.cli.backup:command", "Copy a data folder while a collector runs."),
    "board": ("footfall.cli.board:command", "Show a board of the plan: several questions at once."),
    "channels": ("footfall.cli.channels:command", "Show by which channels people meet the team."),
    "cross-sell": ("footfall.cli.cross_sell:command", "Show what people get together with what, or after it."),
    "campaigns": ("footfall.cli.campaigns:command", "Show the visits of campaigns, and marks that are of none."),
    "demo": ("footfall.cli.demo:command", "Run a shop, its visitors and a collector on this machine, and report."),
    "experiment": ("footfall.cli.experiment:command", "Read an experiment, and say whether it is decided."),
    "export": ("footfall.cli.export:command", "Write out stored messages with their persons."),
    "funnel": ("footfall.cli.funnel:command", "Show who goes on from step to step, how fast, and who does not."),
    "import": ("footfall.cli.imports:command", "Take in what other programs wrote down: access logs, costs."),
    "jobs": ("footfall.cli.jobs:command", "Show the jobs of a data folder, and run them."),
    "journey": ("footfall.cli.journey:command", "Show where everybody is in a journey, and what holds them up."),
    "keys": ("footfall.cli.keys:command", "Create, list and revoke the keys of a collector."),
    "kpi": ("footfall.cli.kpi:command", "Show a KPI of the plan, or write it as SQL."),
    "lifecycle": ("footfall.cli.lifecycle:command", "Show who is new, returns, comes back or stays away."),
    "paths": ("footfall.cli.paths:command", "Show what people did after, before or between steps."),
    "person": ("footfall.cli.person:command", "Show one person: traits, ids, messages, reasons."),
    "persons": ("footfall.cli.persons:command", "List persons, of all or of a segment."),
    "plan": ("footfall.cli.plan:command", "Check, compare, document and use tracking plans."),
    "power": ("footfall.cli.power:command", "Show how messages are spread over persons, and who has the most."),
    "preferences": ("footfall.cli.preferences:command", "Show what people have most often, by which channel, when."),
    "purge": ("footfall.cli.purge:command", "Remove messages for ever: a leaked secret, test traffic."),
    "quarantine": (
        "footfall.cli.quarantine:command",
        "List what broke the plan and why, and let out what passes a mended one.",
    ),
    "report": ("footfall.cli.report:command", "Report goals, KPIs and journeys."),
    "restore": ("footfall.cli.restore:command", "Make a data folder from a backup."),
    "retention": ("footfall.cli.retention:command", "Show who came back, by when they first came."),
    "segment": ("footfall.cli.segment:command", "Show how many persons are in a segment."),
    "segments": ("footfall.cli.segments:command", "Find kinds of persons by what they do."),
    "serve": ("footfall.cli.serve:command", "Run a collector."),
    "sessions": ("footfall.cli.sessions:command", "Show how many sessions there were, and how long they took."),
    "sql": ("footfall.cli.sql:command", "Answer one SELECT over messages, events and persons."),
    "signals": ("footfall.cli.signals:command", "Show what somebody should answer, and note what was done."),
    "stats": ("footfall.cli.stats:command", "Show the books: what was received, by source and event."),
    "seal": ("footfall.cli.seal:command", "Move stored messages from the journal to Parquet files."),
    "trend": ("footfall.cli.trend:command", "Show a KPI or an event over time, and what is unusual."),
    "stickiness": ("footfall.cli.stickiness:command", "Show on how many days persons are active."),
    "upgrade": ("footfall.cli.upgrade:command", "Bring an older data folder to today's format, or undo that."),
    "web": ("footfall.cli.web:command", "Report visitors, visits, pages and origins of a site."),
    "verify": ("footfall.cli.verify:command", "Read a data folder back, and name what is damaged."),
}

_AGREED = ", ".join(f"{name} {version}" for name, version in VERSIONS.items())
_VERSION = f"%(prog)s, version %(version)s\n{_AGREED}"


@click.group(cls=LazyGroup, table=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="footfall", message=_VERSION)
def app() -> None:
    """Behavioural analytics without JavaScript: plan, send, collect, know people, report."""

"""`footfall purge`: removes the messages that a rule names, wherever they are kept, and gives a receipt."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click
import msgspec

from footfall.cli.data_option import data_option, settings_beside_data
from footfall.cli.output import echo, echo_json
from footfall.cli.time_param import TimeParam, moment
from footfall.clock import SystemClock
from footfall.maintenance.dispatch import carry_out
from footfall.maintenance.purge import PurgeReceipt
from footfall.maintenance.purge_files import preview
from footfall.reporting.maintenance import preview_lines, receipt_lines
from footfall.storage.environments import ENVIRONMENTS, Environment
from footfall.storage.purge_rule import PurgeRule
from footfall.timestamps import epoch_us, local_time

__all__ = ["command"]


@click.command("purge")
@data_option
@click.option("--event", help="Messages of this event, by the name under which `footfall stats` counts it.")
@click.option("--source", help="Messages of this source.")
@click.option("--environment", type=click.Choice(ENVIRONMENTS), help="Messages of this environment; of all by default.")
@click.option("--since", type=TimeParam("UTC"), help="Messages that were received at this time or later, in UTC.")
@click.option("--until", type=TimeParam("UTC"), help="Messages that were received before this time, in UTC.")
@click.option("--dry-run", "is_dry_run", is_flag=True, help="Only show what would go.")
@click.option("--yes", "is_sure", is_flag=True, help="Do not ask.")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_context
def command(
    context: click.Context,
    *,
    data: Path,
    event: str | None,
    source: str | None,
    environment: Environment | None,
    since: str | None,
    until: str | None,
    is_dry_run: bool,
    is_sure: bool,
    format_: str,
) -> None:
    """Remove messages for ever: a secret that leaked into them, or the traffic of a test.

    All that is given must be so of a message; at least --event, --source, --environment or --since is needed. What
    would go is shown first, by source, event and day of receipt. Then the messages are removed from the journal, from
    quarantine and from the sealed files, and no file of the folder has their bytes any more; what an upgrade kept goes
    too, so it can no longer be undone. Their ids stay, so that a message which is sent again stays out. Readers that
    began before, and backups, are not changed: backups that have the messages are yours to remove. A collector that
    runs does it, and intake may wait for some seconds.

    The receipt is on standard output, what would go on standard error. It may be killed at any moment: run it again,
    and it goes on. The exit code is 1 where a damaged file may still have such messages.
    """
    now = local_time(SystemClock().now_us())
    rule = PurgeRule(event=event, source=source, environment=environment, since=_us(since, now), until=_us(until, now))
    shown = preview(data, rule)
    for line in preview_lines(shown, rule):
        echo(line, err=not is_dry_run)
    if is_dry_run:
        return
    if not is_sure:
        click.confirm("Remove them for ever?", abort=True, err=True)
    answer = carry_out(
        data,
        "purge",
        rule,
        settings=lambda: settings_beside_data().jobs,
        progress=lambda line: echo(line, err=True),
    )
    receipt = msgspec.convert(answer, PurgeReceipt)
    if format_ == "json":
        echo_json(receipt)
    else:
        for line in receipt_lines(receipt):
            echo(line)
    context.exit(1 if receipt.unreadable else 0)


def _us(text: str | None, now: datetime) -> int | None:
    return None if text is None else epoch_us(moment(text, now))

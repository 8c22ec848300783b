"""`footfall import costs`: what campaigns cost by day, from a CSV file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import click

from footfall import storage
from footfall.cli.data_option import data_option
from footfall.cli.output import echo, echo_json
from footfall.clock import SystemClock
from footfall.disk import SystemDisk, read_file
from footfall.errors import UsageError
from footfall.plan.campaigns import CampaignIndex
from footfall.plan.misspelling import misspelling_of
from footfall.plan.model import Plan
from footfall.printable import counted
from footfall.storage.control import latest_plan
from footfall.storage.cost_file import CostFile, read_costs
from footfall.storage.costs import CampaignCost

__all__ = ["command"]

_MOST_SHOWN = 100


@click.command("costs")
@click.argument("file", type=click.Path(path_type=Path))
@data_option
@click.option("--output", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(*, file: Path, data: Path, output: str) -> None:
    """Import what campaigns cost, by day, from a CSV file; also while a collector runs.

    The first line names the columns: date (2026-11-30), campaign (its name in the plan, or its utm_campaign), cost
    (1234.50) and currency (EUR), and where you have them source, clicks and impressions. Other columns are left out.

    A row takes the place of an earlier one of the same day, campaign, source and currency, so that a file may be
    imported again, and a mended one corrects it. Where any row is bad, nothing is imported, and each is named.

    `footfall attribution` puts the costs beside what each campaign is credited.
    """
    with storage.open(data, "beside") as store:
        content = _read(file, file.name)
        if content.problems:
            _refuse(file, content.problems)
        changes = store.costs.put(content.costs)
        plan = latest_plan(store.control) or Plan(id="")
    unknown = _unknown(plan, content.costs)
    if output == "json":
        echo_json({**changes._asdict(), "other_columns": content.others, "unknown_campaigns": unknown})
        return
    echo(
        f"{counted(len(content.costs), 'cost')}: {changes.new:,} new, {changes.changed:,} changed, "
        f"{changes.unchanged:,} as before"
    )
    if content.others:
        echo(f"left out: the columns {', '.join(content.others)}")
    hints = {name: f": did you mean {like}?" if like else "" for name, like in unknown.items()}
    _echo_first([f"the plan has no campaign {name!r}{hint}" for name, hint in hints.items()], "more that it has not")


def _refuse(file: Path, problems: Sequence[str]) -> NoReturn:
    """Show what is wrong with a file, and raise UsageError."""
    _echo_first(problems, "more")
    raise UsageError(f"{file}: nothing was imported: {counted(len(problems), 'problem')}; mend and repeat")


def _echo_first(lines: Sequence[str], more: str) -> None:
    for line in lines[:_MOST_SHOWN]:
        echo(line, err=True)
    if len(lines) > _MOST_SHOWN:
        echo(f"and {len(lines) - _MOST_SHOWN:,} {more}", err=True)


def _read(file: Path, name: str) -> CostFile:
    try:
        content = read_file(SystemDisk(), file)
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror or error}") from None
    return read_costs(content, name, SystemClock().now_us())


def _unknown(plan: Plan, costs: list[CampaignCost]) -> dict[str, str | None]:
    """The campaigns that the plan, where it has any, does not know, each with the nearest name."""
    if not plan.campaigns:
        return {}
    index = CampaignIndex(plan.campaigns)
    names = sorted({cost.campaign for cost in costs if not index.named(cost.campaign)})
    choices = [*plan.campaigns, *(name for each in plan.campaigns.values() for name in each.utm.get("name", ()))]
    return {name: misspelling_of(name, choices) for name in names}

"""`footfall quarantine`: what was quarantined and why, and the way out."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from footfall import plan as plans
from footfall import storage
from footfall.cli.data_option import data_option, environment_option, plan_option
from footfall.cli.output import console, echo, echo_json
from footfall.collector.keys import TRANSFORM_KEY_FILE, read_transform_key
from footfall.errors import UsageError
from footfall.plan.model import Plan
from footfall.printable import printable
from footfall.quarantine import Judging, list_quarantined, replay
from footfall.reporting.quarantine import quarantined_markup, replay_lines, way_out_lines
from footfall.storage.books import in_quarantine, total
from footfall.storage.control import Control, latest_plan
from footfall.storage.environments import ALL, PRODUCTION, wanted

__all__ = ["command"]

_REMEDY = "stop it, run this again, then start it (--dry-run works while it runs)"

_key_option = click.option(
    "--transform-key-file", type=click.Path(path_type=Path), envvar=TRANSFORM_KEY_FILE, show_envvar=True,
    help="The key for values that the plan hashes and that came in clear.",
)  # fmt: skip


@click.group("quarantine")
def command() -> None:
    """Messages that broke the plan or cannot be read: they are kept, and they count in no figure."""


@command.command("list")
@data_option
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--limit", type=click.IntRange(1), help="How many at most; all by default.")
@click.option(
    "--person",
    "ids",
    multiple=True,
    metavar="ID",
    help="Only messages with this user_id, anonymous_id or device_id; again for more.",
)
@environment_option
@_key_option
def list_command(
    *,
    data: Path,
    format_: str,
    limit: int | None,
    ids: tuple[str, ...],
    environment: str,
    transform_key_file: Path | None,
) -> None:
    """List what is in quarantine, each message with its faults, in order of receipt. Works while a collector runs.

    Says of each whether it would pass the folder's newest plan now, and which command then stores it.
    """
    with storage.open(data, "read") as store, store.snapshot() as whole:
        snapshot = whole.within(wanted(environment))
        number = in_quarantine(total(snapshot.books()))
        plan = latest_plan(store.control)
        judging = Judging(plan, store.control, transform_key=_key(transform_key_file))
        items = list(list_quarantined(snapshot, judging, limit=limit, ids=ids))
    if format_ == "json":
        echo_json(items)
        return
    if not items:
        if ids and number:
            echo(f"nothing with {' or '.join(map(printable, ids))} is in quarantine")
            return
        echo("nothing is in quarantine" if environment == ALL else f"nothing of {environment} is in quarantine")
        return
    page = console(soft_wrap=True)
    for line in quarantined_markup(items, "UTC" if plan is None else plan.timezone):
        page.print(line)
    for line in way_out_lines(items, number, data):
        echo(line)


@command.command("replay")
@data_option
@plan_option("The corrected plan.")
@click.option("--dry-run", "is_dry_run", is_flag=True, help="Only say what would happen. Works while a collector runs.")
@click.option("--event", help="Only messages of this event, by the name it came with or by its name in the plan.")
@click.option("--code", help="Only messages with a fault of this code (unknown_event, type, …).")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
@environment_option
@_key_option
def replay_command(
    *,
    data: Path,
    plan: Path | None,
    is_dry_run: bool,
    event: str | None,
    code: str | None,
    format_: str,
    environment: str,
    transform_key_file: Path | None,
) -> None:
    """Judge what is in quarantine anew, and store what passes now.

    A released message keeps its ids, its times and its sender's bundle. It may be killed at any moment: run it again,
    and it goes on. What was too large to be kept whole can never be replayed. A plan that frees messages becomes the
    newest of the folder.
    """
    mode: storage.Mode = "read" if is_dry_run else "change"
    with storage.open(data, mode, command="footfall quarantine replay", remedy=_REMEDY) as store:
        chosen, key = _plan(plan, store.control), _key(transform_key_file)
        result = replay(
            store.journal, store.control, chosen, event=event, code=code, is_dry_run=is_dry_run, transform_key=key,
            environment=environment,
        )  # fmt: skip
    if format_ == "json":
        echo_json(result)
        return
    options = {"--data": data, "--plan": plan, "--event": event, "--code": code}
    options["--environment"] = None if environment == PRODUCTION else environment
    given = [f"{name} {shlex.quote(str(value))}" for name, value in options.items() if value is not None]
    for line in replay_lines(result, " ".join(("footfall quarantine replay", *given)), f"footfall report {given[0]}"):
        echo(line)


def _key(path: Path | None) -> bytes | None:
    return None if path is None else read_transform_key(path)


def _plan(path: Path | None, control: Control) -> Plan | None:
    newest = latest_plan(control)
    if path is None:
        return newest
    plan = plans.read(path).require()
    if newest is not None and newest.id != plan.id:
        raise UsageError(
            f"{path}: is the plan {plan.id!r}, and this folder is used with {newest.id!r}: person ids follow the plan's"
            f" id, so everybody would get another one; write `plan: {newest.id}` in it"
        )
    return plan

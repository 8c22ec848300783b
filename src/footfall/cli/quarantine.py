"""`footfall quarantine`: what was quarantined and why, and the way out."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape

from footfall import plan as plans
from footfall import storage
from footfall.cli.data_option import data_option
from footfall.cli.output import console, echo, echo_json, printable
from footfall.collector.keys import TRANSFORM_KEY_FILE, read_transform_key
from footfall.errors import UsageError
from footfall.plan.model import Plan
from footfall.printable import counted
from footfall.quarantine import EventReplay, Judging, Prospect, Quarantined, Replay, list_quarantined, replay
from footfall.storage.books import in_quarantine, total
from footfall.storage.control import Control, latest_plan
from footfall.storage.journal import counter_name

__all__ = ["command"]

_MOST_FAULTS = 3
_REMEDY = "stop it, run this again, then start it (--dry-run works while it runs)"
_SIGNS: dict[Prospect, str] = {"now": "can be replayed", "plan": "", "never": "no plan can free it"}


_key_option = click.option(
    "--transform-key-file", type=click.Path(path_type=Path), envvar=TRANSFORM_KEY_FILE, show_envvar=True,
    help="The key for values that the plan hashes and that came in clear.",
)  # fmt: skip


@click.group("quarantine")
def command() -> None:
    """Messages that broke the plan or cannot be read: they are kept, and they count in no figure."""


@command.command("list")
@data_option()
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--limit", type=click.IntRange(1), help="How many at most; all by default.")
@_key_option
def list_command(*, data: Path, format_: str, limit: int | None, transform_key_file: Path | None) -> None:
    """List what is in quarantine, each message with its faults, in order of receipt. Works while a collector runs.

    Says of each whether the folder's newest plan would let it go now, and by which command.
    """
    with storage.open(data, "read") as store, store.journal.snapshot() as snapshot:
        number = in_quarantine(total(snapshot.books()))
        judging = Judging(latest_plan(store.control), store.control, transform_key=_key(transform_key_file))
        items = list(list_quarantined(snapshot, judging, limit=limit))
    if format_ == "json":
        echo_json(items)
        return
    if not items:
        echo("nothing is in quarantine")
        return
    page = console(soft_wrap=True)
    for item in items:
        _print(page, item)
    _print_ways_out(items, number, data)


@command.command("replay")
@data_option()
@click.option("--plan", type=click.Path(path_type=Path), help="The mended plan; without it, the folder's newest.")
@click.option("--dry-run", "is_dry_run", is_flag=True, help="Only say what would happen. Works while a collector runs.")
@click.option("--event", help="Only messages of this event, by the name it came with or by its name in the plan.")
@click.option("--code", help="Only messages with a fault of this code (unknown_event, type, …).")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
@_key_option
def replay_command(
    *,
    data: Path,
    plan: Path | None,
    is_dry_run: bool,
    event: str | None,
    code: str | None,
    format_: str,
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
            store.journal, store.control, chosen, event=event, code=code, is_dry_run=is_dry_run, transform_key=key
        )
    if format_ == "json":
        echo_json(result)
        return
    options = {"--data": data, "--plan": plan, "--event": event, "--code": code}
    given = [f"{name} {shlex.quote(str(value))}" for name, value in options.items() if value is not None]
    _print_replay(result, " ".join(("footfall quarantine replay", *given)), f"footfall report {given[0]}")


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


def _print(page: Console, item: Quarantined) -> None:
    event, message_id, source = map(_shown, (counter_name(item.event, item.type), item.message_id, item.source))
    sign = f"  ({_SIGNS[item.replay]})" if _SIGNS[item.replay] else ""
    page.print(
        f"{item.received_at}  {source}  [bold]{event}[/bold]  {message_id}  {counted(item.body_bytes, 'byte')}{sign}"
    )
    for fault in item.faults:
        page.print(f"    {_shown(str(fault))}")


def _shown(text: str) -> str:
    return escape(printable(text))


def _print_ways_out(items: Sequence[Quarantined], number: int, data: Path) -> None:
    """How the listed messages leave quarantine, each way with its command."""
    again = f"footfall quarantine replay --data {shlex.quote(str(data))}"
    counts = Counter(item.replay for item in items)
    listed = "" if len(items) == number else f", {len(items):,} of them listed"
    echo(f"\n{counted(number, 'message')} in quarantine{listed}:")
    if counts["now"]:
        echo(f"  {counts['now']:,} would pass now. Store them: {again}")
    if counts["plan"]:
        echo(f"  {counts['plan']:,} would pass another plan. Mend it, and try it: {again} --plan NEW --dry-run")
    if counts["never"]:
        echo(f"  {counts['never']:,} cannot pass whatever the plan says. Have the sender mend and send again.")


def _print_replay(result: Replay, command: str, report: str) -> None:
    """What a replay did; `command` does it without `--dry-run`, `report` shows what counts then."""
    by = "without a plan" if result.plan is None else f"by the plan {result.plan} ({(result.bundle or '')[:12]})"
    released, stay = ("would be released", "would stay") if result.is_dry_run else ("released", "stay")
    echo(f"{counted(result.released + result.staying, 'message')} judged {by}")
    for event in result.events:
        _print_event(event, released, stay)
    more = f", {result.passed_over:,} not asked for" if result.passed_over else ""
    echo(f"{result.released:,} {released}, {result.staying:,} {stay} in quarantine{more}")
    if result.truncated:
        was = "was" if result.truncated == 1 else "were"
        echo(f"{result.truncated:,} {was} too large to be kept whole: have them sent again in smaller parts")
    if result.is_dry_run and result.released:
        echo(f"Nothing was changed. To do it: {command}")
    elif result.released:
        echo(f"They count now: {report}")
        if " --plan " in command:
            echo("The plan that judged them is the folder's newest: start the collector with it from now on.")


def _print_event(event: EventReplay, released: str, stay: str) -> None:
    parts = [f"{number:,} {word}" for number, word in ((event.released, released), (event.staying, stay)) if number]
    echo(printable(f"  {event.event}: {', '.join(parts)}"))
    for fault in event.faults[:_MOST_FAULTS]:
        echo(printable(f"    {fault.messages:,} x {' '.join(part for part in (fault.path, fault.code) if part)}"))
    if len(event.faults) > _MOST_FAULTS:
        echo(f"    and {counted(len(event.faults) - _MOST_FAULTS, 'other fault')}")

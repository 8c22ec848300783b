"""What the demo reads aloud afterwards: the report, one person's story, the books, and what to try next."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from footfall.analytics import Dataset
from footfall.cli.demo.processes import FOOTFALL
from footfall.cli.demo.story import REASONS, tell, telling_person
from footfall.quarantine import list_quarantined
from footfall.storage import DataFolder, SqliteJournal

__all__ = ["read_aloud"]


def read_aloud(data: Path) -> None:
    """Run the reading commands on the demo's folder, each under the line that repeats it."""
    _heading("The report: every goal, KPI and journey of the plan")
    click.echo("Minutes of a visit took moments here, so read the times between steps with a smile.")
    _run("report", "--data", str(data), "--plan", str(data / "plan"))
    with Dataset.open(data) as dataset:
        person_id = telling_person(dataset)
        if person_id:
            _heading("One person, from anonymous to customer")
            _story(dataset, person_id)
    _heading("The books: received = stored + duplicate + quarantined + rejected")
    _run("stats", "--data", str(data))
    _heading("Put aside, whole, until somebody looks")
    for line in _put_aside(data):
        click.echo(f"  {line}")
    _heading("Try next")
    _advice(data, person_id)


def _heading(text: str) -> None:
    click.echo()
    click.secho(text, bold=True)


def _run(*arguments: str) -> None:
    """Show a command and run it, as the reader would."""
    click.secho(f"$ footfall {' '.join(arguments)}\n", dim=True)
    sys.stdout.flush()
    subprocess.run([sys.executable, *FOOTFALL, *arguments], check=True, stdin=subprocess.DEVNULL)  # noqa: S603 - ours


def _story(dataset: Dataset, person_id: str) -> None:
    zone = ZoneInfo(dataset.plan.timezone if dataset.plan else "UTC")
    moments = list(tell(dataset, person_id))
    click.echo(f"person {person_id}\n")
    for moment in moments:
        time = f"{moment.time.astimezone(zone):%H:%M:%S.%f}"[:-5]
        click.echo(f"  {time}  {moment.what:<50} {moment.reason}")
    click.echo("\nWhy each message is theirs:")
    for reason in dict.fromkeys(moment.reason for moment in moments):
        click.echo(f"  {reason:<14}{REASONS[reason]}")


def _put_aside(data: Path) -> list[str]:
    """How many messages are in quarantine for which faults, the most frequent first."""
    journal = SqliteJournal(DataFolder.read(data).journal_path, readonly=True)
    try:
        counts = Counter(
            (item.event or item.type or "", "; ".join(map(str, item.faults))) for item in list_quarantined(journal)
        )
    finally:
        journal.close()
    return [f"{count:>4} x {event}: {faults}" for (event, faults), count in counts.most_common()]


def _advice(data: Path, person_id: str | None) -> None:
    plan = data / "plan"
    commands = [
        (f"footfall report --data {data} --plan {plan} --format json", "the same figures for a program"),
        (f"footfall quarantine list --data {data}", "what broke the plan, and how"),
        (f"footfall export --data {data} --format csv", "every message with its person"),
        (f"footfall plan check {plan}", "the plan is yours: change it, check it, read the report again"),
    ]
    if person_id:
        commands.insert(0, (f"footfall person show {person_id} --data {data}", "the person above"))
    width = max(len(command) for command, _ in commands)
    for command, what in commands:
        click.echo(f"  {command:<{width}}  # {what}")

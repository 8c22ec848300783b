"""What the demo shows at its end: the report, one person's story, the books, and what to try next."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections import Counter
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from footfall import storage
from footfall.analytics import Dataset
from footfall.cli.demo.processes import FOOTFALL
from footfall.cli.demo.story import REASONS, best_example, story_of
from footfall.cli.output import echo
from footfall.collector.revalidation import faults_of
from footfall.storage.journal import counter_name

__all__ = ["show_results"]


def show_results(data: Path) -> None:
    """Run the reading commands on the demo's folder, each under the line that repeats it."""
    _heading("The report: every goal, KPI and journey of the plan")
    echo("Minutes of a visit took moments here, so read the times between steps with a smile.")
    _run("report", "--data", str(data), "--plan", str(data / "plan"))
    with Dataset.open(data) as dataset:
        person = best_example(dataset)
        if person:
            _heading("One person, from anonymous to customer")
            _story(dataset, *person)
    _heading("The books: received = stored + duplicate + quarantined + rejected")
    _run("stats", "--data", str(data))
    _heading("In quarantine, whole, until somebody looks")
    for line in _quarantined(data):
        echo(f"  {line}")
    _heading("Try next")
    _advice(data, person)


def _heading(text: str) -> None:
    echo()
    click.secho(text, bold=True)


def _run(*arguments: str) -> None:
    """Show a command and run it, as the reader would."""
    click.secho(f"$ footfall {shlex.join(arguments)}\n", dim=True)
    sys.stdout.flush()
    subprocess.run([sys.executable, *FOOTFALL, *arguments], check=True, stdin=subprocess.DEVNULL)  # noqa: S603 - ours


def _story(dataset: Dataset, person_id: str, user_id: str) -> None:
    zone = ZoneInfo(dataset.plan.timezone if dataset.plan else "UTC")
    messages = list(story_of(dataset, person_id))
    echo(f"person {person_id}, known to the shop as {user_id}\n")
    for message in messages:
        time = f"{message.time.astimezone(zone):%H:%M:%S.%f}"[:-5]
        echo(f"  {time}  {message.what:<50} {message.reason}")
    echo("\nWhy each message is theirs:")
    for reason in dict.fromkeys(message.reason for message in messages):
        echo(f"  {reason:<14}{REASONS[reason]}")


def _quarantined(data: Path) -> list[str]:
    """How many messages are in quarantine for which faults, the most frequent first."""
    with storage.open(data, "read") as store:
        counts = Counter(
            (counter_name(entry.row.event, entry.row.type), "; ".join(map(str, faults_of(entry.row))))
            for chunk in store.journal.scan("quarantined")
            for entry in chunk
        )
    return [f"{count:>4} x {event}: {faults}" for (event, faults), count in counts.most_common()]


def _advice(data: Path, person: tuple[str, str] | None) -> None:
    folder, plan = shlex.quote(str(data)), shlex.quote(str(data / "plan"))
    commands = [
        (f"footfall report --data {folder} --plan {plan} --format json", "the same figures for a program"),
        (f"footfall quarantine list --data {folder}", "what broke the plan, and how"),
        (f"footfall export --data {folder} --format csv", "every message with its person"),
        (f"footfall plan check {plan}", "the plan is yours: change it and read again"),
    ]
    if person:
        show = f"footfall person show {person[1]} --data {folder}"
        commands.insert(0, (show, "the person above, by the shop's own key"))
    width = max(len(command) for command, _ in commands)
    for command, purpose in commands:
        echo(f"  {command:<{width}}  # {purpose}")

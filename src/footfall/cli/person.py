"""`footfall person`: who is behind an id, what they sent, and why each message is theirs."""

from __future__ import annotations

import shlex
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from footfall import plan as plans
from footfall.analytics import Dataset
from footfall.analytics.earlier import EarlierMoment
from footfall.cli.data_option import data_option, plan_option
from footfall.cli.output import console, echo, echo_json
from footfall.cli.time_param import as_of_option
from footfall.identity.junk import is_junk
from footfall.people import lookup, profile_of
from footfall.printable import counted
from footfall.reporting.person import PersonAnswer, show_persons

__all__ = ["command"]

_NOBODY = 1
# Hundreds may have used a busy tablet; nobody reads so many pages.
_MOST_PERSONS = 10


@click.group("person")
def command() -> None:
    """Look at the people in the data."""


@command.command()
@click.argument("id")
@data_option
@plan_option("The plan that says who the persons are.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@as_of_option
@click.option("--limit", type=click.IntRange(min=0), default=10, show_default=True, help="How many recent messages.")
def show(
    *,
    id: str,  # noqa: A002 - the argument's name
    data: Path,
    plan: Path | None,
    as_of: int | datetime | None,
    form: str,
    limit: int,
) -> None:
    """Show who is behind ID: a user_id, an anonymous_id, a device_id or a person_id.

    Ids are compared without white space, control and zero-width characters around them, and composed and decomposed
    accents are equal. The page says why each message is the person's, and what each alias did. The rules are in
    tracking_plans/README.md, under "Persons and sessions".

    With --as-of the page is the one of that moment: its messages, the persons by these alone, and its plan, less what
    was purged since.

    Exit code 0 when a person has the ID, 1 when nobody has it, 2 when the data or the plan cannot be read.
    """
    with Dataset.open(data, None if plan is None else plans.read(plan).require(), as_of=as_of) as dataset:
        answer = _look_up(dataset, id, limit)
        timezone = ZoneInfo(dataset.plan.timezone if dataset.plan else "UTC")
        quarantined = dataset.contents().quarantined
    if form == "json":
        echo_json(answer)
    elif answer.persons:
        show_persons(answer, timezone, console())
    if answer.as_of is not None:
        echo(f"as of {answer.as_of.text}", err=True)
    if not answer.persons:
        echo(_nobody(id, data, quarantined), err=True)
        raise click.exceptions.Exit(_NOBODY)


def _look_up(dataset: Dataset, id: str, recent: int) -> PersonAnswer:  # noqa: A002 - the argument's name
    person_ids = lookup(dataset, id)
    persons = (profile_of(dataset, person_id, recent=recent) for person_id in person_ids[:_MOST_PERSONS])
    moment = dataset.as_of and EarlierMoment.of(dataset.as_of, dataset.plan.timezone if dataset.plan else "UTC")
    return PersonAnswer(id, person_ids, tuple(person for person in persons if person is not None), moment)


def _nobody(id: str, data: Path, quarantined: int) -> str:  # noqa: A002 - the argument's name
    if is_junk(id):
        return f"{id!r} is nobody's id: a placeholder like this never links messages to a person."
    nobody = f"{data} knows nobody as {id!r}: it is no user_id, anonymous_id, device_id or person_id there."
    if not quarantined:
        return nobody
    command = f"footfall quarantine list --data {shlex.quote(str(data))}"
    return f"{nobody} Not looked at: {counted(quarantined, 'message')} in quarantine ({command})."

"""`footfall person`: who is behind an id, what they sent, and why each message is theirs."""

from __future__ import annotations

import shlex
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from footfall import plan as plans
from footfall.analytics.earlier import EarlierMoment
from footfall.analytics.stored_messages import StoredMessages
from footfall.cli.data_option import data_option, environment_option, plan_option
from footfall.cli.output import console, echo, echo_json
from footfall.cli.time_param import as_of_option
from footfall.identity.junk import is_junk
from footfall.people import matches, profile_of
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
@environment_option
@click.option("--limit", type=click.IntRange(min=0), default=10, show_default=True, help="How many recent messages.")
def show(
    *,
    id: str,  # noqa: A002 - the argument's name
    data: Path,
    plan: Path | None,
    as_of: int | datetime | None,
    environment: str,
    form: str,
    limit: int,
) -> None:
    """Show who is behind ID: a user_id, an anonymous_id, a device_id or a person_id.

    Ids are compared without white space, control and zero-width characters around them, and composed and decomposed
    accents are equal. The page says why each message is the person's, what each alias did, and which messages figures
    leave out as those of bots or of the team's own people, and why. The rules are in tracking_plans/README.md, under
    "Persons and sessions".

    With --as-of the page is the one of that moment: its messages, the persons by these alone, and its plan, less what
    was purged since.

    Exit code 0 when a person has the ID, 1 when nobody has it, 2 when the data or the plan cannot be read.
    """
    stored = StoredMessages.open(
        data, None if plan is None else plans.read(plan).require(), as_of=as_of, environment=environment
    )
    answer = stored.whole(lambda: _look_up(stored, id, limit))
    timezone = ZoneInfo(stored.plan.timezone if stored.plan else "UTC")
    if form == "json":
        echo_json(answer)
    elif answer.persons:
        show_persons(answer, timezone, console())
    if answer.as_of is not None:
        echo(f"as of {answer.as_of.text}", err=True)
    for loss in stored.losses:
        echo(loss.text, err=True)
    if not answer.persons:
        echo(_nobody(id, data, stored.quarantined), err=True)
        raise click.exceptions.Exit(_NOBODY)


def _look_up(stored: StoredMessages, id: str, recent: int) -> PersonAnswer:  # noqa: A002 - the argument's name
    persons = matches(stored, id)
    profiles = tuple(profile_of(stored, person, recent=recent) for person in persons[:_MOST_PERSONS])
    moment = stored.as_of and EarlierMoment.of(stored.as_of, stored.plan.timezone if stored.plan else "UTC")
    return PersonAnswer(id, tuple(person.person_id for person in persons), profiles, moment)


def _nobody(id: str, data: Path, quarantined: int) -> str:  # noqa: A002 - the argument's name
    if is_junk(id):
        return f"{id!r} is nobody's id: a placeholder like this never links messages to a person."
    nobody = f"{data} knows nobody as {id!r}: it is no user_id, anonymous_id, device_id or person_id there."
    if not quarantined:
        return nobody
    command = f"footfall quarantine list --data {shlex.quote(str(data))}"
    return f"{nobody} Not looked at: {counted(quarantined, 'message')} in quarantine ({command})."

"""`footfall person`: everything that the data say about one person, and how we know that it is theirs."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
import msgspec
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from footfall import plan as plans
from footfall.analytics import Dataset
from footfall.cli.data_option import data_option
from footfall.cli.output import console, echo, echo_json, printable
from footfall.cli.person_properties import Telling, in_short
from footfall.identity.junk import is_junk
from footfall.people import Evidence, PersonMessage, PersonProfile, Trait, lookup, profile_of
from footfall.printable import counted

__all__ = ["command"]

_NOBODY = 1
# A busy tablet may have been used by hundreds; nobody reads so many pages.
_MOST_PERSONS = 10
_VALUE_WIDTH = 60

_REASONS = {
    "explicit": "the message bears a user id of this person",
    "sole_owner": "nobody else was ever identified under that anonymous id",
    "same_session": "several users share the anonymous id; this one was identified in the same session",
    "contested": "several users share the anonymous id, and none was identified in this session",
    "anonymous": "nobody was ever identified under that anonymous id",
    "blocked": "no usable id: such a message stands alone, and is not counted as a person",
    "device": "sent by a connected product, which is not counted as a person",
}


_EFFECTS = {
    "merged": "both ids are one person",
    "identified": "merged nobody: {previous} is an anonymous id, so {user} was identified on that device",
    "ambiguous": "merged nobody: {previous} is an anonymous id and a user id, and was aliased to several users "
    "({users}); each was identified on that device",
    "itself": "did nothing: both are the same id",
    "unusable": "did nothing: one of the two is missing, or a placeholder that stands for no one",
}


class _Found(msgspec.Struct, frozen=True):
    """The JSON answer; `person_ids` are all whom the id leads to, `persons` the profiles of the first of them."""

    id: str
    person_ids: tuple[str, ...]
    persons: tuple[PersonProfile, ...]


@click.group("person")
def command() -> None:
    """Look at the people in the data."""


@command.command()
@click.argument("id")
@data_option()
@click.option("--plan", type=click.Path(path_type=Path), help="The plan; without it, the latest that the folder knows.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--limit", type=click.IntRange(min=0), default=10, show_default=True, help="How many recent messages.")
def show(id: str, data: Path, plan: Path | None, form: str, limit: int) -> None:  # noqa: A002 - the argument's name
    """Show who is behind ID: a user_id, an anonymous_id, a device_id or a person_id.

    Ids are compared without white space, control and zero-width characters around them, and accents in either way of
    writing them. The page says why each message is the person's, and what each alias did. The rules are in
    tracking_plans/README.md, under "Persons and sessions".

    Exit code 0 when there is somebody, 1 when there is nobody, 2 when the data or the plan cannot be read.
    """
    with Dataset.open(data, None if plan is None else plans.read(plan).require()) as dataset:
        found = _look_up(dataset, id, limit)
        timezone = ZoneInfo(dataset.plan.timezone if dataset.plan else "UTC")
        waiting = dataset.contents().quarantined
    if form == "json":
        echo_json(found)
    elif found.persons:
        _Page(timezone).show(found)
    if not found.persons:
        echo(_nobody(id, data, waiting), err=True)
        raise click.exceptions.Exit(_NOBODY)


def _look_up(dataset: Dataset, id: str, recent: int) -> _Found:  # noqa: A002 - the argument's name
    person_ids = lookup(dataset, id)
    persons = (profile_of(dataset, person_id, recent=recent) for person_id in person_ids[:_MOST_PERSONS])
    return _Found(id, person_ids, tuple(person for person in persons if person is not None))


def _nobody(id: str, data: Path, waiting: int) -> str:  # noqa: A002 - the argument's name
    if is_junk(id):
        return f"{id!r} is nobody's id: a placeholder like this never links messages to a person."
    nobody = f"{data} knows nobody as {id!r}: it is no user_id, anonymous_id, device_id or person_id there."
    if not waiting:
        return nobody
    listed = f"footfall quarantine list --data {shlex.quote(str(data))}"
    return f"{nobody} Not looked at: {counted(waiting, 'message')} in quarantine ({listed})."


class _Page:
    """Writes profiles for people to read, with times in the plan's timezone."""

    def __init__(self, timezone: ZoneInfo) -> None:
        self._timezone = timezone
        self._console = console()

    def show(self, found: _Found) -> None:
        count = len(found.person_ids)
        if count > 1:
            self._line(f"{printable(found.id)} leads to {counted(count, 'person')}, the first seen first.\n")
        for number, person in enumerate(found.persons, 1):
            self._person(person, f"{number} of {count}: " if count > 1 else "")
            if number < len(found.persons):
                self._line("")
        hidden = count - len(found.persons)
        if hidden:
            self._line(
                f"\nand {hidden} more: `--format json` names them, and `person show` takes each by its person id"
            )

    def _person(self, person: PersonProfile, place: str) -> None:
        self._line(place + _headline(person), style="bold")
        self._table(self._facts(person), header=False)
        self._section("Traits", ("trait", "value", "said at", "source"), map(self._trait, person.traits))
        shown = len(person.recent)
        which = f"all {shown}" if shown == person.messages else f"the latest {shown} of {person.messages}"
        columns = ("time", "message", "properties", "source", "how we know")
        telling = Telling(person)
        rows = (self._message(message, telling) for message in person.recent)
        self._section(f"Messages ({which}, newest first)", columns, rows)
        self._section("How we know", ("reason", "messages", "meaning"), self._reasons(person))
        self._section("Aliases", ("first at", "alias", "what it did"), self._aliases(person))

    def _facts(self, person: PersonProfile) -> list[tuple[str, str]]:
        shared = set(person.shared_ids)
        browsers = [f"{one} (shared)" if one in shared else one for one in person.anonymous_ids]
        events = [f"{count.messages} × {count.event or count.type}" for count in person.events]
        facts = (
            ("person id", [person.person_id]),
            ("user ids", person.user_ids),
            ("anonymous ids", browsers),
            ("device ids", person.device_ids),
            ("first seen", [self._time(person.first_seen)]),
            ("last seen", [self._time(person.last_seen)]),
            ("messages", [f"{person.messages}: {', '.join(events)}"]),
        )
        return [(name, ", ".join(map(printable, values))) for name, values in facts if values]

    def _trait(self, trait: Trait) -> Sequence[str]:
        return trait.name, in_short(trait.value, _VALUE_WIDTH) or "null", self._time(trait.at), trait.source

    def _message(self, message: PersonMessage, telling: Telling) -> Sequence[str]:
        what = message.event or " ".join(part for part in (message.type, message.name) if part)
        return self._time(message.at), what, telling.of(message, _VALUE_WIDTH), message.source, message.reason

    def _reasons(self, person: PersonProfile) -> Iterable[Sequence[str]]:
        for one in person.reasons:
            yield one.reason, str(one.messages), _REASONS[one.reason]
            if one.reason == "explicit":
                continue
            for evidence in one.evidence:
                yield "", str(evidence.explains), f"by {self._evidence(evidence)}"
            if one.evidence_total > len(one.evidence):
                yield "", "", f"and by {one.evidence_total - len(one.evidence)} more"

    def _aliases(self, person: PersonProfile) -> Iterable[Sequence[str]]:
        for alias in person.aliases:
            previous, user = alias.previous_id or "(none)", alias.user_id or "(none)"
            effect = _EFFECTS[alias.effect].format(previous=previous, user=user, users=", ".join(alias.users))
            yield self._time(alias.at), f"{previous} → {user}", effect
        if person.aliases_total > len(person.aliases):
            yield "", "", f"and {person.aliases_total - len(person.aliases)} more"

    def _evidence(self, evidence: Evidence) -> str:
        what = evidence.event or evidence.type
        where = f"{evidence.source} {evidence.message_id}"
        return f"{what} of user {evidence.user_id} at {self._time(evidence.at)} ({where})"

    def _time(self, at: datetime) -> str:
        return at.astimezone(self._timezone).strftime("%Y-%m-%d %H:%M:%S %Z")

    def _section(self, title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        table = [*rows]
        if table:
            self._line(f"\n{title}", style="bold")
            self._table(table, columns=columns)

    def _table(self, rows: Iterable[Sequence[str]], *, columns: Sequence[str] = ("", ""), header: bool = True) -> None:
        table = Table(box=None, show_header=header, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
        for column in columns:
            table.add_column(column, overflow="fold", justify="right" if column == "messages" else "left")
        for row in rows:
            table.add_row(*(Text(printable(cell)) for cell in row))
        self._console.print(Padding(table, (0, 0, 0, 2), expand=False))

    def _line(self, text: str, style: str = "") -> None:
        self._console.print(Text(text, style), soft_wrap=True)


def _headline(person: PersonProfile) -> str:
    if person.user_id is not None:
        return f"User {printable(person.user_id)}"
    reasons = {one.reason for one in person.reasons}
    if "device" in reasons:
        return f"Connected product {printable(', '.join(person.device_ids))}"
    if "blocked" in reasons:
        return "A message without a usable id"
    where = f"anonymous id {printable(', '.join(person.anonymous_ids))}"
    return f"Somebody unknown, {'in one session under the shared' if 'contested' in reasons else 'under'} {where}"

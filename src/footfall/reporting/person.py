"""People as text: who somebody is, what they sent, and how we know that each message is theirs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from footfall.analytics.audience import LEFT_OUT
from footfall.analytics.audience_rules import STAFF_REASONS, Audience
from footfall.analytics.earlier import EarlierMoment
from footfall.people import Evidence, PersonMessage, PersonProfile, Trait
from footfall.printable import counted, printable
from footfall.reporting.properties import PropertyPicker, in_short
from footfall.web.bots import BOT_REASONS

__all__ = ["PersonAnswer", "show_persons"]

_VALUE_WIDTH = 60

_REASONS = {
    "explicit": "the message bears a user id of this person",
    "sole_owner": "nobody else was ever identified under that anonymous id",
    "same_session": "several users share the anonymous id; this one was identified in the same session",
    "contested": "several users share the anonymous id, and none was identified in this session",
    "anonymous": "nobody was ever identified under that anonymous id",
    "blocked": "no usable id: such a message is alone, and is not counted as a person",
    "unconsented": "only counted, as nobody agreed to more: such a message is nobody's",
    "bot": "of a bot: such a message is nobody's",
    "device": "sent by a connected product, which is not counted as a person",
}

_OF_NOBODY = {
    "blocked": "A message without a usable id",
    "unconsented": "A message that was only counted",
    "bot": "A message of a bot",
}

_AUDIENCES: Mapping[Audience, str] = {"bot": "a bot", "staff": "the team's own people"}

_LEFT_OUT: Mapping[Audience, Mapping[str, str]] = {
    "bot": {**BOT_REASONS, "marked": "The message is marked as that of a bot."},
    "staff": STAFF_REASONS,
}

_EFFECTS = {
    "merged": "both ids are one person",
    "identified": "merged nobody: {previous} is an anonymous id, so {user} was identified on that device",
    "ambiguous": "merged nobody: {previous} is an anonymous id and a user id, and was aliased to several users "
    "({users}); each was identified on that device",
    "itself": "did nothing: both are the same id",
    "unusable": "did nothing: one of the two is missing, or a placeholder for no one",
}


class PersonAnswer(msgspec.Struct, frozen=True):
    """Who is behind an id: all their `person_ids`, and in `persons` the profiles of the first of them.

    `as_of` is the earlier moment that it is of, None for now.
    """

    id: str
    person_ids: tuple[str, ...]
    persons: tuple[PersonProfile, ...]
    as_of: EarlierMoment | None = None


def show_persons(answer: PersonAnswer, timezone: ZoneInfo, console: Console) -> None:
    """Print a page for each person, with times in a timezone."""
    page, count = _Page(timezone, console), len(answer.person_ids)
    if count > 1:
        page.line(f"{printable(answer.id)} leads to {counted(count, 'person')}, the first seen first.\n")
    for number, person in enumerate(answer.persons, 1):
        page.person(person, f"{number} of {count}: " if count > 1 else "")
        if number < len(answer.persons):
            page.line("")
    if hidden := count - len(answer.persons):
        page.line(f"\nand {hidden} more: `--format json` names them, and `person show` takes each by its person id")


class _Page:
    def __init__(self, timezone: ZoneInfo, console: Console) -> None:
        self._timezone = timezone
        self._console = console

    def person(self, person: PersonProfile, position: str) -> None:
        self.line(position + _headline(person), style="bold")
        self._table(self._facts(person), header=False)
        self._section(_left_out_title(person), ("who", "messages", "reason", "meaning"), _left_out(person))
        self._section("Traits", ("trait", "value", "said at", "source"), map(self._trait, person.traits))
        shown = len(person.recent)
        which = f"all {shown}" if shown == person.messages else f"the latest {shown} of {person.messages}"
        columns = ("time", "message", "properties", "source", "how we know")
        picker = PropertyPicker(person)
        rows = (self._message(message, picker) for message in person.recent)
        self._section(f"Messages ({which}, newest first)", columns, rows)
        self._section("How we know", ("reason", "messages", "meaning"), self._reasons(person))
        self._section("Aliases", ("first at", "alias", "what it did"), self._aliases(person))

    def _facts(self, person: PersonProfile) -> list[tuple[str, str]]:
        shared = set(person.shared_ids)
        browsers = [f"{browser} (shared)" if browser in shared else browser for browser in person.anonymous_ids]
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

    def _message(self, message: PersonMessage, picker: PropertyPicker) -> Sequence[str]:
        name = message.event or " ".join(part for part in (message.type, message.name) if part)
        return self._time(message.at), name, picker.of(message, _VALUE_WIDTH), message.source, message.reason

    def _reasons(self, person: PersonProfile) -> Iterable[Sequence[str]]:
        for reason in person.reasons:
            yield reason.reason, str(reason.messages), _REASONS[reason.reason]
            if reason.reason == "explicit":
                continue
            for evidence in reason.evidence:
                yield "", str(evidence.explains), f"by {self._evidence(evidence)}"
            if reason.evidence_total > len(reason.evidence):
                yield "", "", f"and by {reason.evidence_total - len(reason.evidence)} more"

    def _aliases(self, person: PersonProfile) -> Iterable[Sequence[str]]:
        for alias in person.aliases:
            previous, user = alias.previous_id or "(none)", alias.user_id or "(none)"
            effect = _EFFECTS[alias.effect].format(previous=previous, user=user, users=", ".join(alias.users))
            yield self._time(alias.at), f"{previous} → {user}", effect
        if person.aliases_total > len(person.aliases):
            yield "", "", f"and {person.aliases_total - len(person.aliases)} more"

    def _evidence(self, evidence: Evidence) -> str:
        name = evidence.event or evidence.type
        where = f"{evidence.source} {evidence.message_id}"
        return f"{name} of user {evidence.user_id} at {self._time(evidence.at)} ({where})"

    def _time(self, at: datetime) -> str:
        return at.astimezone(self._timezone).strftime("%Y-%m-%d %H:%M:%S %Z")

    def _section(self, title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        table = [*rows]
        if table:
            self.line(f"\n{title}", style="bold")
            self._table(table, columns=columns)

    def _table(self, rows: Iterable[Sequence[str]], *, columns: Sequence[str] = ("", ""), header: bool = True) -> None:
        table = Table(box=None, show_header=header, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
        for column in columns:
            table.add_column(column, overflow="fold", justify="right" if column == "messages" else "left")
        for row in rows:
            table.add_row(*(Text(printable(cell)) for cell in row))
        self._console.print(Padding(table, (0, 0, 0, 2), expand=False))

    def line(self, text: str, style: str = "") -> None:
        self._console.print(Text(text, style), soft_wrap=True)


def _left_out_title(person: PersonProfile) -> str:
    words = [word for word, audience in LEFT_OUT.items() if audience in {count.audience for count in person.left_out}]
    return f"Left out of figures (`footfall report --include {','.join(words)}` has them too)"


def _left_out(person: PersonProfile) -> Iterable[Sequence[str]]:
    for count in person.left_out:
        meaning = _LEFT_OUT[count.audience].get(count.reason, "")
        yield _AUDIENCES[count.audience], str(count.messages), count.reason, meaning


def _headline(person: PersonProfile) -> str:
    number = sum(count.messages for count in person.left_out)
    if not number:
        return _name(person)
    whose = " and ".join(_AUDIENCES[audience] for audience in sorted({count.audience for count in person.left_out}))
    which = "all" if number == person.messages else f"{number} of"
    which = "the" if person.messages == 1 else which
    return f"{_name(person)} ({whose}): figures leave out {which} {counted(person.messages, 'message')}"


def _name(person: PersonProfile) -> str:
    if person.user_id is not None:
        return f"User {printable(person.user_id)}"
    reasons = {count.reason for count in person.reasons}
    if "device" in reasons:
        return f"Connected product {printable(', '.join(person.device_ids))}"
    for reason, headline in _OF_NOBODY.items():
        if reason in reasons:
            return headline
    where = f"anonymous id {printable(', '.join(person.anonymous_ids))}"
    return f"Somebody unknown, {'in one session under the shared' if 'contested' in reasons else 'under'} {where}"

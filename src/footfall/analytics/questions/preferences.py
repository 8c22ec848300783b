"""Preferences: which values of events, channel of contact and hour of the day each person has most often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

import msgspec

from footfall.analytics.definitions import PERSONS, filter_text, window_text
from footfall.analytics.engine import literal
from footfall.analytics.figures import as_float, quotient
from footfall.analytics.question import FlatTable, Question, ReportContext, ShardContext, checked, with_options
from footfall.analytics.sections import Amount, FigureDefinition, Section, Table, TableRow, plain, quiet, strong
from footfall.analytics.value_rows import value_rows
from footfall.analytics.window import Window
from footfall.errors import UsageError
from footfall.plan.channels import CHANNELS
from footfall.plan.model import Plan
from footfall.plan.reading.event_values import EventValue, read_event_value
from footfall.printable import counted

__all__ = [
    "PreferenceValue",
    "Preferences",
    "PreferencesOptions",
    "PreferencesResult",
    "preferences",
    "preferences_options",
]

OTHER: Final = "(other)"
_ALWAYS: Final = ("channel", "hour")
# The name of a channel's number; null where there is none.
_CHANNEL: Final = f"list_extract([{', '.join(map(literal, CHANNELS))}], channel)"
_DONE: Final = "type IN ('track', 'page', 'screen')"


class PreferencesOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked.

    - `of`: values of events, such as a category, besides the channel of contact and the hour of the day
    - `person`: an id of the one person who is asked about; None for all
    - `floor`: who has fewer messages with a value has no preference; `top`: so many values are shown of each
    """

    of: tuple[EventValue, ...] = ()
    person: str | None = None
    floor: int = 5
    top: int = 10


class PreferenceValue(msgspec.Struct, frozen=True):
    """One value: its messages and their share of all with one, who has any, and how many prefer it.

    Of all others together `persons` is None: who has several of them would count twice.
    """

    value: str
    messages: int
    share: Decimal | None
    persons: int | None
    prefer: int


class Preferences(msgspec.Struct, frozen=True):
    """What people have of one thing. `judged` have enough messages, `undecided` of them two values as often."""

    of: str
    messages: int
    persons: int
    judged: int
    undecided: int
    values: tuple[PreferenceValue, ...]


class PreferencesResult(msgspec.Struct, frozen=True):
    """The preferences of one person, or of all."""

    person: str | None
    window: Window
    floor: int
    preferences: tuple[Preferences, ...]
    definition: str


class ValueCount(msgspec.Struct, frozen=True):
    """Of one value: messages, persons, and who prefers it."""

    value: str
    messages: int
    persons: int
    prefer: int


class PreferenceTally(msgspec.Struct, frozen=True):
    """Of one thing: the persons who have any value, who have enough, and of these who are undecided."""

    persons: int
    judged: int
    undecided: int
    values: tuple[ValueCount, ...]


class PreferencesPartial(msgspec.Struct, frozen=True):
    """One shard, in the order of what is asked."""

    tallies: tuple[PreferenceTally, ...]


def preferences_options(
    plan: Plan, person: str | None = None, *, of: Sequence[str] = (), floor: int = 5, top: int = 10
) -> PreferencesOptions:
    """Read them; each of `of` is EVENT.PROPERTY. Raises UsageError."""
    for option, value in (("floor", floor), ("top", top)):
        if value < 1:
            raise UsageError(f"{option} is {value}; it is at least 1")
    values = tuple(read_event_value(text, plan, "of") for text in dict.fromkeys(of))
    return PreferencesOptions(of=values, person=person, floor=floor, top=top)


def preferences(options: PreferencesOptions) -> Question[PreferencesPartial, PreferencesResult]:
    """The question with these options, which `preferences_options` reads. Raises UsageError for one of another type."""
    checked(options)
    return with_options("preferences", options, PreferencesPartial, _tally, _merge, _sections, _table)


def _tally(context: ShardContext, options: PreferencesOptions) -> PreferencesPartial:
    whose = "TRUE" if options.person is None else f"actor = {_person(context, options.person)}"
    rows = [*_of_messages(context), *(value_rows(context, "user", value, context.report.span) for value in options.of)]
    return PreferencesPartial(tuple(_counted(context, f"SELECT * FROM ({sql}) WHERE {whose}", options) for sql in rows))


def _person(context: ShardContext, id_: str) -> int:
    people = context.dataset.persons.find(id_)
    if len(people) != 1:
        several = (
            f"leads to {counted(len(people), 'person')}; ask by person_id"
            if people
            else "is the id of nobody in the data"
        )
        raise UsageError(f"{id_!r} {several}; `footfall person show` says who is who")
    return people[0]


def _of_messages(context: ShardContext) -> list[str]:
    """What somebody did: by which channel, and at which hour."""
    messages = context.messages("person", "occurred_at", "type", "channel")
    hour = f"lpad({context.report.periods.hour_of_day()}::VARCHAR, 2, '0')"
    return [
        f"SELECT person AS actor, {value} AS value FROM {messages} "
        f"WHERE counted AND {_DONE} AND {value} IS NOT NULL AND {context.where(context.report.span)}"
        for value in (_CHANNEL, hour)
    ]


def _counted(context: ShardContext, rows: str, options: PreferencesOptions) -> PreferenceTally:
    dataset, counts = context.dataset, context.dataset.new_name("counts")
    create = dataset.connection.execute
    create(f"CREATE TABLE {counts} AS SELECT actor, value, count(*) AS messages FROM ({rows}) GROUP BY ALL")
    create(f"""
        CREATE TABLE {counts}_most AS
        WITH sums AS (SELECT actor, sum(messages) AS total, max(messages) AS most FROM {counts} GROUP BY actor)
        SELECT actor, any_value(value) AS value, count(*) > 1 AS is_tied,
               any_value(total) >= {options.floor} AS is_judged
        FROM {counts} JOIN sums USING (actor) WHERE messages = most GROUP BY actor
    """)
    ((persons, judged, undecided),) = dataset.rows(
        f"SELECT count(*), count(*) FILTER (is_judged), count(*) FILTER (is_judged AND is_tied) FROM {counts}_most"
    )
    values = dataset.rows(f"""
        WITH prefer AS (
            SELECT value, count(*) AS persons FROM {counts}_most WHERE is_judged AND NOT is_tied GROUP BY value
        ), every AS (SELECT value, sum(messages)::BIGINT AS messages, count(*) AS persons FROM {counts} GROUP BY value)
        SELECT value, messages, every.persons, coalesce(prefer.persons, 0) FROM every LEFT JOIN prefer USING (value)
    """)
    create(f"DROP TABLE {counts}_most")
    create(f"DROP TABLE {counts}")
    return PreferenceTally(persons, judged, undecided, tuple(ValueCount(*row) for row in values))


def _merge(
    context: ReportContext, options: PreferencesOptions, partials: Sequence[PreferencesPartial]
) -> PreferencesResult:
    names = [*_ALWAYS, *(value.text for value in options.of)]
    window = context.window(context.span)
    return PreferencesResult(
        person=options.person,
        window=window,
        floor=options.floor,
        preferences=tuple(
            _preferences(name, options, [partial.tallies[number] for partial in partials])
            for number, name in enumerate(names)
        ),
        definition=_definition(options, window),
    )


def _preferences(name: str, options: PreferencesOptions, tallies: Sequence[PreferenceTally]) -> Preferences:
    messages, persons, prefer = Counter[str](), Counter[str](), Counter[str]()
    for count in (count for tally in tallies for count in tally.values):
        messages[count.value] += count.messages
        persons[count.value] += count.persons
        prefer[count.value] += count.prefer
    total = messages.total()
    ranked = sorted(messages, key=lambda value: (-messages[value], value))
    values = [
        PreferenceValue(value, messages[value], quotient(messages[value], total).value, persons[value], prefer[value])
        for value in ranked[: options.top]
    ]
    if others := ranked[options.top :]:
        number = sum(messages[value] for value in others)
        share = quotient(number, total).value
        values.append(PreferenceValue(OTHER, number, share, None, sum(prefer[value] for value in others)))
    return Preferences(
        of=name,
        messages=total,
        persons=sum(tally.persons for tally in tallies),
        judged=sum(tally.judged for tally in tallies),
        undecided=sum(tally.undecided for tally in tallies),
        values=tuple(values),
    )


def _definition(options: PreferencesOptions, window: Window) -> str:
    hour = f"the hour is that of the clock of {window.timezone}; both of events, pages and screens."
    parts = [f"The channel is that of contact, which the plan gives events and sources; {hour}"]
    parts += [f"{value.text}: its values in messages of {filter_text(value.filter)}." for value in options.of]
    parts.append(
        "n are the messages with a value (of an array its items), the share is of all that have one. A person prefers "
        f"the value that they have most often, of at least {counted(options.floor, 'message')}; where two are as "
        "frequent, none. "
        f"All but the {options.top} most frequent values are {OTHER}."
    )
    return " ".join([*parts, f"By corrected time: {window_text(window)}.", PERSONS])


def _sections(result: PreferencesResult) -> Iterator[Section]:
    for each in result.preferences:
        is_last = each is result.preferences[-1]
        rows = [
            TableRow([
                [strong(value.value)], [plain(value.messages)], [plain(Amount(value.share, is_share=True))],
                [plain("" if value.persons is None else value.persons)], [plain(value.prefer)],
            ])
            for value in each.values
        ]  # fmt: skip
        beside = (
            f"{counted(each.persons, 'person')}, {each.judged:,} with enough messages, {each.undecided:,} undecided"
        )
        yield Section(
            f"Preferences: {each.of}",
            beside=[quiet(beside if result.person is None else f"of {result.person}: {_word(each, result.floor)}")],
            table=Table(("value", "n", "share", "persons", "prefer it"), rows) if rows else None,
            remarks=[] if rows else [[quiet("no message has a value")]],
            definition=FigureDefinition("preferences", result.definition) if is_last else None,
        )


def _word(each: Preferences, floor: int) -> str:
    """What one person prefers, or why nobody can say."""
    if not each.judged:
        return f"fewer than {counted(floor, 'message')} say nothing"
    return next((f"prefers {value.value}" for value in each.values if value.prefer), "two values are as frequent")


def _table(result: PreferencesResult) -> FlatTable:
    rows = tuple(
        (each.of, value.value, value.messages, as_float(value.share), value.persons,
         value.prefer, each.judged)
        for each in result.preferences for value in each.values
    )  # fmt: skip
    return FlatTable(("of", "value", "n", "share", "persons", "prefer", "judged"), rows)

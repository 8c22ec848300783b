"""The list of persons, of all or of a segment: who they are, when they were first and last seen, how much they did."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from footfall.analytics.definitions import PERSONS
from footfall.analytics.question import FlatTable, Question, ReportContext, ShardContext, checked, with_options
from footfall.analytics.sections import Cell, FigureDefinition, Section, Table, TableRow, plain, quiet, strong
from footfall.analytics.segment_words import as_of_text, rules_text, segment_name
from footfall.analytics.window import Span, Window
from footfall.errors import UsageError
from footfall.plan.model import Cohort, Plan, Segment, SegmentRule
from footfall.plan.reading.event_filters import read_segment
from footfall.printable import counted
from footfall.timestamps import local_time

__all__ = ["ListedPerson", "PersonsOptions", "PersonsResult", "persons", "persons_options"]


class PersonsOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Whom to list: those in a segment (None is all), of these those after a person_id, and at most so many."""

    rule: SegmentRule | None = None
    name: str = ""
    after: str | None = None
    limit: int | None = None


class ListedPerson(msgspec.Struct, frozen=True):
    """One person: the ids, the times of the first and last message before the end, and how many these are."""

    person_id: str
    user_id: str | None
    first_seen: datetime
    last_seen: datetime
    messages: int


class PersonsResult(msgspec.Struct, frozen=True):
    """Persons in the order of their person_ids; `size` is how many there are with those that are not listed.

    `following` are those that come after the last one here.
    """

    segment: str | None
    window: Window
    size: int
    following: int
    persons: tuple[ListedPerson, ...]
    definition: str


class PersonsPartial(msgspec.Struct, frozen=True):
    """Of one shard: how many there are, how many after `after`, and those listed.

    These are (person_id, user_id, first and last in µs, messages).
    """

    size: int
    listable: int
    persons: tuple[tuple[str, str | None, int, int, int], ...]


def persons_options(
    plan: Plan,
    *,
    segment: str | Segment | Cohort | SegmentRule | None = None,
    after: str | None = None,
    limit: int | None = None,
) -> PersonsOptions:
    """The options, where a segment is a name or a rule as in a plan. Raises UsageError for what the plan lacks."""
    if segment is None:
        return PersonsOptions(after=after, limit=limit)
    rule = read_segment(segment, plan, "SEGMENT")
    return PersonsOptions(rule=rule, name=segment_name(rule), after=after, limit=limit)


def persons(options: PersonsOptions) -> Question[PersonsPartial, PersonsResult]:
    """The question with these options. Raises UsageError for an option that has no such value."""
    checked(options)
    if options.limit is not None and options.limit < 1:
        raise UsageError(f"limit is {options.limit}; ask for 1 person or more")
    if options.after is not None:
        _check_person_id(options.after)
    return with_options("persons", options, PersonsPartial, _tally, _merge, _sections, _table)


def _check_person_id(text: str) -> None:
    try:
        is_written_alike = str(UUID(text)) == text
    except ValueError:
        is_written_alike = False
    if not is_written_alike:
        raise UsageError(f"after is {text!r}, which is no person_id; give the last one of the list before")


def _tally(context: ShardContext, options: PersonsOptions) -> PersonsPartial:
    import pyarrow.compute as pc  # loaded with the engine

    tables, dataset = context.segments, context.dataset
    chosen = tables.everybody() if options.rule is None else tables.persons(options.rule)
    table = dataset.connection.sql(f"""
        SELECT person, min(occurred_at) AS first, max(occurred_at) AS last, count(*) AS messages
        FROM {context.messages("person", "occurred_at")} SEMI JOIN {chosen} USING (person)
        WHERE {Span(None, context.report.end).sql()} AND {context.shard.sql()} GROUP BY person
    """).to_arrow_table()
    numbers = table["person"].combine_chunks()
    everyone = dataset.persons.table
    user_ids = everyone["user_id"].take(pc.index_in(numbers, value_set=everyone["person"].combine_chunks()))
    columns = (table[name].to_pylist() for name in ("first", "last", "messages"))
    ids = dataset.persons.person_ids(numbers).to_pylist()
    rows = sorted(zip(ids, user_ids.to_pylist(), *columns, strict=True))
    after = [row for row in rows if options.after is None or row[0] > options.after]
    return PersonsPartial(len(rows), len(after), tuple(after[: options.limit]))


def _merge(context: ReportContext, options: PersonsOptions, partials: Sequence[PersonsPartial]) -> PersonsResult:
    window = Window.of(Span(None, context.end), context.plan.timezone)
    zone = context.plan.timezone
    rows = sorted(row for partial in partials for row in partial.persons)[: options.limit]
    return PersonsResult(
        segment=options.name or None,
        window=window,
        size=sum(partial.size for partial in partials),
        following=sum(partial.listable for partial in partials) - len(rows),
        persons=tuple(
            ListedPerson(person_id, user_id, local_time(first, zone), local_time(last, zone), messages)
            for person_id, user_id, first, last, messages in rows
        ),
        definition=_definition(context.plan, options, window),
    )


def _definition(plan: Plan, options: PersonsOptions, window: Window) -> str:
    rule = "" if options.rule is None else f" In the segment: {rules_text(plan, options.rule)}."
    return (
        f"{as_of_text(window)}: all persons with a message before"
        f"{'' if options.rule is None else ' who are in the segment'}.{rule} First and last seen, and messages: of all "
        f"that came before. Ordered by person_id; a list that goes on begins after the last one. {PERSONS}"
    )


def _sections(result: PersonsResult) -> Iterator[Section]:
    rows = [
        TableRow(
            [
                [strong(each.person_id)],
                [plain(each.user_id or "")],
                [plain(each.first_seen)],
                [plain(each.last_seen)],
                [plain(each.messages)],
            ],
            is_whole=True,
        )
        for each in result.persons
    ]
    yield Section(
        f"Persons: {result.segment or 'all'}",
        table=Table(("person_id", "user_id", "first seen", "last seen", "messages"), rows) if rows else None,
        remarks=_remarks(result),
        definition=FigureDefinition("persons", result.definition),
    )


def _remarks(result: PersonsResult) -> list[Cell]:
    if not result.persons:
        return [[quiet("nobody follows" if result.size else "nobody is in it")]]
    if not result.following:
        return []
    after = result.persons[-1].person_id
    return [[quiet(f"{counted(result.following, 'more person')}: --after {after} lists the next, --format json all")]]


def _table(result: PersonsResult) -> FlatTable:
    rows: list[tuple[Any, ...]] = [
        (each.person_id, each.user_id, each.first_seen, each.last_seen, each.messages) for each in result.persons
    ]
    return FlatTable(ListedPerson.__struct_fields__, tuple(rows))

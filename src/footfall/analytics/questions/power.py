"""Power users: how the messages are spread over persons, and who has the most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import msgspec

from footfall.analytics.definitions import DEVICES, PERSONS, filter_text, of_text, window_text
from footfall.analytics.figure_losses import FigureLosses, with_losses
from footfall.analytics.figures import quotient
from footfall.analytics.filtered_messages import ActorKind, Filtered, filtered_messages
from footfall.analytics.question import FlatTable, Question, ReportContext, ShardContext, checked, with_options
from footfall.analytics.sections import Amount, FigureDefinition, Section, Table, TableRow, plain, quiet, strong
from footfall.analytics.window import Window
from footfall.errors import UsageError
from footfall.plan.model import EventFilter
from footfall.timestamps import local_time

__all__ = ["PowerOptions", "PowerPerson", "PowerResult", "PowerShare", "power"]

_PERCENT: Final = (1, 5, *range(10, 101, 10))


class PowerOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked: which messages, and how many of those who have the most to list by their ids."""

    event: EventFilter
    by: ActorKind = "user"
    top: int = 0


class PowerShare(msgspec.Struct, frozen=True):
    """The `top` share of persons, those with the most messages first: `persons` of them have `messages`.

    `least` is how many messages each of them has at least, `share` that of their messages of all.
    """

    top: Decimal
    persons: int
    least: int
    messages: int
    share: Decimal


class PowerPerson(msgspec.Struct, frozen=True):
    """One who is listed: how many messages, their share of all, and when the last one was."""

    person_id: str
    messages: int
    share: Decimal
    last: datetime


class PowerResult(FigureLosses, frozen=True):
    """How many messages of how many persons, spread how; `top` are those who were asked to be listed."""

    event: str
    by: ActorKind
    window: Window
    persons: int
    messages: int
    shares: tuple[PowerShare, ...]
    top: tuple[PowerPerson, ...]
    definition: str


class PowerPartial(msgspec.Struct, frozen=True):
    """Of one shard: how many persons have so many messages, and the top as (messages, last in µs, person_id)."""

    counts: dict[int, int]
    top: tuple[tuple[int, int, str], ...]


def power(options: PowerOptions) -> Question[PowerPartial, PowerResult]:
    """The question with these options. Raises UsageError for an option that has no such value."""
    checked(options)
    if options.top < 0:
        raise UsageError(f"top is {options.top}; ask for 0 persons or more")
    question = with_options(
        "power", options, PowerPartial, _tally, _merge, _sections, lambda result: _table(result, options)
    )
    return with_losses(question, lambda _: {"event": [options.event.event]})


def _tally(context: ShardContext, options: PowerOptions) -> PowerPartial:
    span, dataset = context.report.span, context.dataset
    (messages,) = filtered_messages(context, options.by, [Filtered(options.event, since=span.since)])
    counts = dataset.new_name("counts")
    dataset.connection.execute(f"""
        CREATE TABLE {counts} AS SELECT actor, count(*) AS messages, max(time) AS last
        FROM ({messages}) WHERE {span.sql("time")} GROUP BY actor
    """)
    persons: dict[int, int] = dict(dataset.rows(f"SELECT messages, count(*) FROM {counts} GROUP BY ALL"))
    top = _top(context, counts, options.top) if options.top else ()
    dataset.connection.execute(f"DROP TABLE {counts}")
    return PowerPartial(persons, tuple(top))


def _top(context: ShardContext, counts: str, most: int) -> Iterator[tuple[int, int, str]]:
    """Those with the most messages; as many more as are equal to the last of them."""
    import pyarrow  # loaded with the engine

    rows = context.dataset.rows(f"""
        SELECT messages, last, actor FROM {counts} QUALIFY rank() OVER (ORDER BY messages DESC, last DESC) <= {most}
    """)
    ids = context.dataset.persons.person_ids(pyarrow.array([row[2] for row in rows], pyarrow.int32())).to_pylist()
    return ((messages, last, person_id) for (messages, last, _), person_id in zip(rows, ids, strict=True))


def _merge(context: ReportContext, options: PowerOptions, partials: Sequence[PowerPartial]) -> PowerResult:
    counts = sum((Counter(partial.counts) for partial in partials), Counter[int]())
    messages = sum(number * persons for number, persons in counts.items())
    rows = [row for partial in partials for row in partial.top]
    window = context.window(context.span)
    return PowerResult(
        event=filter_text(options.event),
        by=options.by,
        window=window,
        persons=counts.total(),
        messages=messages,
        shares=tuple(_shares(counts, messages)),
        top=tuple(
            PowerPerson(person_id, number, _share(number, messages), local_time(last, window.timezone))
            for number, last, person_id in sorted(rows, key=lambda row: (-row[0], -row[1], row[2]))[: options.top]
        ),
        definition=_definition(options, window),
    )


def _shares(counts: Counter[int], messages: int) -> Iterator[PowerShare]:
    """A row for each share of the persons: as many of them as it takes, from those with the most messages on."""
    all_persons, persons, theirs = counts.total(), 0, 0
    falling = iter(sorted(counts.items(), reverse=True))
    number = waiting = 0  # how many messages each of the next persons has, and how many of these there are
    for percent in _PERCENT if all_persons else ():
        wanted = -(-all_persons * percent // 100)
        while persons < wanted:
            if not waiting:
                number, waiting = next(falling)
            more = min(waiting, wanted - persons)
            persons, theirs, waiting = persons + more, theirs + more * number, waiting - more
        yield PowerShare(Decimal(percent) / 100, persons, number, theirs, _share(theirs, messages))


def _share(part: int, whole: int) -> Decimal:
    return quotient(part, whole).value or Decimal(0)


def _definition(options: PowerOptions, window: Window) -> str:
    actor, rule = ("person", PERSONS) if options.by == "user" else ("device", DEVICES)
    listed = " Those listed with equally many go by the last message, the later first, then by their ids."
    return (
        f"Counted are the messages{of_text(options.event)} of each {actor} in the window, who has at least one. The "
        f"top n % are so many {actor}s with the most messages, rounded up to a whole one; each at least: the fewest "
        f"messages that one of them has; share: of all these messages.{listed if options.top else ''} Window by "
        f"corrected time: {window_text(window)}. {rule}"
    )


def _sections(result: PowerResult) -> Iterator[Section]:
    actors = "persons" if result.by == "user" else "devices"
    rows = [
        TableRow(
            [
                [strong("top ", Amount(each.top, is_share=True))],
                [plain(each.persons)],
                [plain(each.least)],
                [plain(each.messages)],
                [plain(Amount(each.share, is_share=True))],
            ]
        )
        for each in result.shares
    ]
    yield Section(
        f"How the messages are spread over {actors}: {result.event}",
        table=Table(("", actors, "each at least", "messages", "share"), rows) if rows else None,
        remarks=[] if rows else [[quiet(f"nobody had {result.event} in the window")]],
        definition=FigureDefinition("power", result.definition),
    )
    if result.top:
        listed = [
            TableRow(
                [
                    [strong(each.person_id)],
                    [plain(each.messages)],
                    [plain(Amount(each.share, is_share=True))],
                    [plain(each.last)],
                ],
                is_whole=True,
            )
            for each in result.top
        ]
        yield Section(
            f"The {len(listed):,} {actors} with the most messages",
            table=Table(("person_id", "messages", "share", "last"), listed),
        )


def _table(result: PowerResult, options: PowerOptions) -> FlatTable:
    """The persons where some were asked for, else the shares."""
    if options.top:
        persons: list[tuple[Any, ...]] = [
            (each.person_id, each.messages, float(each.share), each.last) for each in result.top
        ]
        return FlatTable(PowerPerson.__struct_fields__, tuple(persons))
    shares = [(float(each.top), each.persons, each.least, each.messages, float(each.share)) for each in result.shares]
    return FlatTable(PowerShare.__struct_fields__, tuple(shares))

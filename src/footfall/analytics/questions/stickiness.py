"""Stickiness: in how many periods of the window persons are active, and what share of them is in each period."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import msgspec

from footfall.analytics.calendar import LENGTH_ORDER, CalendarPeriod, every
from footfall.analytics.definitions import DEVICES, PERSONS, filter_text, of_text, week_text, window_text
from footfall.analytics.figure_losses import FigureLosses, with_losses
from footfall.analytics.figures import as_float, quotient
from footfall.analytics.filtered_messages import ActorKind, Filtered, filtered_messages
from footfall.analytics.question import FlatTable, Question, ReportContext, ShardContext, checked, with_options
from footfall.analytics.sections import (
    Amount,
    FigureDefinition,
    Period,
    Rest,
    Section,
    Table,
    TableRow,
    plain,
    quiet,
    strong,
)
from footfall.analytics.window import Window
from footfall.errors import UsageError
from footfall.plan.model import EventFilter, WeekStart
from footfall.printable import counted
from footfall.timestamps import epoch_us

__all__ = ["StickinessCount", "StickinessOptions", "StickinessRatio", "StickinessResult", "stickiness"]

_DAYS: Final[Mapping[CalendarPeriod, int]] = {"day": 1, "week": 7}
_MOST_ROWS = 31  # so many are shown; JSON has all


class StickinessOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked: in how many periods (`per`) of the window, and of each longer one (`of`), who was active.

    `minimum` is how many messages in a period it takes to be active in it.
    """

    event: EventFilter
    by: ActorKind = "user"
    per: CalendarPeriod = "day"
    of: CalendarPeriod = "month"
    minimum: int = 1


class StickinessCount(msgspec.Struct, frozen=True):
    """How many were active in exactly so many periods, and in at least so many, with their share of all active."""

    periods: int
    exactly: int
    at_least: int
    share: Decimal


class StickinessRatio(msgspec.Struct, frozen=True):
    """The window (`start` is None), or the part of it in the longer period that begins at `start`.

    `periods` is how many periods it has, `average` how many were active in one of them, `active` how many in any, and
    `ratio` is `average` by `active`. `distribution` goes from 1 to the most periods in which anybody was active.
    `is_complete` says that the window has all of the longer period, or cuts none of its periods.
    """

    start: datetime | None
    periods: int
    average: Decimal | None
    active: int
    ratio: Decimal | None
    is_complete: bool
    distribution: tuple[StickinessCount, ...]


class StickinessResult(FigureLosses, frozen=True):
    """The whole window, and each longer period from the first to the last in which anybody was active."""

    event: str
    per: CalendarPeriod
    of: CalendarPeriod
    by: ActorKind
    window: Window
    total: StickinessRatio
    periods: tuple[StickinessRatio, ...]
    definition: str


class StickinessPartial(msgspec.Struct, frozen=True):
    """Of one shard: (longer period or None, periods, persons active in so many of them), and the first and last period.

    Periods go by their index, see `Calendar`.
    """

    counts: tuple[tuple[int | None, int, int], ...]
    first: int | None
    last: int | None


def stickiness(options: StickinessOptions) -> Question[StickinessPartial, StickinessResult]:
    """The question with these options. Raises UsageError for options that have no such values."""
    checked(options)
    if options.minimum < 1:
        raise UsageError(f"to be active takes at least 1 message, not {options.minimum}")
    if LENGTH_ORDER.index(options.of) <= LENGTH_ORDER.index(options.per):
        raise UsageError(
            f"a {options.of} has no {options.per}s to count; ask for days of weeks or months, or weeks of months"
        )
    question = with_options("stickiness", options, StickinessPartial, _tally, _merge, _sections, _table)
    return with_losses(question, lambda _: {"event": [options.event.event]})


def _tally(context: ShardContext, options: StickinessOptions) -> StickinessPartial:
    span, dataset, periods = context.report.span, context.dataset, context.report.periods
    (messages,) = filtered_messages(context, options.by, [Filtered(options.event, since=span.since)])
    active = dataset.new_name("active")
    dataset.connection.execute(f"""
        CREATE TABLE {active} AS
        SELECT actor, {periods.calendar.index_sql(options.of, "day")} AS longer, count(*) AS periods,
            min(day) AS first, max(day) AS last
        FROM (
            SELECT actor, ({periods.sql(options.per, "time")})::INTEGER AS day FROM ({messages})
            WHERE {span.sql("time")} GROUP BY ALL HAVING count(*) >= {options.minimum}
        ) GROUP BY ALL
    """)
    counts = dataset.rows(f"""
        SELECT longer, periods, count(*) FROM {active} GROUP BY ALL
        UNION ALL
        SELECT NULL, periods, count(*)
        FROM (SELECT sum(periods)::BIGINT AS periods FROM {active} GROUP BY actor) GROUP BY ALL
    """)
    ((first, last),) = dataset.rows(f"SELECT min(first), max(last) FROM {active}")
    dataset.connection.execute(f"DROP TABLE {active}")
    days = (None if day is None else periods.calendar.index(options.per, day) for day in (first, last))
    return StickinessPartial(tuple(map(tuple, counts)), *days)


def _merge(
    context: ReportContext, options: StickinessOptions, partials: Sequence[StickinessPartial]
) -> StickinessResult:
    counts: dict[int | None, Counter[int]] = defaultdict(Counter)
    for partial in partials:
        for longer, periods, persons in partial.counts:
            counts[longer][periods] += persons
    in_window = _periods_of_window(context, options.per, partials)
    is_whole = _is_whole(context, options.per, in_window.start, in_window.stop)
    longer_ones = [longer for longer in counts if longer is not None]
    window = context.window(context.span)
    return StickinessResult(
        event=filter_text(options.event),
        per=options.per,
        of=options.of,
        by=options.by,
        window=window,
        total=_ratio(None, counts[None], len(in_window), is_complete=is_whole),
        periods=tuple(
            _longer(context, options, longer, counts[longer], in_window)
            for longer in (every(options.of, min(longer_ones), max(longer_ones)) if longer_ones else ())
        ),
        definition=_definition(options, window, context.plan.week_starts),
    )


def _periods_of_window(context: ReportContext, per: CalendarPeriod, partials: Sequence[StickinessPartial]) -> range:
    """The periods that the window touches, from that of the first message stored on."""
    actives = [period for partial in partials for period in (partial.first, partial.last) if period is not None]
    begins = [moment for moment in (context.contents.first, context.span.since) if moment is not None]
    first, last = (
        context.periods.calendar.index(per, context.periods.number("day", moment))
        for moment in (max(begins, default=context.end - 1), context.end - 1)
    )
    return range(first, max([*actives, last]) + 1)


def _longer(
    context: ReportContext, options: StickinessOptions, longer: int, counts: Counter[int], window: range
) -> StickinessRatio:
    """The part of the window in a longer period, which has the periods that begin in it."""
    first, following = (
        context.periods.calendar.index(
            options.per, context.periods.calendar.number_at(options.of, each) + _DAYS[options.per] - 1
        )
        for each in (longer, longer + 1)
    )
    return _ratio(
        context.periods.start(options.of, context.periods.calendar.number_at(options.of, longer)),
        counts,
        len(range(max(first, window.start), min(following, window.stop))),
        is_complete=first >= window.start and _is_whole(context, options.per, first, following),
    )


def _is_whole(context: ReportContext, per: CalendarPeriod, first: int, following: int) -> bool:
    """Whether the window cuts nothing of the periods from the first to that before the following one."""
    begin, end = (
        epoch_us(context.periods.start(per, context.periods.calendar.number_at(per, each)))
        for each in (first, following)
    )
    return (context.span.since is None or begin >= context.span.since) and end <= context.end


def _ratio(start: datetime | None, counts: Counter[int], periods: int, *, is_complete: bool) -> StickinessRatio:
    active, sums = counts.total(), sum(number * persons for number, persons in counts.items())
    distribution, at_least = [], active
    for number in range(1, max(counts, default=0) + 1):
        share = quotient(at_least, active).value
        distribution.append(StickinessCount(number, counts[number], at_least, share or Decimal(0)))
        at_least -= counts[number]
    return StickinessRatio(
        start=start,
        periods=periods,
        average=quotient(sums, periods).value,
        active=active,
        ratio=quotient(sums, periods * active).value,
        is_complete=is_complete,
        distribution=tuple(distribution),
    )


def _definition(options: StickinessOptions, window: Window, week_starts: WeekStart) -> str:
    actor, rule = ("person", PERSONS) if options.by == "user" else ("device", DEVICES)
    per, of = options.per, options.of
    times = "a message" if options.minimum == 1 else f"{counted(options.minimum, 'message')} or more"
    active = f"with {times}{of_text(options.event)} in it and in the window"
    week = f" A week belongs to the {of} in which it begins." if per == "week" else ""
    if "week" in {per, of}:
        week += f" {week_text(week_starts)}"
    return (
        f"A {actor} is active in a {per} of the clock of {window.timezone} {active}. Exactly n: how many were "
        f"active in n {per}s of the window; at least n: in n or more, with their share of all who were active in any. "
        f"Ratio of a {of}: the active of an average {per}, divided by the active of the {of}. The average is over all "
        f"{per}s of the {of} that lie in the window, also those with nobody and those that it cuts, none before the "
        f"first message stored; the active of the {of} are all who were active in at least one of these {per}s.{week} "
        f"The ratio of the window is the same over all its {per}s. A {of} is incomplete (*) where some of it is not "
        f"among them, and the window where it cuts a {per}. Window by corrected time: {window_text(window)}. {rule}"
    )


def _sections(result: StickinessResult) -> Iterator[Section]:
    actors = "persons" if result.by == "user" else "devices"
    definition = FigureDefinition("stickiness", result.definition)
    title = f"Stickiness: {result.event}"
    if not result.total.active:
        yield Section(title, remarks=[[quiet(f"nobody had {result.event} in the window")]], definition=definition)
        return
    ratios = [
        TableRow(
            [
                [
                    strong("window" if each.start is None else Period(each.start, result.of)),
                    quiet("" if each.is_complete else " *"),
                ],
                [plain(each.periods)],
                [plain(Amount(each.average))],
                [plain(each.active)],
                [plain(Amount(each.ratio, is_share=True))],
            ]
        )
        for each in (*result.periods, result.total)
    ]
    heads = (result.of, f"{result.per}s", f"active a {result.per}", f"active {actors}", "ratio")
    yield Section(title, table=Table(heads, ratios), definition=definition)
    rows = [
        TableRow(
            [
                [strong(each.periods)],
                [plain(each.exactly)],
                [plain(each.at_least)],
                [plain(Amount(each.share, is_share=True))],
            ]
        )
        for each in result.total.distribution
    ]
    yield Section(
        f"{actors.capitalize()} by how many {result.per}s of the window they were active in",
        table=Table((f"{result.per}s", "exactly", "at least", "share"), rows[:_MOST_ROWS]),
        remarks=[[quiet(Rest(len(rows) - _MOST_ROWS, "more row"))]] if len(rows) > _MOST_ROWS else (),
    )


def _table(result: StickinessResult) -> FlatTable:
    """A row for each number of periods, of each longer period; those of the whole window have no start."""
    rows: list[tuple[Any, ...]] = [
        (
            each.start,
            each.periods,
            each.active,
            as_float(each.average),
            as_float(each.ratio),
            each.is_complete,
            *(count.periods, count.exactly, count.at_least, float(count.share)),
        )
        for each in (*result.periods, result.total)
        for count in each.distribution
    ]
    columns = (
        "start",
        "periods",
        "active",
        "average",
        "ratio",
        "is_complete",
        "active_periods",
        "exactly",
        "at_least",
        "share",
    )
    return FlatTable(columns, tuple(rows))

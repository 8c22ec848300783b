"""Lifecycle: in each calendar period, who is new, who returned, who came back after a gap, and who stayed away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from footfall.analytics.calendar import CalendarPeriod, every
from footfall.analytics.definitions import DEVICES, PERSONS, filter_text, of_text, week_text, window_text
from footfall.analytics.figure_losses import FigureLosses, with_losses
from footfall.analytics.filtered_messages import ActorKind, Filtered, filtered_messages
from footfall.analytics.question import FlatTable, Question, ReportContext, ShardContext, checked, with_options
from footfall.analytics.sections import FigureDefinition, Period, Section, Table, TableRow, plain, quiet, strong
from footfall.analytics.window import Span, Window
from footfall.plan.model import EventFilter, WeekStart
from footfall.timestamps import epoch_us

__all__ = ["LifecycleOptions", "LifecyclePeriod", "LifecycleResult", "lifecycle"]


class LifecycleOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked: the messages with which a person (or device) is active, and how long a period is."""

    event: EventFilter
    by: ActorKind = "user"
    per: CalendarPeriod = "day"


class LifecyclePeriod(msgspec.Struct, frozen=True):
    """The period that begins at `start`: `active` is `new` + `returning` + `resurrected`.

    `dormant` are the active ones of the period before less the `returning`. `is_complete` says that the period was over
    when the window ended.
    """

    start: datetime
    active: int
    new: int
    returning: int
    resurrected: int
    dormant: int
    is_complete: bool


class LifecycleResult(FigureLosses, frozen=True):
    """Every period from the first to the last with an active or dormant person in the window."""

    event: str
    per: CalendarPeriod
    by: ActorKind
    window: Window
    periods: tuple[LifecyclePeriod, ...]
    definition: str


class LifecyclePartial(msgspec.Struct, frozen=True):
    """The same of one shard, by the index of the period (see `Calendar`). `leaving` are not active in the next one."""

    new: dict[int, int]
    returning: dict[int, int]
    resurrected: dict[int, int]
    leaving: dict[int, int]


def lifecycle(options: LifecycleOptions) -> Question[LifecyclePartial, LifecycleResult]:
    """The question with these options. Raises UsageError for an option that has no such value."""
    checked(options)
    question = with_options("lifecycle", options, LifecyclePartial, _tally, _merge, _sections, _table)
    return with_losses(question, lambda _: {"event": [options.event.event]})


def _tally(context: ShardContext, options: LifecycleOptions) -> LifecyclePartial:
    report, until = context.report, Span(None, context.report.span.until)
    (messages,) = filtered_messages(context, options.by, [Filtered(options.event)])
    rows = context.dataset.rows(f"""
        WITH active AS (
            SELECT actor, {report.periods.calendar.index_sql(options.per, "day")} AS period FROM (
                SELECT DISTINCT actor, ({report.periods.sql(options.per, "time")})::INTEGER AS day
                FROM ({messages}) WHERE {until.sql("time")}
            )
        ), beside AS (
            SELECT period, lag(period) OVER in_order AS before, lead(period) OVER in_order AS next
            FROM active WINDOW in_order AS (PARTITION BY actor ORDER BY period)
        )
        SELECT period,
            count(*) FILTER (before IS NULL), count(*) FILTER (before = period - 1),
            count(*) FILTER (before < period - 1), count(*) FILTER (next IS NULL OR next > period + 1)
        FROM beside GROUP BY period
    """)
    return LifecyclePartial(*({row[0]: row[column] for row in rows if row[column]} for column in range(1, 5)))


def _merge(context: ReportContext, options: LifecycleOptions, partials: Sequence[LifecyclePartial]) -> LifecycleResult:
    new, returning, resurrected, leaving = (
        sum((Counter(getattr(partial, name)) for partial in partials), Counter[int]())
        for name in LifecyclePartial.__struct_fields__
    )
    window = context.window(context.span)
    return LifecycleResult(
        event=filter_text(options.event),
        per=options.per,
        by=options.by,
        window=window,
        periods=tuple(
            LifecyclePeriod(
                start=context.periods.start(options.per, context.periods.calendar.number_at(options.per, period)),
                active=new[period] + returning[period] + resurrected[period],
                new=new[period],
                returning=returning[period],
                resurrected=resurrected[period],
                dormant=leaving[period - 1],
                is_complete=_begin(context, options.per, period + 1) <= context.end,
            )
            for period in _shown(context, options.per, new, returning, resurrected, leaving)
        ),
        definition=_definition(options, window, context.plan.week_starts),
    )


def _shown(context: ReportContext, per: CalendarPeriod, *counts: Counter[int]) -> Sequence[int]:
    """The periods of the window from the first to the last with anybody, also those between them with nobody."""
    *active, leaving = counts
    periods = {period for each in active for period in each}
    periods |= {period + 1 for period in leaving if _begin(context, per, period + 1) < context.end}
    if context.span.since is not None:
        first = context.periods.calendar.index(per, context.periods.number("day", context.span.since))
        periods = {period for period in periods if period >= first}
    return every(per, min(periods), max(periods)) if periods else ()


def _begin(context: ReportContext, per: CalendarPeriod, period: int) -> int:
    return epoch_us(context.periods.start(per, context.periods.calendar.number_at(per, period)))


def _definition(options: LifecycleOptions, window: Window, week_starts: WeekStart) -> str:
    actor, rule = ("person", PERSONS) if options.by == "user" else ("device", DEVICES)
    per, week = options.per, f"{week_text(week_starts)} " if options.per == "week" else ""
    return (
        f"A {actor} is active in a {per} of the clock of {window.timezone} with a message"
        f"{of_text(options.event)}. New: active in this {per} and in no earlier one, by all messages up to the end "
        f"of the window, also those before it. Returning: active in this {per} and in the {per} before. Resurrected: "
        f"active in this {per} and in an earlier one, but not in the {per} before. Dormant (with a minus): active in "
        f"the {per} before, but not in this one. So active = new + returning + resurrected, and dormant = active of "
        f"the {per} before - returning. A {per} counts from its own beginning, also where the window begins in it; one "
        "that was not over when the window ended is incomplete (*): who is dormant in it may still come. The "
        f"{per}s after the last with anybody are not shown. {week}Window by corrected time: {window_text(window)}. "
        f"{rule}"
    )


def _sections(result: LifecycleResult) -> Iterator[Section]:
    rows = [
        TableRow(
            [
                [strong(Period(period.start, result.per)), quiet("" if period.is_complete else " *")],
                *([plain(count)] for count in (period.active, period.new, period.returning, period.resurrected)),
                [plain(-period.dormant)],
            ]
        )
        for period in result.periods
    ]
    yield Section(
        f"Lifecycle: {result.event}",
        table=Table((result.per, "active", "new", "returning", "resurrected", "dormant"), rows) if rows else None,
        remarks=[] if rows else [[quiet(f"nobody had {result.event} in the window")]],
        definition=FigureDefinition("lifecycle", result.definition),
    )


def _table(result: LifecycleResult) -> FlatTable:
    return FlatTable(LifecyclePeriod.__struct_fields__, tuple(map(msgspec.structs.astuple, result.periods)))

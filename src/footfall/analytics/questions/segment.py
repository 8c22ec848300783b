"""A segment: how many persons are in it, of how many, how many are in another one too, and how it grew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import msgspec

from footfall.analytics.calendar import CalendarPeriod
from footfall.analytics.definitions import PERSONS
from footfall.analytics.figure_losses import FigureLosses, rule_events, with_losses
from footfall.analytics.figures import as_float, quotient
from footfall.analytics.question import FlatTable, Question, ReportContext, ShardContext, checked, with_options
from footfall.analytics.sections import (
    Amount,
    FigureDefinition,
    Period,
    Section,
    Table,
    TableRow,
    plain,
    quiet,
    strong,
)
from footfall.analytics.segment_words import as_of_text, rules_text, segment_name
from footfall.analytics.window import Span, Window
from footfall.errors import UsageError
from footfall.plan.model import Cohort, Plan, Segment, SegmentRule
from footfall.plan.reading.event_filters import read_segment
from footfall.timestamps import epoch_us

__all__ = ["SegmentGrowth", "SegmentOptions", "SegmentOverlap", "SegmentResult", "segment", "segment_options"]

_MOST_PERIODS: Final = 400


class SegmentOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked: a rule with the words that it was asked in, another one to compare with, and growth by period."""

    rule: SegmentRule
    name: str
    other: SegmentRule | None = None
    other_name: str = ""
    per: CalendarPeriod | None = None


class SegmentOverlap(msgspec.Struct, frozen=True):
    """How many persons are in another segment, in both, in the first alone, in the other alone, and in neither."""

    other: str
    size: int
    both: int
    only_first: int
    only_other: int
    neither: int


class SegmentGrowth(msgspec.Struct, frozen=True):
    """A segment as the period that begins at `start` ended: of how many persons how many were in it.

    `entered` were not in it as the period before ended, `departed` were, and are no more. `is_complete` says that the
    period was over when the window ended; the figures of one that was not are as of then.
    """

    start: datetime
    persons: int
    size: int
    entered: int
    departed: int
    is_complete: bool


class SegmentResult(FigureLosses, frozen=True):
    """The size of a segment as of the end of the window, and its share of all persons of then."""

    segment: str
    window: Window
    persons: int
    size: int
    share: Decimal | None
    overlap: SegmentOverlap | None
    per: CalendarPeriod | None
    growth: tuple[SegmentGrowth, ...]
    definition: str


class SegmentPartial(msgspec.Struct, frozen=True):
    """Of one shard: all persons, those in the segment, in the other, in both; by period (persons, size, entered,
    departed).
    """

    persons: int
    size: int
    other: int
    both: int
    growth: dict[int, tuple[int, int, int, int]]


def segment_options(
    asked: str | Segment | Cohort | SegmentRule,
    plan: Plan,
    *,
    other: str | Segment | Cohort | SegmentRule | None = None,
    per: CalendarPeriod | None = None,
) -> SegmentOptions:
    """The options, where a segment is a name or a rule as in a plan. Raises UsageError for what the plan lacks."""
    rule = read_segment(asked, plan, "SEGMENT")
    second = None if other is None else read_segment(other, plan, "--with")
    return SegmentOptions(
        rule=rule,
        name=segment_name(rule),
        other=second,
        other_name="" if second is None else segment_name(second),
        per=per,
    )


def segment(options: SegmentOptions) -> Question[SegmentPartial, SegmentResult]:
    """The question with these options. Raises UsageError for an option that has no such value."""
    checked(options)
    question = with_options("segment", options, SegmentPartial, _tally, _merge, _sections, _table)
    rules = {"segment": options.rule, **({"with": options.other} if options.other is not None else {})}
    return with_losses(
        question,
        lambda plan: {name: rule_events(plan, rule) for name, rule in rules.items()},
        lambda context: Span(None, context.end),
    )


def _tally(context: ShardContext, options: SegmentOptions) -> SegmentPartial:
    tables, report = context.segments, context.report
    own, everybody = tables.persons(options.rule), tables.everybody()
    other = both = 0
    if options.other is not None:
        theirs = tables.persons(options.other)
        other, both = _count(context, theirs), _count(context, f"(FROM {own} INTERSECT FROM {theirs})")
    growth = {}
    for number in () if options.per is None else _periods(report, options.per):
        growth[number] = _grown(context, options, report, number)
    return SegmentPartial(_count(context, everybody), _count(context, own), other, both, growth)


def _grown(
    context: ShardContext, options: SegmentOptions, report: ReportContext, number: int
) -> tuple[int, int, int, int]:
    assert options.per is not None
    begin, end = _begin(report, options.per, number), _end(report, options.per, number)
    then, before = (context.segments.at(moment) for moment in (end, begin))
    own, earlier = then.persons(options.rule), before.persons(options.rule)
    return (
        _count(context, then.everybody()),
        _count(context, own),
        _count(context, f"(FROM {own} EXCEPT FROM {earlier})"),
        _count(context, f"(FROM {earlier} EXCEPT FROM {own})"),
    )


def _count(context: ShardContext, table: str) -> int:
    ((count,),) = context.dataset.rows(f"SELECT count(*) FROM {table}")
    return int(count)


def _periods(report: ReportContext, per: CalendarPeriod) -> list[int]:
    """The numbers of the periods of the window. Raises UsageError where they are more than 400."""
    first = report.contents.first if report.span.since is None else report.span.since
    if first is None or first >= report.end:
        return []
    numbers = report.periods.every(per, first, report.end - 1)
    if len(numbers) > _MOST_PERIODS:
        raise UsageError(f"there are more than {_MOST_PERIODS} {per}s; give a later --since, or a longer --per")
    return numbers


def _begin(report: ReportContext, per: CalendarPeriod, number: int) -> int:
    return epoch_us(report.periods.start(per, number))


def _end(report: ReportContext, per: CalendarPeriod, number: int) -> int:
    return min(report.periods.end(per, number), report.end)


def _merge(context: ReportContext, options: SegmentOptions, partials: Sequence[SegmentPartial]) -> SegmentResult:
    persons, size, other, both = (
        sum(getattr(partial, field) for partial in partials) for field in ("persons", "size", "other", "both")
    )
    overlap = None
    if options.other is not None:
        neither = persons - size - other + both
        overlap = SegmentOverlap(options.other_name, other, both, size - both, other - both, neither)
    growth = []
    for number in () if options.per is None else _periods(context, options.per):
        assert options.per is not None
        persons_then, size_then, entered, departed = map(
            sum, zip(*(partial.growth[number] for partial in partials), strict=True)
        )
        is_complete = context.periods.end(options.per, number) <= context.end
        start = context.periods.start(options.per, number)
        growth.append(SegmentGrowth(start, persons_then, size_then, entered, departed, is_complete))
    window = Window.of(msgspec.structs.replace(context.span, until=context.end), context.plan.timezone)
    return SegmentResult(
        segment=options.name,
        window=window,
        persons=persons,
        size=size,
        share=quotient(size, persons).value,
        overlap=overlap,
        per=options.per,
        growth=tuple(growth),
        definition=_definition(context, options, window),
    )


def _definition(context: ReportContext, options: SegmentOptions, window: Window) -> str:
    sentences = [
        f"In the segment: {rules_text(context.plan, options.rule)}.",
        f"{as_of_text(window)}: messages then or later count for nothing; all persons are those with one before.",
    ]
    if options.other is not None:
        sentences.append(f"In the other: {rules_text(context.plan, options.other)}.")
    if options.per is not None:
        sentences.append(
            f"Each {options.per} shows the segment as of its end (*: as of the end of the window); entered: not in it "
            f"as the {options.per} began; departed: in it then, and no more."
        )
    return " ".join([*sentences, PERSONS])


def _sections(result: SegmentResult) -> Iterator[Section]:
    rows = [
        TableRow([[strong("in the segment")], [plain(result.size)], [plain(Amount(result.share, is_share=True))]]),
        TableRow([[quiet("all persons")], [plain(result.persons)]]),
    ]
    yield Section(
        f"Segment: {result.segment}",
        table=Table(("", "persons", "share"), rows),
        definition=FigureDefinition("segment", result.definition),
    )
    if result.overlap is not None:
        overlap = result.overlap
        parts = (
            ("in both", overlap.both), (f"in {result.segment} alone", overlap.only_first),
            (f"in {overlap.other} alone", overlap.only_other), ("in neither", overlap.neither),
        )  # fmt: skip
        cells = [
            TableRow([
                [strong(text)], [plain(count)],
                [plain(Amount(quotient(count, result.persons).value, is_share=True))],
            ])
            for text, count in parts
        ]  # fmt: skip
        yield Section(f"Overlap with {overlap.other}", table=Table(("", "persons", "share"), cells))
    if result.per is not None:
        grown = [
            TableRow([
                [strong(Period(each.start, result.per)), quiet("" if each.is_complete else "*")],
                [plain(each.persons)], [plain(each.size)],
                [plain(Amount(quotient(each.size, each.persons).value, is_share=True))],
                [plain(each.entered)], [plain(each.departed)],
            ])
            for each in result.growth
        ]  # fmt: skip
        columns = (result.per, "all persons", "in it", "share", "entered", "departed")
        yield Section("Growth", table=Table(columns, grown))


def _table(result: SegmentResult) -> FlatTable:
    """The growth where some was asked for; else the parts of an overlap; else the size."""
    if result.per is not None:
        growth = [tuple(getattr(each, field) for field in SegmentGrowth.__struct_fields__) for each in result.growth]
        return FlatTable(SegmentGrowth.__struct_fields__, tuple(growth))
    share = as_float(result.share)
    rows: list[tuple[Any, ...]] = [(result.segment, result.size, share)]
    if result.overlap is not None:
        overlap = result.overlap
        parts = {
            overlap.other: overlap.size, "both": overlap.both, "first alone": overlap.only_first,
            "other alone": overlap.only_other, "neither": overlap.neither,
        }  # fmt: skip
        for text, count in parts.items():
            part = quotient(count, result.persons).value
            rows.append((text, count, as_float(part)))
    return FlatTable(("part", "persons", "share"), tuple(rows))

"""The answer to a question of a trend: a series of figures, each with what was usual before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

import msgspec

from footfall.analytics.definitions import SILENT_PERIODS, chain_text, measure_text, week_text, window_text
from footfall.analytics.figures import Figure, as_float, quotient
from footfall.analytics.intervals import CHANGE_RULE, ChangeInterval, change_of_counts, change_of_shares
from footfall.analytics.known_loss import KNOWN_LOSS, KnownLoss
from footfall.analytics.local_periods import Per
from footfall.analytics.measures import Measured, merge_tallies, parts
from footfall.analytics.question import FlatTable, Question, ReportContext, ShardContext, checked, with_options
from footfall.analytics.questions.trend.options import TrendOptions
from footfall.analytics.questions.trend.periods import TrendPeriods
from footfall.analytics.reaches import conversion_actors
from footfall.analytics.sections import (
    Amount,
    Bar,
    Cell,
    FigureDefinition,
    Period,
    Section,
    Table,
    TableRow,
    alarm,
    plain,
    quiet,
    strong,
)
from footfall.analytics.sender_changes import CHANGES, SenderChange, changes_of
from footfall.analytics.tallies import MeasureTally, tally
from footfall.analytics.usual_range import MOST, RULE, usual_range
from footfall.analytics.window import Span, Window
from footfall.plan.measure_parts import is_quotient, with_event_measures
from footfall.plan.model import Conversion, Count, EventMeasure, Measure, Plan, Unique
from footfall.plan.silences import SilentPeriods, events_of, silences_of

__all__ = ["TrendPoint", "TrendResult", "TrendSeries", "trend"]

_SAME_KIND: Final[Mapping[Per, int]] = {"hour": 7 * 24, "day": 7, "week": 1, "month": 1}
"""How many periods there are from one to the next of its kind: hours and days are compared by the weekday."""


class TrendPoint(msgspec.Struct, frozen=True):
    """The figure of the period that begins at `start`.

    `change` is its difference from the period before as a share of that. `low` and `high` say what is usual by the
    periods of its kind before it, None of too few; `is_unusual` is None too while the period is not complete: it is
    not over, or began before the window; and in the planned `silences`. Of counts and of conversions, `change_low` and
    `change_high` are the interval of the change (no end where the latter is None), and `may_be_noise` says whether no
    change is in it. `changes` are those of the senders that came in the period.
    """

    start: datetime
    value: Decimal | None
    change: Decimal | None
    low: float | None
    high: float | None
    is_unusual: bool | None
    is_complete: bool
    silences: tuple[str, ...] = ()
    change_low: float | None = None
    change_high: float | None = None
    may_be_noise: bool | None = None
    changes: tuple[SenderChange, ...] = ()


class TrendSeries(msgspec.Struct, frozen=True):
    """One figure in all periods. Money has a series for each currency, None where a message names none."""

    currency: str | None
    points: tuple[TrendPoint, ...]


class TrendResult(msgspec.Struct, frozen=True):
    """A figure over time. `unread` counts values of its properties that were there and not of the plan's type.

    `known_loss` is what is known to be missing in the whole window. `no_message_before` is when the first message ever
    occurred, where the window has periods before it.
    """

    name: str
    per: Per
    window: Window
    series: tuple[TrendSeries, ...]
    unread: int
    definition: str
    known_loss: KnownLoss | None = None
    no_message_before: datetime | None = None


class TrendPartial(msgspec.Struct, frozen=True):
    """The same of one shard: the tallies of each part of the measure, or how many entered and converted, by period.

    `earlier` are the tallies of the periods before the window.
    """

    measures: tuple[MeasureTally, ...]
    conversions: dict[int, tuple[int, int]]
    earlier: tuple[MeasureTally, ...] = ()


def trend(options: TrendOptions, name: str = "trend") -> Question[TrendPartial, TrendResult]:
    """The question with these options. A report with several has each under a name of its own.

    Raises UsageError for an option that has no such value.
    """
    checked(options)
    return with_options(
        name,
        options,
        TrendPartial,
        _partial,
        # A report asks for many figures, and shows no changes.
        lambda context, asked, partials: _merge(context, asked, partials, has_changes=name == "trend"),
        lambda result: _sections(result, options),
        _table,
    )


def _partial(context: ShardContext, options: TrendOptions) -> TrendPartial:
    report, asked = context.report, options.measure
    periods = _periods(report, options)
    before = periods.earlier_span()
    if not isinstance(asked, Conversion):

        def tallies(span: Span | None) -> tuple[MeasureTally, ...]:
            if span is None:
                return ()
            return tuple(
                tally(
                    context.dataset, report.plan, each, span, context.shard, per=periods.sql(),
                    segments=context.segments,
                )
                for each in parts(asked)
            )  # fmt: skip

        return TrendPartial(measures=tallies(report.span), conversions={}, earlier=tallies(before))
    conversions = {}
    for number in [*periods.earlier, *periods.numbers]:
        span = Span(*periods.whole(number)) if number in periods.earlier else periods.span(number)
        reaches = context.reaches(asked.journey, span)
        conversions[number] = conversion_actors(context.dataset, reaches, asked.start, asked.end)
    return TrendPartial((), conversions)


def _periods(report: ReportContext, options: TrendOptions) -> TrendPeriods:
    """Those of the window, and before it as many as say what is usual in it."""
    step = _SAME_KIND[options.per]
    return TrendPeriods(report, options.per, MOST * step if _has_earlier(options) else 0)


def _has_earlier(options: TrendOptions) -> bool:
    # Whoever converts is looked for period by period: too slow for those of eight weeks.
    return not isinstance(options.measure, Conversion) or _SAME_KIND[options.per] == 1


def _merge(
    context: ReportContext, options: TrendOptions, partials: Sequence[TrendPartial], *, has_changes: bool
) -> TrendResult:
    periods = _periods(context, options)
    # Who converts is counted in the cut period alone.
    before = periods.earlier if isinstance(options.measure, Conversion) else periods.whole_earlier
    early = {number: _measured(context.plan, options.measure, partials, number, early=True) for number in before}
    first = context.time(context.contents.first)
    is_early = any(map(periods.is_before_data, periods.numbers))
    measured = {number: _measured(context.plan, options.measure, partials, number) for number in periods.numbers}
    currencies = dict.fromkeys(code for each in measured.values() for code in each.currencies) or {None: None}
    window, silences = context.window(context.span), _silences(context.plan, options, periods)
    loss = context.losses.of_measure(options.measure, context.span)
    tries = _tries(options.measure, partials, periods.numbers)
    changes = _changes(context, options.measure, periods) if has_changes else {}
    return TrendResult(
        name=options.name,
        per=options.per,
        window=window,
        series=tuple(
            TrendSeries(
                code,
                _points(
                    options,
                    periods,
                    [_figure(each, code) for each in early.values()],
                    [_figure(each, code) for each in measured.values()],
                    silences,
                    tries,
                    changes,
                ),
            )
            for code in currencies
        ),
        unread=sum(each.unread for partial in partials for each in partial.measures),
        definition=_definition(context.plan, options, window, silences) + (f" {KNOWN_LOSS}" if loss.missing else ""),
        known_loss=loss,
        no_message_before=first if is_early else None,
    )


def _measured(
    plan: Plan, asked: Measure, partials: Sequence[TrendPartial], number: int, *, early: bool = False
) -> Measured:
    """The figure of one period, which may be one before the window (`early`)."""
    if isinstance(asked, Conversion):
        entered, reached = map(sum, zip(*(partial.conversions[number] for partial in partials), strict=True))
        return Measured(quotient(reached, entered), Figure.of(None))
    whole = with_event_measures(asked, _ungrouped)
    tallies = [partial.earlier if early else partial.measures for partial in partials]
    return merge_tallies(plan, whole, [[_of_period(each, number) for each in every] for every in tallies])


def _ungrouped(asked: EventMeasure) -> EventMeasure:
    return msgspec.structs.replace(asked, by=())


def _of_period(whole: MeasureTally, number: int) -> MeasureTally:
    """The totals of a tally by period, of one of them."""
    totals = [msgspec.structs.replace(each, key=each.key[1:]) for each in whole.totals if each.key[0] == str(number)]
    return MeasureTally(tuple(totals), (), 0, whole.is_stored)


def _figure(measured: Measured, currency: str | None) -> Figure:
    return measured.currencies.get(currency, measured.nothing) if measured.currencies else measured.total


def _silences(plan: Plan, options: TrendOptions, periods: TrendPeriods) -> Mapping[int, tuple[str, ...]]:
    """The planned silences of the periods that have any, by their numbers."""
    kpi = plan.kpis.get(options.name)
    is_kpi = kpi is not None and kpi.measure == options.measure
    silences = silences_of(plan, options.measure, options.name if is_kpi else "")
    if not (silences and periods.numbers):
        return {}
    numbers = [*periods.earlier, *periods.numbers]
    (begin, _), (_, end) = periods.whole(numbers[0]), periods.whole(numbers[-1])
    silent = SilentPeriods(silences, options.per, begin, end, plan.timezone)
    return {number: names for number in numbers if (names := silent.names(*periods.whole(number)))}


def _points(
    options: TrendOptions,
    periods: TrendPeriods,
    before_window: Sequence[Figure],
    figures: Sequence[Figure],
    silences: Mapping[int, tuple[str, ...]],
    tries: Mapping[int, tuple[int, int]],
    changes: Mapping[int, tuple[SenderChange, ...]],
) -> tuple[TrendPoint, ...]:
    step, is_count = _SAME_KIND[options.per], isinstance(options.measure, Count | Unique)
    complete = [periods.is_complete(number) for number in periods.numbers]
    numbers, begin = [*periods.earlier, *periods.numbers], len(periods.earlier)
    every = [*before_window, *figures[len(before_window) - begin :]]
    says_usual = [
        periods.has_data(number) and number not in silences and (other < len(before_window) or complete[other - begin])
        for other, number in enumerate(numbers)
    ]
    points = []
    for place, (number, figure) in enumerate(zip(periods.numbers, figures, strict=True)):
        earlier = [
            _approximate(every[other])
            for other in range(begin + place - step, -1, -step)
            if says_usual[other] and every[other].exact is not None
        ]
        usual = usual_range(earlier[:MOST], is_count=is_count)
        names = silences.get(number, ())
        is_known = usual is not None and complete[place] and figure.exact is not None and not names
        is_known = is_known and not periods.is_before_data(number)
        before = figures[place - 1].exact if place and complete[place - 1] else None
        interval = None
        if before is not None and figure.exact is not None and complete[place]:
            interval = _interval(periods.numbers[place - 1], number, before, figure.exact, tries, is_count=is_count)
        points.append(
            TrendPoint(
                start=periods.start(number),
                value=figure.value,
                change=None
                if before is None or figure.exact is None or not complete[place]
                else quotient(figure.exact - before, before).value,
                low=usual.low if usual else None,
                high=usual.high if usual else None,
                is_unusual=not usual.low <= _approximate(figure) <= usual.high if usual and is_known else None,
                is_complete=complete[place],
                silences=names,
                change_low=interval.low if interval else None,
                change_high=interval.high if interval else None,
                may_be_noise=interval.may_be_noise if interval else None,
                changes=changes.get(number, ()),
            )
        )
    return tuple(points)


def _interval(
    earlier: int,
    number: int,
    before: Fraction,
    after: Fraction,
    tries: Mapping[int, tuple[int, int]],
    *,
    is_count: bool,
) -> ChangeInterval | None:
    """Of the change of a count, or of those who entered and reached in two periods; None for any other figure."""
    if is_count:
        return change_of_counts(int(before), int(after))
    return change_of_shares(tries[earlier], tries[number]) if tries else None


def _tries(measure: Measure, partials: Sequence[TrendPartial], numbers: Sequence[int]) -> Mapping[int, tuple[int, int]]:
    """Of a conversion, how many reached it and how many entered, by period; nothing for any other figure."""
    if not isinstance(measure, Conversion):
        return {}
    tries = {}
    for number in numbers:
        pairs = [partial.conversions[number] for partial in partials]
        tries[number] = (sum(reached for _, reached in pairs), sum(entered for entered, _ in pairs))
    return tries


def _changes(context: ReportContext, measure: Measure, periods: TrendPeriods) -> Mapping[int, tuple[SenderChange, ...]]:
    """What changed of the senders of the figure's events, by the number of the period."""
    events = events_of(context.plan, measure)
    by_period: dict[int, list[SenderChange]] = defaultdict(list)
    spans = [(number, *periods.whole(number)) for number in periods.numbers]
    for change in changes_of(context.first_sent(events)):
        number = next((number for number, begin, end in spans if begin <= change.at < end), None)
        moment = context.time(change.at)
        if number is not None and moment is not None:
            by_period[number].append(SenderChange(moment, change.source, change.kind, change.value))
    return {number: tuple(each) for number, each in by_period.items()}


def _approximate(figure: Figure) -> float:
    """The figure as a float, infinite where it is beyond their range."""
    return float(figure.value or 0)


_MARKS = (
    "The change is from the period before, as a share of it. An asterisk marks a period that is not over, or that the "
    "window cuts."
)


def _definition(plan: Plan, options: TrendOptions, window: Window, silences: Mapping[int, tuple[str, ...]]) -> str:
    sentences = [measure_text(options.measure)]
    if isinstance(options.measure, Conversion):
        sentences.append(chain_text(plan.journeys[options.measure.journey]))
        sentences.append("Each period has those who enter in it.")
    kinds = {"hour": "the same hour of the week", "day": "the same day of the week"}
    sentences += [
        f"By {options.per} of the clock of {window.timezone}, each by itself, whatever the figure's own window is.",
        *([week_text(plan.week_starts)] if options.per == "week" else []),
        _MARKS,
        *([CHANGE_RULE] if isinstance(options.measure, Count | Unique | Conversion) else []),
        CHANGES,
        f"{RULE} Of one kind are {kinds.get(options.per, f'all {options.per}s')}.",
        (
            "Periods from before the window say what is usual too, and none from before the first message ever does."
            if _has_earlier(options)
            else "Only periods in the window say what is usual, and none from before the first message ever does."
        ),
        f"Window by corrected time: {window_text(window)}.",
    ]
    if silences:
        sentences.append(
            "A period with a planned silence in it is never unusual, and none of those that say what is usual: "
            f"{SILENT_PERIODS}"
        )
    return " ".join(sentences)


def _sections(result: TrendResult, options: TrendOptions) -> Iterator[Section]:
    is_share = is_quotient(options.measure)
    has_changes = any(point.changes for series in result.series for point in series.points)
    for series in result.series:
        largest = max((point.value for point in series.points if point.value is not None), default=Decimal(0))
        rows = [
            TableRow([
                [strong(Period(point.start, result.per)), *([] if point.is_complete else [quiet("*")])],
                [plain(_bar(point.value, largest))],
                [strong(Amount(point.value, is_share=is_share and largest <= 1))],
                _change(point),
                _usual(point, is_share=is_share and largest <= 1),
                *([_beside(point)] if has_changes else []),
            ])
            for point in series.points
        ]  # fmt: skip
        yield Section(
            f"Trend: {result.name}",
            beside=[] if series.currency is None else [plain(series.currency)],
            table=Table((result.per, "", "value", "change", "usual", *(["changed"] if has_changes else [])), rows)
            if rows
            else None,
            remarks=[
                *([[alarm(result.unread, " unreadable")]] if result.unread else []),
                *(
                    [[quiet(f"no message before {result.no_message_before:%Y-%m-%d}")]]
                    if result.no_message_before
                    else []
                ),
                *([[quiet(result.known_loss.text)]] if result.known_loss and result.known_loss.missing else []),
            ],
            definition=FigureDefinition("trend", result.definition),
        )


def _bar(value: Decimal | None, largest: Decimal) -> Bar:
    if value is None or largest <= 0 or value <= 0:
        return Bar(0, 1)
    return Bar(round(value / largest * 1000), 1000)


def _signed(change: Decimal) -> str:
    return f"{change * 100:+,.1f} %"


def _change(point: TrendPoint) -> Cell:
    if point.change is None:
        return ()
    if point.change_low is None:
        return [plain(_signed(point.change))]
    low, high = ("…" if each is None else f"{each * 100:+,.0f}" for each in (point.change_low, point.change_high))
    return [plain(_signed(point.change)), quiet(f" ({low} to {high}{', may be noise' if point.may_be_noise else ''})")]


_MOST_CHANGES: Final = 3


def _beside(point: TrendPoint) -> Cell:
    """The first changes of the senders in a period."""
    texts = [change.text for change in point.changes[:_MOST_CHANGES]]
    more = len(point.changes) - len(texts)
    return [quiet("; ".join([*texts, *([f"{more} more"] if more else [])]))] if texts else []


def _usual(point: TrendPoint, *, is_share: bool) -> Cell:
    if point.silences:
        return [quiet(f"planned silence: {', '.join(point.silences)}")]
    if point.low is None or point.high is None:
        return ()
    scale, unit = (100, " %") if is_share else (1, "")
    phrase = alarm if point.is_unusual else quiet
    text = f"{point.low * scale:,.4g} to {point.high * scale:,.4g}{unit}"
    return [phrase(f"{text}{', unusual' if point.is_unusual else ''}")]


def _table(result: TrendResult) -> FlatTable:
    rows: list[tuple[Any, ...]] = [
        (series.currency, point.start, point.value, *(as_float(point.change),), point.low, point.high, point.is_unusual,
         point.is_complete, ", ".join(point.silences) or None, point.change_low, point.change_high, point.may_be_noise,
         "; ".join(change.text for change in point.changes) or None)
        for series in result.series
        for point in series.points
    ]  # fmt: skip
    columns = (
        "currency", "start", "value", "change", "low", "high", "is_unusual", "is_complete", "silences", "change_low",
        "change_high", "may_be_noise", "changes",
    )  # fmt: skip
    return FlatTable(columns, tuple(rows))

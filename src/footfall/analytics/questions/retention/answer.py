"""The answer to a question of retention: cohorts of those who entered, and who of them returned."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

import msgspec

from footfall.analytics.calendar import CalendarPeriod, every
from footfall.analytics.definitions import DEVICES, PERSONS, filter_text, week_text, window_text
from footfall.analytics.figure_losses import FigureLosses, with_losses
from footfall.analytics.figures import aggregate, as_float, quotient
from footfall.analytics.filtered_messages import ActorKind
from footfall.analytics.intervals import CONFIDENCE, wilson
from footfall.analytics.question import FlatTable, Question, ReportContext, checked, with_options
from footfall.analytics.questions.retention.options import (
    LENGTHS,
    Entry,
    RetentionBracket,
    RetentionOptions,
    Returning,
)
from footfall.analytics.questions.retention.tally import RetentionPartial, tally
from footfall.analytics.reconciliation import Reconciliation
from footfall.analytics.sections import (
    Amount,
    Cell,
    FigureDefinition,
    Period,
    Section,
    Table,
    TableRow,
    plain,
    quiet,
    strong,
)
from footfall.analytics.window import Window
from footfall.errors import UsageError
from footfall.plan.model import WeekStart
from footfall.printable import counted
from footfall.timestamps import epoch_us

__all__ = ["RetentionCell", "RetentionCohort", "RetentionResult", "retention"]


class RetentionCell(msgspec.Struct, frozen=True):
    """Who of a cohort returned in a bracket.

    `share` is of those who entered; `low` and `high` are its interval, where each person counts once. `sums` has the
    sum of the value by currency ("" where it is no money), `averages` the same for each who entered. `is_complete` says
    that everybody had all of the bracket's time before the window ended.
    """

    returned: int
    share: Decimal | None
    low: Decimal | None
    high: Decimal | None
    is_complete: bool
    sums: Mapping[str, Decimal] = {}
    averages: Mapping[str, Decimal | None] = {}


class RetentionCohort(msgspec.Struct, frozen=True):
    """Those who entered in the period that begins at `start`. A cell is None where its bracket has not begun."""

    start: datetime
    entered: int
    cells: tuple[RetentionCell | None, ...]


class RetentionResult(FigureLosses, frozen=True):
    """Cohorts by the period of the entry. `total` has, for each bracket, all cohorts whose cell is complete.

    `entered` are the entries of all cohorts, `of` those in each cell of `total`. With the defaults of a peer,
    `reconciliation` says what each of them changed.
    """

    start: str
    returning: str
    per: CalendarPeriod
    by: ActorKind
    brackets: tuple[RetentionBracket, ...]
    window: Window
    entered: int
    cohorts: tuple[RetentionCohort, ...]
    of: tuple[int, ...]
    total: tuple[RetentionCell | None, ...]
    definition: str
    reconciliation: Reconciliation | None = None


def retention(options: RetentionOptions) -> Question[RetentionPartial, RetentionResult]:
    """The question with these options. Raises UsageError for an option that has no such value."""
    checked(options)
    if options.minimum < 1:
        raise UsageError(f"a return takes at least 1 message, not {options.minimum}")
    question = with_options(
        "retention", options, RetentionPartial, tally, _merge, lambda result: _sections(result, options), _table
    )
    return with_losses(question, lambda _: {"start": [options.start.event], "returning": [options.returning.event]})


def _merge(context: ReportContext, options: RetentionOptions, partials: Sequence[RetentionPartial]) -> RetentionResult:
    entered: dict[int, int] = defaultdict(int)
    returned: dict[tuple[int, int], int] = defaultdict(int)
    values: dict[tuple[int, int], dict[str, dict[Decimal, int]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(int))
    )
    for partial in partials:
        for cohort, count in partial.entered.items():
            entered[cohort] += count
        for cohort, bracket, count in partial.returned:
            returned[cohort, bracket] += count
        for cohort, bracket, currency, value, times in partial.values:
            values[cohort, bracket][currency][Decimal(value)] += times
    sums = {
        key: {currency: aggregate("sum", each, 0).value or Decimal(0) for currency, each in of_key.items()}
        for key, of_key in values.items()
    }
    makes = _CellMaker(context, options)
    cohorts = tuple(
        RetentionCohort(
            context.periods.start(options.per, cohort),
            entered[cohort],
            tuple(
                makes.cell(cohort, bracket, entered[cohort], returned[cohort, bracket], sums.get((cohort, bracket), {}))
                if makes.has_begun(cohort, options.brackets[bracket])
                else None
                for bracket in range(len(options.brackets))
            ),
        )
        for cohort in makes.cohorts(entered)
    )
    totals = [makes.total(cohorts, bracket) for bracket in range(len(options.brackets))]
    window = context.window(context.span)
    return RetentionResult(
        start=filter_text(options.start),
        returning=filter_text(options.returning),
        per=options.per,
        by=options.by,
        brackets=options.brackets,
        window=window,
        entered=sum(entered.values()),
        cohorts=cohorts,
        of=tuple(of for of, _ in totals),
        total=tuple(cell for _, cell in totals),
        definition=_definition(options, window, context.plan.week_starts),
    )


class _CellMaker:
    """Knows when brackets begin and end."""

    def __init__(self, context: ReportContext, options: RetentionOptions) -> None:
        self._periods = context.periods
        self._options = options
        self._end = context.end

    def cohorts(self, entered: Mapping[int, int]) -> list[int]:
        """Every period from the first with an entry to the last, also those without one. Raises UsageError."""
        if not entered:
            return []
        per = self._options.per
        first, last = (self._periods.calendar.index(per, cohort) for cohort in (min(entered), max(entered)))
        return [self._periods.calendar.number_at(per, each) for each in every(per, first, last)]

    def has_begun(self, cohort: int, bracket: RetentionBracket) -> bool:
        """Whether anybody of a cohort had any time of a bracket."""
        return self._moment(cohort, bracket.first) < self._end

    def cell(
        self, cohort: int, bracket: int, entered: int, returned: int, sums: Mapping[str, Decimal]
    ) -> RetentionCell:
        # A rolling period of the last who entered begins when the next cohort does.
        is_rolling = self._options.counting == "rolling"
        begin = self._periods.calendar.after(self._options.per, cohort, 1) if is_rolling else cohort
        last = self._options.brackets[bracket].last
        is_complete = self._moment(begin, last + 1) <= self._end
        return self._cell(entered, returned, sums, is_complete=is_complete)

    def total(self, cohorts: Sequence[RetentionCohort], bracket: int) -> tuple[int, RetentionCell | None]:
        """The complete cells of a bracket as one, and how many had entered them."""
        complete = [
            (cohort.entered, cell) for cohort in cohorts if (cell := cohort.cells[bracket]) and cell.is_complete
        ]
        if not complete:
            return 0, None
        sums: dict[str, Decimal] = {}
        for currency in {currency for _, cell in complete for currency in cell.sums}:
            values = [cell.sums[currency] for _, cell in complete if currency in cell.sums]
            sums[currency] = aggregate("sum", Counter(values), 0).value or Decimal(0)
        entered = sum(each for each, _ in complete)
        return entered, self._cell(entered, sum(cell.returned for _, cell in complete), sums, is_complete=True)

    def _cell(self, entered: int, returned: int, sums: Mapping[str, Decimal], *, is_complete: bool) -> RetentionCell:
        interval = wilson(returned, entered) if self._options.entry != "recurring" else None
        low, high = interval or (None, None)
        share = quotient(returned, entered).value
        averages = {currency: quotient(Fraction(value), entered).value for currency, value in sums.items()}
        return RetentionCell(returned, share, low, high, is_complete, dict(sums), averages)

    def _moment(self, cohort: int, periods: int) -> int:
        """When the period begins that comes so many periods after the beginning of a cohort."""
        if self._options.counting == "rolling":
            return epoch_us(self._periods.start(self._options.per, cohort)) + periods * LENGTHS[self._options.per]
        return epoch_us(
            self._periods.start(self._options.per, self._periods.calendar.after(self._options.per, cohort, periods))
        )


_RETURNS: Final[Mapping[Returning, str]] = {
    "on": "in it",
    "on_or_after": "in it or later in the window",
    "on_or_before": "in it or in an earlier period after that of the entry",
    "streak": "in it and in each one before it",
}
_ENTRIES: Final[Mapping[Entry, str]] = {
    "first_ever": "the first {event} ever of a {actor}, where it is in the window",
    "first_in_range": "the first {event} of a {actor} in the window",
    "recurring": "the first {event} of a {actor} in each {per}, so that a {actor} may enter many times",
}


_INCOMPLETE = (
    "An incomplete cell (*) is one whose time was not over for everybody when the window ended; the total row has "
    "complete cells alone. A dash (–) is where the period has not begun, or where no cell is complete."
)


def _definition(options: RetentionOptions, window: Window, week_starts: WeekStart) -> str:
    actor, rule = ("person", PERSONS) if options.by == "user" else ("device", DEVICES)
    entry = _ENTRIES[options.entry].format(event=filter_text(options.start), actor=actor, per=options.per)
    if options.counting == "calendar":
        periods = f"Period n is the n-th {options.per} of the clock of {window.timezone} after that of the entry."
    else:
        length = {"day": "24 hours", "week": "7 × 24 hours", "month": "30 × 24 hours"}[options.per]
        periods = f"Period n begins n × {length} after the entry, and is as long."
    times = "a message" if options.minimum == 1 else f"{counted(options.minimum, 'message')} or more"
    sentences = [
        f"Entry: {entry}.",
        periods,
        (
            f"A {actor} returned in a period, or bracket of periods, with {times} of "
            f"{filter_text(options.returning)} {_RETURNS[options.returning_when]}; the entry's own period does not "
            "count."
        ),
        _INCOMPLETE,
    ]
    if options.per == "week":
        sentences.append(week_text(week_starts))
    if options.entry != "recurring":
        sentences.append(f"Intervals are Wilson's, of {CONFIDENCE}.")
    if options.value is not None:
        sentences.append(
            f"{options.value} is added up exactly over the messages of each bracket, of all who entered, however many "
            "messages a return takes; an average divides it by all who entered."
        )
    return " ".join([*sentences, f"Entries and returns by corrected time: {window_text(window)}.", rule])


def _sections(result: RetentionResult, options: RetentionOptions) -> Iterator[Section]:
    actors = "persons" if result.by == "user" else "devices"
    heads = [f"{options.per} {bracket.text}" for bracket in result.brackets]
    rows = [
        TableRow([[strong(Period(cohort.start, result.per))], [plain(cohort.entered)], *map(_shown, cohort.cells)])
        for cohort in result.cohorts
    ]
    if result.cohorts:
        rows.append(TableRow([[strong("complete")], [plain(result.entered)], *map(_shown, result.total)]))
    yield Section(
        f"Retention: {result.start}, then {result.returning}",
        table=Table((f"{options.per} of entry", actors, *heads), rows) if rows else None,
        remarks=[] if rows else [[quiet(f"nobody had {result.start} in the window")]],
        definition=FigureDefinition("retention", result.definition),
    )


def _shown(cell: RetentionCell | None) -> Cell:
    if cell is None:
        return [quiet("–")]
    if cell.share is None:
        return ()
    return [plain(Amount(cell.share, is_share=True)), quiet("" if cell.is_complete else "*")]


def _table(result: RetentionResult) -> FlatTable:
    """A row for each cell, and for each currency of one; the total has no start.

    A cohort of which no period has begun has a row without a period.
    """
    rows: list[tuple[Any, ...]] = [
        (cohort.start, None, None, cohort.entered, *(None,) * 4, False, *(None,) * 3)
        for cohort in result.cohorts
        if not any(cohort.cells)
    ]
    every = [
        (cohort.start, cell, bracket, cohort.entered)
        for cohort in result.cohorts
        for bracket, cell in zip(result.brackets, cohort.cells, strict=True)
    ] + [(None, cell, bracket, of) for bracket, cell, of in zip(result.brackets, result.total, result.of, strict=True)]
    for start, cell, bracket, entered in every:
        if cell is None:
            continue
        shares = map(as_float, (cell.share, cell.low, cell.high))
        fixed = (start, bracket.first, bracket.last, entered, cell.returned, *shares)
        for currency in sorted(cell.sums) or (None,):
            amounts = (None, None) if currency is None else (cell.sums[currency], cell.averages[currency])
            rows.append((*fixed, cell.is_complete, currency or None, *amounts))
    columns = (
        "start",
        "first",
        "last",
        "entered",
        "returned",
        "share",
        "low",
        "high",
        "is_complete",
        "currency",
        "sum",
        "average",
    )
    return FlatTable(columns, tuple(rows))

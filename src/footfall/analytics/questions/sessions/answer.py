"""The answer to a question of sessions: their figures by period, and by where they begin or end."""

from __future__ import annotations

import heapq
import itertools
from array import array
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from footfall.analytics.definitions import PERSONS, week_text, window_text
from footfall.analytics.figures import as_float, quotient
from footfall.analytics.question import TIMELINE_MESSAGES, FlatTable, Question, ReportContext, checked, with_options
from footfall.analytics.questions.sessions.options import SessionEnd, SessionPeriod, SessionsOptions
from footfall.analytics.questions.sessions.tally import NO_STEP, SessionGroup, tally
from footfall.analytics.sections import (
    Amount,
    Cell,
    Elapsed,
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
from footfall.timestamps import epoch_us

__all__ = ["SessionFigures", "SessionRow", "SessionsResult", "sessions"]

_PERIODS = 5_000  # the most rows: as many days are 13 years
_SECOND = 1_000_000


class SessionFigures(msgspec.Struct, frozen=True):
    """Figures of some sessions, times in seconds. What is no number of anything is None.

    `persons` are those with such a session; None for several labels together, of which one person may have some.
    """

    sessions: int
    persons: int | None
    per_person: Decimal | None
    median_seconds: Decimal | None
    p90_seconds: Decimal | None
    mean_seconds: Decimal | None
    messages: int
    messages_per_session: Decimal | None
    bounces: int
    bounce_share: Decimal | None
    open: int


class SessionRow(msgspec.Struct, frozen=True):
    """Sessions of a period, by its first moment, or of all where `start` is None.

    `label` is their entry or exit, None for any; with `is_other` those of all labels that have no row.
    """

    start: datetime | None
    label: str | None
    is_other: bool
    is_complete: bool
    figures: SessionFigures


class SessionsResult(msgspec.Struct, frozen=True):
    """Rows by period, that of all periods last, and the same for each label after these."""

    per: SessionPeriod
    by: SessionEnd | None
    window: Window
    rows: tuple[SessionRow, ...]
    definition: str


def sessions(options: SessionsOptions) -> Question[tuple[SessionGroup, ...], SessionsResult]:
    """The question with these options. Raises UsageError for an option that has no such value."""
    checked(options)
    if options.top < 1:
        raise UsageError(f"there is at least 1 row, not {options.top}")
    return with_options(
        "sessions", options, tuple[SessionGroup, ...], tally, _merge, _sections, _table, TIMELINE_MESSAGES
    )


def _merge(
    context: ReportContext, options: SessionsOptions, partials: Sequence[tuple[SessionGroup, ...]]
) -> SessionsResult:
    by_key: dict[tuple[int | None, str | None], list[SessionGroup]] = defaultdict(list)
    for group in itertools.chain.from_iterable(partials):
        by_key[group.period, group.label].append(group)
    counts = {
        label: sum(group.sessions for group in groups)
        for (period, label), groups in by_key.items()
        if period is None and label is not None
    }
    ranked = sorted(counts, key=lambda label: (-counts[label], label))
    periods = [*_periods(context, options.per, [period for period, _ in by_key if period is not None]), None]
    rows = []
    for label in (None, *ranked[: options.top]) if by_key else ():
        rows += [_row(context, options, period, label, by_key[period, label]) for period in periods]
    if others := ranked[options.top :]:
        for period in periods:
            groups = [group for label in others for group in by_key.get((period, label), ())]
            rows.append(_row(context, options, period, None, groups, is_other=True))
    window = context.window(context.span)
    return SessionsResult(
        options.per, options.by, window, tuple(rows), _definition(options, window, context.plan.week_starts)
    )


def _periods(context: ReportContext, per: SessionPeriod, numbers: Sequence[int]) -> Sequence[int]:
    """Every period from the first with a session to the last, also those without one. Raises UsageError."""
    if not numbers:
        return ()
    first, last = (epoch_us(context.periods.start(per, number)) for number in (min(numbers), max(numbers)))
    periods = context.periods.every(per, first, last)
    if len(periods) > _PERIODS:
        raise UsageError(f"there are more than {_PERIODS:,} {per}s; give a later --since")
    return periods


def _row(
    context: ReportContext,
    options: SessionsOptions,
    period: int | None,
    label: str | None,
    groups: Sequence[SessionGroup],
    *,
    is_other: bool = False,
) -> SessionRow:
    figures = _figures(groups, has_persons=not is_other)
    if period is None:
        return SessionRow(None, label, is_other, is_complete=True, figures=figures)
    start, end = context.periods.start(options.per, period), context.periods.end(options.per, period)
    since = context.span.since
    is_complete = (since is None or since <= epoch_us(start)) and end <= context.end
    return SessionRow(start, label, is_other, is_complete, figures)


def _figures(groups: Sequence[SessionGroup], *, has_persons: bool) -> SessionFigures:
    count, messages, bounces, open_ = (
        sum(getattr(group, name) for group in groups) for name in ("sessions", "messages", "bounces", "open")
    )
    persons = sum(group.persons for group in groups) if has_persons else None
    durations = _Durations(groups)
    return SessionFigures(
        sessions=count,
        persons=persons,
        per_person=quotient(count, persons).value,
        median_seconds=durations.median(),
        p90_seconds=durations.at(-(-9 * count // 10) - 1),
        mean_seconds=quotient(durations.sum(), count * _SECOND).value,
        messages=messages,
        messages_per_session=quotient(messages, count).value,
        bounces=bounces,
        bounce_share=quotient(bounces, count).value,
        open=open_,
    )


class _Durations:
    """The durations of all sessions of some groups, in order."""

    def __init__(self, groups: Sequence[SessionGroup]) -> None:
        pairs = [(_numbers(group.durations), _numbers(group.counts)) for group in groups]
        if len(pairs) == 1:
            self._values, self._counts = pairs[0]
        else:
            merged = list(heapq.merge(*(zip(*pair, strict=True) for pair in pairs)))
            self._values, self._counts = array("q", (value for value, _ in merged)), array("q", (n for _, n in merged))
        self._ends = list(itertools.accumulate(self._counts))

    def sum(self) -> int:
        return sum(value * count for value, count in zip(self._values, self._counts, strict=True))

    def at(self, rank: int) -> Decimal | None:
        """The seconds of the session that comes after so many shorter ones."""
        return quotient(self._us(rank), _SECOND).value if self._ends else None

    def median(self) -> Decimal | None:
        if not self._ends:
            return None
        size = self._ends[-1]
        return quotient(self._us((size - 1) // 2) + self._us(size // 2), 2 * _SECOND).value

    def _us(self, rank: int) -> int:
        return self._values[bisect_right(self._ends, rank)]


def _numbers(content: bytes) -> array[int]:
    numbers = array("q")
    numbers.frombytes(content)
    return numbers


_SESSION = (
    "Session: the messages of a person on one device (an anonymous_id, else a device_id, else none) without a gap of "
    "over 30 minutes; a reset ends it, and is its last message."
)
_DURATION = (
    "Duration: from its first message to its last; a session of one message lasts 0. The median is halfway between the "
    "two in the middle; p90 is the shortest duration that at least 90 % of the sessions do not exceed."
)


def _definition(options: SessionsOptions, window: Window, week_starts: WeekStart) -> str:
    sentences = [
        _SESSION,
        (
            f"It is of the {options.per} of the clock of {window.timezone} in which it begins. One that began before "
            "the window is not counted; one that goes on after the window is counted whole."
        ),
        _DURATION,
        "Bounce: a session of one message, which is a page or screen.",
        (
            f"An incomplete {options.per} (*) is not whole in the window. Open are sessions without a reset whose last "
            "message is not over 30 minutes ago: they may go on."
        ),
    ]
    if options.per == "week":
        sentences.append(week_text(week_starts))
    if options.by is not None:
        sentences.append(
            f"The {options.by} is the {'first' if options.by == 'entry' else 'last'} event, page (page:ROUTE) or "
            "screen of a session, of equal times by seq; a session of other calls alone has none. Each session is in "
            "one row, a person in each row with a session of theirs, and so not counted in the row of all others."
        )
    return " ".join([*sentences, f"Sessions that begin in the window: {window_text(window)}.", PERSONS])


_COLUMNS = ("sessions", "persons", "per person", "median", "p90", "mean", "messages each", "bounced")


def _sections(result: SessionsResult) -> Iterator[Section]:
    rows = [
        TableRow([[_head(row, result.per)], *_cells(row.figures, is_complete=row.is_complete)])
        for row in result.rows
        if row.label is None and not row.is_other
    ]
    labels = [
        TableRow([[_head(row, result.per)], *_cells(row.figures)])
        for row in result.rows
        if row.start is None and (row.label is not None or row.is_other)
    ]
    open_ = sum(row.figures.open for row in result.rows if row.start is None and row.label is None and not row.is_other)
    remarks: list[Cell] = [[quiet(f"{open_:,} of them may go on")]] if open_ else []
    yield Section(
        "Sessions",
        table=Table((result.per, *_COLUMNS), rows) if rows else None,
        remarks=remarks if rows else [[quiet("no session begins in the window")]],
        definition=FigureDefinition("sessions", result.definition),
    )
    if labels:
        yield Section(f"Sessions by {result.by}", table=Table((str(result.by), *_COLUMNS), labels))


def _head(row: SessionRow, per: SessionPeriod) -> Any:
    if row.label is not None:
        return strong(row.label if row.label != NO_STEP else "(no event, page or screen)")
    if row.is_other:
        return quiet("all others")
    return strong("all") if row.start is None else strong(Period(row.start, per))


def _cells(figures: SessionFigures, *, is_complete: bool = True) -> list[Cell]:
    return [
        [plain(figures.sessions), quiet("" if is_complete else "*")],
        [] if figures.persons is None else [plain(figures.persons)],
        [_rounded(figures.per_person)],
        *(
            [plain(Elapsed(seconds))]
            for seconds in (figures.median_seconds, figures.p90_seconds, figures.mean_seconds)
        ),
        [_rounded(figures.messages_per_session)],
        [] if figures.bounce_share is None else [plain(Amount(figures.bounce_share, is_share=True))],
    ]  # fmt: skip


def _rounded(value: Decimal | None) -> Any:
    """To two decimals: the exact quotient is in the other forms."""
    return plain("" if value is None else f"{value:,.2f}")


def _table(result: SessionsResult) -> FlatTable:
    """A row for each period and label; what is of all periods has no start."""
    names = (*SessionRow.__struct_fields__[:-1], *SessionFigures.__struct_fields__)
    rows = []
    for row in result.rows:
        figures = msgspec.structs.asdict(row.figures)
        for name in ("per_person", "mean_seconds", "messages_per_session", "bounce_share"):
            figures[name] = as_float(figures[name])
        rows.append((row.start, row.label, row.is_other, row.is_complete, *figures.values()))
    return FlatTable(names, tuple(rows))

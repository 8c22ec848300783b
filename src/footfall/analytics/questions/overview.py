"""What there is before anybody has asked for a figure: messages, persons, events and sources over time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from footfall.analytics.engine import hand_over
from footfall.analytics.question import Question, Report, ReportContext
from footfall.analytics.sections import Command, Period, Rest, Section, Table, TableRow, plain, quiet
from footfall.storage.journal import QUARTER_US
from footfall.timestamps import local_time

__all__ = ["OVERVIEW", "NameCount", "Overview", "Per", "PeriodCount"]

Per = Literal["hour", "day", "week", "month"]

# The finest period is taken of which at most so many have messages; else months, however many there are.
_MOST: dict[Per, int] = {"hour": 48, "day": 31, "week": 26}
_DAYS_BY_HOUR = 3

# So many are shown; JSON has all.
_MOST_PERIODS = 60
_MOST_NAMES = 20

# DuckDB's remainder has the sign of what is divided.
_QUARTER = f"occurred_at - ((occurred_at % {QUARTER_US}) + {QUARTER_US}) % {QUARTER_US}"
_NAME = "coalesce(event, '(' || type || ')')"


class PeriodCount(msgspec.Struct, frozen=True):
    """One period with messages: when it begins, and how many of each there were in it."""

    start: datetime
    messages: int
    persons: int
    events: int
    sources: int


class NameCount(msgspec.Struct, frozen=True):
    """One event (or a type of message in brackets) or one source."""

    name: str
    messages: int
    persons: int
    first: datetime
    last: datetime


class Overview(msgspec.Struct, frozen=True):
    """Messages by corrected time, the most frequent events and sources first. `persons` are those that count."""

    per: Per
    periods: tuple[PeriodCount, ...]
    events: tuple[NameCount, ...]
    sources: tuple[NameCount, ...]


def _answer(context: ReportContext) -> Overview | None:
    """Everything that occurred in the window; None where the plan asks something."""
    if any(context.answer(question) for question in context.questions if question.is_of_plan):
        return None
    per, starts = _periods(context)
    return Overview(
        per=per,
        periods=_counts(context, starts),
        events=_names(context, _NAME),
        sources=_names(context, "source"),
    )


def _periods(context: ReportContext) -> tuple[Per, dict[int, datetime]]:
    """What to count by, and the period in which each quarter of an hour with messages lies."""
    quarters = context.dataset.rows(
        f"SELECT DISTINCT {_QUARTER} FROM {context.dataset.messages()} WHERE {context.span.sql()} ORDER BY 1"
    )
    local = {us: local_time(us, context.plan.timezone) for (us,) in quarters}
    starts = {per: {us: _start(at, per) for us, at in local.items()} for per in ("hour", "day", "week", "month")}
    days = len(set(starts["day"].values()))
    for per, most in _MOST.items():
        if len(set(starts[per].values())) <= most and (per != "hour" or days <= _DAYS_BY_HOUR):
            return per, starts[per]
    return "month", starts["month"]


def _start(at: datetime, per: str) -> datetime:
    if per == "hour":
        return at.replace(minute=0, second=0, microsecond=0)
    day = at.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    if per == "week":
        try:
            return day - timedelta(days=day.weekday())
        except OverflowError:
            return day  # the first week of the calendar
    return day.replace(day=1) if per == "month" else day


def _counts(context: ReportContext, starts: dict[int, datetime]) -> tuple[PeriodCount, ...]:
    import pyarrow  # loaded with the engine

    dataset = context.dataset
    order = list(dict.fromkeys(starts.values()))
    numbers = {start: number for number, start in enumerate(order)}
    table = pyarrow.table({
        "quarter": pyarrow.array(starts, pyarrow.int64()),
        "number": pyarrow.array([numbers[start] for start in starts.values()], pyarrow.int64()),
    })  # fmt: skip
    periods = dataset.new_name("periods")
    hand_over(dataset.connection, table, f"CREATE TABLE {periods} AS SELECT * FROM handed")
    rows = dataset.rows(
        "SELECT number, count(*), count(DISTINCT person) FILTER (counted), "
        f"count(DISTINCT {_NAME}), count(DISTINCT source) "
        f"FROM {dataset.messages()} JOIN {periods} ON quarter = {_QUARTER} WHERE {context.span.sql()} "
        "GROUP BY number ORDER BY number"
    )
    dataset.connection.execute(f"DROP TABLE {periods}")
    return tuple(PeriodCount(order[number], *counts) for number, *counts in rows)


def _names(context: ReportContext, name: str) -> tuple[NameCount, ...]:
    rows = context.dataset.rows(
        f"SELECT {name} AS name, count(*) AS messages, count(DISTINCT person) FILTER (counted), "
        f"min(occurred_at), max(occurred_at) FROM {context.dataset.messages()} WHERE {context.span.sql()} "
        "GROUP BY 1 ORDER BY messages DESC, name"
    )
    zone = context.plan.timezone
    return tuple(
        NameCount(name, messages, persons, local_time(first, zone), local_time(last, zone))
        for name, messages, persons, first, last in rows
    )


def _sections(report: Report) -> Iterator[Section]:
    overview = report[OVERVIEW]
    if overview is None or not report.data.messages:
        return
    columns = (overview.per, "messages", "persons", "events", "sources")
    rows = [_period_row(period, overview.per) for period in overview.periods[-_MOST_PERIODS:]]
    earlier = len(overview.periods) - len(rows)
    yield Section(
        f"What came in by {overview.per}",
        table=Table(columns, rows),
        remarks=[[quiet(Rest(earlier, "earlier one"))]] if earlier else (),
    )
    yield _by("event", overview.events)
    yield _by("source", overview.sources)
    if report.plan is not None:
        yield Section(
            "This plan has no KPIs and no journeys yet, so this is all that came in.\n"
            "Add kpis: and journeys: to it, and come back with --plan.",
            tone="plain",
        )
        return
    commands = (
        Command("footfall plan infer --data {data} -o tracking_plans"),
        Command("footfall report --data {data} --plan tracking_plans"),
    )
    yield Section(
        "No plan was used here, so nothing was checked, and this is all that came in. Draft a plan from it:",
        remarks=[[plain(command)] for command in commands],
        tone="plain",
    )


def _by(title: str, names: Sequence[NameCount]) -> Section:
    rows = [
        TableRow([[plain(value)] for value in (name.name, name.messages, name.persons, name.first, name.last)])
        for name in names[:_MOST_NAMES]
    ]
    rarer = len(names) - len(rows)
    return Section(
        f"By {title}",
        table=Table((title, "messages", "persons", "first", "last"), rows),
        remarks=[[quiet(Rest(rarer, "rarer one"))]] if rarer else (),
    )


def _period_row(period: PeriodCount, per: Per) -> TableRow:
    values = (Period(period.start, per), period.messages, period.persons, period.events, period.sources)
    return TableRow([[plain(value)] for value in values], is_whole=True)


OVERVIEW = Question("overview", _answer, _sections, is_of_plan=False)

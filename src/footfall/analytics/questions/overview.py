"""What there is before anybody has asked for a figure: messages, persons, events and sources over time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from footfall.analytics.local_periods import Per
from footfall.analytics.question import Question, Report, ReportContext, ShardContext
from footfall.analytics.sections import Command, Period, Rest, Section, Table, TableRow, plain, quiet
from footfall.timestamps import local_time

__all__ = ["OVERVIEW", "NameCount", "Overview", "Per", "PeriodCount"]

# The finest period is taken of which at most so many have messages; else months, however many there are.
_MOST: dict[Per, int | None] = {"hour": 48, "day": 31, "week": 26, "month": None}
_DAYS_BY_HOUR = 3

# So many are shown; JSON has all.
_MOST_PERIODS = 60
_MOST_NAMES = 20

_COLUMNS = ("source", "type", "event", "occurred_at", "person")
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


class PeriodTally(msgspec.Struct, frozen=True, array_like=True):
    """A period in one shard, with the names of its events and sources."""

    messages: int
    persons: int
    events: frozenset[str]
    sources: frozenset[str]


class NameTally(msgspec.Struct, frozen=True, array_like=True):
    """An event or a source in one shard; `first` and `last` are microseconds since 1970 UTC."""

    messages: int
    persons: int
    first: int
    last: int


class OverviewPartial(msgspec.Struct, frozen=True):
    """What one shard has of everything, None where the plan asks something.

    `periods` go by their numbers (see `LocalPeriods`). A kind of period of which there are too many is missing, and of
    the only shard all that are longer than need be.
    """

    periods: dict[Per, dict[int, PeriodTally]] | None = None
    events: dict[str, NameTally] = {}
    sources: dict[str, NameTally] = {}


def _partial(context: ShardContext) -> OverviewPartial:
    if any(question.is_of_plan and question.asks(context.report.plan) for question in context.report.questions):
        return OverviewPartial()
    return OverviewPartial(_periods(context), _names(context, _NAME), _names(context, "source"))


def _periods(context: ShardContext) -> dict[Per, dict[int, PeriodTally]]:
    periods: dict[Per, dict[int, PeriodTally]] = {}
    for per, most in _MOST.items():
        if context.shard.is_whole and periods.keys() - {"hour"}:
            break  # this is the one that is shown, or the hours are
        number = context.report.periods.sql(per)
        rows = context.dataset.rows(f"""
            SELECT {number}, count(*), count(DISTINCT person) FILTER (counted),
                   list(DISTINCT {_NAME}), list(DISTINCT source)
            FROM {context.messages(*_COLUMNS)} WHERE {context.where(context.report.span)} GROUP BY 1
        """)
        if most is None or len(rows) <= most:
            periods[per] = {
                number: PeriodTally(messages, persons, frozenset(events), frozenset(sources))
                for number, messages, persons, events, sources in rows
            }
    return periods


def _names(context: ShardContext, name: str) -> dict[str, NameTally]:
    rows = context.dataset.rows(f"""
        SELECT {name}, count(*), count(DISTINCT person) FILTER (counted), min(occurred_at), max(occurred_at)
        FROM {context.messages(*_COLUMNS)} WHERE {context.where(context.report.span)} GROUP BY 1
    """)
    return {name: NameTally(*counts) for name, *counts in rows}


def _merge(context: ReportContext, partials: Sequence[OverviewPartial]) -> Overview | None:
    """Everything that occurred in the window; None where the plan asks something."""
    shards = [partial.periods for partial in partials if partial.periods is not None]
    if not shards:
        return None
    by = {per: _added(shard[per] for shard in shards) for per in _MOST if all(per in shard for shard in shards)}
    per = next(per for per, periods in by.items() if _suits(per, periods, by))
    return Overview(
        per=per,
        periods=tuple(
            PeriodCount(
                context.periods.start(per, number),
                period.messages,
                period.persons,
                len(period.events),
                len(period.sources),
            )
            for number, period in sorted(by[per].items())
        ),
        events=_name_counts(context, [partial.events for partial in partials]),
        sources=_name_counts(context, [partial.sources for partial in partials]),
    )


def _suits(per: Per, periods: Mapping[int, PeriodTally], by: Mapping[Per, Mapping[int, PeriodTally]]) -> bool:
    most = _MOST[per]
    if per == "hour" and ("day" not in by or len(by["day"]) > _DAYS_BY_HOUR):
        return False
    return most is None or len(periods) <= most


def _added(shards: Iterable[Mapping[int, PeriodTally]]) -> dict[int, PeriodTally]:
    sums: dict[int, PeriodTally] = {}
    for shard in shards:
        for number, period in shard.items():
            before = sums.get(number, _NOTHING)
            sums[number] = PeriodTally(
                before.messages + period.messages,
                before.persons + period.persons,
                before.events | period.events,
                before.sources | period.sources,
            )
    return sums


_NOTHING = PeriodTally(0, 0, frozenset(), frozenset())


def _name_counts(context: ReportContext, shards: Sequence[Mapping[str, NameTally]]) -> tuple[NameCount, ...]:
    """The most frequent first."""
    zone = context.plan.timezone
    counts = []
    for name in {name for shard in shards for name in shard}:
        tallies = [shard[name] for shard in shards if name in shard]
        counts.append(
            NameCount(
                name,
                sum(tally.messages for tally in tallies),
                sum(tally.persons for tally in tallies),
                local_time(min(tally.first for tally in tallies), zone),
                local_time(max(tally.last for tally in tallies), zone),
            )
        )
    return tuple(sorted(counts, key=lambda count: (-count.messages, count.name)))


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


OVERVIEW = Question("overview", OverviewPartial, _partial, _merge, _sections, is_of_plan=False)

"""What there is before anybody has asked for a figure: messages, persons, events and sources over time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

import msgspec

from footfall.analytics.engine import hand_over
from footfall.analytics.window import Span
from footfall.storage.journal import QUARTER_US
from footfall.timestamps import local_time

if TYPE_CHECKING:
    from footfall.analytics.dataset import Dataset

__all__ = ["NameCount", "Overview", "Per", "PeriodCount", "overview"]

Per = Literal["hour", "day", "week", "month"]

# The finest of these whose periods that hold messages are so few is taken; months are, however many there are.
_MOST: dict[Per, int] = {"hour": 48, "day": 31, "week": 26}
_DAYS_BY_HOUR = 3

# DuckDB's remainder has the sign of what is divided.
_QUARTER = f"occurred_at - ((occurred_at % {QUARTER_US}) + {QUARTER_US}) % {QUARTER_US}"
_NAME = "coalesce(event, '(' || type || ')')"


class PeriodCount(msgspec.Struct, frozen=True):
    """One period that holds messages: when it begins, and how many of each there were in it."""

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


def overview(dataset: Dataset, span: Span, timezone: str) -> Overview:
    """Everything that occurred in a window, on the clock of `timezone`."""
    per, starts = _periods(dataset, span, timezone)
    return Overview(
        per=per,
        periods=_counts(dataset, span, starts),
        events=_names(dataset, span, timezone, _NAME),
        sources=_names(dataset, span, timezone, "source"),
    )


def _periods(dataset: Dataset, span: Span, timezone: str) -> tuple[Per, dict[int, datetime]]:
    """What to count by, and the period in which each quarter of an hour with messages lies."""
    lines = dataset.rows(f"SELECT DISTINCT {_QUARTER} FROM messages WHERE {span.sql()} ORDER BY 1")
    local = {us: local_time(us, timezone) for (us,) in lines}
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


def _counts(dataset: Dataset, span: Span, starts: dict[int, datetime]) -> tuple[PeriodCount, ...]:
    import pyarrow  # loaded with the engine

    order = list(dict.fromkeys(starts.values()))
    places = {start: place for place, start in enumerate(order)}
    table = pyarrow.table({
        "quarter": pyarrow.array(starts, pyarrow.int64()),
        "place": pyarrow.array([places[start] for start in starts.values()], pyarrow.int64()),
    })  # fmt: skip
    periods = dataset.new_name("periods")
    hand_over(dataset.connection, table, f"CREATE TABLE {periods} AS SELECT * FROM handed")
    lines = dataset.rows(
        "SELECT place, count(*), count(DISTINCT person_id) FILTER (counted), "
        f"count(DISTINCT {_NAME}), count(DISTINCT source) "
        f"FROM messages JOIN {periods} ON quarter = {_QUARTER} WHERE {span.sql()} GROUP BY place ORDER BY place"
    )
    dataset.connection.execute(f"DROP TABLE {periods}")
    return tuple(PeriodCount(order[place], *counts) for place, *counts in lines)


def _names(dataset: Dataset, span: Span, timezone: str, name: str) -> tuple[NameCount, ...]:
    lines = dataset.rows(
        f"SELECT {name} AS name, count(*) AS messages, count(DISTINCT person_id) FILTER (counted), "
        f"min(occurred_at), max(occurred_at) FROM messages WHERE {span.sql()} "
        "GROUP BY 1 ORDER BY messages DESC, name"
    )
    return tuple(
        NameCount(name, messages, persons, local_time(first, timezone), local_time(last, timezone))
        for name, messages, persons, first, last in lines
    )

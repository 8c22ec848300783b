"""Retention in SQL: who entered in which period, and who of them returned in which bracket."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from footfall.analytics.filtered_messages import Filtered, filtered_messages, money_of_value
from footfall.analytics.question import ReportContext, ShardContext
from footfall.analytics.questions.retention.options import LENGTHS, RetentionOptions, Returning
from footfall.analytics.window import Span

__all__ = ["RetentionPartial", "tally"]


class RetentionPartial(msgspec.Struct, frozen=True):
    """The same of one shard: entries by cohort, then (cohort, bracket, returned), then the values' histogram.

    A cohort is the number of its period. `values` has (cohort, bracket, currency, value as text, how often).
    """

    entered: dict[int, int]
    returned: tuple[tuple[int, int, int], ...]
    values: tuple[tuple[int, int, str, str, int], ...]


def tally(context: ShardContext, options: RetentionOptions) -> RetentionPartial:
    span, dataset = context.report.span, context.dataset
    money = money_of_value(context.report.plan, options.returning, options.value)
    currency = money.named if money else ""
    properties = [name for name in (options.value, currency) if name]
    since = None if options.entry == "first_ever" else span.since
    starts, returns = filtered_messages(
        context,
        options.by,
        [Filtered(options.start, (), since), Filtered(options.returning, properties, span.since)],
    )
    entries, cells = dataset.new_name("entries"), dataset.new_name("cells")
    dataset.connection.execute(f"CREATE TABLE {entries} AS {_entries(context.report, options, starts)}")
    dataset.connection.execute(
        f"CREATE TABLE {cells} AS {_cells(context.report, options, entries, returns, properties)}"
    )
    entered: dict[int, int] = dict(dataset.rows(f"SELECT cohort, count(*) FROM {entries} GROUP BY ALL"))
    returned = dataset.rows(f"SELECT cohort, bracket, count(*) FROM ({_returned(options, cells)}) GROUP BY ALL")
    values = dataset.rows(_values(options, cells, currency)) if options.value else ()
    for table in (entries, cells):
        dataset.connection.execute(f"DROP TABLE {table}")
    return RetentionPartial(entered, tuple(map(tuple, returned)), tuple(map(tuple, values)))


def _entries(report: ReportContext, options: RetentionOptions, starts: str) -> str:
    """A row (actor, entered, cohort) for each entry."""
    until = Span(None, report.span.until).sql("time")
    period = report.periods.sql(options.per, "time")
    grouped = "actor, cohort" if options.entry == "recurring" else "actor"
    first = f"""
        SELECT actor, min(time) AS entered
        FROM (SELECT *, {period} AS cohort FROM ({starts}) WHERE {until}) GROUP BY {grouped}
    """
    return f"""
        SELECT actor, entered, {report.periods.sql(options.per, "entered")} AS cohort FROM ({first})
        WHERE {Span(report.span.since).sql("entered")}
    """


def _cells(
    report: ReportContext, options: RetentionOptions, entries: str, returns: str, properties: Sequence[str]
) -> str:
    """A row for each return: the entry's actor and cohort, how many periods after it, and the value."""
    if options.counting == "rolling":
        number = f"(time - entered) // {LENGTHS[options.per]}"
    else:
        period = report.periods.sql(options.per, "time")
        calendar = report.periods.calendar
        number = f"({calendar.index_sql(options.per, period)}) - ({calendar.index_sql(options.per, 'cohort')})"
    values = "".join(f", value_{place}" for place in range(len(properties)))
    until = Span(None, report.span.until).sql("time")
    return f"""
        SELECT actor, cohort, number{values}
        FROM (
            SELECT actor, cohort, {number} AS number{values}
            FROM ({returns}) JOIN {entries} USING (actor)
            WHERE time > entered AND {until}
        ) WHERE number >= 1
    """


_IN_BRACKET: Final[Mapping[Returning, str]] = {
    "on": "number BETWEEN first AND last",
    "on_or_after": "number >= first",
    "on_or_before": "number <= last",
    "streak": "number BETWEEN first AND last",
}


def _bracketed(options: RetentionOptions, cells: str) -> str:
    rows = ", ".join(f"({place}, {each.first}, {each.last})" for place, each in enumerate(options.brackets))
    return f"{cells} JOIN (VALUES {rows}) AS brackets(bracket, first, last) ON {_IN_BRACKET[options.returning_when]}"


def _returned(options: RetentionOptions, cells: str) -> str:
    """A row (actor, cohort, bracket) for each return that counts."""
    returned = f"""
        SELECT actor, cohort, bracket FROM {_bracketed(options, cells)}
        GROUP BY ALL HAVING count(*) >= {options.minimum}
    """
    if options.returning_when != "streak":
        return returned
    return f"""
        SELECT actor, cohort, bracket FROM ({returned})
        QUALIFY count(*) OVER (PARTITION BY actor, cohort ORDER BY bracket) = bracket + 1
    """


def _values(options: RetentionOptions, cells: str, currency: str) -> str:
    code = "coalesce(value_1::VARCHAR, '')" if currency else "''"
    return f"""
        SELECT cohort, bracket, {code}, value_0::VARCHAR, count(*)
        FROM {_bracketed(options, cells)} WHERE value_0 IS NOT NULL GROUP BY ALL
    """

"""A funnel of one shard: how many reached each step, by value, how long it took, and who did not go on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from footfall.analytics.question import ReportContext, ShardContext
from footfall.analytics.questions.funnel.attempt_table import attempt_table
from footfall.analytics.questions.funnel.breakdown import check_values, valued
from footfall.analytics.questions.funnel.options import FunnelOptions
from footfall.analytics.questions.journeys import journey_span
from footfall.analytics.window import Span

_NEVER = 2**63 - 1

__all__ = ["DroppedRow", "FunnelPartial", "ValueCounts", "funnel_span", "tally"]


class ValueCounts(msgspec.Struct, frozen=True):
    """Those of one value of the breakdown: how many reached each step, and of those who got no further are open."""

    value: str | None
    reached: tuple[int, ...]
    open: tuple[int, ...]


class DroppedRow(msgspec.Struct, frozen=True):
    """Who did not reach a step: when they entered (microseconds since 1970 UTC), and whether they may still do."""

    person_id: str
    entered: int
    is_open: bool


class FunnelPartial(msgspec.Struct, frozen=True):
    """`took` has, for each step from the second on, how often each time since the step before occurs, and `whole` that
    from the entry to the last step. Times are microseconds. `excluded` has the entries or persons of each exclusion.

    `converted`, `ended` and `censored` are of the first entry of each actor: how often each time since the entry
    occurs at which it converted, an exclusion ended it, or it could be looked at no longer.
    """

    values: tuple[ValueCounts, ...]
    took: tuple[dict[int, int], ...]
    whole: dict[int, int]
    excluded: tuple[int, ...]
    converted: dict[int, int]
    ended: dict[int, int]
    censored: dict[int, int]
    dropped: tuple[DroppedRow, ...]


def funnel_span(context: ReportContext, options: FunnelOptions) -> Span:
    """The window of the entries: what was asked for, else the one of the journey."""
    return context.span if options.journey is None else journey_span(context, context.plan.journeys[options.journey])


def tally(context: ShardContext, options: FunnelOptions) -> FunnelPartial:
    dataset, span = context.dataset, funnel_span(context.report, options)
    context = context.ending_with(span)
    check_values(context.report.plan, options)
    table = attempt_table(context, options, span)
    last = len(options.steps) - 1
    took = tuple(
        _times(context, table, f"time_{number} - time_{before}", "is_counted")
        for number in range(1, last + 1)
        for before in (options.before(number) if options.order != "any" else number - 1,)
    )
    partial = FunnelPartial(
        values=_values(context, options, span, table),
        took=took,
        whole=took[0] if last == 1 else _times(context, table, f"time_{last} - time_0", "is_counted") if last else {},
        excluded=_excluded(context, options, table),
        converted=_times(context, table, f"time_{last} - time_0", "is_first AND ended_by IS NULL", "1"),
        ended=_times(context, table, "ended_at - time_0", "is_first", "1") if options.exclusions else {},
        censored=_times(
            context, table, _censored(context, options), f"is_first AND ended_by IS NULL AND time_{last} IS NULL", "1"
        ),
        dropped=_dropped(context, options, table) if options.dropped is not None else (),
    )
    dataset.connection.execute(f"DROP TABLE {table}")
    return partial


def _censored(context: ShardContext, options: FunnelOptions) -> str:
    """How long it is certain of an entry that it had not converted: up to now, or else for all of its time."""
    always = _NEVER if options.within is None else options.within * 1_000_000
    return f"CASE WHEN is_open THEN greatest({context.report.now} - time_0, 0) ELSE {always} END"


def _times(context: ShardContext, table: str, time: str, where: str, weight: str = "weight") -> dict[int, int]:
    rows = context.dataset.connection.sql(
        f"SELECT {time} AS took, sum({weight})::BIGINT AS times FROM {table} WHERE {where} AND {time} IS NOT NULL "
        "GROUP BY took"
    ).to_arrow_table()
    return dict(zip(rows["took"].to_pylist(), rows["times"].to_pylist(), strict=True))


def _excluded(context: ShardContext, options: FunnelOptions, table: str) -> tuple[int, ...]:
    if not options.exclusions:
        return ()
    counts = ", ".join(
        f"count(*) FILTER (person_drop = {number})" if each.drops_person
        else f"coalesce(sum(weight) FILTER (is_counted AND ended_by = {number}), 0)::BIGINT"
        for number, each in enumerate(options.exclusions)
    )  # fmt: skip
    (row,) = context.dataset.rows(f"SELECT {counts} FROM {table}")
    return tuple(map(int, row))


def _values(context: ShardContext, options: FunnelOptions, span: Span, table: str) -> tuple[ValueCounts, ...]:
    steps = range(len(options.steps))
    reached = ", ".join(f"coalesce(sum(weight) FILTER (time_{step} IS NOT NULL), 0)::BIGINT" for step in steps)
    furthest = " ".join(f"WHEN time_{step} IS NOT NULL THEN {step}" for step in reversed(steps))
    open_ = ", ".join(f"coalesce(sum(weight) FILTER (is_open AND furthest = {step}), 0)::BIGINT" for step in steps)
    source, value = table, "NULL"
    if options.breakdown is not None:
        source, value = f"({valued(context, options, options.breakdown, span, table)})", "value"
    rows = context.dataset.rows(
        f"SELECT {value} AS value, [{reached}], [{open_}] "
        f"FROM (SELECT *, CASE {furthest} END AS furthest FROM {source}) WHERE is_counted GROUP BY ALL"
    )
    return tuple(ValueCounts(value, tuple(reached), tuple(open_)) for value, reached, open_ in rows)


def _dropped(context: ShardContext, options: FunnelOptions, table: str) -> tuple[DroppedRow, ...]:
    """One row for each entry that reached the step before and not this one."""
    import pyarrow  # loaded with the engine

    assert options.dropped is not None
    step = options.dropped - 1
    before = step - 1 if options.order == "any" else options.before(step)
    rows: Sequence[tuple[Any, ...]] = context.dataset.rows(
        f"SELECT actor, time_0, is_open, unnest(range(weight)) FROM {table} "
        f"WHERE is_counted AND time_{before} IS NOT NULL AND time_{step} IS NULL"
    )
    ids = context.dataset.persons.person_ids(pyarrow.array([row[0] for row in rows], pyarrow.int32())).to_pylist()
    return tuple(DroppedRow(person_id, row[1], row[2]) for person_id, row in zip(ids, rows, strict=True))

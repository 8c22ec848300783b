"""Sessions of one shard, counted in SQL by the period in which they begin, and by where they begin or end."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from footfall.analytics.question import ShardContext
from footfall.analytics.questions.sessions.options import SessionsOptions
from footfall.identity.sessions import SESSION_GAP_US

__all__ = ["NO_STEP", "SessionGroup", "tally"]

NO_STEP: Final = ""
"""The label of sessions in which nobody did anything: of calls that say who somebody is, and of resets."""

_NO_STEP: Final = -1


class SessionGroup(msgspec.Struct, frozen=True):
    """Sessions that begin in the period of this number, and with `label` as their entry or exit; None for all.

    `open` may go on. `durations` has the different durations in microseconds, rising, as int64, and `counts` how many
    sessions last so long; both as their bytes.
    """

    period: int | None
    label: str | None
    sessions: int
    persons: int
    messages: int
    bounces: int
    open: int
    durations: bytes
    counts: bytes


def tally(context: ShardContext, options: SessionsOptions) -> tuple[SessionGroup, ...]:
    """Groups by period and label, by each of them, and of all; only those with a session."""
    from footfall.analytics.session_table import session_table, step_names, timelines  # loaded with pyarrow

    dataset = context.dataset
    rows = session_table(timelines(dataset, context.shard, steps=options.by is not None))
    labels: dict[int | None, str | None] = {None: None, _NO_STEP: NO_STEP}
    if options.by is not None:
        labels |= dataset.rows(f"SELECT step, name FROM {step_names(dataset)}")
    name = dataset.new_name("sessions")
    dataset.connection.register(name, rows)
    sessions = _sessions(context, options, name)
    sets = "(period, step), (step)" + ("" if options.by is None else ", (period), ()")
    figures = dataset.rows(_figures(context, sessions, sets))
    persons = {
        (period, step): number
        for period, step, number in dataset.rows(
            f"SELECT period, step, count(DISTINCT person) FROM ({sessions}) GROUP BY GROUPING SETS ({sets})"
        )
    }
    durations = _durations(dataset.connection, sessions, sets)
    dataset.connection.unregister(name)
    return tuple(
        SessionGroup(
            period, labels[step], count, persons[period, step], messages, bounces, open_, *durations[period, step]
        )
        for period, step, count, messages, bounces, open_ in figures
        if count
    )


def _sessions(context: ShardContext, options: SessionsOptions, table: str) -> str:
    """A row for each session that begins in the window, as SQL; `step` is the number of its entry or exit."""
    report = context.report
    step = "NULL::INTEGER" if options.by is None else f"coalesce({options.by}, {_NO_STEP})"
    return f"""
        SELECT person, began, ended, messages, is_bounce, is_closed,
               {report.periods.sql(options.per, "began")} AS period, {step} AS step
        FROM {table} WHERE {report.span.sql("began")}
    """


def _figures(context: ShardContext, sessions: str, sets: str) -> str:
    """What adds up, as SQL: sessions are counted once, by period and step, and of these the rest."""
    return f"""
        WITH finest AS MATERIALIZED (
            SELECT period, step, count(*) AS sessions, sum(messages) AS messages, count_if(is_bounce) AS bounces,
                   count_if(NOT is_closed AND ended + {SESSION_GAP_US} >= {context.report.now}) AS open
            FROM ({sessions}) GROUP BY ALL
        )
        SELECT period, step, coalesce(sum(sessions), 0)::BIGINT, sum(messages)::BIGINT, sum(bounces)::BIGINT,
               sum(open)::BIGINT
        FROM finest GROUP BY GROUPING SETS ({sets})
    """


def _durations(connection: Any, sessions: str, sets: str) -> dict[tuple[int | None, int | None], tuple[bytes, bytes]]:
    of_duration = sets.replace("(", "(duration, ").replace(", )", ")")
    table = connection.sql(
        f"""
        WITH finest AS MATERIALIZED (
            SELECT period, step, ended - began AS duration, count(*) AS count FROM ({sessions}) GROUP BY ALL
        )
        SELECT period, step, list(duration ORDER BY duration) AS durations, list(count ORDER BY duration) AS counts
        FROM (
            SELECT period, step, duration, sum(count)::BIGINT AS count
            FROM finest GROUP BY GROUPING SETS ({of_duration})
        ) GROUP BY period, step
        """
    ).to_arrow_table()
    return {
        (period, step): (_bytes(durations), _bytes(counts))
        for period, step, durations, counts in zip(
            table["period"].to_pylist(), table["step"].to_pylist(), table["durations"], table["counts"], strict=True
        )
    }


def _bytes(numbers: Any) -> bytes:
    """The int64 numbers of a list."""
    values = numbers.values
    start = values.offset * 8
    return bytes(values.buffers()[1][start : start + len(values) * 8])

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

    dataset, report = context.dataset, context.report
    rows = timelines(dataset, context.shard, steps=options.by is not None)
    name = dataset.new_name("sessions")
    names = "" if options.by is None else f"LEFT JOIN {step_names(dataset)} ON step = {options.by}"
    dataset.connection.register(f"{name}_rows", session_table(rows))
    dataset.connection.execute(f"CREATE TABLE {name} AS {_labelled(context, options, f'{name}_rows', names)}")
    sets = "(period, label), (label)" + ("" if options.by is None else ", (period), ()")
    groups = dataset.rows(
        f"""
        SELECT period, label, count(*), count(DISTINCT person), sum(messages)::BIGINT, count_if(is_bounce),
               count_if(NOT is_closed AND ended + {SESSION_GAP_US} >= {report.now})
        FROM {name} GROUP BY GROUPING SETS ({sets})
        """
    )
    durations = _durations(dataset.connection, name, sets)
    dataset.connection.execute(f"DROP TABLE {name}")
    dataset.connection.unregister(f"{name}_rows")
    return tuple(SessionGroup(*each) for each in ((*group, *durations[group[:2]]) for group in groups if group[2]))


def _labelled(context: ShardContext, options: SessionsOptions, sessions: str, names: str) -> str:
    """A row for each session that begins in the window."""
    report = context.report
    period = report.periods.sql(options.per, "began")
    label = f"coalesce(name, '{NO_STEP}')" if names else "NULL::VARCHAR"
    return f"""
        SELECT person, began, ended, messages, is_bounce, is_closed, {period} AS period, {label} AS label
        FROM {sessions} {names} WHERE {report.span.sql("began")}
    """


def _durations(connection: Any, name: str, sets: str) -> dict[tuple[int | None, str | None], tuple[bytes, bytes]]:
    table = connection.sql(
        f"""
        SELECT period, label, list(duration ORDER BY duration) AS durations, list(count ORDER BY duration) AS counts
        FROM (
            SELECT period, label, ended - began AS duration, count(*) AS count
            FROM {name} GROUP BY GROUPING SETS ({sets.replace("(", "(duration, ").replace(", )", ")")})
        ) GROUP BY period, label
        """
    ).to_arrow_table()
    return {
        (period, label): (_bytes(durations), _bytes(counts))
        for period, label, durations, counts in zip(
            table["period"].to_pylist(), table["label"].to_pylist(), table["durations"], table["counts"], strict=True
        )
    }


def _bytes(numbers: Any) -> bytes:
    """The int64 numbers of a list."""
    values = numbers.values
    start = values.offset * 8
    return bytes(values.buffers()[1][start : start + len(values) * 8])

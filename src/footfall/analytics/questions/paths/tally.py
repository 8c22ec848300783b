"""Paths of one shard: how many sessions or persons went each way, in SQL over timelines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from footfall.analytics.filtered_messages import Filtered, filtered_messages
from footfall.analytics.question import ShardContext
from footfall.analytics.questions.paths.options import PathsOptions
from footfall.identity.sessions import SESSION_GAP_US
from footfall.plan.model import EventFilter

if TYPE_CHECKING:
    from footfall.analytics.dataset import Dataset

__all__ = ["PathCount", "PathsPartial", "tally"]

_SECOND = 1_000_000


class PathCount(msgspec.Struct, frozen=True):
    """How many went the same way. `is_cut`: it has more steps than were asked for. `open`: so many may go on."""

    steps: tuple[str, ...]
    is_cut: bool
    count: int
    open: int


class PathsPartial(msgspec.Struct, frozen=True):
    """`entered` are the sessions or persons with the (first) step that was asked for, `paths` those with a path."""

    entered: int
    paths: tuple[PathCount, ...]


class _Tables(NamedTuple):
    """The steps in order (unit, pos, time, seq, step, is_repeat), and the units (unit, began, may_go_on)."""

    steps: str
    units: str


def tally(context: ShardContext, options: PathsOptions) -> PathsPartial:
    from footfall.analytics.session_table import step_names  # loaded with pyarrow

    dataset = context.dataset
    tables = _tables(context, is_session=options.within is None)
    spans = dataset.new_name("spans")
    entered = dataset.new_name("entered")
    dataset.connection.execute(f"CREATE TABLE {entered} AS {_entered(context, options, tables)}")
    dataset.connection.execute(f"CREATE TABLE {spans} AS {_spans(context, options, tables, entered)}")
    ((count,),) = dataset.rows(f"SELECT count(*) FROM {entered}")
    rows = dataset.rows(_counted(context, options, tables, spans))
    names: dict[int, str] = dict(dataset.rows(f"SELECT step, name FROM {step_names(dataset)}"))
    for table in (entered, spans):
        dataset.connection.execute(f"DROP TABLE {table}")
    for table in tables:
        dataset.connection.unregister(table)
    return PathsPartial(count, tuple(PathCount(tuple(names[step] for step in steps), *rest) for steps, *rest in rows))


def _tables(context: ShardContext, *, is_session: bool) -> _Tables:
    from footfall.analytics.session_table import session_table, step_table, timelines  # loaded with pyarrow

    dataset: Dataset = context.dataset
    rows = timelines(dataset, context.shard, unit="session" if is_session else "person", steps=True)
    names = _Tables(dataset.new_name("steps"), dataset.new_name("units"))
    tables: tuple[Any, Any] = step_table(rows), session_table(rows)
    for name, table in zip(names, tables, strict=True):
        dataset.connection.register(name, table)
    return names


def _entered(context: ShardContext, options: PathsOptions, tables: _Tables) -> str:
    """A row (unit, pos, time) for each unit that has the step that its path goes from, or up to."""
    span = context.report.span
    asked = options.after or options.before or (options.between and options.between[0])
    if asked:
        condition = f"{span.sql('time')} AND seq IN ({_seqs(context, asked, span.since)})"
    elif options.within is None:
        condition = f"unit IN (SELECT unit FROM {tables.units} WHERE {span.sql('began')})"
    else:
        condition = span.sql("time")
    return f"SELECT unit, min(pos) AS pos, min(time) AS time FROM {tables.steps} WHERE {condition} GROUP BY unit"


def _spans(context: ShardContext, options: PathsOptions, tables: _Tables, entered: str) -> str:
    """A row (unit, first, last, time) for each path: from which of the unit's steps to which it goes."""
    limit = options.within and options.within * _SECOND
    joined = f"{tables.steps} AS steps JOIN {entered} AS entered USING (unit)"
    if options.before:
        within = f"AND steps.time >= entered.time - {limit}" if limit else ""
        return f"""
            SELECT unit, min(steps.pos) AS first, entered.pos AS last, entered.time
            FROM {joined} WHERE steps.pos <= entered.pos {within} GROUP BY unit, entered.pos, entered.time
        """
    within = f"AND steps.time <= entered.time + {limit}" if limit else ""
    ends = f"AND seq IN ({_seqs(context, options.between[1], context.report.span.since)})" if options.between else ""
    function, sign = ("min", ">") if options.between else ("max", ">=")
    return f"""
        SELECT unit, entered.pos AS first, {function}(steps.pos) AS last, entered.time
        FROM {joined} WHERE steps.pos {sign} entered.pos {within} {ends} GROUP BY unit, entered.pos, entered.time
    """


def _counted(context: ShardContext, options: PathsOptions, tables: _Tables, spans: str) -> str:
    """A row (steps, is_cut, count, open) for each way; steps in order, those before a step from it backwards."""
    direction, most = "DESC" if options.before else "ASC", options.steps + 1
    now = context.report.now
    if options.before or options.between:
        open_ = "FALSE"
    elif options.within is None:
        open_ = f"any_value(NOT is_closed AND ended + {SESSION_GAP_US} >= {now})"
    else:
        open_ = f"any_value(spans.time + {options.within * _SECOND} >= {now})"
    return f"""
        WITH whole AS (
            SELECT unit, list(step ORDER BY pos {direction}) AS steps, {open_} AS is_open
            FROM {tables.steps} AS steps JOIN {spans} AS spans USING (unit) JOIN {tables.units} USING (unit)
            WHERE pos BETWEEN first AND last AND (pos = first OR NOT is_repeat) GROUP BY unit
        ), cut AS (SELECT steps[1:{most}] AS steps, len(steps) > {most} AS is_cut, is_open FROM whole)
        SELECT steps, is_cut, count(*), count_if(is_open AND NOT is_cut) FROM cut GROUP BY ALL
    """


def _seqs(context: ShardContext, asked: EventFilter, since: int | None) -> str:
    (messages,) = filtered_messages(context, "user", [Filtered(asked, (), since, with_seq=True)])
    return f"SELECT seq FROM ({messages})"

"""Which way each session or person went, over the columns of their timelines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow
import pyarrow.compute as pc

from footfall.analytics.persons.arrays import BIG, FALSE, ends_of_runs, integer, is_as_before, joined
from footfall.analytics.questions.paths.options import PathsOptions
from footfall.analytics.session_table import session_table, step_table
from footfall.analytics.window import Span
from footfall.identity.sessions import SESSION_GAP_US

__all__ = ["ways_of"]

_SECOND = 1_000_000


def ways_of(rows: Any, options: PathsOptions, span: Span, now: int, asked: Sequence[Any]) -> tuple[int, Any]:
    """How many units of some timelines have the step that was asked for, and a row for each path.

    `asked` are the seqs of the messages that pass each filter. A path has `step_0`, `step_1`, … in order, of paths up
    to a step that one first, null where there is none; `is_cut` where there are more, and `is_open` where it may go on.
    """
    units, steps = session_table(rows), step_table(rows)
    unit, step, time, seq, is_repeat = (joined([steps[name]]) for name in ("unit", "step", "time", "seq", "is_repeat"))
    row = pyarrow.arange(0, len(steps))
    if asked:
        may_enter = pc.and_(_in_span(time, span), pc.is_in(seq, value_set=asked[0]))
    elif options.within is None:
        may_enter = _in_span(joined([units["began"]]), span).take(unit)
    else:
        may_enter = _in_span(time, span)
    entered = _firsts(unit, may_enter, len(units))
    entry = entered.take(unit)
    is_inside = pc.less_equal(row, entry) if options.before else pc.greater_equal(row, entry)
    if options.within is not None:
        distance = pc.abs(pc.subtract(time, time.take(entry)))
        is_inside = pc.and_(is_inside, pc.less_equal(distance, integer(options.within * _SECOND, BIG)))
    if options.between:
        may_end = pc.and_(pc.and_(is_inside, pc.greater(row, entry)), pc.is_in(seq, value_set=asked[1]))
        is_inside = pc.and_(is_inside, pc.less_equal(row, _firsts(unit, may_end, len(units)).take(unit)))
    is_inside = pc.fill_null(is_inside, FALSE)
    unit, step, is_repeat = (column.filter(is_inside) for column in (unit, step, is_repeat))
    kept = pc.or_(pc.invert(is_as_before([unit])), pc.invert(is_repeat))
    open_ = _open(units, entered, time, options, now)
    return len(entered) - entered.null_count, _cut(unit.filter(kept), step.filter(kept), open_, options)


def _in_span(times: Any, span: Span) -> Any:
    since, until = (
        integer(default if bound is None else bound, BIG)
        for bound, default in ((span.since, -(2**63)), (span.until, 2**63 - 1))
    )
    return pc.and_(pc.greater_equal(times, since), pc.less(times, until))


def _firsts(unit: Any, mask: Any, size: int) -> Any:
    """For each of so many units its first row of a mask; null where it has none."""
    rows = pc.indices_nonzero(mask).cast(BIG)
    if not len(rows):
        return pyarrow.nulls(size, BIG)
    of_unit = unit.take(rows)
    is_first = pc.invert(is_as_before([of_unit]))
    return pc.scatter(rows.filter(is_first), of_unit.filter(is_first), max_index=size - 1)


def _open(units: Any, entered: Any, time: Any, options: PathsOptions, now: int) -> Any:
    """For each unit whether its path may go on."""
    if options.before or options.between:
        return pyarrow.repeat(FALSE, len(units))
    if options.within is not None:
        end = pc.add(time.take(entered), integer(options.within * _SECOND, BIG))
        return pc.greater_equal(end, integer(now, BIG))
    end = pc.add(joined([units["ended"]]), integer(SESSION_GAP_US, BIG))
    return pc.and_(pc.greater_equal(end, integer(now, BIG)), pc.invert(joined([units["is_closed"]])))


def _cut(unit: Any, step: Any, is_open: Any, options: PathsOptions) -> Any:
    """A row for each run of units, with its first steps; of paths up to a step with its last ones, these first."""
    first, last = ends_of_runs(unit)
    columns = {}
    for number in range(options.steps + 1):
        place = integer(number, BIG)
        at = pc.subtract(last, place) if options.before else pc.add(first, place)
        is_there = pc.greater_equal(at, first) if options.before else pc.less_equal(at, last)
        columns[f"step_{number}"] = step.take(pc.if_else(is_there, at, None))
    columns["is_cut"] = pc.greater(pc.subtract(last, first), integer(options.steps, BIG))
    columns["is_open"] = is_open.take(unit.take(first))
    return pyarrow.table(columns)

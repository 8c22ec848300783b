"""Paths of one shard: how many sessions or persons went each way, counted in SQL."""

from __future__ import annotations

from typing import Any

import msgspec

from footfall.analytics.filtered_messages import Filtered, filtered_messages
from footfall.analytics.question import ShardContext
from footfall.analytics.questions.paths.options import PathsOptions
from footfall.plan.model import EventFilter

__all__ = ["PathCount", "PathsPartial", "tally"]


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


def tally(context: ShardContext, options: PathsOptions) -> PathsPartial:
    from footfall.analytics.questions.paths.ways import ways_of  # loaded with pyarrow
    from footfall.analytics.session_table import step_names, timelines

    dataset = context.dataset
    by_channel = options.by == "channel"
    rows = timelines(
        dataset,
        context.shard,
        unit="session" if options.within is None else "person",
        steps=True,
        by_channel=by_channel,
    )
    asked = options.between or [each for each in (options.after, options.before) if each]
    entered, ways = ways_of(
        rows, options, context.report.span, context.report.now, [_seqs(context, each) for each in asked]
    )
    table = dataset.new_name("ways")
    dataset.connection.register(table, ways)
    columns = [name for name in ways.column_names if name.startswith("step_")]
    counts = dataset.rows(
        f"SELECT [{', '.join(columns)}], is_cut, count(*), count_if(is_open AND NOT is_cut) FROM {table} GROUP BY ALL"
    )
    dataset.connection.unregister(table)
    names: dict[int, str] = dict(dataset.rows(f"SELECT step, name FROM {step_names(dataset, by_channel=by_channel)}"))
    return PathsPartial(
        entered,
        tuple(PathCount(tuple(names[step] for step in steps if step is not None), *rest) for steps, *rest in counts),
    )


def _seqs(context: ShardContext, asked: EventFilter) -> Any:
    """The seqs of the messages that pass a filter, as an Arrow array."""
    filtered = Filtered(asked, (), context.report.span.since, with_seq=True)
    (messages,) = filtered_messages(context, "user", [filtered])
    return context.dataset.connection.sql(f"SELECT seq FROM ({messages})").to_arrow_table()["seq"].combine_chunks()

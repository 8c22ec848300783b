"""The latest traits of each person, as a table in SQL."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from footfall.analytics.dataset import EventColumns
from footfall.analytics.filtered_messages import MessageSource
from footfall.analytics.properties import PropertyTable
from footfall.analytics.query import ACTORS
from footfall.analytics.window import Span

__all__ = ["latest_traits"]


def latest_traits(source: MessageSource, names: Iterable[str], end: int) -> PropertyTable:
    """A table with a row for each person that ever said any of these traits before `end`: `person`, and their columns.

    The latest value counts, by the time that it was said and then by its `seq`.
    """
    columns = EventColumns(frozenset(names), None, ("person", "seq", *source.shard.stored))
    (read,) = source.dataset.read_events({"identify": columns}, plan=source.plan)
    latest = ", ".join(f"arg_max({column.sql}, (occurred_at, seq)) AS {column.sql}" for column in read.columns.values())
    name = source.dataset.new_name("traits")
    source.dataset.connection.execute(f"""
        CREATE TABLE {name} AS SELECT person, {latest} FROM {read.name}
        WHERE {ACTORS["user"]} AND {source.shard.sql()} AND {Span(None, end).sql()} GROUP BY person
    """)
    return msgspec.structs.replace(read, name=name)

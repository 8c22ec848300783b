"""Touches: how persons came to a site, by the links and origins that the contexts of their messages name.

A touch is the first arrival in a session, and each later one in it by another link or origin than the touch before,
unless it is direct: a browser that hides where it comes from does so on every page.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from footfall.analytics.arrivals import LinkMarks
from footfall.analytics.question import ShardContext

__all__ = ["TOUCH", "TouchTable", "make_touches"]

TOUCH: Final = (
    "Touch: the first message of a session that says how the person came, by a link's campaign marks or by its origin, "
    "and each later one of the session that came by another link or origin and is not direct. A session is that of a "
    "person on one device, without a gap of over 30 minutes."
)
"""The definition of a touch, for readers."""


class TouchTable(NamedTuple):
    """The touches of one shard: a table of `person`, `time`, `seq`, `link` (a number in `links`) and `is_direct`."""

    name: str
    links: Sequence[LinkMarks]


def make_touches(context: ShardContext) -> TouchTable:
    """The touches of the persons of a shard, from the first message on. The caller drops the table."""
    from footfall.analytics.session_table import timelines  # loaded with pyarrow

    dataset = context.dataset
    links, arrivals = dataset.arrivals()
    name = dataset.new_name("touches")
    connection = dataset.connection
    if not links:
        connection.execute(
            f"CREATE TABLE {name} (person INTEGER, time BIGINT, seq BIGINT, link INTEGER, is_direct BOOLEAN)"
        )
        return TouchTable(name, links)
    connection.register(f"{name}_rows", timelines(dataset, context.shard, with_seq=True))
    direct = ", ".join(str(number) for number, marks in enumerate(links) if marks.is_direct) or "-1"
    connection.execute(
        f"""
        CREATE TABLE {name} AS
        SELECT person, time, seq, link, is_direct FROM (
            SELECT person, time, seq, link, link IN ({direct}) AS is_direct, unit FROM {arrivals}
            JOIN {name}_rows USING (seq)
            QUALIFY NOT is_direct OR row_number() OVER (PARTITION BY unit ORDER BY time, seq) = 1
        ) QUALIFY link IS DISTINCT FROM lag(link) OVER (PARTITION BY unit ORDER BY time, seq)
        """
    )
    connection.unregister(f"{name}_rows")
    return TouchTable(name, links)

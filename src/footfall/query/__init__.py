"""SQL over the data: views of messages, events, persons, devices and sessions that can only be read."""

from __future__ import annotations

from footfall.extras import needs

with needs("footfall.query", "server"):
    from footfall.query.database import AnswerStream, Database, open  # noqa: A004 - it is used as `footfall.open`
    from footfall.query.result import QueryResult
    from footfall.query.views import SqlView, ViewColumn

__all__ = ["AnswerStream", "Database", "QueryResult", "SqlView", "ViewColumn", "open"]

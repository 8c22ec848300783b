"""Only a query that takes columns as they are, with a LIMIT, needs no more than the first rows of its view."""

from __future__ import annotations

import msgspec
import pytest

from footfall.query.first_rows import first_rows
from footfall.query.sandbox import sandbox

PARSER = sandbox()


def rows(sql: str) -> int | None:
    ((text,),) = PARSER.execute("SELECT json_serialize_sql(?)", [sql]).fetchall()
    return first_rows(msgspec.json.decode(text)["statements"][0]["node"])


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("from messages limit 5", 5),
        ("select seq, m.source as s, 1, * exclude (body) from messages m limit 3 offset 4", 7),
        ("select m from messages m limit 0", 0),
    ],
)
def test_columns_as_they_are_with_a_limit_need_so_many_rows(sql: str, expected: int) -> None:
    assert rows(sql) == expected


@pytest.mark.parametrize(
    "sql",
    [
        "from messages",
        "from messages limit 5%",
        "from messages limit ?",
        "from messages limit 1 + 1",
        "from messages offset 2",
        "from messages order by seq limit 1",
        "select distinct source from messages limit 1",
        "select count(*) from messages limit 1",
        "select row_number() over () from messages limit 1",
        "select unnest([seq]) from messages limit 1",
        "select columns(*) from messages limit 1",
        "select * replace (max(seq) as seq) from messages limit 1",
        "from messages where seq = 9 limit 1",
        "select source from messages group by all limit 1",
        "select source from messages group by source having true limit 1",
        "select seq from messages qualify true limit 1",
        "from messages using sample 1 limit 1",
        "from messages tablesample 1% limit 1",
        "from messages a, messages b limit 1",
        "from (from messages) limit 1",
        "from messages union all from messages limit 1",
        "with m as (from messages) select (select count(*) from m) limit 1",
    ],
)
def test_all_else_may_need_every_row(sql: str) -> None:
    assert rows(sql) is None

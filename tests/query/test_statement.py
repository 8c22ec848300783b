"""One SELECT over the views passes; whatever else somebody writes is one clear line."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.query.asked import plan_of

from footfall.errors import UsageError
from footfall.plan.model import Property
from footfall.query.sandbox import sandbox
from footfall.query.statement import Statement, read_statement
from footfall.query.views import SqlView, views_of

VIEWS = views_of(plan_of(Property(name="total", type="decimal")))

# What is no SELECT, is more than one, hides a change in a SELECT, or reads something that is no view.
HOSTILE = [
    "", " ", ";", "-- select 1", "/* select 1 */", "select", "sel", "select (", "select 'a", "\ud800",
    "select 1; select 2", "select 1; drop table messages", "select 1;;select 2", "insert into messages values (1)",
    "update messages set seq = 1", "delete from messages", "truncate messages",
    "merge into messages using persons on true when matched then delete", "create table t as select 1",
    "create view v as select 1", "create macro f() as 1", "create type t as enum ('a')", "create schema s",
    "create sequence s", "create secret s (type s3)", "drop view messages", "alter table messages rename to m",
    "with x as (insert into messages values (1) returning *) select * from x",
    "with x as (delete from messages returning *) select * from x",
    "with x as (update messages set seq = 1 returning *) select * from x", "copy messages to '/tmp/x'",
    "copy (select 1) to '/tmp/x' (format parquet)", "copy messages from '/etc/passwd'", "export database '/tmp/x'",
    "import database '/tmp/x'", "attach '/tmp/x.db' as x", "detach memory", "use memory", "install httpfs",
    "load httpfs", "load '/tmp/x.duckdb_extension'", "force install httpfs from 'http://localhost'",
    "pragma database_list", "pragma enable_profiling", "call pragma_version()", "checkpoint", "vacuum", "analyze",
    "set enable_external_access = true", "set global memory_limit = '1TB'", "reset lock_configuration",
    "set variable x = 1", "begin", "commit", "rollback", "prepare q as select 1", "execute q", "deallocate q",
    "comment on table messages is 'x'", "explain select 1", "explain analyze select * from messages",
    "describe messages", "show tables", "summarize messages", "from (describe messages)",
    "select * from (show tables)", "pivot messages on event", "select * from '/etc/passwd'",
    "select * from \"/etc/passwd\"", "select * from 'x.parquet'", "from 'http://localhost/x.csv'",
    "select * from read_csv('/etc/passwd')", "select * from read_csv_auto('/etc/passwd')",
    "from sniff_csv('/etc/passwd')", "select * from read_text('/etc/passwd')", "select * from read_blob('/etc/*')",
    "select * from glob('/etc/*')", "select * from read_parquet('x')", "from parquet_metadata('x')",
    "from read_json('x')", "from read_ndjson('x')", "from read_duckdb('x')", "from query('select 1')",
    "from query_table('messages')", "from system.main.read_csv('x')", "from json_execute_serialized_sql('{}')",
    "from duckdb_settings()", "from duckdb_secrets()", "from duckdb_logs()", "from which_secret('a', 'b')",
    "from pragma_database_size()", "from python_map_function()", "from arrow_scan(1, 2, 3)", "from enable_logging()",
    "from seq_scan(1)", "from test_all_types()", "from pg_timezone_names()", "select * from duckdb_settings",
    "select * from information_schema.tables", "select * from pg_catalog.pg_class", "select * from sqlite_master",
    "select * from other.messages", "select * from other.main.messages", "from read_csv", "select getenv('HOME')",
    "select current_setting('home_directory')", "select nextval('s')", "select setseed(0.1)", "select write_log('x')",
    "select sleep_ms(10000)", "select pg_sleep(10)", "select getvariable('x')",
    "select (select getenv('HOME')) from messages",
    "select * from messages where seq in (select * from read_csv('x'))",
    "select * from messages union all select * from read_csv('x')", "with x as (from glob('*')) from x",
    "select * from messages, lateral (select * from read_text(message_id))", "select * from nothing",
    "select * from mesages", "select " + "(" * 3000 + "1" + ")" * 3000, "select " + "not " * 5000 + "true",
]  # fmt: skip


PARSER = sandbox()


def read(sql: str) -> Statement:
    return read_statement(PARSER, sql, VIEWS)


@pytest.mark.parametrize("sql", HOSTILE, ids=lambda sql: repr(sql[:40]))
def test_whatever_is_no_plain_select_is_one_clear_line(sql: str) -> None:
    with pytest.raises(UsageError) as raised:
        read(sql)

    assert "\n" not in str(raised.value)
    assert any(
        word in str(raised.value) for word in ("; write", "; mend", "; there are", "; leave it out", "; of functions")
    )


@pytest.mark.parametrize("sql", ["describe messages", "show tables", "summarize messages"])
def test_who_asks_for_the_views_learns_how_to_list_them(sql: str) -> None:
    with pytest.raises(UsageError, match="SHOW, DESCRIBE or SUMMARIZE; write one SELECT; footfall sql without a query"):
        read(sql)


def test_a_pivot_is_named_without_a_doubled_comma() -> None:
    with pytest.raises(UsageError, match=r"this is PIVOT or the like; write one SELECT$"):
        read("pivot messages on event")


def test_there_are_many_hostile_queries() -> None:
    assert len(set(HOSTILE)) == len(HOSTILE) >= 100


@given(st.text(max_size=60))
@example("select * from read_csv('x')")
def test_no_text_at_all_is_anything_but_a_statement_or_a_clear_line(sql: str) -> None:
    views: tuple[SqlView, ...] = ()
    problem = ""
    try:
        views = read(sql).views
    except UsageError as error:
        problem = str(error)

    assert "\n" not in problem
    assert {view.name for view in views} <= {view.name for view in VIEWS.values()}


@pytest.mark.parametrize(
    ("sql", "views"),
    [
        ("select 1", set()),
        ("from messages", {"messages"}),
        ("FROM Messages m JOIN main.PERSONS p USING (person_id)", {"messages", "persons"}),
        ("select (select max(seq) from buy) from devices", {"buy", "devices"}),
        ("with recursive n(i) as (select 1 union all select i + 1 from n where i < 3) from n", set()),
        ("with messages as (select 1) from messages, buy", {"messages", "buy"}),
        ("select * from range(3) r(i), unnest([1]) u, generate_series(1, 2), json_each('{}')", set()),
        ("values (1)", set()),
        ("from (pivot messages on type in ('track') using count(*))", {"messages"}),
        ("table sessions", {"sessions"}),
        ("select 1 from messages limit (select count(*) from persons)", {"messages", "persons"}),
        ("(select seq from messages) union (select seq from buy) order by 1 limit 3 offset 2", {"messages", "buy"}),
        (
            "select seq::decimal(9, 2), list_transform([1], lambda x: x + 1), max(seq) over (order by seq) from buy",
            {"buy"},
        ),
        ("select distinct on (seq) seq from buy using sample 10%", {"buy"}),
        ("select 1 -- a remark; and more", set()),
    ],
)
def test_a_select_names_its_views(sql: str, views: set[str]) -> None:
    assert {view.name for view in read(sql).views} == views


@pytest.mark.parametrize(
    "sql",
    [
        "from buy", "select count(*), * exclude (seq) from buy", "select columns('t.*') from buy",
        "select b from buy b", "select buy from buy", "from buy natural join messages", "select x from buy b(x)",
        "select #1 from buy", "select seq from buy order by columns(*)",
        "from (unpivot buy on total)", "select 1 where exists (from buy)",
    ],
)  # fmt: skip
def test_a_query_that_may_use_columns_without_their_names_takes_all(sql: str) -> None:
    assert read(sql).takes_all


@pytest.mark.parametrize(
    "sql",
    [
        "select total from buy",
        "select b.total from buy b join messages using (seq)",
        "select count(*) from buy",
        "select total, count(*) from buy group by all order by all",
    ],
)
def test_a_query_that_names_its_columns_takes_those(sql: str) -> None:
    statement = read(sql)

    assert not statement.takes_all
    assert ("total" in statement.words) == ("total" in sql)


def test_a_table_that_is_not_there_has_its_place_and_the_nearest_name() -> None:
    with pytest.raises(UsageError, match="line 2, column 6: there is no view 'mesages'; write messages"):
        read("select *\nfrom mesages")


def test_an_event_that_the_plan_does_not_have_is_no_view() -> None:
    with pytest.raises(
        UsageError, match="no view 'sold'; there are messages, persons, devices, sessions, page_views, buy"
    ):
        read("from sold")

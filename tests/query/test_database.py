"""A database answers what is asked of its views, and is shut for all else."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.query.asked import database, message, plan_of

import footfall
from footfall.analytics import Dataset
from footfall.collector import Collector
from footfall.errors import DataFolderError, PlanError, UsageError
from footfall.plan.model import Event, Plan, Property
from footfall.query.database import Database
from footfall.query.views import fold


def ident(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


NAMES = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["select", "from", "order", "group", "seq", "SEQ", "source", "messages", "Total", "total", "é", "É"]
    ),
    st.text(alphabet="\"';\\\n\r\t\x00.$ -*/()[]{}", min_size=1, max_size=8),
)


@pytest.mark.parametrize(
    ("names", "called"),
    [
        (['a"; drop table messages; --', "a\nb", "a\x00b", "x" * 10_000], "order"),
        (["", " ", "a.b", "A.B"], 'buy"; select 1 --'),
        (["'", "$1", "?", "\ud800"], "messages"),
        (["source", "seq", "properties", "person_id"], "sessions"),
    ],
)
def test_hostile_names_are_columns_like_any_other(names: list[str], called: str) -> None:
    check_names(names, called)


@pytest.mark.slow
@given(st.lists(NAMES, min_size=1, max_size=4), NAMES)
def test_whatever_names_a_plan_has_each_value_is_in_its_own_column(names: list[str], called: str) -> None:
    check_names(names, called)


def check_names(names: list[str], called: str) -> None:
    properties = tuple(Property(name=name, wire_name=f"k{n}", type="integer") for n, name in enumerate(names))
    plan = Plan(id="p", events={called: Event(name=called, wire_name=called, properties=properties)})
    sent = {f"k{n}": n + 1 for n in range(len(names))}
    log = [message(1, called, properties=sent), message(2, called, properties=dict.fromkeys(sent, 0))]
    with database(log, plan) as opened:
        view = list(opened.views.values())[-1]
        typed = [column for column in view.columns.values() if column.path]

        assert len({fold(name) for name in view.columns}) == len(view.columns)
        for number, column in enumerate(typed, 1):
            asked = f"select {ident(column.name)} from {ident(view.name)} where {ident(column.name)} = ?"
            assert opened.sql(asked, [number]).rows == [(number,)]
            assert opened.sql(asked, [number]).columns == [column.name]
        assert opened.sql(f"from {ident(view.name)}").columns == list(view.columns)


@pytest.mark.parametrize("name", ["select", "order", "group", "table", "user", "case", "end", "true", "null", "all"])
def test_an_event_and_a_property_may_be_words_of_sql(name: str) -> None:
    plan = plan_of(Property(name=name, wire_name=name, type="integer"), name=name)
    with database([message(1, name, properties={name: 7})], plan) as opened:
        assert opened.sql(f'select "{name}" from "{name}"').rows == [(7,)]


def test_parameters_go_by_place_and_by_name() -> None:
    with database([message(1), message(2)]) as opened:
        assert opened.sql("select seq from messages where seq = ?", [2]).rows == [(2,)]
        assert opened.sql("select seq from messages where seq = $seq", {"seq": 1}).rows == [(1,)]


@pytest.mark.parametrize("parameters", [[], [1, 2], [object()], {"b": 1}])
def test_parameters_that_do_not_fit_are_one_clear_line(parameters: list[object] | dict[str, int]) -> None:
    with database([]) as opened, pytest.raises(UsageError) as raised:
        opened.sql("select seq from messages where seq = $a", parameters)

    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("sql", "line"),
    [
        ("select totl from buy", "line 1, column 8: there is no column 'totl'; write total"),
        ("select 1,\n  b.totl from buy b", "line 2, column 3: there is no column 'totl'; write total"),
        ("select * exclude (totl) from buy", "there is no column 'totl'; write total"),
        ("select seq from buy, messages", "Ambiguous reference"),
        ("select nofunction(seq) from buy", "nofunction"),
        ("select sum(source) from buy", "No function matches"),
        ("select source::int from buy", "Could not convert string 'shop'"),
        ("select error('boo')", "boo"),
        ("select 1 + 'x' from buy", "add explicit type casts"),
        ("select seq, count(*) from buy", "GROUP BY"),
        ("select m.seq from buy", '"m" not found'),
        ("select (select seq from buy)", "More than one row"),
    ],
)
def test_a_query_that_is_wrong_is_one_line_with_its_place(sql: str, line: str) -> None:
    log = [message(1), message(2)]
    with database(log, plan_of(Property(name="total", type="decimal"))) as opened, pytest.raises(UsageError) as raised:
        opened.sql(sql)

    assert line in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("query", [None, 5, b"select 1", ["select 1"]])
def test_a_query_that_is_no_text_is_one_clear_line(query: Any) -> None:
    with database([]) as opened, pytest.raises(UsageError, match="a query is the text of one SELECT, and this is"):
        opened.sql(query)


def test_a_query_leaves_nothing_for_the_next() -> None:
    with database([message(1)]) as opened:
        opened.sql("with kept as (select 1) from kept")

        with pytest.raises(UsageError, match="there is no view 'kept'"):
            opened.sql("from kept")


def test_a_closed_database_says_so_and_closes_twice() -> None:
    opened = database([])
    opened.close()
    opened.close()

    with pytest.raises(UsageError, match="closed; open it anew"):
        opened.sql("select 1")


def test_an_answer_that_is_larger_than_the_memory_is_refused_and_can_be_read_in_batches() -> None:
    opened = Database(Dataset.of([]), most_bytes=1 << 20)
    with opened, opened.answer("from range(1000000)") as answer:
        assert sum(batch.num_rows for batch in answer) == 1_000_000
        with pytest.raises(UsageError, match="more than 1 MiB; select less of it"):
            opened.sql("from range(1000000)")


def test_its_report_is_the_plans() -> None:
    with database([message(1)], plan_of()) as opened:
        report = opened.report(now=datetime(1970, 1, 2, tzinfo=UTC))

    assert (report.data.messages, report.now) == (1, datetime(1970, 1, 2, tzinfo=UTC))


def test_it_is_open_while_a_collector_runs_and_shows_what_was_there(tmp_path: Path) -> None:
    body = b'{"batch": [{"type":"track","event":"bought","userId":"ann"}]}'
    with Collector(tmp_path / "data") as collector:
        collector.take(body)
        with footfall.open(tmp_path / "data") as opened:
            collector.take(body.replace(b"ann", b"bob"))

            assert opened.sql("select user_id from messages").rows == [("ann",)]


def test_a_folder_that_cannot_be_used_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "newer").mkdir()
    (tmp_path / "newer" / "footfall.json").write_text('{"format": 999, "kind": "footfall data folder"}')

    for name in ("missing", "empty", "newer"):
        with pytest.raises(DataFolderError) as raised:
            footfall.open(tmp_path / name)
        assert "\n" not in str(raised.value)
    with pytest.raises(UsageError, match="keeps no data at s3"):
        footfall.open("s3://bucket/data")


def test_a_plan_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    with pytest.raises(PlanError):
        footfall.open(tmp_path, plan=tmp_path / "no_plan")


def test_a_plan_that_no_longer_has_an_event_has_its_messages_and_no_view() -> None:
    with database([message(1, "sold")], plan_of(name="buy")) as opened:
        assert opened.sql("select event from messages").rows == [("sold",)]
        with pytest.raises(UsageError, match="there is no view 'sold'"):
            opened.sql("from sold")


def test_to_import_footfall_loads_no_engine() -> None:
    heavy = {"duckdb", "pyarrow", "footfall.query", "footfall.analytics"}
    code = f"import sys, footfall; print(*{heavy} & sys.modules.keys())"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)

    assert done.stdout.split() == []


def test_it_shows_its_views() -> None:
    with database([], plan_of()) as opened:
        views = "messages, persons, devices, sessions, page_views, buy"
        assert repr(opened) == f"<footfall.query.Database of 6 views: {views}>"

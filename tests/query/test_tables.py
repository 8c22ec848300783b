"""The tables of views have the rows and the types that their messages have."""

from __future__ import annotations

from decimal import Decimal

from tests.query.asked import SECOND, database, message, plan_of, rows

from footfall.plan.model import Event, Plan, Property
from footfall.timestamps import epoch_us


def test_an_event_has_its_own_messages_and_its_typed_properties() -> None:
    plan = plan_of(Property(name="total", wire_name="Total", type="decimal"), Property(name="n", type="integer"))
    log = [message(1, properties='{"Total":"1.50","n":1}'), message(2, "view"), message(3), message(4, type="page")]

    assert rows(log, "select seq, total, n from buy order by seq", plan) == [(1, Decimal("1.50"), 1), (3, None, None)]


def test_a_value_of_another_type_is_null_and_counted_where_its_column_is_asked_for() -> None:
    log = [message(1, properties='{"n":"x"}'), message(2, properties='{"n":18446744073709551616}')]
    with database(log, plan_of(Property(name="n", type="integer"))) as opened:
        shown, silent = opened.sql("select n, properties from buy"), opened.sql("select seq from buy")

    assert shown.rows == [(None, '{"n":"x"}'), (None, '{"n":18446744073709551616}')]
    assert shown.notes == ("2 values of buy.n cannot be shown in its type: NULL there, as sent in properties",)
    assert silent.notes == ()


def test_a_column_is_read_once_and_rows_stay_together_whichever_is_read_first() -> None:
    plan = plan_of(Property(name="n", type="integer"))
    log = [message(seq, properties=f'{{"n":{seq}}}') for seq in range(1, 30)]
    with database(log, plan) as opened:
        opened.sql("select n from buy")
        opened.sql("select seq from buy")

        assert all(seq == n for seq, n in opened.sql("select seq, n from buy").rows)


def test_a_view_without_rows_has_its_columns_and_their_types() -> None:
    plan = Plan(id="p", events={"e": Event(name="e", wire_name="e", properties=(Property(name="n", type="number"),))})
    with database([], plan) as opened:
        tables = {view: opened.sql(f"from {view}").to_arrow() for view in opened.views}

        assert {view: table.num_rows for view, table in tables.items()} == dict.fromkeys(opened.views, 0)
        assert [tables[view].column_names for view in tables] == [list(view.columns) for view in opened.views.values()]
        assert str(tables["e"].schema.field("n").type) == "double"


def test_times_are_those_of_the_plans_timezone() -> None:
    plan = plan_of(timezone="Asia/Tokyo")

    assert rows([message(1, at=15 * 3_600)], "select occurred_at::date::varchar from messages", plan) == [
        ("1970-01-02",)
    ]
    assert epoch_us(rows([message(1, at=15 * 3_600)], "select occurred_at from buy", plan)[0][0]) == 15 * 3_600 * SECOND

"""An answer has exact figures, plain rows, frames, and says what it means."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.query.asked import MINUTE, SECOND, database, message, plan_of

from footfall.analytics.questions.retention import RetentionResult
from footfall.errors import UsageError
from footfall.plan.model import Aggregate, Kpi, Property
from footfall.query.question_result import QuestionResult
from footfall.timestamps import local_time

DAY = 24 * 60 * MINUTE
NUMBER = Property(name="price", wire_name="price", type="number")
PRICE = Property(name="price", wire_name="price", type="decimal", scale=2)


def answer() -> QuestionResult[RetentionResult]:
    """Ann buys on two days, for 0.10 on the second."""
    log = [message(number, at=number * DAY, properties='{"price":0.10}', user_id="ann") for number in (1, 2)]
    with database(log, plan_of(PRICE)) as opened:
        return opened.retention("buy", periods=1, value="price")


def test_it_has_figures_rows_and_a_definition() -> None:
    asked = answer()

    (cell,) = asked.result.cohorts[0].cells
    assert cell is not None
    assert cell.returned == 1
    assert [(row[0] is None, *row[3:5], row[-2]) for row in asked.rows] == [
        (is_total, 1, 1, Decimal("0.10")) for is_total in (False, True)
    ]
    assert asked.notes[0] == asked.definition != ""


def test_it_is_a_frame_in_arrow_pandas_and_polars() -> None:
    asked = answer()

    assert (
        asked.columns == asked.to_arrow().column_names == list(asked.to_pandas().columns) == asked.to_polars().columns
    )
    assert asked.to_arrow()["sum"].to_pylist()[0] == Decimal("0.10")
    assert "Entry: the first buy" in repr(asked)
    assert "<table>" in asked._repr_html_()


def test_by_the_defaults_of_another_product_it_has_what_each_of_them_changed() -> None:
    log = [message(number, at=number * DAY, properties='{"price":0.10}', user_id="ann") for number in (1, 3)]
    with database(log, plan_of(PRICE)) as opened:
        ours, alike = opened.retention("buy", periods=1), opened.retention("buy", periods=1, like="mixpanel")
        theirs = opened.retention(
            "buy", periods=1, counting="rolling", entry="recurring", returning_when="on_or_after"
        )  # fmt: skip

    assert ours.reconciliation is None
    assert alike.rows == theirs.rows
    assert alike.reconciliation is not None
    returned = alike.reconciliation.figures[1]
    assert (returned.ours, returned.differences, returned.theirs) == (0, (0, 0, 1), 1)
    assert len(alike.reconciliation.rows) == 3 * 4 + len(alike.reconciliation.not_reproduced)


@pytest.mark.parametrize("values", [("1e38", "1"), ("1e300", "-1e308"), ("1e10", "0." + "1" * 28)])
def test_more_digits_than_any_frame_takes_are_floats_there_and_exact_in_rows(values: tuple[str, ...]) -> None:
    log = [
        message(number, at=number * DAY, properties=f'{{"price":{value}}}', user_id="ann")
        for number, value in enumerate(values)
    ]
    total = Kpi(name="total", measure=Aggregate(function="sum", event="buy", property="price"), window=None)
    with database(log, plan_of(NUMBER, kpis={"total": total})) as opened:
        asked = opened.trend("total")

    assert [row[2] for row in asked.rows] == list(map(Decimal, values))
    assert asked.to_arrow()["value"].to_pylist() == list(map(float, values))
    assert asked.to_polars()["value"].to_list() == list(map(float, values))


def test_huge_sums_have_a_trend() -> None:
    log = [message(number, at=number * DAY / 2, properties='{"price":1e308}', user_id="ann") for number in range(99)]
    total = Kpi(name="total", measure=Aggregate(function="sum", event="buy", property="price"), window=None)
    with database(log, plan_of(NUMBER, kpis={"total": total})) as opened:
        points = opened.trend("total").result.series[0].points

    assert {(point.low, point.is_unusual) for point in points} == {(None, None)}
    assert points[0].value == Decimal(2 * 10**308)


def test_without_a_row_it_is_a_frame_too() -> None:
    with database([], plan_of(PRICE)) as opened:
        assert opened.retention("buy").to_arrow().num_rows == 0


def test_a_mistake_in_a_question_is_named() -> None:
    with database([], plan_of(PRICE)) as opened:
        with pytest.raises(UsageError, match="start: there is no event 'by'"):
            opened.retention("by")
        with pytest.raises(UsageError, match="per cannot be 'year': it is 'day' or 'week'"):
            opened.retention("buy", per="year")


def test_a_lifecycle_is_asked_by_the_same_words() -> None:
    log = [message(number, at=number * DAY, user_id="ann") for number in (1, 2)]
    with database(log, plan_of(PRICE)) as opened:
        asked = opened.lifecycle("buy", per="day")

    assert [row[1:6] for row in asked.rows] == [(1, 1, 0, 0, 0), (1, 0, 1, 0, 0), (0, 0, 0, 0, 1)]
    assert asked.to_arrow()["dormant"].to_pylist() == [0, 0, 1]
    assert asked.definition.startswith("A person is active in a day")


def test_stickiness_is_asked_by_the_same_words() -> None:
    log = [message(number, at=number * DAY, user_id="ann") for number in (1, 2)]
    with database(log, plan_of(PRICE)) as opened:
        asked = opened.stickiness("buy", of="week", until=local_time(3 * DAY * SECOND))

    assert [(row[0] is None, *row[6:]) for row in asked.rows[-2:]] == [(True, 1, 0, 1, 1.0), (True, 2, 1, 1, 1.0)]
    assert (asked.result.total.ratio, asked.result.total.periods) == (Decimal(1), 2)
    assert asked.definition.startswith("A person is active in a day")


def test_power_users_are_asked_by_the_same_words() -> None:
    log = [message(number, at=number * DAY, user_id=user) for number, user in enumerate(("ann", "bob", "ann"), 1)]
    with database(log, plan_of(PRICE)) as opened:
        asked = opened.power("buy", top=5)
        counted = opened.sql("select person_id, count(*), max(occurred_at) from messages group by 1 order by 2 desc")

    assert [(row[0], row[1], row[3]) for row in asked.rows] == counted.rows
    assert asked.definition.startswith("Counted are the messages of buy")

"""Arguments of questions are checked by their types, before anything reads them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.query.asked import MINUTE, database, message, plan_of

from footfall.errors import UsageError
from footfall.plan.durations import parse_duration
from footfall.plan.model import Count, Did, EventFilter, Kpi, Property, Segment
from footfall.query.arguments import read_argument
from footfall.query.database import Database

DAY = 24 * 60 * MINUTE
MIDNIGHT = datetime(1970, 1, 3, tzinfo=UTC)
PRICE = Property(name="price", wire_name="price", type="integer")
PLAN = plan_of(PRICE, kpis={"sales": Kpi(name="sales", measure=Count(event="buy"), window=None)})


def opened() -> Database:
    """Ann buys on three days of January 1970."""
    return database([message(day, at=day * DAY, user_id="ann", properties={"price": day}) for day in (1, 2, 3)], PLAN)


@given(st.text(), st.sampled_from([Sequence[str], Collection[str], tuple[str, ...], Sequence[str] | None]))
def test_a_lone_text_is_a_list_of_one(text: str, type_: object) -> None:
    assert read_argument("of", text, type_) == (text,)


@given(st.integers(1, 10**8), st.sampled_from([str, str | None, Mapping[int, str]]))
def test_a_timedelta_is_a_duration(seconds: int, type_: object) -> None:
    mapping = type_ == Mapping[int, str]
    value = timedelta(seconds=seconds)
    text = read_argument("within", {2: value} if mapping else value, type_)

    assert parse_duration(text[2] if mapping else text) == seconds


def test_a_filter_alone_is_a_list_of_one_too() -> None:
    step = EventFilter(event="buy")

    assert read_argument("steps", step, Sequence[str | EventFilter]) == (step,)


@pytest.mark.parametrize(
    ("value", "type_", "line"),
    [
        (7, str | None, "within cannot be 7: expected str | None, got int"),
        (["x"], Sequence[tuple[str, str]], "within cannot be ['x']: expected list, got str - at $[0]"),
        ("dya", Literal["day", "week"], "within cannot be 'dya': it is 'day' or 'week'"),
        (timedelta(), str, "within is datetime.timedelta(0); a duration is one or more whole seconds"),
        ("3", int, "within cannot be '3': expected int, got str"),
    ],
)
def test_a_value_of_another_type_is_one_clear_line(value: object, type_: object, line: str) -> None:
    with pytest.raises(UsageError) as raised:
        read_argument("within", value, type_)

    assert str(raised.value) == line


@pytest.mark.parametrize("since", ["1970-01-03", date(1970, 1, 3), MIDNIGHT])
def test_every_question_takes_times_as_commands_do(since: Any) -> None:
    with opened() as data:
        assert data.trend("buy", since=since, until="1970-01-05").result.window.since == MIDNIGHT
        assert data.funnel("buy", since=since, until="1970-01-05").rows[0][4] == 1
        assert data.report(since=since, until="1970-01-05").window.since == MIDNIGHT


@pytest.mark.parametrize(
    "ask",
    [
        lambda data: data.funnel(["buy", "buy"], within=7),
        lambda data: data.funnel(["buy", "buy"], exclude=["x"]),
        lambda data: data.funnel(["buy", "buy"], top="3"),
        lambda data: data.funnel(["buy", "buy"], optional="2"),
        lambda data: data.paths(within=3),
        lambda data: data.sessions(per="dya"),
        lambda data: data.retention("buy", periods=2.5),
        lambda data: data.lifecycle(3),
        lambda data: data.power("buy", top="3"),
        lambda data: data.persons(limit="3"),
        lambda data: data.preferences(floor="x"),
        lambda data: data.attribution("buy", half_life=7),
        lambda data: data.report(only="purchase"),
        lambda data: data.kpi("sales", include="robots"),
        lambda data: data.kpi("sales", since=5),
    ],
)
def test_no_question_falls_over_a_value_of_another_type(ask: Callable[[Database], object]) -> None:
    with opened() as data, pytest.raises(UsageError) as raised:
        ask(data)

    assert "\n" not in str(raised.value)


def test_lone_texts_are_lists_of_one_in_questions() -> None:
    with opened() as data:
        assert data.funnel("buy").rows == data.funnel(["buy"]).rows
        assert data.preferences(of="buy.price").rows == data.preferences(of=["buy.price"]).rows
        assert data.kpi("sales", include="bots").rows == data.kpi("sales", include=["bots"]).rows
        assert list(data.report(only="sales").as_json()) == list(data.report(only=["sales"]).as_json())


def test_a_closed_database_says_so_whatever_is_asked() -> None:
    data = opened()
    data.close()

    for ask in (data.sessions, data.report, data.channels, lambda: data.kpi("sales"), lambda: data.funnel("buy")):
        with pytest.raises(UsageError, match="the data is closed"):
            ask()


def test_a_segment_of_the_plan_is_taken_as_it_is() -> None:
    segment = Segment(name="buyers", who=Did(filter=EventFilter(event="buy"), at_least=1))
    plan = msgspec.structs.replace(PLAN, segments={"buyers": segment})
    with database([message(1, user_id="ann")], plan) as data:
        assert data.persons(segment=segment).rows == data.persons(segment="buyers").rows
        assert len(data.segment(segment, overlap=segment).rows) == len(data.segment("buyers", overlap="buyers").rows)

"""The SELECT of a KPI gives its figure, for any measure of scalar properties and any messages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.many import MANY
from tests.query.asked import database, message, plan_of

from footfall.analytics.window import Window
from footfall.plan.model import (
    Aggregate,
    Conversion,
    Count,
    Difference,
    Kpi,
    Measure,
    Property,
    Ratio,
    SumOf,
    Unique,
    Where,
)
from footfall.query.kpi_sql import kpi_sql
from footfall.query.views import views_of
from footfall.storage.journal import Entry

CURRENCY = Property(name="currency", type="string", enum=("EUR", "SEK"), open=True)
PROPERTIES = (
    Property(name="total", type="decimal", scale=2, currency="currency"),
    Property(name="fee", type="decimal", scale=3),
    Property(name="items", wire_name="Items", type="integer"),
    Property(name="is gift", type="boolean"),
    Property(name="way", type="string"),
    CURRENCY,
)
WAYS = ("card", "o'brien", "")
IDS = ({"user_id": "ann"}, {"anonymous_id": "a1"}, {"anonymous_id": "undefined"}, {"device_id": "d"})
VALUES: Mapping[str, st.SearchStrategy[Any]] = {
    "total": st.decimals(-5, 5, places=2).map(lambda value: msgspec.Raw(str(value).encode())),
    "fee": st.decimals(-5, 5, places=3).map(lambda value: msgspec.Raw(str(value).encode())),
    "Items": st.integers(-3, 3),
    "is gift": st.booleans(),
    "way": st.sampled_from(WAYS),
    "currency": st.sampled_from(("EUR", "SEK")),
}
WINDOW: dict[str, Any] = {
    "since": datetime(1970, 1, 1, 0, 0, 10, tzinfo=UTC),
    "until": datetime(1970, 1, 1, 0, 0, 40, tzinfo=UTC),
}

Log = list[tuple[dict[str, Any], dict[str, str], int]]

messages = st.lists(
    st.tuples(
        st.fixed_dictionaries({}, optional={**VALUES, "other": st.none()}),
        st.sampled_from(
            ({"user_id": "ann"}, {"anonymous_id": "a1"}, {"anonymous_id": "undefined"}, {"device_id": "d"})
        ),
        st.integers(0, 50),
    ),
    max_size=12,
)
conditions = st.one_of(
    st.builds(
        lambda name, op, value: Where(property=name, op=op, values=(value,)),
        st.sampled_from(("total", "fee", "items")), st.sampled_from(("gt", "gte", "lt", "lte")), st.integers(-2, 2),
    ),
    st.builds(
        lambda op, values: Where(property="way", op=op, values=tuple(values)),
        st.sampled_from(("in", "not_in")),
        st.lists(st.sampled_from((*WAYS, None)), min_size=1, max_size=3, unique=True),
    ),
    st.builds(
        lambda op, value: Where(property="is gift", op=op, values=(value,)),
        st.sampled_from(("in", "not_in")), st.sampled_from((True, False, None)),
    ),
)  # fmt: skip
where = st.lists(conditions, max_size=2).map(tuple)
by = st.lists(st.sampled_from(("way", "is gift", "items")), max_size=2, unique=True).map(tuple)
functions = st.sampled_from(("sum", "average", "minimum", "maximum", "median"))


def simple(groups: st.SearchStrategy[tuple[str, ...]]) -> st.SearchStrategy[Any]:
    return st.one_of(
        st.builds(Count, event=st.just("buy"), where=where, by=groups),
        st.builds(
            Aggregate, function=functions, event=st.just("buy"), property=st.sampled_from(("fee", "items")),
            where=where, by=groups,
        ),
        st.builds(
            Unique, event=st.just("buy"), property=st.sampled_from(("actor", "way", "items", "fee")), where=where,
            by=groups,
        ),
    )  # fmt: skip


measures: st.SearchStrategy[Measure] = st.one_of(
    simple(by),
    st.builds(Aggregate, function=functions, event=st.just("buy"), property=st.just("total"), where=where, by=by),
    st.builds(
        Aggregate, function=st.just("percentile"), event=st.just("buy"), property=st.sampled_from(("fee", "items")),
        at=st.sampled_from((Decimal(0), Decimal("12.5"), Decimal(90))), where=where, by=by,
    ),
    st.recursive(
        simple(st.just(())),
        lambda inner: st.one_of(
            st.builds(Ratio, of=inner, to=inner),
            st.builds(Difference, of=inner, less=inner),
            st.builds(SumOf, parts=st.tuples(inner, inner)),
        ),
        max_leaves=3,
    ),
)  # fmt: skip


def entries(log: Log) -> list[Entry]:
    return [
        message(seq, "buy", at, msgspec.json.encode(properties).decode(), **ids)
        for seq, (properties, ids, at) in enumerate(log, 1)
    ]


def both(measure: Measure, log: list[Entry], **window: Any) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """The rows of a KPI as footfall has them, and as its SELECT gives them."""
    plan = plan_of(*PROPERTIES, kpis={"figure": Kpi(name="figure", measure=measure, window=None)})
    with database(log, plan) as opened:
        answer = opened.kpi("figure", **window)
        assert answer.sql is not None
        return [row[1:-2] for row in answer.rows], opened.sql(answer.sql).rows


def rounded(rows: list[tuple[Any, ...]]) -> dict[tuple[Any, ...], float | None]:
    return {
        tuple(map(str, keys)): None if value is None else round(float(value), 9)
        for *keys, value in rows
        if keys or value  # where nothing is grouped, no row and one of nothing say the same
    }


def check(measure: Measure, log: Log, is_within: bool) -> None:
    by_footfall, by_sql = both(measure, entries(log), **(WINDOW if is_within else {}))

    assert rounded(by_sql) == rounded(by_footfall)


@settings(max_examples=12)
@given(measures, messages, st.booleans())
def test_any_figure_is_the_same_by_sql(measure: Measure, log: Log, is_within: bool) -> None:
    check(measure, log, is_within)


@pytest.mark.slow
@settings(max_examples=MANY)
@given(measures, messages, st.booleans())
def test_any_figure_of_many_is_the_same_by_sql(measure: Measure, log: Log, is_within: bool) -> None:
    check(measure, log, is_within)


def test_it_reads_as_somebody_would_write_it() -> None:
    measure = Aggregate(
        function="sum", event="buy", property="total", by=("way",),
        where=(
            Where(property="is gift", op="not_in", values=(True,)),
            Where(property="total", op="gte", values=(0.5,)),
        ),
    )  # fmt: skip
    plan = plan_of(*PROPERTIES, kpis={"revenue": Kpi(name="revenue", measure=measure, window=None)})

    with database([], plan) as opened:
        text = opened.kpi("revenue", **WINDOW).sql

    assert text == "\n".join([
        "SELECT way, currency, coalesce(sum(total), 0) AS value",
        "FROM buy",
        "WHERE audience IN ('people')",
        "  AND occurred_at >= TIMESTAMPTZ '1970-01-01 00:00:10+00:00'",
        "  AND occurred_at < TIMESTAMPTZ '1970-01-01 00:00:40+00:00'",
        "  AND NOT coalesce(\"is gift\" IN (true), FALSE)",
        "  AND total >= 0.5",
        "GROUP BY ALL",
        "ORDER BY value DESC, way, currency",
    ])  # fmt: skip


@pytest.mark.parametrize(("function", "at"), [("median", None), ("percentile", Decimal(90))])
def test_a_value_between_two_decimals_has_more_digits_than_they_have(function: Any, at: Decimal | None) -> None:
    log = [message(seq, "buy", seq, f'{{"fee":{fee}}}', user_id="ann") for seq, fee in ((1, "0.001"), (2, "0.002"))]

    by_footfall, by_sql = both(Aggregate(function=function, event="buy", property="fee", at=at), log)
    assert rounded(by_sql) == rounded(by_footfall)


def test_pages_are_counted_among_all_messages() -> None:
    log = [message(seq, None, seq, type="page", anonymous_id=f"a{seq % 2}") for seq in range(1, 6)]

    assert both(Count(event="page"), log) == ([(Decimal(5),)], [(5,)])
    assert both(Unique(event="page", property="actor"), log) == ([(Decimal(2),)], [(2,)])


@pytest.mark.parametrize(
    "measure",
    [
        Conversion(journey="purchase", start="view", end="buy"),
        Count(event="buy", property="lines[]"),
        Count(event="buy", where=(Where(property="segment", op="member", values=("loyal",)),)),
        Ratio(of=Count(event="buy", by=("way",)), to=Count(event="buy")),
        Count(event="page", where=(Where(property="title", op="in", values=("Home",)),)),
    ],
)
def test_what_no_column_has_is_no_select(measure: Measure) -> None:
    plan = plan_of(*PROPERTIES)
    kpi = Kpi(name="k", measure=measure, window=None)

    assert kpi_sql(plan, views_of(plan), kpi, Window(None, None, "UTC"), {"people"}) is None

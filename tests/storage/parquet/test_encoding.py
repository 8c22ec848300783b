"""The bytes of a file: typed columns of frequent events, in groups of rows that a reader can skip."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pyarrow
import pyarrow.parquet
from tests.storage.parquet.messages import messages

from footfall.plan.model import Event, Plan, Property
from footfall.storage.parquet.encoding import encoded
from footfall.storage.parquet.layout import Footer, to_file
from footfall.storage.parquet.order import in_order, stretches_of
from footfall.storage.parquet.promoted import PlannedLeaf
from footfall.storage.parquet.reading import footer_of

TOTAL = Property(name="total", wire_name="total", type="decimal", scale=2)
PLAN = Plan(
    id="shop",
    events={
        name: Event(name=name, wire_name=name, properties=(TOTAL,)) for name in ("order_completed", "order_returned")
    },
)


def file(rows: list[dict[str, Any]], plan: Plan | None = PLAN) -> Any:
    table = in_order(to_file(messages(rows)))
    footer = Footer(1, "2026-11-29", 1, 9, 9, tuple(stretches_of(table)))
    content = encoded(table, footer, plan)
    return pyarrow.parquet.ParquetFile(pyarrow.BufferReader(content))


def order(total: str, **values: Any) -> dict[str, Any]:
    return {"body": f'{{"properties":{{"total":{total}}}}}'.encode(), **values}


def test_a_frequent_event_has_a_column_for_each_property() -> None:
    rows = [{"event": "basket", "body": b"{}"}, order("64.9"), order('"x"'), order("1", event="order_returned")]

    table = file(rows).read()

    assert table.column("order_completed.total").to_pylist() == [None, Decimal("64.90"), None, None]
    assert table.column("order_completed.total (text)").to_pylist() == [None, None, '"x"', None]
    assert table.column("order_returned.total").to_pylist() == [None, None, None, Decimal("1.00")]


def test_the_footer_says_which_properties_were_looked_for_and_where_each_event_is() -> None:
    footer = footer_of(file([order("1"), order("2"), {"event": "basket"}]).schema_arrow.metadata)

    assert footer is not None
    assert footer.typed == {"order_completed": (PlannedLeaf("order_completed.total", ("total",), "decimal", 2),)}
    assert [(each.event, each.start, each.stop) for each in footer.stretches] == [
        ("basket", 0, 1), ("order_completed", 1, 3),
    ]  # fmt: skip


def test_a_page_of_the_name_of_an_event_is_no_event() -> None:
    assert "order_completed.total" not in file([order("1", type="page")]).schema_arrow.names


def test_a_rare_event_and_a_file_without_a_plan_have_no_typed_columns() -> None:
    rare = [{"event": "basket"}] * 1_000 + [order("1")]

    assert "order_completed.total" not in file(rare).schema_arrow.names
    assert "order_completed.total" not in file([order("1")], None).schema_arrow.names


def test_columns_that_would_share_a_name_are_made_once() -> None:
    item = Property(name="a.b", wire_name="a.b", type="integer")
    nested = Property(
        name="a", wire_name="a", type="object", properties=(Property(name="b", wire_name="b", type="string"),)
    )
    plan = Plan(id="p", events={"seen": Event(name="seen", wire_name="seen", properties=(item, nested))})
    row = {"event": "seen", "body": b'{"properties":{"a.b":1,"a":{"b":"x"}}}'}

    parquet = file([row], plan)
    footer = footer_of(parquet.schema_arrow.metadata)

    assert parquet.read().column("seen.a.b").to_pylist() == [1]
    assert footer is not None
    assert [leaf.path for leaf in footer.typed["seen"]] == [("a.b",)]


def test_columns_reach_over_groups_of_rows() -> None:
    rows = [{"event": "basket"}] * 5_000 + [order("1.25")] * 10_000 + [order("2", event="order_returned")] * 2_500

    parquet = file(rows)

    assert parquet.num_row_groups == 3
    totals = parquet.read(["order_completed.total"]).column(0)
    assert totals.to_pylist() == [None] * 5_000 + [Decimal("1.25")] * 10_000 + [None] * 2_500

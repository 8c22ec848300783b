"""Items of arrays as rows: in which message each is, and what is no array."""

from __future__ import annotations

import pyarrow
from tests.analytics.nested_orders import PLAN

from footfall.analytics.engine import connect, rows
from footfall.analytics.item_table import make_item_tables, read_items
from footfall.analytics.planned_values import planned

TEXTS = [
    '{"Lines": [{"sku": "a", "Price": 1.10}, {"sku": null, "tags": ["x", "y"]}, 5]}',
    '{"Lines": []}',
    '{"Lines": "none"}',
    None,
    '{"Lines": [{"sku": "b", "tags": ["z"]}]}',
]


def test_each_item_knows_its_message_and_each_array_its_size() -> None:
    (lines,) = planned(PLAN, PLAN.events["order"], ["lines[].sku"]).arrays

    read = read_items(lines, pyarrow.array(TEXTS), pyarrow.array([10, 11, 12, 13, 14]))

    assert read.of.to_pylist() == [10, 10, 10, 14]
    assert read.sizes.values.values.to_pylist() == [3, 0, None, None, 1]
    assert list(read.sizes.unread) == [2]
    assert read.values[0].values.to_pylist() == ["a", None, None, "b"]


def test_pieces_become_one_table_in_which_items_of_items_find_theirs() -> None:
    wanted = planned(PLAN, PLAN.events["order"], ["lines[].sku", "lines[].tags[]"]).arrays
    pieces = [read_items(wanted[0], pyarrow.array([text]), pyarrow.array([row])) for row, text in enumerate(TEXTS)]
    connection = connect()

    lines = make_item_tables(connection, "t", "", wanted, [pieces])["lines[]"]

    tags = lines.items["tags[]"]
    assert rows(
        connection,
        f"SELECT {lines.of}, {lines.columns['sku'].sql}, {tags.columns[''].sql} FROM {lines.name} "
        f"LEFT JOIN {tags.name} ON {tags.of} = {lines.row} ORDER BY ALL",
    ) == [(0, "a", None), (0, None, "x"), (0, None, "y"), (0, None, None), (4, "b", "z")]
    connection.close()

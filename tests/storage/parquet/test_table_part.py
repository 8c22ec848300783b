"""Messages in memory as a part: a table of them, in the order of a part, whose members are cut out when asked for."""

from __future__ import annotations

from tests.storage.sealing import row

from footfall.storage import Entry
from footfall.storage.parquet.layout import MESSAGE_TYPES
from footfall.storage.parquet.table_part import TablePart, table_of
from footfall.storage.part import Leaf


def test_a_table_of_entries_has_each_column_of_a_message() -> None:
    entries = [Entry(7, row("a")), Entry(9, row("b"))]

    table = table_of(entries)

    assert {field.name: field.type for field in table.schema} == MESSAGE_TYPES
    assert [tuple(line.values()) for line in table.to_pylist()] == [(seq, *each[1:]) for seq, each in entries]


def test_several_tables_become_one_part_in_order() -> None:
    later, earlier = (row(name)._replace(occurred_at=at) for name, at in (("a", 2), ("b", 1)))

    part = TablePart([table_of([Entry(1, later)]), table_of([Entry(2, earlier)])])

    assert part.read(["seq"]).column("seq").to_pylist() == [2, 1]
    assert (part.name, part.messages) == ("", 2)


def test_it_has_no_typed_columns() -> None:
    part = TablePart([table_of([Entry(1, row("a"))])])

    assert part.typed(part.stretches()[0], [Leaf(("a",), "string")] * 2) == [None, None]

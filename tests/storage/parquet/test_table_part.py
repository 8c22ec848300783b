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


def test_leaves_are_read_out_of_the_properties_of_an_event_and_the_traits_of_an_identify() -> None:
    body = b'{"properties":{"a":"x"},"traits":{"a":"y"}}'
    rows = [row(name, body=body)._replace(type=type_, event=None) for name, type_ in (("1", "identify"), ("2", "page"))]
    part = TablePart([table_of([Entry(seq, each) for seq, each in enumerate(rows)])])

    columns = [part.typed(stretch, [Leaf(("a",), "string")])[0] for stretch in part.stretches()]

    assert [column.values.to_pylist() for column in columns] == [["y"], ["x"]]

from __future__ import annotations

import hashlib

import apsw

from footfall.storage.columns import COLUMNS, Column
from footfall.storage.journal import Row
from footfall.storage.sqlite.schema import SCHEMA, SCHEMA_VERSION, insert_into, select_from, table_of

WIDER = (*COLUMNS[:3], Column("campaign"), *COLUMNS[3:])


def test_what_is_inserted_is_selected_in_the_order_of_a_rows_fields() -> None:
    database = apsw.Connection(":memory:")
    database.execute(table_of("quarantined"))
    row = Row("quarantined", "shop", "m", "track", "e", "u", "a", "d", "p", "g", 1, 2, "b", b"f", b"{}", b"v")

    database.execute(insert_into("quarantined"), (7, *row[1:]))

    assert database.execute(select_from("quarantined")).fetchall() == [(7, *row[1:])]


def test_a_column_that_is_added_to_the_table_of_columns_is_made_filled_and_read() -> None:
    database = apsw.Connection(":memory:")
    database.execute(table_of("messages", WIDER))
    values = {column.name: column.contents.python(0) for column in WIDER} | {"campaign": "winter"}

    database.execute(insert_into("messages", WIDER), (1, *values.values()))

    cursor = database.execute(select_from("stored", WIDER))
    names = [name for name, _ in cursor.getdescription()]
    assert dict(zip(names, next(cursor), strict=True)) == {"seq": 1, **values}


def test_other_tables_have_another_version_so_that_an_older_folder_is_refused_at_the_start() -> None:
    digest = hashlib.sha256(SCHEMA.encode()).hexdigest()[:16]

    assert (SCHEMA_VERSION, digest) == (8, "e57f8ad141168422"), "raise SCHEMA_VERSION, then write both here"

"""Files of one day are written anew as one, and damaged ones are left out."""

from __future__ import annotations

import pytest
from tests.storage.sealing import batch_of, row

from footfall.maintenance.merge_files import Merged, merge
from footfall.storage import Entry
from footfall.storage.warehouse import SealedFile
from footfall.testing.warehouse import MemoryWarehouse


@pytest.fixture
def warehouse() -> MemoryWarehouse:
    return MemoryWarehouse()


def files_of(warehouse: MemoryWarehouse, number: int) -> list[SealedFile]:
    return [
        file for seq in range(1, number + 1) for file in warehouse.write([batch_of([Entry(seq, row(str(seq)))])], None)
    ]


def test_the_messages_of_several_files_are_in_one_each_as_it_was(warehouse: MemoryWarehouse) -> None:
    files = files_of(warehouse, 3)

    merged = merge(warehouse, files, None)

    assert merged.names == tuple(file.name for file in files)
    assert [(file.first, file.last, file.messages) for file in merged.files] == [(1, 3, 3)]
    entries = [entry for chunk in warehouse.scan(merged.files) for entry in chunk]
    assert entries == [Entry(seq, row(str(seq))) for seq in (1, 2, 3)]


def test_a_damaged_file_is_left_out(warehouse: MemoryWarehouse) -> None:
    files = files_of(warehouse, 3)
    warehouse.damage[files[1].name] = "its bytes were changed"

    merged = merge(warehouse, files, None)

    assert merged.names == (files[0].name, files[2].name)


def test_one_file_alone_is_merged_with_none(warehouse: MemoryWarehouse) -> None:
    files = files_of(warehouse, 2)
    warehouse.damage[files[1].name] = "its bytes were changed"

    assert merge(warehouse, files, None) == Merged((), ())


class Splitting(MemoryWarehouse):
    """Writes each batch to a file."""

    def write(self, batches, plan):  # type: ignore[no-untyped-def]  # as MemoryWarehouse
        return [file for batch in batches for file in super(Splitting, self).write([batch], plan)]


def test_where_no_fewer_files_would_come_out_nothing_is_merged() -> None:
    warehouse = Splitting()
    files = files_of(warehouse, 2)

    assert merge(warehouse, files, None) == Merged((), ())

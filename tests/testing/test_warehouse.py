"""What the warehouse in memory has beyond the contract: it fails and is damaged as a test wants it."""

from __future__ import annotations

import pytest
from tests.storage.sealing import batch_of, row

from footfall.errors import WarehouseError
from footfall.storage import Entry
from footfall.storage.warehouse import ManifestStep
from footfall.testing.warehouse import MemoryWarehouse

BATCH = batch_of([Entry(1, row("a")), Entry(2, row("b"))])


def test_each_error_is_raised_once_and_nothing_is_kept_then() -> None:
    warehouse = MemoryWarehouse()
    warehouse.fail_with = [WarehouseError("the disk is full"), WarehouseError("the disk fails")]

    with pytest.raises(WarehouseError, match="the disk is full"):
        warehouse.write([BATCH], None)
    with pytest.raises(WarehouseError, match="the disk fails"):
        warehouse.append(ManifestStep("sealed", "", ()), 0)

    assert (warehouse.files, warehouse.steps(0)) == ({}, [])
    assert warehouse.append(ManifestStep("sealed", "", tuple(warehouse.write([BATCH], None))), 0) == 1


def test_a_damaged_file_says_what_the_test_said_of_it() -> None:
    warehouse = MemoryWarehouse()
    (file,) = warehouse.write([BATCH], None)

    warehouse.damage[file.name] = "its bytes were changed"

    assert warehouse.check(file) == ["its bytes were changed"]
    with pytest.raises(WarehouseError, match="its bytes were changed"):
        warehouse.part(file).read(["seq"])

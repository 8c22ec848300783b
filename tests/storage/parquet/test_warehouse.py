"""The folder of the warehouse: what is ours in it, what is not, and what a collector loads for it."""

from __future__ import annotations

import errno
import shutil
import subprocess
import sys
from pathlib import Path
from typing import IO

import pyarrow
import pyarrow.parquet
import pytest
from tests.storage.parquet.messages import messages

from footfall.disk import Mode, SystemDisk
from footfall.errors import WarehouseError
from footfall.storage.parquet.warehouse import ParquetWarehouse


def test_files_of_others_are_never_removed(tmp_path: Path) -> None:
    warehouse = ParquetWarehouse(tmp_path)
    (file,) = warehouse.write(messages([{}]).to_batches(), None)
    folder = tmp_path / "day=2026-11-29"
    foreign = [tmp_path / "notes.parquet", folder / "mine.parquet", folder / f"{7:012}-{8:012}-00000000.parquet"]
    for path in foreign:
        pyarrow.parquet.write_table(pyarrow.table({"a": [1]}), path)
    foreign.append(folder / f"{9:012}-{9:012}-00000000.parquet")
    foreign[-1].write_bytes(b"")

    assert warehouse.remove([]) == [file.name]
    assert all(path.exists() for path in foreign)


def test_a_draft_that_a_kill_left_is_removed(tmp_path: Path) -> None:
    warehouse = ParquetWarehouse(tmp_path)
    (file,) = warehouse.write(messages([{}]).to_batches(), None)
    day, name = file.name.split("/")
    shutil.copy(tmp_path / file.name, tmp_path / day / f".{name}.draft")

    assert warehouse.remove([file]) == [f"{day}/.{name}.draft"]
    assert warehouse.remove([file]) == []


class UnreadableDisk(SystemDisk):
    """A disk that cannot read files of the warehouse."""

    def open(self, path: Path, mode: Mode) -> IO[bytes]:
        if path.suffix == ".parquet":
            raise OSError(errno.EIO, "Input/output error")
        return super().open(path, mode)


def test_a_live_file_that_cannot_be_read_stops_no_clearing(tmp_path: Path) -> None:
    (file,) = ParquetWarehouse(tmp_path).write(messages([{}]).to_batches(), None)
    warehouse = ParquetWarehouse(tmp_path, disk=UnreadableDisk())

    assert warehouse.remove([file]) == []
    with pytest.raises(WarehouseError, match=r"cannot be cleared \(Input/output error\)"):
        warehouse.remove([])


def test_a_warehouse_that_was_never_written_is_empty(tmp_path: Path) -> None:
    warehouse = ParquetWarehouse(tmp_path / "none")

    assert warehouse.steps(0) == []
    assert warehouse.remove([]) == []
    assert not (tmp_path / "none").exists()


def test_a_folder_that_is_a_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(WarehouseError, match="cannot be made"):
        ParquetWarehouse(tmp_path / "file").write([], None)


OWNER = """
import sys
from pathlib import Path
from footfall.storage.parquet.warehouse import ParquetWarehouse
from footfall.storage.warehouse import ManifestStep
warehouse = ParquetWarehouse(Path(sys.argv[1]))
warehouse.append(ManifestStep("sealed", "", ()), 0)
warehouse.steps(1)
print(len(warehouse.remove([])))
print("pyarrow" in sys.modules)
"""


def test_whoever_only_keeps_the_manifest_loads_no_pyarrow(tmp_path: Path) -> None:
    ParquetWarehouse(tmp_path).write(messages([{}]).to_batches(), None)

    done = subprocess.run([sys.executable, "-c", OWNER, str(tmp_path)], capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["1", "False"]

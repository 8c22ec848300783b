"""A sealed file that is whole says what the manifest said of it, and any other is passed over."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.maintenance.folders import collect, seal

from footfall.storage.parquet.recovery import recover_files


def test_a_file_is_described_as_when_it_was_sealed(tmp_path: Path) -> None:
    collect(tmp_path, ["a", "b"])
    collect(tmp_path, ["c"], event="left", source="app")
    files = seal(tmp_path)

    assert recover_files({"data": str(tmp_path)}, None) == files


def test_a_file_of_others_and_one_that_was_changed_are_passed_over(tmp_path: Path) -> None:
    collect(tmp_path, ["a"])
    (file,) = seal(tmp_path)
    path = tmp_path / "warehouse" / file.name
    shutil.copy(path, path.with_name("mine.parquet"))
    path.with_name("000000000001-000000000001-00000000.parquet").write_bytes(b"junk")
    shutil.copy(path, path.with_name("000000000001-000000000001-11111111.parquet"))

    assert recover_files({"data": str(tmp_path)}, None) == [file]

"""A copy has the journal first and the control store last, and what cannot be read is named."""

from __future__ import annotations

import errno
import io
import os
from pathlib import Path
from typing import IO

import pytest
from tests.maintenance.folders import StepDisk, Steps, bodies, collect, seal

from footfall import storage
from footfall.disk import Disk, Mode, SystemDisk
from footfall.errors import WarehouseError
from footfall.maintenance.folder_copy import FolderCopy
from footfall.storage.folder import DataFolder


@pytest.fixture
def data(tmp_path: Path) -> Path:
    collect(tmp_path / "data", ["a"])
    seal(tmp_path / "data")
    collect(tmp_path / "data", ["tail"])
    with storage.open(tmp_path / "data", "beside") as store:
        store.control.put_bundle("0" * 64, b"bundle")
    return tmp_path / "data"


def copied(data: Path, disk: Disk, steps: Steps) -> FolderCopy:
    copy = FolderCopy(DataFolder(data), data.with_name("copy"), disk=disk, directory_of=steps.directory)
    copy.write()
    return copy


def test_the_journal_is_copied_before_what_it_names_and_the_control_store_last(data: Path) -> None:
    steps = Steps()

    copy = copied(data, StepDisk(steps), steps)

    opened = [step.removeprefix("open ") for step in steps.done if step.startswith("open ")]
    assert opened == [
        "footfall.json",
        "journal.db",
        "manifest.jsonl",
        copy.files[0].name.partition("/")[2],
        "000000000001-000000000001.run",
        "control.db",
    ]
    assert (copy.messages, copy.copied, copy.missing) == (2, 1, [])
    assert set(bodies(data.with_name("copy"))) == {"a", "tail"}


def test_every_folder_is_synced_the_outer_after_the_inner(data: Path) -> None:
    steps = Steps()

    copied(data, StepDisk(steps), steps)

    assert [step for step in steps.done if step == "sync folder"] == ["sync folder"] * 4
    assert steps.done[-4:] == ["sync folder"] * 4


class Unreadable(io.BytesIO):
    """A file with a bad block."""

    def read(self, _: int | None = -1, /) -> bytes:
        raise OSError(errno.EIO, os.strerror(errno.EIO))


class BadBlock(SystemDisk):
    """A disk on which a Parquet file can be opened, and not read."""

    def open(self, path: Path, mode: Mode) -> IO[bytes]:
        return Unreadable() if path.suffix == ".parquet" and mode == "read" else super().open(path, mode)


def test_a_file_that_cannot_be_read_is_missing_and_the_rest_is_copied(data: Path) -> None:
    copy = copied(data, BadBlock(), Steps())

    assert copy.missing == [f"warehouse/{copy.files[0].name}"]
    assert set(bodies(data.with_name("copy"))) == {"tail"}


def test_a_manifest_that_is_gone_is_named_and_the_way_back(data: Path) -> None:
    (data / "warehouse" / "manifest.jsonl").unlink()

    with pytest.raises(WarehouseError, match=r"data/warehouse/manifest\.jsonl: has 0 of 1 lines; .* may make it anew"):
        copied(data, SystemDisk(), Steps())

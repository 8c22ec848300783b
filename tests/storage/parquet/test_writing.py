"""Messages are written to sorted files of one day, of a bounded size, or not at all."""

from __future__ import annotations

import errno
import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pyarrow.parquet
import pytest
from tests.storage.parquet.messages import NOON, messages

from footfall.disk import Disk, SystemDisk
from footfall.errors import WarehouseError
from footfall.storage.parquet.writing import write_files
from footfall.storage.warehouse import SealedFile

DAY_US = 86_400_000_000


def write(folder: Path, rows: list[dict[str, Any]], *, disk: Disk | None = None, most: int = 1000) -> list[SealedFile]:
    return write_files(folder, disk or SystemDisk(), messages(rows).to_batches(max_chunksize=3), None, most)


def test_a_file_is_what_its_record_says(tmp_path: Path) -> None:
    (file,) = write(tmp_path, [{}, {"event": "product_viewed"}])

    content = (tmp_path / file.name).read_bytes()
    assert file.name == f"day=2026-11-29/000000000001-000000000002-{file.sha256[:8]}.parquet"
    assert (file.size, file.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert (tmp_path / file.name).stat().st_mode & 0o777 == 0o600


def test_a_file_is_compressed_with_statistics_that_let_readers_skip(tmp_path: Path) -> None:
    (file,) = write(tmp_path, [{"event": event} for event in "ba"])

    column = pyarrow.parquet.read_metadata(tmp_path / file.name).row_group(0).column(4)
    assert column.path_in_schema == "event"
    assert column.compression == "ZSTD"
    assert (column.statistics.min, column.statistics.max) == ("a", "b")


def test_more_messages_than_a_file_takes_are_written_to_several(tmp_path: Path) -> None:
    files = write(tmp_path, [{}] * 8, most=5)

    assert [(file.first, file.last, file.messages) for file in files] == [(1, 3, 3), (4, 8, 5)]


def test_a_file_ends_where_its_bodies_are_too_large(tmp_path: Path) -> None:
    large = messages([{"body": b'"%s"' % (b"a" * 90)}] * 4)

    files = write_files(tmp_path, SystemDisk(), large.to_batches(max_chunksize=1), None, 1000, 200)

    assert [file.messages for file in files] == [2, 2]


def test_days_are_written_apart_in_order(tmp_path: Path) -> None:
    files = write(tmp_path, [{"received_at": NOON + day * DAY_US} for day in (1, 0, 1, -1)])

    assert [(file.day, file.messages) for file in files] == [("2026-11-28", 1), ("2026-11-29", 1), ("2026-11-30", 2)]


class FullFile(io.BytesIO):
    def write(self, content: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


class FullDisk(SystemDisk):
    @contextmanager
    def replacing(self, path: Path, *, private: bool = False) -> Iterator[IO[bytes]]:
        with super().replacing(path, private=private):
            yield FullFile()


def test_a_full_disk_is_an_error_that_says_so_and_no_draft_stays(tmp_path: Path) -> None:
    with pytest.raises(WarehouseError, match=r"day=2026-11-29/.*No space left on device.*what was there is unchanged"):
        write(tmp_path, [{}], disk=FullDisk())

    assert list((tmp_path / "day=2026-11-29").iterdir()) == []

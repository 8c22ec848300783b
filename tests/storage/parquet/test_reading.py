"""A file that is not the one that was written is named and passed over, whatever it is now."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest
from tests.storage.parquet.messages import NOON, messages

from footfall.disk import SystemDisk
from footfall.storage.parquet.reading import check_file, footer_of, scan_files
from footfall.storage.parquet.writing import write_files
from footfall.storage.warehouse import SealedFile

DISK = SystemDisk()


@pytest.fixture
def files(tmp_path: Path) -> list[SealedFile]:
    rows: list[dict[str, Any]] = [{}, {"received_at": NOON + 86_400_000_000}, {}]
    return write_files(tmp_path, DISK, messages(rows).to_batches(), None, 1000)


def scanned(folder: Path, files: list[SealedFile]) -> tuple[list[int], list[str]]:
    reasons: list[str] = []
    chunks = scan_files(folder, DISK, files, 0, None, 10, lambda _, reason: reasons.append(reason))
    return [entry.seq for chunk in chunks for entry in chunk], reasons


def flip(path: Path, other: Path) -> None:
    content = bytearray(path.read_bytes())
    content[20] ^= 4
    path.write_bytes(content)


def shorten(path: Path, other: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


def replace(path: Path, other: Path) -> None:
    shutil.copy(other, path)


def replace_by_another_kind(path: Path, other: Path) -> None:
    size = path.stat().st_size
    pyarrow.parquet.write_table(pyarrow.table({"a": ["x"]}), path)
    path.write_bytes(path.read_bytes().ljust(size, b" "))


def remove(path: Path, other: Path) -> None:
    path.unlink()


@pytest.mark.parametrize(
    ("harm", "reason"),
    [
        (flip, "it cannot be read .its bytes were changed"),
        (shorten, "it cannot be read .[0-9,]+ of its [0-9,]+ bytes"),
        (replace, "it cannot be read"),
        (replace_by_another_kind, "it cannot be read"),
        (remove, "it is missing"),
    ],
)
def test_a_file_that_was_harmed_is_passed_over_and_named(
    tmp_path: Path, files: list[SealedFile], harm: Callable[[Path, Path], None], reason: str
) -> None:
    harm(tmp_path / files[1].name, tmp_path / files[0].name)

    seqs, reasons = scanned(tmp_path, files)

    assert seqs == [1, 3]
    assert len(reasons) == 1
    assert re.match(reason, reasons[0])
    assert check_file(tmp_path, DISK, files[1]) == reasons


def test_a_footer_of_another_layout_is_not_ours() -> None:
    assert footer_of(None) is None
    assert footer_of({b"footfall": b"1"}) is None
    assert footer_of({b"footfall": b'{"version":2,"day":"","first":1,"last":1,"messages":1}'}) is None


def test_counts_that_the_file_does_not_have_are_a_fault(tmp_path: Path, files: list[SealedFile]) -> None:
    from msgspec.structs import replace as with_values

    assert check_file(tmp_path, DISK, files[0]) == []
    assert check_file(tmp_path, DISK, with_values(files[0], counts=())) == [
        "it has other numbers of messages by source and event"
    ]


def test_a_message_that_is_no_json_is_named_and_is_read_like_any_other(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [{}, {"body": b"[1 2]"}, {"body": b"\x00"}]
    files = write_files(tmp_path, DISK, messages(rows).to_batches(), None, 1000)

    assert check_file(tmp_path, DISK, files[0]) == ["its message 2 is no JSON", "its message 3 is no JSON"]
    assert scanned(tmp_path, files) == ([1, 2, 3], [])

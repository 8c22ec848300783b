"""The manifest is appended to, and what is wrong with a line is said with its number."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import IO

import pytest

from footfall.disk import Mode, SystemDisk
from footfall.errors import WarehouseError
from footfall.storage.parquet.manifest import Manifest
from footfall.storage.warehouse import ManifestStep

STEPS = [ManifestStep("sealed", f"2026-11-29T1{hour}:00:00.000000Z", ()) for hour in range(4)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "manifest.jsonl"


@pytest.fixture
def manifest(path: Path) -> Manifest:
    manifest = Manifest(path, SystemDisk())
    for number, step in enumerate(STEPS):
        manifest.append(step, number)
    return manifest


@pytest.mark.parametrize("tail", [b'{"crc":"0000', b"garbage\n", b"\n\n"])
def test_what_lies_after_the_steps_that_count_is_written_over(manifest: Manifest, path: Path, tail: bytes) -> None:
    path.write_bytes(path.read_bytes() + tail)

    assert manifest.steps(4) == STEPS
    assert manifest.append(STEPS[0], 2) == 3
    assert manifest.steps(3) == [*STEPS[:2], STEPS[0]]
    assert path.read_bytes().count(b"\n") == 3


def test_a_line_that_was_changed_is_named(manifest: Manifest, path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"T11", b"T21"))

    with pytest.raises(WarehouseError, match=r"manifest.jsonl:2: .*changed.*restore it from a backup"):
        manifest.steps(4)
    assert manifest.steps(1) == STEPS[:1]


def test_a_damaged_line_costs_only_its_own_step(manifest: Manifest, path: Path) -> None:
    lines = path.read_bytes().split(b"\n")
    path.write_bytes(b"\n".join([lines[0], b"\xff\x00", *lines[2:]]))
    damaged: list[int] = []

    steps = manifest.steps(4, lambda number, _: damaged.append(number))

    assert steps == [STEPS[0], *STEPS[2:]]
    assert damaged == [2]


def test_a_tail_that_was_cut_off_is_named(manifest: Manifest, path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])

    with pytest.raises(WarehouseError, match="has 3 of 4 lines"):
        manifest.steps(4)


class FullDisk(SystemDisk):
    def sync(self, file: IO[bytes]) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")


class UnreadableDisk(SystemDisk):
    def open(self, path: Path, mode: Mode) -> IO[bytes]:
        raise OSError(errno.EIO, "Input/output error")


def test_a_step_that_did_not_reach_the_disk_is_an_error_and_does_not_count(manifest: Manifest, path: Path) -> None:
    with pytest.raises(WarehouseError, match=r"cannot be written .No space left"):
        Manifest(path, FullDisk()).append(STEPS[0], 4)

    assert manifest.steps(4) == STEPS


def test_a_manifest_that_cannot_be_read_is_an_error(path: Path) -> None:
    with pytest.raises(WarehouseError, match=r"cannot be read .Input/output error"):
        Manifest(path, UnreadableDisk()).steps(0)

"""Sealing beside intake is killed again and again, and the disk runs full: nothing that was acknowledged is lost."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.faults.loops import loops
from tests.faults.senders import Senders, assert_nothing_lost
from tests.storage.sealing import row

from footfall import storage
from footfall.clock import SystemClock
from footfall.storage import Changes
from footfall.testing.process import CollectorProcess

pytestmark = pytest.mark.slow
COMMAND = [sys.executable, "-c", "from footfall.cli import main; main()"]


def start_seal(data: Path, rows: int = 5000) -> subprocess.Popen[bytes]:
    arguments = ["seal", "--data", str(data), "--rows", str(rows)]
    return subprocess.Popen([*COMMAND, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def test_nothing_that_was_acknowledged_is_lost_while_it_is_sealed_and_killed(tmp_path: Path) -> None:
    data, chance = tmp_path / "data", random.Random(7)
    with Senders(1) as senders:
        for _ in range(loops(3)):
            collector = CollectorProcess(data, options=["--no-jobs"])
            senders.aim(collector.port)
            senders.wait_for_answers(chance.choice([1, 5]))
            beside = start_seal(data)
            SystemClock().sleep(chance.uniform(0.3, 2))
            collector.kill()
            senders.aim(None)
            beside.wait()
            alone = start_seal(data)
            SystemClock().sleep(chance.uniform(0.3, 2))
            alone.kill()
            alone.wait()
        with CollectorProcess(data, options=["--no-jobs"]) as collector:
            senders.aim(collector.port)
            senders.wait_for_answers(4)
            assert start_seal(data).wait() == 0

    assert_nothing_lost(data, senders)
    assert list(data.glob("warehouse/day=*/*.parquet"))
    assert not list(data.glob("warehouse/**/.*.draft"))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system in memory with 24 MB."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("it mounts a file system, which needs root")
    path = tmp_path / "disk"
    path.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(path)], check=True)
    yield path
    subprocess.run(["umount", "-l", str(path)], check=True)


def seal(data: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, "seal", "--data", str(data)], check=False, capture_output=True, text=True)


def ids_in(data: Path) -> list[str]:
    with storage.open(data, "read") as store, store.snapshot() as snapshot:
        return [entry.row.message_id for chunk in snapshot.scan("stored") for entry in chunk]


def test_on_a_full_disk_sealing_says_so_in_a_line_and_leaves_the_room_and_goes_on_later(small_disk: Path) -> None:
    data, chance = small_disk / "data", random.Random(7)
    rows = [row(str(number), body=b'{"x":"%s"}' % chance.randbytes(500).hex().encode()) for number in range(3000)]
    with storage.open(data, "write") as store:
        store.journal.commit(Changes(rows, {}))
    filler = small_disk / "filler"
    room = shutil.disk_usage(small_disk).free
    filler.write_bytes(b"x" * (room - 700_000))
    before = shutil.disk_usage(small_disk).free

    failed = seal(data)

    assert (failed.returncode, failed.stdout, failed.stderr.count("\n")) == (2, "", 1)
    assert "No space left on device" in failed.stderr or "make room" in failed.stderr
    assert not list(data.glob("warehouse/**/*.parquet*"))
    assert shutil.disk_usage(small_disk).free > before - 200_000
    assert ids_in(data) == [str(number) for number in range(3000)]

    filler.unlink()
    assert seal(data).stdout == "seal: 3,000 messages sealed in 1 file\n"
    assert ids_in(data) == [str(number) for number in range(3000)]


def test_a_folder_on_a_disk_that_is_read_only_is_one_clear_line(small_disk: Path) -> None:
    data = small_disk / "data"
    with storage.open(data, "write") as store:
        store.journal.commit(Changes([row("a")], {}))
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)

    failed = seal(data)

    assert (failed.returncode, failed.stdout, failed.stderr.count("\n")) == (2, "", 1)
    assert "Read-only file system" in failed.stderr

"""The power goes while a collector writes to ext4: what it acknowledged is there when the machine is up again."""

from __future__ import annotations

import fcntl
import os
import random
import shutil
import signal
import struct
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.faults.loops import long_only, loops
from tests.faults.senders import Senders, assert_nothing_lost
from tests.maintenance.dying import prepare, resume
from tests.maintenance.test_upgrade import RELEASED, files_in, rows_in

from footfall.clock import SystemClock
from footfall.maintenance.upgrade import BEFORE
from footfall.testing.process import CollectorProcess

pytestmark = [
    long_only,
    pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may mount a file system"),
    pytest.mark.skipif(shutil.which("mkfs.ext4") is None, reason="mkfs.ext4 is not installed (Debian: e2fsprogs)"),
]

# EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH: from here on nothing reaches the device, as in a power cut.
SHUTDOWN, NO_FLUSH = 0x8004587D, struct.pack("I", 2)
IMAGE_BYTES = 256 << 20
CLOCK = SystemClock()


def run(*command: str) -> bool:
    return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0


class Device:
    """An ext4 file system in a file, whose power can be cut."""

    def __init__(self, folder: Path) -> None:
        self.image, self.mounted = folder / "image", folder / "mounted"
        with self.image.open("wb") as file:
            file.truncate(IMAGE_BYTES)
        self.mounted.mkdir()
        if not run("mkfs.ext4", "-q", "-F", str(self.image)):
            pytest.skip("mkfs.ext4 makes no file system here")
        if not self.up():
            pytest.skip("a loop device cannot be mounted here")

    def up(self) -> bool:
        return run("mount", "-o", "loop", str(self.image), str(self.mounted))

    def down(self) -> None:
        while not run("umount", str(self.mounted)):  # busy until the killed process is gone
            CLOCK.sleep(0.05)

    def cut_power(self, pid: int) -> None:
        """Stop the process where it is, and lose whatever is not on the device."""
        os.kill(pid, signal.SIGSTOP)
        while any(state(task) not in "TtZ" for task in Path(f"/proc/{pid}/task").iterdir()):
            CLOCK.sleep(0.001)
        self.lose_unsynced()

    def lose_unsynced(self) -> None:
        descriptor = os.open(self.mounted, os.O_RDONLY)
        fcntl.ioctl(descriptor, SHUTDOWN, NO_FLUSH)
        os.close(descriptor)


def state(task: Path) -> str:
    return (task / "stat").read_text().rpartition(")")[2].split()[0]


@pytest.fixture
def device(tmp_path: Path) -> Iterator[Device]:
    device = Device(tmp_path)
    yield device
    device.down()


def test_nothing_that_was_acknowledged_is_lost_by_a_power_cut(device: Device) -> None:
    data, chance = device.mounted / "data", random.Random(7)
    with Senders(3) as senders:
        for _ in range(loops(2)):
            collector = CollectorProcess(data)
            senders.aim(collector.port)
            senders.wait_for_answers(chance.choice([2, 10, 60]))
            device.cut_power(collector.pid)
            collector.kill()
            senders.aim(None)
            device.down()
            assert device.up()
        with CollectorProcess(data) as collector:
            senders.aim(collector.port)
            senders.wait_for_answers(3)

    assert_nothing_lost(data, senders)


@pytest.mark.parametrize("action", ["upgrade", "undo"])
def test_a_power_cut_at_any_call_leaves_an_upgrade_that_can_be_finished(
    action: str, device: Device, tmp_path: Path
) -> None:
    old = tmp_path / "old"
    with tarfile.open(RELEASED) as archive:
        archive.extractall(old, filter="data")
    number, is_cut = 0, True
    while is_cut:
        number += 1
        folder = device.mounted / str(number)
        prepare(action, old, folder)
        os.sync()
        is_cut = run(sys.executable, "-m", "tests.maintenance.dying", action, str(folder), str(number))
        if is_cut:
            device.lose_unsynced()
        device.down()
        assert device.up()
        if is_cut:
            resume(action, folder)
        assert files_in(folder / BEFORE if action == "upgrade" else folder) == files_in(old)
        if action == "upgrade":
            assert len(rows_in(folder)[0]) == 331
        shutil.rmtree(folder)

    assert number > 20

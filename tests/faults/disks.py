"""Disks that fail: a file system on a thin volume that runs full, and power that goes."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import signal
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

from footfall.clock import SystemClock

_SHUTDOWN = 0x8004587D  # EXT4_IOC_SHUTDOWN
_NO_LOG_FLUSH = 2
_SIZE = 128 << 20
_ROOM = 400 << 20
CLOCK = SystemClock()

NEEDED = ("mount", "umount", "mkfs.ext4", "dumpe2fs", "fallocate")


def run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


class ThinDisk:
    """An ext4 as its makers set it, on a volume (a sparse file in a tmpfs) with memory behind its metadata.

    `starve` leaves the volume a megabyte; what is written beyond it fails as it is synced. `feed` gives it room again.
    `cut_power` leaves what has reached the volume.
    """

    def __init__(self, folder: Path) -> None:
        self.volume = folder / "volume"
        self.path = folder / "disk"
        self._image = self.volume / "image"
        for path in (self.volume, self.path):
            path.mkdir()
        run("mount", "-t", "tmpfs", "-o", f"size={_ROOM}", "tmpfs", str(self.volume))
        try:
            with self._image.open("wb") as image:
                image.truncate(_SIZE)
            options = ["-E", "lazy_itable_init=0,lazy_journal_init=0", "-J", "size=4"]
            run("mkfs.ext4", "-q", "-F", *options, str(self._image))
            self._back_metadata()
            self._mount()
        except BaseException:
            run("umount", str(self.volume))
            raise

    def starve(self) -> None:
        used = self._image.stat().st_blocks * 512
        run("mount", "-o", f"remount,size={used + (1 << 20)}", str(self.volume))

    def feed(self) -> None:
        run("mount", "-o", f"remount,size={_ROOM}", str(self.volume))

    def cut_power(self, pid: int) -> None:
        """Stop a process, take the file system from under it, and mount what is left."""
        os.kill(pid, signal.SIGSTOP)
        wait_until(lambda: all(state in "TtZ" for state in _states(pid)))
        descriptor = os.open(self.path, os.O_RDONLY)
        try:
            fcntl.ioctl(descriptor, _SHUTDOWN, struct.pack("I", _NO_LOG_FLUSH))
        finally:
            os.close(descriptor)
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: _unmounted(self.path))
        self._mount()

    def close(self) -> None:
        for path in (self.path, self.volume):
            wait_until(lambda path=path: _unmounted(path))  # type: ignore[misc]  # the default binds the path

    def _mount(self) -> None:
        run("mount", "-o", "loop,errors=continue", str(self._image), str(self.path))

    def _back_metadata(self) -> None:
        """Give every block memory, and take it from the free ones, so that metadata can be written at any time."""
        said = run("dumpe2fs", str(self._image))
        size = int(re.findall(r"Block size:\s+(\d+)", said)[0])
        with self._image.open("r+b") as image:
            while part := image.read(1 << 20):
                image.seek(-len(part), os.SEEK_CUR)
                image.write(part)
        spare = (2 << 20) // size
        for line in re.findall(r"Free blocks: (.+)", said)[1:]:
            for extent in re.findall(r"(\d+)(?:-(\d+))?", line):
                first, last = int(extent[0]), int(extent[1] or extent[0])
                keep = min(spare, last - first + 1)
                spare, first = spare - keep, first + keep
                if first <= last:
                    length = str((last - first + 1) * size)
                    run(
                        "fallocate", "--punch-hole", "--offset", str(first * size), "--length", length, str(self._image)
                    )


def why_not() -> str:
    """Why these tests cannot run here, "" where they can."""
    if os.environ.get("RUN_DISK_FAULTS") != "1":
        return "it mounts file systems and takes minutes: run it as root with RUN_DISK_FAULTS=1"
    if os.geteuid() != 0:
        return "it mounts file systems, which needs root"
    missing = [name for name in NEEDED if shutil.which(name) is None]
    return f"it needs {', '.join(missing)}" if missing else ""


def wait_until(comes_true: Callable[[], bool]) -> None:
    deadline = CLOCK.monotonic() + 60
    while not comes_true():
        assert CLOCK.monotonic() < deadline
        CLOCK.sleep(0.02)


def _states(pid: int) -> list[str]:
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return [(task / "stat").read_text().rpartition(")")[2].split()[0] for task in tasks]


def _unmounted(path: Path) -> bool:
    return subprocess.run(["umount", str(path)], check=False, capture_output=True).returncode == 0

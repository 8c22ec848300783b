"""The marker of a failed sync: a journal's files may have less on the disk than a reader of them sees.

After a failed sync the operating system may drop what it could not write and still show it from its page cache. So the
marker is good for as long as that cache: it carries the id of the boot, and is void after another one.
"""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import msgspec

from footfall.disk import Disk, SystemDisk
from footfall.storage.store import FailedSync

__all__ = ["SyncMarker", "boot_id"]

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
# One block of a file system, so that writing the marker anew needs no room on a disk that is full.
_SIZE = 4096


class SyncMarker:
    """The marker beside a journal. `boot` is the id of this boot, "" where there is none: then no marker is ever void.

    The file is made while the disk works and written anew in place, for then a disk without room takes it too.
    """

    def __init__(self, journal: Path, *, disk: Disk | None = None, boot: str | None = None) -> None:
        self._path = journal.with_suffix(".sync")
        self._disk = disk or SystemDisk()
        self._boot = boot_id(self._disk) if boot is None else boot

    def reserve(self) -> None:
        """Make the file if it is missing. Raises OSError."""
        with self._disk.open(self._path, "update") as file:
            if file.seek(0, os.SEEK_END) < _SIZE:
                file.seek(0)
                file.write(b"{}".ljust(_SIZE - 1) + b"\n")
                self._disk.sync(file)

    def write(self, failure: FailedSync) -> FailedSync:
        """Say that a sync failed; gives the failure with this boot. Raises OSError."""
        failure = msgspec.structs.replace(failure, boot=self._boot)
        self._overwrite(msgspec.json.encode(failure))
        return failure

    def clear(self) -> None:
        """Say that all is well. Raises OSError."""
        self._overwrite(b"{}")

    def read(self) -> FailedSync | None:
        """The failure that still counts; None when there was none, or the machine was started anew since."""
        try:
            with self._disk.open(self._path, "read") as file:
                content = file.read().strip()
        except OSError as error:
            # What a failing disk does not show may be a failed sync.
            return FailedSync("", f"{self._path.name} cannot be read") if error.errno == errno.EIO else None
        if content in (b"", b"{}"):
            return None
        try:
            failure = msgspec.json.decode(content, type=FailedSync)
        except msgspec.DecodeError:
            return FailedSync("", f"{self._path.name} cannot be read")
        is_void = failure.boot and self._boot and failure.boot != self._boot
        return None if is_void else failure

    def _overwrite(self, content: bytes) -> None:
        with self._disk.open(self._path, "update") as file:
            file.write(content.ljust(_SIZE - 1) + b"\n")


def boot_id(disk: Disk) -> str:
    """The id of this boot of the machine, "" where it has none that we can read."""
    with suppress(OSError), disk.open(_BOOT_ID, "read") as file:
        return file.read().decode("ascii", "replace").strip()
    if sys.platform == "darwin":
        with suppress(OSError, subprocess.SubprocessError):
            command = ["/usr/sbin/sysctl", "-n", "kern.bootsessionuuid"]
            return subprocess.run(command, capture_output=True, text=True, check=True, timeout=5).stdout.strip()  # noqa: S603
    return ""

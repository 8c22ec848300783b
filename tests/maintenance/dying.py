"""A disk and a folder that end the process, or fail, at one of their calls; as a script, at each of them in turn."""

from __future__ import annotations

import functools
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from footfall.directory import SystemDirectory
from footfall.disk import SystemDisk
from footfall.errors import DataFolderError
from footfall.maintenance.upgrade import FolderUpgrade
from footfall.testing.clock import ManualClock

T = TypeVar("T")


class DyingAt:
    """Counts calls, and does `end` at one of them, before it or after it."""

    def __init__(self, number: int, end: Callable[[], None]) -> None:
        self.number = number
        self.calls = 0
        self._end = end

    def __call__(self) -> None:
        self.calls += 1
        if self.calls == self.number:
            self._end()

    def upgrade(self, folder: Path) -> FolderUpgrade:
        """The upgrade of a folder through a disk and a directory whose calls are counted."""
        return FolderUpgrade(
            folder, disk=_counted(SystemDisk, self)(), directory=_counted(SystemDirectory, self)(folder)
        )


def _counted(parent: type[T], count: Callable[[], None]) -> type[T]:
    def counting(method: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(method)
        def call(*arguments: Any, **options: Any) -> Any:
            count()
            value = method(*arguments, **options)
            if value is None:  # else nobody would close what was opened
                count()
            return value

        return call

    names = [name for name in vars(parent) if not name.startswith("_")]
    return type(parent.__name__, (parent,), {name: counting(getattr(parent, name)) for name in names})


def prepare(action: str, old: Path, folder: Path) -> None:
    """A folder on which the action can be done."""
    shutil.copytree(old, folder)
    if action == "undo":
        FolderUpgrade(folder, clock=ManualClock()).upgrade()


def act(action: str, upgrade: FolderUpgrade) -> None:
    upgrade.upgrade() if action == "upgrade" else upgrade.undo()


def resume(action: str, folder: Path) -> None:
    """What whoever was cut short does next. An undo that was killed at its very end has nothing left to do."""
    try:
        act(action, FolderUpgrade(folder))
    except DataFolderError as error:
        if action == "upgrade" or "no upgrade to undo" not in str(error):
            raise


def kill_at_every_call(action: str, old: Path, work: Path) -> None:
    """Kill the action at each call, and finish it; each folder is then at `work`/number."""
    number = 1
    while True:
        folder = work / str(number)
        prepare(action, old, folder)
        child = os.fork()
        if not child:
            act(action, DyingAt(number, lambda: os.kill(os.getpid(), signal.SIGKILL)).upgrade(folder))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            assert status == 0
            break
        resume(action, folder)
        number += 1


def stop_at(action: str, folder: Path, number: int) -> int:
    """End in the middle of the action, at one call; the exit code is 1 where it ends before."""
    act(action, DyingAt(number, lambda: os._exit(0)).upgrade(folder))
    return 1


if __name__ == "__main__":
    name, first, second = sys.argv[1:]
    if second.isdigit():
        sys.exit(stop_at(name, Path(first), int(second)))
    kill_at_every_call(name, Path(first), Path(second))

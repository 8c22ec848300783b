"""What the tests call in a child: each is a function of arguments and a Progress, as a job's heavy part is."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
from collections.abc import Mapping
from typing import Any

from footfall.errors import WarehouseError
from footfall.maintenance.context import Progress


def add(arguments: Mapping[str, Any], progress: Progress) -> object:
    progress("adds\nup")
    sys.stdout.write("what a library prints is no answer\n")
    return {"sum": sum(arguments["numbers"])}


def refuse(arguments: Mapping[str, Any], progress: Progress) -> object:
    raise WarehouseError(arguments["reason"])


def err(arguments: Mapping[str, Any], progress: Progress) -> object:
    raise ZeroDivisionError("by zero")


def die(arguments: Mapping[str, Any], progress: Progress) -> object:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def leave(arguments: Mapping[str, Any], progress: Progress) -> object:
    os._exit(3)


def place(arguments: dict[str, object], progress: object) -> list[int]:
    return [os.getsid(0), os.getpgid(0)]


def rank(arguments: Mapping[str, Any], progress: Progress) -> object:
    return [os.nice(0), sorted(name for name in ("pyarrow", "duckdb", "apsw") if name in sys.modules)]


def disk_class(arguments: Mapping[str, Any], progress: Progress) -> object:
    """The class of this process for the disk's scheduler (`ioprio_get`): 3 is idle."""
    number = {"x86_64": 252, "aarch64": 31}[os.uname().machine]
    return ctypes.CDLL(None).syscall(number, 1, 0) >> 13


def wait(arguments: Mapping[str, Any], progress: Progress) -> object:
    """Says its process id, and waits until it is ended; with `stubborn` it ignores being asked to."""
    if arguments.get("stubborn"):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    progress(str(os.getpid()))
    threading.Event().wait()
    raise AssertionError

"""The process in which a job does what is heavy: at low priority, and no longer than the process that started it."""

from __future__ import annotations

import ctypes
import importlib
import io
import os
import sys
import threading
import traceback
from typing import Any

import msgspec

from footfall.errors import FootfallError
from footfall.maintenance.context import ChildLine
from footfall.printable import printable_lines

__all__ = ["ChildRequest", "lower_priority", "main"]

_NICE = 19
# The number of the system call `ioprio_set`, which the C library has no function for; then: a process, the idle class.
_IOPRIO_SET = {"x86_64": 251, "aarch64": 30}
_PROCESS, _IDLE = 1, 3 << 13
_ORPHAN = 70


class ChildRequest(msgspec.Struct):
    """What a child is to call: `module:function`, and with which arguments."""

    target: str
    arguments: dict[str, Any]


def main() -> None:
    """Read what to call from standard input, call it, and write lines of JSON to standard output.

    Standard input is read until its end, which is the end of the process that started us: then we end too, at once.
    """
    lower_priority()
    # What else is printed goes to standard error.
    channel = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    line = io.FileIO(0, closefd=False).readline()
    if not line.endswith(b"\n"):
        sys.exit(_ORPHAN)
    request = msgspec.json.decode(line, type=ChildRequest)
    threading.Thread(target=_end_with_parent, daemon=True).start()

    def send(line: ChildLine) -> None:
        channel.write(msgspec.json.encode(line) + b"\n")
        channel.flush()

    send(_answer(request, lambda text: send(ChildLine(progress=printable_lines(text)))))


def _answer(request: ChildRequest, progress: Any) -> ChildLine:
    module, _, name = request.target.partition(":")
    try:
        function = getattr(importlib.import_module(module), name)
        return ChildLine(result=msgspec.to_builtins(function(request.arguments, progress)))
    except FootfallError as error:
        return ChildLine(error=printable_lines(str(error)))
    except Exception as error:  # noqa: BLE001 - whatever it was, the collector says it
        return ChildLine(
            error=printable_lines(f"{type(error).__name__}: {error}"), trace=printable_lines(traceback.format_exc())
        )


def lower_priority() -> None:
    """Yield processor and disk to whoever else wants them."""
    os.nice(_NICE)
    number = _IOPRIO_SET.get(os.uname().machine) if sys.platform == "linux" and sys.maxsize > 2**32 else None
    if number is not None:
        ctypes.CDLL(None).syscall(number, _PROCESS, 0, _IDLE)


def _end_with_parent() -> None:
    # By descriptor: a buffered reader would keep its lock at the end of the interpreter.
    while os.read(0, 4096):
        pass
    os._exit(_ORPHAN)

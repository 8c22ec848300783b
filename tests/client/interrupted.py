"""Interruptions: at one place after another inside of a call, something else runs, or an exception is raised.

A hook of Python's stands for whatever may run in the middle of a call in the caller's own thread: the handler of a
signal, a finalizer, the hook of a profiler or a debugger. Python looks for signals where a function begins and when a
call of one in C comes back; an exception that a handler raises goes up from there.
"""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any, Literal

import footfall

# Where: at each line, at each opcode, at each beginning and end of a call, or where a signal's handler may raise.
At = Literal["line", "opcode", "call", "signal"]

_EVENTS = {
    "line": ("line",),
    "opcode": ("opcode",),
    "call": ("call", "return", "c_call", "c_return"),
    "signal": ("call", "c_return"),
}
_OURS = str(Path(footfall.__file__).parent)
_PATIENCE = 60.0  # seconds


class Interruption:
    """Calls `act` once, as the thread comes to the place in footfall whose number is `number`, from 1."""

    def __init__(self, act: Callable[[], object], at: At, number: int) -> None:
        self.act = act
        self.at = at
        self.left = number
        self.place = ""

    @property
    def happened(self) -> bool:
        return self.left == 0

    def start(self, *, in_new_threads: bool = False) -> None:
        """Watch this thread, or those that are started from now on."""
        of = threading if in_new_threads else sys
        if self.at in ("line", "opcode"):
            # Python 3.12 reports opcodes only if some frame asked for them before tracing began.
            sys._getframe().f_trace_opcodes = self.at == "opcode"
            of.settrace(self._trace)
        else:
            of.setprofile(self._come)

    def stop(self) -> None:
        """Watch no more, in this thread and in those that are started from now on."""
        for module in (sys, threading):
            module.settrace(None)
            module.setprofile(None)

    def _trace(self, frame: FrameType, _event: str, _argument: object) -> Any:
        if self.happened or not frame.f_code.co_filename.startswith(_OURS):
            return None
        frame.f_trace_lines = self.at == "line"
        frame.f_trace_opcodes = self.at == "opcode"
        return self._trace_inside

    def _trace_inside(self, frame: FrameType, event: str, argument: object) -> Any:
        self._come(frame, event, argument)
        return self._trace_inside

    def _come(self, frame: FrameType, event: str, argument: object) -> None:
        if self.left == 0 or event not in _EVENTS[self.at] or not frame.f_code.co_filename.startswith(_OURS):
            return
        self.left -= 1
        if self.left == 0:
            self.place = f"{frame.f_code.co_filename}:{frame.f_lineno} {frame.f_code.co_name} {event} {argument!r:.60}"
            self.act()


def interruptions(act: Callable[[], object], at: At, *, step: int = 1) -> Iterator[Interruption]:
    """One for every place of a run, in turn, until one did not happen any more."""
    number = 1
    while True:
        interruption = Interruption(act, at, number)
        yield interruption
        if not interruption.happened:
            return
        number += step


def run(
    work: Callable[[], object], interruption: Interruption, *, in_new_threads: bool = False
) -> BaseException | None:
    """Do `work` in a thread, interrupted; returns what it raised. Fails, and says where, if it does not come back.

    `in_new_threads` interrupts the threads that `work` starts, and not the one that does it.
    """
    raised: list[BaseException] = []

    def watched() -> None:
        interruption.start(in_new_threads=in_new_threads)
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - an interrupt, too, is handed on
            raised.append(error)
        finally:
            interruption.stop()

    thread = threading.Thread(target=watched, daemon=True)
    thread.start()
    thread.join(_PATIENCE)
    if thread.is_alive():
        frame = sys._current_frames().get(thread.ident or 0)
        stack = "".join(traceback.format_stack(frame)) if frame else ""
        raise AssertionError(f"it hangs after an interruption at {interruption.place}\n{stack}")
    return raised[0] if raised else None

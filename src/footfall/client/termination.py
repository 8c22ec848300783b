"""Termination: a daemonic child of multiprocessing sends what its clients have pending before SIGTERM ends it.

Python calls a handler of its own in the main thread alone, and only when that runs Python code again. A signal that
comes right before a wait in C (for the lock of a Pool's queue, or for a database) is handled after that wait, where the
system would have ended the process at once. So a thread reads what Python writes as a signal comes, and ends the
process where the main thread does not begin to. Loaded in such a child alone.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import signal
import threading
from collections.abc import Callable
from types import FrameType

from footfall.clock import SystemClock
from footfall.forks import renew_after_fork

__all__ = ["Termination"]

_PATIENCE = 0.2  # seconds for the main thread to begin
_NO_FILE = -1


class Termination:
    """What this process does when it is terminated: `send_all()`, and then it ends by the signal."""

    def __init__(self, send_all: Callable[[], None]) -> None:
        self._send_all = send_all
        self._wakeup = _NO_FILE
        self._turn = threading.Lock()  # of the thread that sends; it is never released
        renew_after_fork(self, type(self).renew)

    def expect(self) -> None:
        """Send at SIGTERM from now on, unless the application has said what happens then.

        Python lets only the main thread say that: nothing is changed in another.
        """
        is_main = threading.current_thread() is threading.main_thread()
        if is_main and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
            # With no file or thread to be had, the main thread does what it can.
            with contextlib.suppress(OSError, RuntimeError):
                self._watch()
            signal.signal(signal.SIGTERM, self._terminated)

    def _watch(self) -> None:
        if threading.get_ident.__module__ != "_thread":
            return  # gevent's: its threads run in the main one, where a wait for the signal would stop all of them
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        before = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        if before != _NO_FILE:  # an event loop's: the main thread wakes up by that
            signal.set_wakeup_fd(before)
            os.close(reader)
            os.close(writer)
            return
        self._wakeup = writer
        # Notes what the system does at SIGTERM. `unregister` puts that back, and any thread may call it.
        faulthandler.register(signal.SIGTERM, file=writer, all_threads=False, chain=True)
        threading.Thread(target=self._read, args=(reader,), name="footfall-end", daemon=True).start()

    def _read(self, reader: int) -> None:
        while numbers := os.read(reader, 64):
            if signal.SIGTERM in numbers:
                SystemClock().sleep(_PATIENCE)
                if self._is_ours() and self._turn.acquire(blocking=False):
                    faulthandler.unregister(signal.SIGTERM)
                    self._end()

    def _terminated(self, number: int, _frame: FrameType | None) -> None:
        if self._turn.acquire(blocking=False):
            signal.signal(number, signal.SIG_DFL)
            self._end()

    def _end(self) -> None:
        """Send, and end, also where sending fails; a second signal ends the process at once."""
        try:
            self._send_all()
        finally:
            os.kill(os.getpid(), signal.SIGTERM)

    def _is_ours(self) -> bool:
        return signal.getsignal(signal.SIGTERM) == self._terminated

    def renew(self) -> None:
        """A fork is another process: what ends it does not end its parent, which reads from the same pipe."""
        self._turn = threading.Lock()
        if self._is_ours():
            faulthandler.unregister(signal.SIGTERM)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
        if self._wakeup != _NO_FILE:
            if (current := signal.set_wakeup_fd(_NO_FILE)) != self._wakeup:
                signal.set_wakeup_fd(current)
            self._wakeup = _NO_FILE

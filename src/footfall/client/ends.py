"""Ends: what a client has pending is sent when its process ends, in each of the ways that let anything run.

A process that Python ends runs `atexit`. A child of multiprocessing or of billiard runs multiprocessing's finalizers
and then leaves without `atexit`, a worker of billiard's Pool calls its `on_exit`, and a Celery worker's child sends a
signal of Celery's. None of these libraries is loaded
here: each is asked only where the application has loaded it.
"""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
import weakref
from collections.abc import Callable
from types import FrameType
from typing import Any, TypeVar

from footfall.forks import renew_after_fork

__all__ = ["end_with_process", "expect_end"]

_Owner = TypeVar("_Owner")
_End = Callable[[Any], None]

# After multiprocessing's own finalizers (0 and more, and -5 for its queues), which may still track.
_LAST = -100

# Of each client, in the order in which they were made, what sends its messages and leaves it open.
_ends: weakref.WeakKeyDictionary[Any, _End] = weakref.WeakKeyDictionary()


def end_with_process(
    owner: _Owner, close: Callable[[_Owner], None], send: Callable[[_Owner], None]
) -> Callable[[], None]:
    """Have `close(owner)` called as the last thing that this process does, if it is alive by then.

    Where more of the application may follow, or nothing is called that late, it is `send(owner)`. Returns what takes
    all of it back.
    """
    weak = weakref.ref(owner)
    entry = _AtExit(weak, close, send)
    # Each its own, and now: handlers run in the reverse order of registering. What was registered before us may be what
    # the transport needs, and what comes after us may send its last messages.
    atexit.register(entry)
    # An entry of atexit's lives for ever unless it is taken out.
    forgotten = weakref.finalize(owner, atexit.unregister, entry)
    forgotten.atexit = False
    _ends[owner] = send
    _library_ends.register()

    # The owner will have this, and must not be kept alive by it.
    def forget() -> None:
        forgotten()
        if (alive := weak()) is not None:
            _ends.pop(alive, None)

    return forget


def expect_end() -> None:
    """To be called as a client begins to send: the libraries that end a process may have been loaded after it was made.

    Lets a daemonic child of multiprocessing send its messages when it is terminated, which is how such a child ends:
    `with Pool()` terminates its workers, and a process that ends terminates its daemonic children. Nothing is changed
    in any other process, nor where the application has said what SIGTERM does.
    """
    _library_ends.register()
    process = sys.modules.get("multiprocessing.process")
    if process is None or not process.current_process().daemon:
        return
    if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _terminated)


class _AtExit:
    """An entry of atexit's that keeps nothing alive."""

    def __init__(self, owner: weakref.ref[Any], close: _End, send: _End) -> None:
        self._owner = owner
        self._close = close
        self._send = send

    def __call__(self) -> None:
        if (owner := self._owner()) is None:
            return
        # From Python 3.13 on a child of multiprocessing runs its finalizers as an entry of atexit's, after ours; a
        # spawned one that tracked nothing yet is not known to be a child.
        _library_ends.register()
        end = self._send if _library_ends.is_child else self._close
        end(owner)


class _LibraryEnds:
    """Where the end of this process, or of its children, is heard of besides atexit."""

    def __init__(self) -> None:
        self._hears_of_children = False
        self._hears_of_celery = False
        self._finalized = 0

    @property
    def is_child(self) -> bool:
        """Whether this process is a library's child, whose finalizers send for the last time."""
        return self._finalized == os.getpid()

    def register(self) -> None:
        """Register with the libraries that are loaded by now."""
        self.register_for_children()
        process_modules = (sys.modules.get(name) for name in ("multiprocessing.process", "billiard.process"))
        processes = [module.current_process() for module in process_modules if module is not None]
        if any(type(process).__name__ != "_MainProcess" for process in processes) and not self.is_child:
            self.begin_child()

    def register_for_children(self) -> None:
        util = sys.modules.get("multiprocessing.util")
        if util is not None and not self._hears_of_children:
            # A child forgets its parent's finalizers as it begins, and then calls this.
            util.register_after_fork(self, type(self).begin_child)
            self._hears_of_children = True
        signals = sys.modules.get("celery.signals")
        if signals is not None and not self._hears_of_celery:
            signals.worker_process_shutdown.connect(_send_all, weak=False, dispatch_uid="footfall")
            self._hears_of_celery = True

    def begin_child(self) -> None:
        self._finalized = os.getpid()
        sys.modules["multiprocessing.util"].Finalize(None, _send_all, exitpriority=_LAST)
        billiard = sys.modules.get("billiard.process")
        if billiard is not None:
            _end_with_worker(getattr(billiard.current_process(), "_target", None))


def _end_with_worker(worker: Any) -> None:
    """A worker of billiard's Pool leaves by os._exit, without finalizers; the last thing that it calls is `on_exit`."""
    if not hasattr(worker, "on_exit"):
        return  # a process, or a worker of another library
    before = worker.on_exit

    def on_exit(pid: int, exit_code: int) -> None:
        try:
            if before is not None:
                before(pid, exit_code)
        finally:
            _send_all()

    worker.on_exit = on_exit


def _send_all(**_celery: object) -> None:
    for owner, send in reversed(list(_ends.items())):
        send(owner)


def _terminated(number: int, _frame: FrameType | None) -> None:
    signal.signal(number, signal.SIG_DFL)  # a second one ends the process at once
    _send_all()
    os.kill(os.getpid(), number)


_library_ends = _LibraryEnds()
# Libraries may be loaded after the last client was made; a fork is the last moment to ask.
renew_after_fork(_library_ends, _LibraryEnds.register_for_children)

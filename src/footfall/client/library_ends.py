"""Library ends: what a client has pending is sent when a library ends its child, which runs no `atexit`.

A child of multiprocessing or of billiard runs multiprocessing's finalizers and then leaves, a worker of billiard's Pool
calls its `on_exit`, and a Celery worker's child sends a signal of Celery's. None of these libraries is loaded here.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

__all__ = ["LibraryEnds"]

# After multiprocessing's own finalizers (0 and more, and -5 for its queues), which may still track.
_LAST = -100


class LibraryEnds:
    """Where the end of this process, or of its children, is heard of besides atexit."""

    def __init__(self, send_all: Callable[..., None]) -> None:
        self._send_all = send_all
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
        # Lists: Python drops an interrupt that comes as it closes a generator that was left before its end.
        modules = [sys.modules.get(name) for name in ("multiprocessing.process", "billiard.process")]
        processes = [module.current_process() for module in modules if module is not None]
        children = [process for process in processes if type(process).__name__ != "_MainProcess"]
        if children and not self.is_child:
            self.begin_child()

    def register_for_children(self) -> None:
        """Register for what ends the children that these libraries make."""
        util = sys.modules.get("multiprocessing.util")
        if util is not None and not self._hears_of_children:
            # A child forgets its parent's finalizers as it begins, and then calls this.
            util.register_after_fork(self, type(self).begin_child)
            self._hears_of_children = True
        signals = sys.modules.get("celery.signals")
        if signals is not None and not self._hears_of_celery:
            signals.worker_process_shutdown.connect(self._send_all, weak=False, dispatch_uid="footfall")
            self._hears_of_celery = True

    def begin_child(self) -> None:
        """This process is such a child: be called by what ends it."""
        self._finalized = os.getpid()
        sys.modules["multiprocessing.util"].Finalize(None, self._send_all, exitpriority=_LAST)
        billiard = sys.modules.get("billiard.process")
        if billiard is not None:
            _end_with_worker(getattr(billiard.current_process(), "_target", None), self._send_all)


def _end_with_worker(worker: Any, send_all: Callable[[], None]) -> None:
    """A worker of billiard's Pool leaves by os._exit, without finalizers; the last thing that it calls is `on_exit`."""
    if not hasattr(worker, "on_exit"):
        return  # a process, or a worker of another library
    before = worker.on_exit

    def on_exit(pid: int, exit_code: int) -> None:
        try:
            if before is not None:
                before(pid, exit_code)
        finally:
            send_all()

    worker.on_exit = on_exit

"""Ends: what a client has pending is sent when its process ends, in each of the ways that let anything run.

A process that Python ends runs `atexit`. What ends the children of libraries is in `library_ends`, and what SIGTERM
does in some of them in `termination`; each is loaded where it is needed alone.
"""

from __future__ import annotations

import atexit
import functools
import sys
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from footfall.client.guard import fault_log
from footfall.forks import renew_after_fork, uncut

if TYPE_CHECKING:
    from footfall.client.library_ends import LibraryEnds
    from footfall.client.termination import Termination

__all__ = ["end_with_process", "expect_end"]

_Owner = TypeVar("_Owner")
_End = Callable[[Any], None]

_LIBRARIES = frozenset({"billiard.process", "celery.signals", "multiprocessing.process", "multiprocessing.util"})

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
    _ask_libraries()

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
    _ask_libraries()
    process = sys.modules.get("multiprocessing.process")
    if sys.platform != "win32" and process is not None and process.current_process().daemon:
        _termination().expect()


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
        libraries = _ask_libraries()
        end = self._close if libraries is None or not libraries.is_child else self._send
        end(owner)


def _send_all(**_celery: object) -> None:
    if sys.is_finalizing():
        return
    for owner, send in reversed(list(_ends.items())):
        send(owner)


def _ask_libraries() -> LibraryEnds | None:
    """Register with the libraries that are loaded by now; None where there is none."""
    if _LIBRARIES.isdisjoint(sys.modules):
        return None
    ends = _library_ends()
    ends.register()
    return ends


@functools.cache
def _library_ends() -> LibraryEnds:
    with uncut():
        from footfall.client.library_ends import LibraryEnds

    return LibraryEnds(_send_all)


@functools.cache
def _termination() -> Termination:
    with uncut():
        from footfall.client.termination import Termination

    return Termination(_send_all)


def _ask_in_child(libraries: frozenset[str]) -> None:
    if not libraries.isdisjoint(sys.modules):
        _library_ends().register_for_children()


# The last of our entries to run. What calls after that is a finalizer, when nothing can be loaded any more: its message
# is refused, and logged.
atexit.register(fault_log)

# Libraries may be loaded after the last client was made; a fork is the last moment to ask.
renew_after_fork(_LIBRARIES, _ask_in_child)

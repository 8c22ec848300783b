"""Forks: what a forked child begins anew, and which work of another thread no fork may cut in two.

A fork copies one thread. What another thread was doing is never finished in the child: a lock that it had taken stays
locked, a module that it was loading stays half loaded. So locks are made anew in the child, and loading is done
`uncut`.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

__all__ = ["renew_after_fork", "uncut", "whole"]

_Owner = TypeVar("_Owner")

# Seconds. Long enough to load a library on a small device; a fork that has waited for so long goes ahead.
_PATIENCE = 10.0

# In the order in which their owners were made. An owner that is gone takes its entry along.
_renewals: WeakKeyDictionary[Any, Callable[[Any], None]] = WeakKeyDictionary()


class _Gate:
    """Which threads do work that no fork may cut in two. A fork has the lock from before it begins until it is over.

    Threads that load do not wait for each other: one may have the lock of a client for which another waits, in a signal
    handler or a finalizer that came while it loads.
    """

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.threads: list[int] = []

    def is_free(self) -> bool:
        """Whether a fork of this thread cuts nothing: it may load and fork, as some modules do as they are imported."""
        mine = threading.get_ident()
        return all(thread == mine for thread in self.threads)


_gate = _Gate()


@contextmanager
def uncut() -> Iterator[None]:
    """While this block runs no other thread forks: for loading modules in a thread of ours, and for nothing that waits.

    A fork waits for up to 10 seconds for such blocks to end.
    """
    gate, thread = _gate, threading.get_ident()
    with gate.changed:
        gate.threads.append(thread)
    try:
        yield
    finally:
        with gate.changed:
            gate.threads.remove(thread)
            gate.changed.notify_all()


def whole(module: Any) -> Any:
    """The module, or a copy of it where this thread is in the middle of loading it.

    A signal handler or a finalizer came then, and nothing goes on before it has returned.
    """
    spec = module.__spec__
    if not getattr(spec, "_initializing", False):
        return module
    from importlib.util import module_from_spec  # hardly ever needed

    copy = module_from_spec(spec)
    spec.loader.exec_module(copy)
    return copy


def renew_after_fork(owner: _Owner, renew: Callable[[_Owner], None]) -> None:
    """In every forked child, call `renew(owner)` before the fork returns there, as long as `owner` is alive."""
    _renewals[owner] = renew


def _before() -> None:
    _gate.changed.acquire()
    _gate.changed.wait_for(_gate.is_free, _PATIENCE)


def _after_in_parent() -> None:
    # RuntimeError: an interrupt came before the lock was taken.
    with contextlib.suppress(RuntimeError):
        _gate.changed.release()


def _after_in_child() -> None:
    global _gate  # noqa: PLW0603 - that of the parent may have been taken by a thread that is not here
    _gate = _Gate()
    for owner, renew in list(_renewals.items()):
        renew(owner)


# One entry for the whole process: what is registered here can never be taken back.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before, after_in_parent=_after_in_parent, after_in_child=_after_in_child)

"""Scope: the ids and the context that hold for every message inside a `with client.scope(...)` block."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

__all__ = ["NO_SCOPE", "Scope", "entered"]


class Scope(NamedTuple):
    """What an enclosing block said. None and the empty context stand for nothing said."""

    user_id: object = None
    anonymous_id: object = None
    context: Mapping[str, Any] = {}

    def within(self, inner: Scope) -> Scope:
        """The scope of a block inside this one: what the inner block says wins, contexts are merged key by key."""
        return Scope(
            self.user_id if inner.user_id is None else inner.user_id,
            self.anonymous_id if inner.anonymous_id is None else inner.anonymous_id,
            {**self.context, **inner.context},
        )


NO_SCOPE = Scope()


@contextmanager
def entered(current: ContextVar[Scope], inner: Scope) -> Iterator[Scope]:
    """Make `inner`, inside of what holds already, the scope of the block.

    A context variable, so threads and tasks each have their own, and a task starts with that of its creator.
    """
    outer = current.get()
    scope = outer.within(inner)
    token = current.set(scope)
    try:
        yield scope
    finally:
        try:
            current.reset(token)
        except ValueError:
            # The block ends in another context than it began in (a generator that a framework finishes elsewhere).
            current.set(outer)

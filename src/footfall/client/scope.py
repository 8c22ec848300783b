"""Scope: the ids and the context of every message inside a `with client.scope(...)` block."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar, Token
from typing import Any, NamedTuple

from footfall.client.guard import CaughtErrors, guarded

__all__ = ["NO_SCOPE", "Block", "Scope"]


class Scope(NamedTuple):
    """What an enclosing block said: nothing where it is None, or an empty context.

    `user_id` may be a function, which is called for each message that takes the user of its scope. `source` is asked at
    each message for the scope outside of this one: for what is not known yet when a block begins.
    """

    user_id: object = None
    anonymous_id: object = None
    context: Mapping[str, Any] = {}
    source: Callable[[], Scope] | None = None

    def within(self, enclosed: Scope) -> Scope:
        """The scope of a block inside this one: what the inner block says wins, contexts are merged key by key."""
        if enclosed.source is not None:
            return enclosed if self is NO_SCOPE else enclosed._replace(source=lambda: self.now().within(enclosed.now()))
        return Scope(
            self.user_id if enclosed.user_id is None else enclosed.user_id,
            self.anonymous_id if enclosed.anonymous_id is None else enclosed.anonymous_id,
            {**self.context, **enclosed.context},
            self.source,
        )

    def without(self, source: Callable[[], Scope]) -> Scope:
        """The scope without a source, where it says nothing besides."""
        says_more = self.source != source or self.context or self.user_id is not None or self.anonymous_id is not None
        return self if says_more else NO_SCOPE

    def now(self) -> Scope:
        """The scope of a message that is sent now."""
        return self if self.source is None else self.source().within(self._replace(source=None))


NO_SCOPE = Scope()


class Block:
    """A `with` block with a scope, inside of the blocks around it. Entering and leaving it never raise.

    A context variable, so threads and tasks each have their own, and a task starts with that of its creator.
    """

    def __init__(self, current: ContextVar[Scope], scope: Scope, caught: CaughtErrors) -> None:
        self._current = current
        self._scope = scope
        self._caught = caught
        # The scope before, once for each time that the block is entered.
        self._outer: list[tuple[Scope, Token[Scope]]] = []

    @guarded(NO_SCOPE)
    def __enter__(self) -> Scope:
        outer = self._current.get()
        scope = outer.within(self._scope)
        self._outer.append((outer, self._current.set(scope)))
        return scope

    @guarded(None)
    def __exit__(self, *_error: object) -> None:
        if not self._outer:
            return  # entering it failed
        outer, token = self._outer.pop()
        try:
            self._current.reset(token)
        except ValueError:
            # The block ends in another context than it began in (a generator that a framework finishes elsewhere).
            self._current.set(outer)

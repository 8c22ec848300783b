"""Calls: the seven kinds of message that an application sends, the same for both clients. None of them does I/O."""

from __future__ import annotations

import functools
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from contextvars import ContextVar
from sys import is_finalizing
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, overload

from footfall.client.guard import CaughtErrors, fault_log, guarded
from footfall.client.message import Fields, Id, Message, SitePage, Timestamp
from footfall.client.prepare import Prepared, Preparer
from footfall.client.scope import NO_SCOPE, Block, Scope
from footfall.encoding import fields_of
from footfall.errors import InvalidEventError
from footfall.events import Receipt
from footfall.forks import uncut, whole
from footfall.identity.given import plain_text

if TYPE_CHECKING:
    from footfall.client.planned_event import PlannedEvent

__all__ = ["Calls"]

_LOST = Receipt(False, None, "internal")
_NO_BLOCK: AbstractContextManager[Scope] = nullcontext(NO_SCOPE)
_NO_CONTEXT: Mapping[str, Any] = MappingProxyType({})


class Calls(ABC):
    """What an application calls.

    Every call returns a Receipt at once: truthy if and only if the message was accepted into the queue, with the
    reason, and every fault, if not. No call raises, whatever it is given and whatever fails inside (the reason is then
    `internal`), except InvalidEventError by a client that was made with `on_invalid="raise"`. The user goes by name: a
    call in the order of other makers' libraries, `track(user_id, event, properties)`, sends nothing and has the reason
    `argument_order`. Ids are text, UUIDs or whole numbers of any type (an int Enum's, numpy's). A `timestamp` is a
    datetime (naive: UTC), a date, RFC 3339 text, or seconds since 1970 (`time.time()`; a number of milliseconds is
    refused, and the receipt says so); without one it is now. `message_id` makes sending the same message twice
    harmless.
    """

    _preparer: Preparer

    def __init__(self) -> None:
        self._scope: ContextVar[Scope] = ContextVar("footfall_scope", default=NO_SCOPE)
        self._caught = CaughtErrors()

    @overload
    def track(
        self,
        event: str,
        properties: Fields | None = None,
        *,
        user_id: Id | None = None,
        anonymous_id: Id | None = None,
        timestamp: Timestamp | None = None,
        context: Fields | None = None,
        message_id: str | None = None,
    ) -> Receipt: ...

    @overload
    def track(
        self,
        event: PlannedEvent,
        *,
        user_id: Id | None = None,
        anonymous_id: Id | None = None,
        timestamp: Timestamp | None = None,
        context: Fields | None = None,
        message_id: str | None = None,
    ) -> Receipt: ...

    def track(
        self,
        event: str | PlannedEvent | None = None,
        properties: Fields | None = None,
        *misplaced: Any,
        user_id: Id | None = None,
        anonymous_id: Id | None = None,
        timestamp: Timestamp | None = None,
        context: Fields | None = None,
        message_id: str | None = None,
        **unknown: Any,
    ) -> Receipt:
        """Something happened: an event by its name and properties, or as an object of a generated class."""
        # Guarded as the other calls are, but in place: this one is called most, and a wrapper takes a twentieth more.
        try:
            if misplaced:
                properties = _in_another_order(properties)
            if unknown:
                self._caught.lost += 1
                self._caught.misused("track()", f"got an unexpected keyword argument {next(iter(unknown))!r}")
                return _LOST
            message = Message("track", event, properties, user_id, anonymous_id, timestamp, context, message_id)
            return self._record(message if type(event) is str or is_finalizing() else _opened()(message))
        except InvalidEventError:
            raise
        except Exception as error:  # noqa: BLE001 - not even a defect of ours may reach the application
            self._caught.lost += 1
            try:  # noqa: SIM105 - `suppress` is one more call
                self._caught.log("track()", error)
            except RecursionError:
                pass
            return _LOST

    @guarded(_LOST, sends=True)
    def identify(
        self,
        user_id: Id,
        traits: Fields | None = None,
        *,
        anonymous_id: Id | None = None,
        timestamp: Timestamp | None = None,
        context: Fields | None = None,
        message_id: str | None = None,
    ) -> Receipt:
        """This is who they are: `user_id` is the application's own key; `traits` is what is known of them."""
        return self._record(Message("identify", None, traits, user_id, anonymous_id, timestamp, context, message_id))

    @guarded(_LOST, sends=True)
    def page(
        self,
        name: str | None = None,
        properties: Fields | None = None,
        *misplaced: Any,
        category: str | None = None,
        user_id: Id | None = None,
        anonymous_id: Id | None = None,
        timestamp: Timestamp | None = None,
        context: Fields | None = None,
        message_id: str | None = None,
    ) -> Receipt:
        """A page was served."""
        if misplaced:
            properties = _in_another_order(properties)
        return self._record(
            Message("page", name, properties, user_id, anonymous_id, timestamp, context, message_id, category)
        )

    @guarded(_LOST, sends=True)
    def screen(
        self,
        name: str | None = None,
        properties: Fields | None = None,
        *misplaced: Any,
        category: str | None = None,
        user_id: Id | None = None,
        anonymous_id: Id | None = None,
        timestamp: Timestamp | None = None,
        context: Fields | None = None,
        message_id: str | None = None,
    ) -> Receipt:
        """A screen of an app or a device was shown."""
        if misplaced:
            properties = _in_another_order(properties)
        return self._record(
            Message("screen", name, properties, user_id, anonymous_id, timestamp, context, message_id, category)
        )

    @guarded(_LOST, sends=True)
    def group(
        self,
        group_id: Id,
        traits: Fields | None = None,
        *misplaced: Any,
        user_id: Id | None = None,
        anonymous_id: Id | None = None,
        timestamp: Timestamp | None = None,
        context: Fields | None = None,
        message_id: str | None = None,
    ) -> Receipt:
        """They belong to an account, a company, a household; `traits` is what is known of that."""
        if misplaced:
            traits = _in_another_order(traits)
        return self._record(Message("group", group_id, traits, user_id, anonymous_id, timestamp, context, message_id))

    @guarded(_LOST, sends=True)
    def alias(
        self,
        previous_id: Id,
        user_id: Id,
        *,
        timestamp: Timestamp | None = None,
        context: Fields | None = None,
        message_id: str | None = None,
    ) -> Receipt:
        """Two user ids are one person; `user_id` is the one that stays."""
        return self._record(Message("alias", previous_id, None, user_id, None, timestamp, context, message_id))

    @guarded(_LOST, sends=True)
    def reset(
        self,
        *,
        anonymous_id: Id | None = None,
        timestamp: Timestamp | None = None,
        context: Fields | None = None,
        message_id: str | None = None,
    ) -> Receipt:
        """Whoever used this device has left it (signed out): what follows may be somebody else."""
        return self._record(Message("reset", None, None, None, anonymous_id, timestamp, context, message_id))

    @guarded(_NO_BLOCK)
    def scope(
        self, *, user_id: Id | None = None, anonymous_id: Id | None = None, context: Fields | None = None
    ) -> AbstractContextManager[Scope]:
        """Ids and context for every message inside a `with` block, in this thread or task and what it calls.

        Blocks nest: what an inner one, or a call, says wins; contexts are merged key by key. What cannot be read as a
        context is left out, and logged.
        """
        return Block(self._scope, Scope(user_id, anonymous_id, self._copied(context)), self._caught)

    @property
    def scopes(self) -> ContextVar[Scope]:
        """The scope of this thread or task, for an integration to set: by `source` it is asked for at each message."""
        return self._scope

    @guarded(_LOST, sends=True)
    def send_page(self, page: SitePage) -> Receipt:
        """Send a page view of an integration, with what a block around the call adds."""
        ready = self._preparer.prepare_page(page) if self._scope.get() is NO_SCOPE else None
        return self._record(page.message()) if ready is None else self._queue(ready)

    @guarded(_NO_CONTEXT)
    def _copied(self, context: Fields | None) -> Mapping[str, Any]:
        fields = {} if context is None else fields_of(context)
        if fields is None:
            fault_log().of_scope(context)
        return _NO_CONTEXT if fields is None else fields

    def _record(self, message: Message) -> Receipt:
        try:
            ready = self._preparer.prepare(message, self._scope.get())
        except InvalidEventError:
            self._refuse("invalid")
            raise
        if isinstance(ready, Receipt):
            self._refuse(ready.reason or "invalid")
            receipt = ready
        else:
            receipt = self._queue(ready)
        if receipt.faults or not receipt.accepted:
            try:  # noqa: SIM105 - `suppress` is one more call
                fault_log().of_call(message, receipt)
            except Exception:  # noqa: BLE001, S110 - no stack is left, and the message is in the books already
                pass
        return receipt

    @abstractmethod
    def _queue(self, ready: Prepared) -> Receipt:
        """Put a message in the outbox."""

    @abstractmethod
    def _refuse(self, reason: str) -> None:
        """Count a message that was not accepted."""


@functools.cache
def _opened() -> Callable[[Message], Message]:
    with uncut():
        from footfall.client import planned_event

        opened: Callable[[Message], Message] = whole(planned_event).opened
        return opened


def _in_another_order(properties: Any) -> Any:
    """The properties of a call that names its user first, as other makers' libraries do: some text.

    Text is no properties, so the message is refused; it is the event's name where it is not empty.
    """
    return plain_text(properties) or ""

"""Prepare: from a call to the bytes that are queued: scope, hooks, the policy, and one JSON object.

Nothing that the caller gave is changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from sys import is_finalizing
from typing import TYPE_CHECKING, Any

import msgspec
import orjson

from footfall.client.clock_repair import MARK
from footfall.client.event_policy import EventPolicy, PlanEventPolicy
from footfall.client.guard import fault_log
from footfall.client.message import SPECS, Hook, Message, SitePage
from footfall.client.outbox_store import LOW
from footfall.client.scope import NO_SCOPE, Scope
from footfall.client.wire_message import WireMessage
from footfall.clock import Clock
from footfall.encoding import fields_of
from footfall.encoding_plain import json_text
from footfall.events import Fault, Receipt
from footfall.identity.junk import is_junk
from footfall.timestamps import format_us
from footfall.versions import VERSION

if TYPE_CHECKING:
    from footfall.plan.model import ConsentLevel

__all__ = ["NUMBER", "TAIL", "Prepared", "Preparer"]

TAIL = b"}}}"  # what follows the message's number
NUMBER = 20  # digits of the largest number there can be


class Prepared(msgspec.Struct, frozen=True, gc=False):
    """A message that only lacks its number: `head`, then the number, then `tail`; without a tail it has none.

    `at` is when it was made, on the clock that nobody sets, and `wall_us` what the wall clock said then, in
    microseconds; None where the caller gave the time.
    """

    head: bytes
    rank: int
    message_id: str
    faults: tuple[Fault, ...]
    at: float
    wall_us: int | None
    tail: bytes | None = TAIL


class Preparer:
    """Prepares messages for the outbox. It has no state of a message; threads may share it."""

    def __init__(
        self, policy: EventPolicy, *, hooks: Sequence[Hook], clock: Clock, max_bytes: int, client_id: str
    ) -> None:
        self._policy = policy
        self._consent = policy.consent
        self._hooks = tuple(hooks)
        # As they are called in each call.
        self._new_id, self._now_us, self._monotonic = clock.new_id, clock.now_us, clock.monotonic
        self._takes_pages = type(self) is Preparer and not (self._hooks or policy.changes_pages)
        self._room = max_bytes - len(TAIL) - NUMBER - len(MARK)
        self._second = (0, format_us(0)[:19].encode())
        own: dict[str, object] = {"library": {"name": "footfall", "version": VERSION}}
        client: dict[str, object] = {"id": client_id}
        if isinstance(policy, PlanEventPolicy):
            own["plan"] = {"id": policy.id, "bundle": policy.bundle}
            if policy.may_transform:
                client["transformed"] = policy.bundle  # a collector transforms what does not say that this was done
        self._own = b',"context":' + orjson.dumps(own)[:-1]
        self._client = b',"client":%b,"seq":' % orjson.dumps(client)[:-1]

    def prepare(self, message: Message, scope: Scope) -> Prepared | Receipt:
        """The message as it is queued, or the receipt that says why it is not.

        Raises InvalidEventError where the policy says so.
        """
        if is_finalizing():  # a finalizer calls; to work with datetimes now ends Python 3.13.0 by a segmentation fault
            return Receipt(False, None, "closed")
        if scope is not NO_SCOPE:
            message = _scoped(message, scope)
        if self._hooks:
            hooked = self._hooked(message)
            if hooked is None:
                return Receipt(False, None, "hook")
            message = hooked
        if self._consent is not None:
            level = self._consent.level(message)
            if level != "full":
                return self._without_consent(message, level)
        new_id = self._new_id() if message.message_id is None else ""
        wall_us = self._now_us() if message.timestamp is None else None
        at = self._monotonic()
        wire = WireMessage(message)
        if (
            wire.add_head(new_id, b"" if wall_us is None else self._stamp(wall_us), self._policy)
            and wire.add_body(self._policy)
            and wire.add_context(self._own)
            and wire.seal(self._client, self._room)
        ):
            rank = SPECS[message.type].rank
            return Prepared(wire.head, rank, wire.message_id, wire.faults, at, wall_us)
        return wire.receipt

    def prepare_page(self, page: SitePage) -> Prepared | None:
        """The same bytes as `prepare` makes of `page.message()`, by few steps; None where it needs the others."""
        if not (self._takes_pages and page.name) or is_finalizing() or (context := page.source.context_text) is None:
            return None
        user_id, anonymous_id, at_us = page.user_id, page.anonymous_id, page.at_us
        if not page.is_full:
            return self._counted_page(page, context)
        if not (anonymous_id or page.is_of_bot) or (user_id is not None and (not user_id or is_junk(user_id))):
            return None
        try:
            who = b"" if user_id is None else b',"userId":%b' % json_text(user_id)
            if anonymous_id is not None:
                who += b',"anonymousId":%b' % json_text(anonymous_id)
            name, properties = json_text(page.name), json_text(page.properties)
        except TypeError:  # half a character, or a type that is not JSON's
            return None
        new_id = self._new_id()
        us = self._now_us() if at_us is None else at_us
        head = b'{"type":"page","messageId":"%b","timestamp":%b%b,"name":%b,"properties":%b%b,%b%b' % (
            new_id.encode(), self._stamp(us), who, name, properties, self._own, context, self._client,
        )  # fmt: skip
        if len(head) > self._room:
            return None
        return Prepared(head, LOW, new_id, (), self._monotonic(), us if at_us is None else None)

    def _counted_page(self, page: SitePage, context: bytes) -> Prepared | None:
        if self._consent is None:
            return None
        try:
            json_text(page.name)
            properties = json_text(page.properties)
        except TypeError:  # as above
            return None
        new_id = self._consent.new_id(self._new_id)
        us = self._now_us() if page.at_us is None else page.at_us
        head = self._consent.counted_page(new_id, us, page.name, properties, context)
        return Prepared(head, LOW, new_id, (), self._monotonic(), None, None) if len(head) <= self._room else None

    def _without_consent(self, message: Message, level: ConsentLevel) -> Prepared | Receipt:
        if level == "none":
            return Receipt(False, None, "consent")
        assert self._consent is not None
        new_id = self._consent.new_id(self._new_id) if message.message_id is None else ""
        stamp = self._stamp(self._now_us()) if message.timestamp is None else b""
        at = self._monotonic()
        wire = WireMessage(msgspec.structs.replace(message, user_id=None, anonymous_id=None, category=None))
        if (
            wire.add_head(new_id, stamp, self._policy, names_nobody=True)
            and wire.add_body(self._policy)
            and wire.add_context(self._own)
            and wire.seal_counted(self._consent.counted, self._room)
        ):
            return Prepared(wire.head, SPECS[message.type].rank, wire.message_id, wire.faults, at, None, None)
        return wire.receipt

    def _hooked(self, message: Message) -> Message | None:
        # Hooks get copies: one that writes into them must not write into what the caller gave.
        try:
            changed: Message | None = msgspec.structs.replace(
                message, properties=_copied(message.properties), context=_copied(message.context)
            )
            for hook in self._hooks:
                if changed is None:
                    return None
                changed = _of_hook(hook(changed))
        except Exception as error:  # noqa: BLE001 - a hook's error costs its message and nothing else
            fault_log().of_hook(message, error)
            return None
        return changed

    def _stamp(self, wall_us: int) -> bytes:
        seconds, micros = divmod(wall_us, 1_000_000)
        last_seconds, text = self._second
        if last_seconds != seconds:
            text = format_us(seconds * 1_000_000)[:19].encode()
            self._second = (seconds, text)
        return b'"%b.%06dZ"' % (text, micros)


def _scoped(message: Message, scope: Scope) -> Message:
    scope = scope.now()
    context = message.context
    if scope.context:
        if context is None:
            context = scope.context
        elif (fields := fields_of(context)) is not None:
            context = {**scope.context, **fields}
    spec = SPECS[message.type]
    takes_user = message.user_id is None and spec.scope_user
    takes_anonymous = message.anonymous_id is None and spec.scope_anonymous
    return msgspec.structs.replace(
        message,
        user_id=_called(scope.user_id) if takes_user else message.user_id,
        anonymous_id=scope.anonymous_id if takes_anonymous else message.anonymous_id,
        context=context,
    )


def _called(user_id: Any) -> Any:
    return user_id() if callable(user_id) else user_id


def _of_hook(returned: object) -> Message | None:
    if returned is None or (isinstance(returned, Message) and returned.type in SPECS):
        return returned
    raise TypeError


def _copied(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else value

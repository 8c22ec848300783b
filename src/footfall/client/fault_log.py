"""Fault log: what a client logs of single events, once for each event and fault, however often it happens.

A line names the event, the property's path, the fault's code and the remedy; never a value, an id or a key. What comes
from outside is shortened, and shown without control characters.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Sequence
from typing import Any

import msgspec

from footfall.client.message import Message
from footfall.events import Answer, Fault, Receipt
from footfall.identity.given import plain_text

__all__ = ["PROCESS", "EventFaultLog"]

_log = logging.getLogger("footfall")

_MOST = 1_000  # pairs of event and fault
_SHOWN = 120  # characters of a name or a path

_NULL = "null is sent instead; send text, numbers, booleans, lists or dicts of them"
_REMEDIES = {
    "closed": "the client is closed; make no call after close(), or make another client",
    "deprecated": "send the event that took its place",
    "draft": "set its status to active in the plan",
    "duplicate_key": "send each key once",
    "float_id": "the number is sent as text; make ids whole numbers or text (in pandas: astype('Int64'))",
    "junk_id": "leave user_id out where nobody is signed in",
    "no_transform_key": "the value is left out; give the key as ClientOptions.transform_key",
    "no_usable_id": "give user_id or anonymous_id",
    "not_an_object": "send one JSON object for each message",
    "not_finite": "null or text is sent instead; send a finite number, or leave the property out",
    "queue_full": "see why nothing gets through, or give the queue more room (ClientOptions.queue_bytes)",
    "required": "send it, or make it optional in the plan",
    "reserved": "it is left out; choose another key",
    "source": "send it from a source that the plan names for the event, or name this source there",
    "surrogate": "U+FFFD is sent instead; send whole characters",
    "timestamp": "give a datetime or seconds since 1970 (no milliseconds), or leave timestamp out",
    "too_large": "send less in one message, or raise the limit of message bytes here and at the collector",
    "unencodable": _NULL,
    "unknown_event": "add the event to the plan, or mend its name in the call",
    "unknown_property": "add the property to the plan, or mend its name in the call",
}
_REMEDY = "mend the value in the call, or what the plan says of it"
# Reasons of a falsy receipt that its faults explain.
_BY_FAULTS = frozenset({"invalid", "unencodable"})
_FIRST = {"group": "group_id", "track": "event"}
# Reasons of a falsy receipt that need no word: somebody wanted it so, or it is logged where it happens.
_QUIET = frozenset({"consent", "disabled", "hook", "internal"})


class _Named(msgspec.Struct):
    type: str = "message"
    event: str | None = None


_decode_name = msgspec.json.Decoder(_Named).decode


class EventFaultLog:
    """What was said already. It takes no lock: another thread might have it at the moment of a fork."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._logged: dict[tuple[str, ...], object] = {}

    def forget(self) -> None:
        """Begin anew, as a new process does."""
        self._logged.clear()

    def of_call(self, message: Message, receipt: Receipt) -> None:
        """Say what is wrong with a message that was queued with faults, or was not accepted."""
        name = _name_of_call(message, receipt)
        if receipt.accepted:
            for fault in receipt.faults:
                self._say("was sent with a fault:", name, fault.path, fault.code, fault.expected)
        elif receipt.reason == "argument_order":
            self._say_order(name, message.type)
        elif receipt.reason not in _QUIET:
            whole = Fault("", str(receipt.reason))
            for fault in (receipt.faults if receipt.reason in _BY_FAULTS else ()) or (whole,):
                self._say("was not sent:", name, fault.path, fault.code, fault.expected)

    def of_answer(self, messages: Sequence[bytes], answer: Answer) -> None:
        """Say what a collector did not store among the messages of a batch that it acknowledged."""
        for verdict in answer.verdicts:
            if verdict.verdict not in ("quarantined", "rejected"):
                continue
            name = _name_in(messages[verdict.index])
            for fault in verdict.faults or (Fault("", verdict.reason or verdict.verdict),):
                self._say(f"was {verdict.verdict} by the collector:", name, fault.path, fault.code)

    def of_hook(self, message: Message, error: Exception) -> None:
        """Say that a hook raised. The class only: an error's text may repeat the value of a property."""
        name = _name_of_call(message, None)
        if self._is_news("hook", name, type(error).__name__):
            _warn("%s was dropped: a hook raised %s; mend the hook", name, type(error).__name__)

    def of_scope(self, context: object) -> None:
        """Say that a scope's context cannot be read as one."""
        kind = _clean(type(context).__name__)
        if self._is_news("scope", kind):
            _warn("the context of a scope was left out: it is of type %s; give a dict", kind)

    def _say(self, outcome: str, name: str, path: str, code: str, expected: str = "") -> None:
        path, code = _without_places(path), _clean(code)
        if self._is_news(outcome, name, path, code):
            shown_path = f"{path} " if path else ""
            wanted = f" (expected {_clean(expected)})" if expected else ""
            _warn("%s %s %s%s%s; %s", name, outcome, shown_path, code, wanted, _REMEDIES.get(code, _REMEDY))

    def _say_order(self, name: str, type_: str) -> None:
        if self._is_news("argument_order", name):
            first = name if name != type_ else _FIRST.get(type_, "name")
            _warn(
                "%s was not sent: argument_order; the user goes by name, so write client.%s(%s, {…}, user_id=…)",
                *(name, type_, first),
            )

    def _is_news(self, *news: str) -> bool:
        logged = self._logged
        if news in logged:
            return False
        if len(logged) >= self._most:
            news = ("that is all",)
            if news not in logged:
                _warn("more than %d kinds of faults were logged; further ones are not", self._most)
        first = object()
        # One step, so that of two threads with the same fault one speaks.
        return logged.setdefault(news, first) is first and len(news) > 1


PROCESS = EventFaultLog()
"""What this process said; each client speaks through it, so that a fault is one line however many clients there are."""


def _warn(text: str, *arguments: object) -> None:
    # A log handler of the application's may raise; a call of ours never does.
    with contextlib.suppress(Exception):
        _log.warning(text, *arguments)


def _name_of_call(message: Message, receipt: Receipt | None) -> str:
    if message.type != "track":
        return message.type
    name: Any = message.name
    if receipt is not None and receipt.reason == "argument_order":
        name = message.properties  # the event's name came second; what came first is somebody's id
    text = plain_text(name)
    return f'"{_clean(text)}"' if text else "track"


def _name_in(message: bytes) -> str:
    try:
        named = _decode_name(message)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return "message"
    return _clean(named.type) if named.event is None else f'"{_clean(named.event)}"'


def _clean(text: str) -> str:
    shown = text[:_SHOWN]
    return shown if shown.isprintable() else "".join(char if char.isprintable() else "�" for char in shown)


def _without_places(path: str) -> str:
    """The path with [] for each place in a list: a fault of a hundred lines is one fault."""
    pieces = _clean(path).split("[")
    return "[".join([pieces[0], *(piece.partition("]")[1] + piece.partition("]")[2] for piece in pieces[1:])])

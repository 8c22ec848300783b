"""Consent policy: what the client may send of a message, by the plan and by what its person agreed to.

Loaded only by a client whose plan has a `consent:`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson

from footfall.client.message import Message
from footfall.encoding import encode, fields_of
from footfall.identity.given import plain_text
from footfall.plan.checking.counted import CountedForm
from footfall.plan.checking.validate import Validator
from footfall.plan.consent import ConsentRules, Statement, statement_of
from footfall.plan.model import ConsentLevel, Event, Plan
from footfall.timestamps import HOUR_US

__all__ = ["ConsentPolicy"]

_STATED = ("consent", "consentManagement")
_TEXT, _BOOL = {str}, {bool}


class ConsentPolicy:
    """The consent of one plan, as a client enforces it."""

    def __init__(self, plan: Plan, validator: Validator) -> None:
        rules = ConsentRules.of(plan)
        assert rules is not None
        self._rules = rules
        self._form = CountedForm(plan)
        self._validator = validator

    def level(self, message: Message) -> ConsentLevel:
        """What may be sent of a message."""
        name = message.name if type(message.name) is str else plain_text(message.name)
        event = self._event(message.type, name)
        return self._rules.level(event, message.type, name, _statement(message.context))

    def counted(self, name: str, text: bytes) -> bytes:
        """The form in which a message of this name is only counted, made of its JSON."""
        return self._form.of(text, self._validator.resolve(name) if text.startswith(_TRACK) else None)

    def counted_page(self, message_id: str, at_us: int, name: str, properties: bytes, context: bytes) -> bytes:
        """What `counted` makes of an integration's page view, of its JSON parts; `context` is without its braces."""
        return self._form.of_page(message_id, at_us, name, properties, context)

    def new_id(self, new_id: Callable[[], str]) -> str:
        """An id for a message that is only counted: a UUIDv7 that has the hour, and not the millisecond."""
        text = new_id()
        ms = int(text[:8] + text[9:13], 16)
        hour = f"{ms - ms % (HOUR_US // 1_000):012x}"
        return f"{hour[:8]}-{hour[8:]}{text[13:]}"

    def _event(self, type_: str, name: str | None) -> Event | None:
        return self._validator.resolve(name) if type_ == "track" and name else None


_TRACK = b'{"type":"track"'


def _statement(context: Any) -> Statement | None:
    """What a context states, in whatever types: as the collector would read it from what is sent."""
    if type(context) is dict and (preferences := _plain_preferences(context)) is not None:
        return preferences
    fields = None if context is None else fields_of(context)
    stated = {key: fields[key] for key in _STATED if key in fields} if fields else {}
    if not stated:
        return None
    text, _ = encode(stated)
    return statement_of(orjson.loads(text)) if text is not None else {}


def _plain_preferences(context: dict[Any, Any]) -> Statement | None:
    """The preferences in the form in which our integrations state them, which needs no encoding to be read."""
    consent = context.get("consent")
    if type(consent) is not dict or consent.keys() != {"categoryPreferences"} or "consentManagement" in context:
        return None
    preferences = consent["categoryPreferences"]
    if type(preferences) is not dict:
        return None
    is_plain = {*map(type, preferences)} <= _TEXT and {*map(type, preferences.values())} <= _BOOL
    return preferences if is_plain else None

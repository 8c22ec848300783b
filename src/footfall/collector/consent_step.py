"""The step that leaves of a message what its person agreed to, for senders that did not, before anything is written.

| level        | the message                                                                                        |
|--------------|----------------------------------------------------------------------------------------------------|
| `full`       | goes on as it is                                                                                   |
| `count_only` | takes the form of `footfall.plan.checking.counted`; its row has no id, no envelope and whole hours |
| `none`       | is rejected, with the reason `consent`                                                             |

Of a message that cannot be read it is not known what was agreed to, so that nothing of its content is kept. The same of
one over the size limit that is not kept in full.
"""

from __future__ import annotations

from typing import Any, Final

import orjson

from footfall.collector.bundle_consent import BundleConsent
from footfall.collector.message_ids import content_id, derived_id, given_id
from footfall.collector.message_state import MessageState, RequestContext
from footfall.events import Fault
from footfall.plan.checking.counted import CountedForm
from footfall.plan.consent import statement_of
from footfall.plan.model import ConsentLevel

__all__ = ["consent", "withhold", "withhold_unread"]

_UNPLANNED: Final = CountedForm(None)


def consent(state: MessageState, request: RequestContext) -> bool:
    """Leave of a message what its person agreed to; False where nothing of it is kept."""
    rules, data = state.rules, state.data
    door = None if rules is None else rules.consent
    if door is None:
        if data.get("consent") == "count_only" and not state.is_oversize:
            timestamp = request.form.timestamp(data)
            _count(state, _UNPLANNED.of(state.body, None, type_=state.type, timestamp=timestamp, data=data))
        state.is_agreed = True
        return True
    level = _level(state, request, door, state.type)
    if level == "full":
        state.is_agreed = True
        return True
    if level == "none":
        _refuse(state, door)
        return False
    if state.is_oversize:
        withhold(state, door)
        return True
    if given_id(state) is None:
        state.message_id = content_id(state, request, state.piece.raw, door.key)
    _count(state, door.form(state.body, data, state.type, _name(data, state.type), request.form.timestamp(data)))
    return True


def withhold_unread(state: MessageState, request: RequestContext, door: BundleConsent) -> bool:
    """Keep nothing of a message that no step has judged, unless its person agreed to that; False where they did."""
    data: Any = state.data
    level: ConsentLevel = "count_only"
    if type(data) is dict and not state.piece.ambiguous:
        level = _level(state, request, door, data.get("type") if request.type is None else request.type)
    if level == "none":
        _refuse(state, door)
    elif level == "count_only":
        withhold(state, door)
    return level != "full"


def withhold(state: MessageState, door: BundleConsent | None) -> None:
    """Keep of a message that there was one, and what was wrong with it."""
    state.is_counted = True
    state.body, state.traits, state.warnings = b"{}", None, None
    state.user_id = state.anonymous_id = state.device_id = state.previous_id = state.group_id = None
    state.message_id = derived_id(state.piece.raw, b"" if door is None else door.key)


def _level(state: MessageState, request: RequestContext, door: BundleConsent, type_: object) -> ConsentLevel:
    data = state.data
    name = _name(data, type_)
    context = data.get("context")
    if data.get("consent") == "count_only":
        return door.counted(type_, name)
    if state.is_oversize and context == {}:
        return "count_only" if door.level(type_, name, {}) != "none" else "none"  # it may have been too long to read
    statement = statement_of(context)
    return door.level(type_, name, statement_of(request.context) if statement is None else statement)


def _name(data: dict[str, Any], type_: object) -> object:
    return data.get("event" if type_ == "track" else "name")


def _refuse(state: MessageState, door: BundleConsent) -> None:
    if not door.knows(state.event):
        state.event = None  # any text may be there, and the books and the log would keep it
    state.message_id = given_id(state) or ""
    state.faults = state.warnings = None
    state.reject("consent", Fault("", "consent", "the consent of its person"))


def _count(state: MessageState, text: bytes) -> None:
    state.is_counted = True
    if text != state.body:  # else it has been decoded
        state.data = orjson.loads(text)
    state.body = state.checked = text
    state.context = state.data.get("context", {})
    state.warnings = None
    if state.rules is not None and state.is_concealed:
        state.validator = state.rules.validator  # its transforms are applied by now

"""The steps that decide about one message. Each adds its findings to the state of the message.

A step returns False when nothing after it can be known. The others add to `faults`, so that a quarantined message
is kept with everything that is wrong with it.
"""

from __future__ import annotations

from functools import lru_cache

from footfall.collector.door_step import conceal
from footfall.collector.json_split import depth_and_keys, why_unreadable
from footfall.collector.message_ids import content_id, derived_id, given_id
from footfall.collector.message_state import MessageState, RequestContext, kind_of
from footfall.events import MESSAGE_TYPES, Fault
from footfall.identity.junk import is_junk
from footfall.message_reader import client_word, merged_objects, own_traits
from footfall.timestamps import is_plausible, parse_timestamp

__all__ = ["ids", "message_id", "readable", "shape", "somebody", "time", "traits"]

_TOLD = 40  # characters of what was sent that a fault repeats
_TYPES = frozenset(MESSAGE_TYPES)
_DAY_US = 86_400_000_000
# What is only counted has the hour, which it shares with others.
_HOUR = len("2026-11-29T13:00:00Z")
_parse_hour = lru_cache(maxsize=256)(parse_timestamp)
# How long before its receipt a message may have occurred without a doubt; below zero is after.
_EARLIEST_AGE, _LATEST_AGE = -_DAY_US, 30 * _DAY_US
# The members that a message of each type needs, besides an id of its person or device.
_NEEDS = {"alias": ("previousId", "userId"), "group": ("groupId",)}


def readable(state: MessageState, request: RequestContext) -> bool:
    """It must be a JSON object within the limits, without repeated keys."""
    piece, settings = state.piece, request.settings
    raw = piece.raw
    if len(raw) > settings.max_message_bytes and raw[:1] == b"{":
        expected = f"at most {settings.max_message_bytes} bytes"
        state.quarantine("too_large", Fault("", "too_large", expected, f"{len(raw)} bytes"))
        state.message_id = derived_id(raw)
        if type(piece.data) is dict:
            return True
        conceal(state, request)
        return False
    if type(piece.data) is not dict:
        if piece.data is None and raw[:1] == b"{":
            conceal(state, request)
            state.message_id = state.message_id or derived_id(state.body)
            state.quarantine("json", Fault("", "json", "JSON") if state.is_counted else why_unreadable(state.body))
        else:
            state.reject("not_an_object", Fault("", "type", "object"))
        return False
    # Counting brackets and colons is a bound that costs next to nothing; only what is over it is looked at closely.
    # A key with its colon and value takes four bytes, so a short message needs no counting of colons.
    if raw.count(b"{") + raw.count(b"[") > settings.max_depth or (
        len(raw) > 4 * settings.max_keys and raw.count(b":") > settings.max_keys
    ):
        depth, keys = depth_and_keys(raw, most_depth=settings.max_depth)
        if depth > settings.max_depth:
            state.quarantine("depth", Fault("", "depth", f"at most {settings.max_depth} levels", "more"))
        if keys > settings.max_keys:
            state.quarantine("keys", Fault("", "keys", f"at most {settings.max_keys} keys", str(keys)))
    if piece.ambiguous:
        state.quarantine("duplicate_key", Fault("", "duplicate_key", "each key once in an object"))
    if state.outcome != "stored":
        conceal(state, request)
        state.message_id = state.message_id or derived_id(state.body)
        return False
    return True


def shape(state: MessageState, request: RequestContext) -> bool:
    """Its type must be known, and what the type needs must be there."""
    data = state.data
    type_ = data.get("type") if request.type is None else request.type
    if type(type_) is not str or type_ not in _TYPES:
        state.quarantine("type", Fault("type", "required" if type_ is None else "enum", ", ".join(MESSAGE_TYPES)))
    else:
        state.type = type_
    if type_ == "track":
        event = data.get("event")
        if type(event) is str and event:
            state.event = event
        else:
            state.quarantine("event", Fault("event", "required" if not event else "type", "a name", kind_of(event)))
    for key in _NEEDS.get(state.type, ()):
        if not data.get(key) and data.get(key) != 0:
            state.quarantine("required", Fault(key, "required", "an id", kind_of(data.get(key))))
    for key in ("properties", "traits", "context"):
        value = data.get(key)
        if value is not None and type(value) is not dict:
            state.quarantine("invalid", Fault(key, "type", "object", kind_of(value)))
    context = data.get("context")
    state.context = context if type(context) is dict else request.context
    return True


def message_id(state: MessageState, request: RequestContext) -> bool:
    """Its own id, or one derived from its content, so that a repeat is noticed either way.

    The id is derived from what is kept: it must not confirm a guess at a transformed value.
    A message of the wrong shape goes by its content too: the id that it names stays free for a message that is right.
    A message without id and time looks like its own repeat: within a day of receipt it counts once.
    """
    given = given_id(state)
    if given is not None:
        state.message_id = given
    elif not state.message_id:
        state.message_id = content_id(state, request, state.body)
    return True


def ids(state: MessageState, request: RequestContext) -> bool:
    """Its ids: of a user, of a browser or installation, of a connected product."""
    if state.is_counted:
        return True
    data = state.data
    state.user_id = state.usable_id(data.get("userId"), "userId")
    state.anonymous_id = state.usable_id(data.get("anonymousId"), "anonymousId")
    if state.type == "alias":
        state.previous_id = state.usable_id(data.get("previousId"), "previousId")
    elif state.type == "group":
        state.group_id = state.usable_id(data.get("groupId"), "groupId")
    device = state.context.get("device") or request.context.get("device")
    if type(device) is dict:
        state.device_id = state.usable_id(device.get("id"), "context", "device", "id")
    return True


def time(state: MessageState, request: RequestContext) -> bool:
    """When it happened: the time that it says, corrected if the sender's clock is far off."""
    timestamp = request.form.timestamp(state.data)
    if timestamp is None:
        return True
    is_hour = state.is_counted and type(timestamp) is str and len(timestamp) == _HOUR
    moment = (_parse_hour if is_hour else parse_timestamp)(timestamp)
    if moment is None or not is_plausible(moment + request.skew):
        got = timestamp[:_TOLD] if type(timestamp) is str else kind_of(timestamp)
        state.warn(Fault("timestamp", "timestamp", "an ISO 8601 time of 1900 to 2199", got))
    else:
        state.occurred_at = moment + request.skew
        if not _EARLIEST_AGE <= request.received_at - state.occurred_at <= _LATEST_AGE:
            _doubt(state, request)
    return True


def _doubt(state: MessageState, request: RequestContext) -> None:
    """Warn of a time that no live sender has; the message is kept, and counts in every figure.

    What a file brings in may be of any age, and so may what a sender had on its disk.
    """
    if client_word(state.context, "spooled") is True:
        return
    rules = request.rules_for(None)
    source = None if rules is None else rules.plan.sources.get(request.source)
    if source is not None and source.kind == "import":
        return
    days = (request.received_at - state.occurred_at) / _DAY_US
    got = f"{abs(days):,.1f} days {'before' if days > 0 else 'after'}"
    state.warn(Fault("timestamp", "misdated", "at most 30 days before receipt, or one day after", got))


def traits(state: MessageState, request: RequestContext) -> bool:
    """The traits of a user that its own `traits` do not have."""
    if state.type == "identify" and not state.is_oversize:
        state.more_traits = request.form.more_traits(state.body, request.kept)
        if state.more_traits:
            state.traits = bytes(merged_objects([*state.more_traits, *own_traits(state.body)]))
    return True


def somebody(state: MessageState, _request: RequestContext) -> bool:
    """Quarantine a message without a usable id, unless it is nobody's; warn of a placeholder user id."""
    if state.is_counted:
        return True
    user_id = state.user_id
    junk = user_id is not None and is_junk(user_id)
    if (user_id is None or junk) and state.anonymous_id is None and state.device_id is None:
        if type(state.context.get("bot")) is dict:
            return True
        state.quarantine("no_usable_id", Fault("userId", "no_usable_id", "a userId, an anonymousId or a device"))
    elif junk:
        state.warn(Fault("userId", "junk_id", "the id of a user"))
    return True

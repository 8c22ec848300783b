"""The step in which the plan's transforms are applied, before anything is made of a message that could be written."""

from __future__ import annotations

from typing import Any

import orjson

from footfall.collector.bundle_rules import BundleRules
from footfall.collector.consent_step import withhold_unread
from footfall.collector.message_state import MessageState, RequestContext
from footfall.collector.oversize import HEAD_BYTES
from footfall.collector.splice import Spliced
from footfall.plan.checking.transform_parts import touches

__all__ = ["bundle_of", "conceal", "door", "hides_what_was_got"]


def door(state: MessageState, request: RequestContext) -> bool:
    """Find the rules for a message, and apply the transforms that its sender did not apply."""
    context, batch_context, data = state.context, request.context, state.data
    plan = context.get("plan") or batch_context.get("plan")
    rules = request.rules_for(plan.get("bundle") if type(plan) is dict else None)
    if rules is None:
        return True
    state.rules = rules
    state.validator = rules.validator
    if rules.door is None:
        return True
    if state.is_oversize:
        state.body = rules.door.head(state.piece.raw[:HEAD_BYTES])
        return True
    task = rules.door.task(_claim(context, request), *_about(data, state.type))
    if task is None:
        return True
    state.is_concealed = True
    if task.is_clear:
        state.validator = rules.clear
    if touches(task.part, data):
        _keep(state, rules.door.apply(state.piece.raw, task, is_kept=request.transformed is not None))
        if state.body is not state.piece.raw:
            _read_again(state, request)
        if rules.is_newest and not task.is_clear:
            # Earlier transforms were applied before it came, and this plan knows all of them and the new ones.
            state.checked = state.body
    return True


def conceal(state: MessageState, request: RequestContext) -> None:
    """Apply consent and transforms to a message that is kept though it cannot be checked, and leave out addresses."""
    _conceal_planned(state, request)
    if request.locator is not None and not state.is_counted:
        state.body = request.locator.unread(state.body[:HEAD_BYTES] if state.is_oversize else state.body)


def _conceal_planned(state: MessageState, request: RequestContext) -> None:
    data: Any = state.data
    is_read = type(data) is dict and not state.piece.ambiguous
    context = data.get("context") if is_read else None
    if type(context) is not dict:
        context = request.context
    rules = request.rules_for(bundle_of(context, request.context))
    if rules is None:
        return
    if rules.consent is not None and withhold_unread(state, request, rules.consent):
        state.bundle = rules.digest
        return
    if rules.door is None:
        return
    state.bundle = rules.digest
    if state.is_oversize:
        state.body = rules.door.head(state.piece.raw[:HEAD_BYTES])
        return
    if not is_read:
        _keep(state, rules.door.unread(state.piece.raw))
        return
    type_ = data.get("type") if request.type is None else request.type
    task = rules.door.task(_claim(context, request), *_about(data, type_))
    if task is not None:
        _keep(state, rules.door.apply(state.piece.raw, task, is_kept=request.transformed is not None))


def bundle_of(context: dict[str, Any], batch_context: dict[str, Any]) -> object:
    """What a message, or its batch, says of the bundle that it was checked with."""
    plan = context.get("plan") or batch_context.get("plan")
    return plan.get("bundle") if type(plan) is dict else None


def hides_what_was_got(state: MessageState, rules: BundleRules) -> bool:
    """Whether a fault may show a value that a plan other than that of the rules conceals."""
    return state.is_concealed and not rules.is_newest


def _about(data: dict[str, Any], type_: object) -> tuple[object, object]:
    """What a message is about, its event or its page (`page:Home`), and its type; no type where it names both."""
    if type_ == "page" or type_ == "screen":
        return (f"{type_}:{data.get('name')}", type_) if "event" not in data else (data["event"], None)
    return data.get("event"), type_


def _claim(context: dict[str, Any], request: RequestContext) -> object:
    if request.transformed is not None:
        return request.transformed
    client = context.get("client") or request.context.get("client")
    return client.get("transformed") if type(client) is dict else None


def _keep(state: MessageState, spliced: Spliced) -> None:
    state.body = spliced.text
    if spliced.warnings:
        state.warn(*spliced.warnings)


def _read_again(state: MessageState, request: RequestContext) -> None:
    """Later steps take ids from what is kept, and never from what came in clear."""
    state.data = orjson.loads(state.body)
    context = state.data.get("context")
    state.context = context if type(context) is dict else request.context

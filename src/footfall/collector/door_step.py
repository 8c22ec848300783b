"""The step in which the plan's transforms are applied, before anything is made of a message that could be written."""

from __future__ import annotations

from typing import Any

import orjson

from footfall.collector.draft import Draft, Frame
from footfall.collector.judge import Judge
from footfall.collector.oversize import HEAD_BYTES
from footfall.collector.splice import Spliced
from footfall.plan.checking.transform_parts import touches

__all__ = ["bundle_of", "conceal", "door", "hides_what_was_got"]


def door(draft: Draft, frame: Frame) -> bool:
    """Find the judge of a message, and change what its sender did not change."""
    context, batch_context, data = draft.context, frame.context, draft.data
    said = context.get("plan") or batch_context.get("plan")
    judge = frame.judge_for(said.get("bundle") if type(said) is dict else None)
    if judge is None:
        return True
    draft.judge = judge
    draft.validator = judge.validator
    if judge.door is None:
        return True
    if draft.is_oversize:
        draft.body = judge.door.head(draft.piece.raw[:HEAD_BYTES])
        return True
    task = judge.door.task(_claim(context, frame), *_about(data, draft.type))
    if task is None:
        return True
    draft.is_concealed = True
    if task.is_clear:
        draft.validator = judge.clear
    if touches(task.part, data):
        _keep(draft, judge.door.apply(draft.piece.raw, task, is_kept=frame.transformed is not None))
        if draft.body is not draft.piece.raw:
            _read_again(draft, frame)
        if judge.is_newest and not task.is_clear:
            # Earlier transforms were applied before it came, and this plan knows all of them and the new ones.
            draft.checked = draft.body
    return True


def conceal(draft: Draft, frame: Frame) -> None:
    """Change what is to be changed in a message that is kept though it cannot be judged."""
    data: Any = draft.data
    is_read = type(data) is dict and not draft.piece.ambiguous
    context = data.get("context") if is_read else None
    if type(context) is not dict:
        context = frame.context
    judge = frame.judge_for(bundle_of(context, frame.context))
    if judge is None or judge.door is None:
        return
    draft.bundle = judge.digest
    if draft.is_oversize:
        draft.body = judge.door.head(draft.piece.raw[:HEAD_BYTES])
        return
    if not is_read:
        _keep(draft, judge.door.unread(draft.piece.raw))
        return
    type_ = data.get("type") if frame.type is None else frame.type
    task = judge.door.task(_claim(context, frame), *_about(data, type_))
    if task is not None:
        _keep(draft, judge.door.apply(draft.piece.raw, task, is_kept=frame.transformed is not None))


def bundle_of(context: dict[str, Any], batch_context: dict[str, Any]) -> object:
    """What a message, or its batch, says of the bundle that it was checked with."""
    said = context.get("plan") or batch_context.get("plan")
    return said.get("bundle") if type(said) is dict else None


def hides_what_was_got(draft: Draft, judge: Judge) -> bool:
    """Whether a fault may show a value that another plan than the judge's conceals."""
    return draft.is_concealed and not judge.is_newest


def _about(data: dict[str, Any], type_: object) -> tuple[object, object]:
    """What a message is about, its event or its page (`page:Home`), and its type; no type where it names both."""
    if type_ == "page" or type_ == "screen":
        return (f"{type_}:{data.get('name')}", type_) if "event" not in data else (data["event"], None)
    return data.get("event"), type_


def _claim(context: dict[str, Any], frame: Frame) -> object:
    if frame.transformed is not None:
        return frame.transformed
    client = context.get("client") or frame.context.get("client")
    return client.get("transformed") if type(client) is dict else None


def _keep(draft: Draft, spliced: Spliced) -> None:
    draft.body = spliced.text
    if spliced.warnings:
        draft.warn(*spliced.warnings)


def _read_again(draft: Draft, frame: Frame) -> None:
    """Later steps take ids from what is kept, and never from what came in clear."""
    draft.data = orjson.loads(draft.body)
    context = draft.data.get("context")
    draft.context = context if type(context) is dict else frame.context

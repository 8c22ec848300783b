"""Celery: what a task tracks belongs to whoever caused the task.

The ids and the context of the caller's scope travel in the message's header `footfall`, and are the task's scope in the
worker. Signals do all of it: nothing of Celery is replaced, and an error in a signal's receiver never reaches a task.
The header is a key next to those that the caller gave, which stay as they are. A retry, a chain, a chord and a group
publish from inside of a task, so their messages get the header anew.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

import msgspec

from footfall.client import Client
from footfall.client.scope import NO_SCOPE
from footfall.encoding import encode
from footfall.extras import needs

with needs("footfall.integrations.celery", "celery"):
    from celery import Celery, signals

__all__ = ["HEADER", "install"]

HEADER = "footfall"
_BLOCK = "footfall_block"  # of a task's request, while the task runs


def install(app: Celery, client: Client, *, flush: float | None = None) -> None:
    """Have the tasks of `app` track, through `client`, in the scope of the code that called them.

    Call it once where `app` is made, in the web process and in the worker alike; a second call for the same `app`
    replaces the first one. A client sends at its own pace, and what is pending as a worker ends is sent then. Where
    workers are killed at any time, `flush` has each task wait at its end, for so many seconds at most, until what was
    tracked has arrived.
    """
    scopes = _Scopes(app, client, flush)
    for signal, receiver in (
        (signals.before_task_publish, scopes.publish),
        (signals.task_prerun, scopes.begin),
        (signals.task_postrun, scopes.end),
    ):
        signal.disconnect(dispatch_uid=f"{HEADER} {id(app)}")
        signal.connect(receiver, weak=False, dispatch_uid=f"{HEADER} {id(app)}")


class _Header(msgspec.Struct, omit_defaults=True):
    """A scope as it travels."""

    user_id: str | int | None = None
    anonymous_id: str | int | None = None
    context: dict[str, Any] = {}


class _Scopes:
    """The receivers of Celery's signals."""

    def __init__(self, app: Celery, client: Client, flush: float | None) -> None:
        self._app = app
        self._client = client
        self._flush = flush

    def publish(self, *, headers: MutableMapping[str, Any], **_signal: object) -> None:
        """A message is about to be sent: give it the scope, if there is one."""
        with self._client.scope() as outer:
            scope = outer.now()
        if scope == NO_SCOPE:
            return
        user_id = scope.user_id() if callable(scope.user_id) else scope.user_id
        text, _ = encode({"user_id": user_id, "anonymous_id": scope.anonymous_id, "context": scope.context})
        if text is not None:
            headers[HEADER] = text.decode()

    def begin(self, *, task: Any, **_signal: object) -> None:
        """A task begins, in the thread that runs it. One that is run eagerly keeps the scope of its caller."""
        header = getattr(task.request, HEADER, None)
        if task.app != self._app or not isinstance(header, str):
            return
        try:
            scope = msgspec.json.decode(header, type=_Header)
        except msgspec.DecodeError:
            return  # somebody else's
        block = self._client.scope(user_id=scope.user_id, anonymous_id=scope.anonymous_id, context=scope.context)
        block.__enter__()
        setattr(task.request, _BLOCK, block)

    def end(self, *, task: Any, **_signal: object) -> None:
        """The task is over, whatever became of it, and so is its scope."""
        if task.app != self._app:
            return
        if (block := getattr(task.request, _BLOCK, None)) is not None:
            block.__exit__(None, None, None)
        if self._flush is not None:
            self._client.flush(self._flush)

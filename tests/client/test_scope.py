"""A scope ends where its block ends, in whatever thread, task or context that is."""

from __future__ import annotations

import contextvars
import threading
from dataclasses import dataclass
from typing import Any

import attrs
import msgspec
import pydantic
import pytest

from footfall import Client
from footfall.client.scope import NO_SCOPE, Scope
from footfall.testing import Recorder


def test_a_thread_begins_without_the_scope_of_another() -> None:
    recorder = Recorder()
    with Client(recorder) as client, client.scope(user_id="ann"):
        thread = threading.Thread(target=client.track, args=("elsewhere",))
        thread.start()
        thread.join()
        client.track("here")

    assert {message["event"]: message.get("userId") for message in recorder.messages} == {
        "elsewhere": None,
        "here": "ann",
    }


def test_a_scope_ends_when_its_block_raises() -> None:
    recorder = Recorder()
    with Client(recorder) as client:
        with pytest.raises(ZeroDivisionError), client.scope(user_id="ann"):
            client.track(str(1 / 0))
        client.track("after")

    assert "userId" not in recorder.messages[0]


def test_a_block_that_a_framework_ends_in_another_context_does_not_fail() -> None:
    recorder = Recorder()
    with Client(recorder) as client:
        block = client.scope(user_id="ann")
        elsewhere = contextvars.copy_context()
        elsewhere.run(block.__enter__)
        elsewhere.run(client.track, "inside")
        block.__exit__(None, None, None)
        client.track("outside")

    assert [message.get("userId") for message in recorder.messages] == ["ann", None]


@dataclass
class OfDataclass:
    app: str = "shop"


@attrs.define
class OfAttrs:
    app: str = "shop"


class OfMsgspec(msgspec.Struct):
    app: str = "shop"


class OfPydantic(pydantic.BaseModel):
    app: str = "shop"


@pytest.mark.parametrize("kind", [OfDataclass, OfAttrs, OfMsgspec, OfPydantic])
def test_the_contexts_of_a_scope_and_of_a_call_are_merged_whatever_objects_they_are(kind: Any) -> None:
    recorder = Recorder()
    client = Client(recorder)
    with client.scope(context={"page": {"path": "/"}}):
        client.track("a", user_id="kari", context=kind())
    with client.scope(context=kind()):
        client.track("b", user_id="kari", context={"page": {"path": "/"}})

    contexts = [message["context"] for message in recorder.messages]
    assert [(context["app"], context["page"]) for context in contexts] == [("shop", {"path": "/"})] * 2


def test_a_scope_is_left_without_a_source_only_where_it_says_nothing_besides() -> None:
    def source() -> Scope:
        return Scope("kari")

    assert Scope(source=source).without(source) is NO_SCOPE
    for scope in (Scope(), Scope("ola", source=source), Scope(source=lambda: NO_SCOPE), Scope(None, None, {"a": 1})):
        assert scope.without(source) == scope

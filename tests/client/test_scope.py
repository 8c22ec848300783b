"""A scope ends where its block ends, in whatever thread, task or context that is."""

from __future__ import annotations

import contextvars
import threading

import pytest

from footfall import Client
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

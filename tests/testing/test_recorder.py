"""The recorder remembers what it takes and fails as it is told."""

from __future__ import annotations

import pytest

from footfall import Client
from footfall.errors import UnreachableError
from footfall.events import Answer, Batch
from footfall.testing import Recorder


def test_it_remembers_messages_in_order() -> None:
    recorder = Recorder()
    with Client(recorder) as client:
        client.track("a", {"n": 1}, user_id="ann")
        client.identify("ann")
        client.track("b")

    assert recorder.events == ["a", "b"]
    assert recorder.messages[0]["properties"] == {"n": 1}
    assert len(recorder.batches) == 1


def test_it_fails_as_often_as_it_is_told_and_takes_nothing_then() -> None:
    recorder = Recorder(fail_with=[UnreachableError("gone"), None])
    batch = Batch((b"{}",), "")

    with pytest.raises(UnreachableError):
        recorder.send(batch)
    assert recorder.batches == []
    assert recorder.send(batch) == Answer(1)

    assert len(recorder.attempts) == 2

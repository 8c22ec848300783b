"""The recorder remembers what it takes and fails as it is told."""

from __future__ import annotations

from decimal import Decimal

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


def test_an_odd_message_does_not_hide_the_others() -> None:
    recorder = Recorder()
    digits = "7" * 5000
    odd = (b'{"n":1E+999,"i":%b,"type":"track","event":"a"}' % digits.encode(), b"\xff", b"[1]", b"{}")
    recorder.send(Batch(odd, ""))

    assert recorder.messages == [
        {"n": Decimal("1E+999"), "i": Decimal(digits), "type": "track", "event": "a"},
        {"unreadable": "\ufffd"},
        {"unreadable": "[1]"},
        {},
    ]
    assert recorder.events == ["a"]

"""The recorder remembers what it takes and fails as it is told."""

from __future__ import annotations

import gc
import weakref
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from footfall import AsyncClient, Client, ClientOptions
from footfall.errors import UnauthorizedError, UnreachableError
from footfall.events import Answer, Batch
from footfall.testing import Recorder
from footfall.testing.recorder import Exact


def test_it_remembers_messages_in_order() -> None:
    recorder = Recorder()
    with Client(recorder) as client:
        client.track("a", {"n": 1}, user_id="ann")
        client.identify("ann")
        client.track("b")

    assert recorder.events == ["a", "b"]
    assert recorder.messages[0]["properties"] == {"n": 1}
    assert len(recorder.batches) == 1


def test_messages_are_there_without_a_flush_and_once() -> None:
    recorder = Recorder()
    client = Client(recorder, options=ClientOptions(linger=3600.0))
    client.track("a", user_id="ann")
    client.identify("ann")
    client.track("b", user_id="ann")

    assert recorder.batches == []
    assert [message["type"] for message in recorder.messages] == ["track", "identify", "track"]
    client.flush()
    client.track("c", user_id="ann")
    assert recorder.events == ["a", "b", "c"]
    client.close()
    assert recorder.events == ["a", "b", "c"]


def test_messages_of_an_async_client_are_there_in_a_plain_function_too() -> None:
    recorder = Recorder()
    client = AsyncClient(recorder)

    client.track("a", user_id="ann")

    assert recorder.events == ["a"]


def test_a_message_that_waits_for_its_answer_is_there_once() -> None:
    seen: list[list[str]] = []

    def answer(batch: Batch) -> Answer:
        seen.append(recorder.events)
        return Answer(len(batch.messages))

    recorder = Recorder(answer=answer)
    with Client(recorder) as client:
        client.track("a", user_id="ann")

    assert seen == [["a"]]


def test_what_a_closed_client_could_not_send_is_not_there() -> None:
    recorder = Recorder(fail_with=[UnauthorizedError("HTTP 401")])
    with Client(recorder) as client:
        client.track("a", user_id="ann")

    assert recorder.messages == []


def test_a_recorder_does_not_keep_its_clients_alive() -> None:
    recorder = Recorder()
    client = Client(recorder)
    gone = weakref.ref(client)

    del client
    gc.collect()

    assert gone() is None
    assert recorder.messages == []


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**300), max_value=10**300))
@example(Decimal("12345678901234567890.12"))
@example(Decimal("129.90"))
@example(Decimal("1E-40"))
def test_decimals_keep_every_digit(value: Decimal) -> None:
    recorder = Recorder()
    client = Client(recorder, options=ClientOptions(linger=3600.0))
    client.track("a", {"total": value}, user_id="ann")

    total = recorder.messages[0]["properties"]["total"]
    assert total == value
    assert str(total) == str(value)


@given(st.floats(allow_nan=False, allow_infinity=False))
@example(0.1)
@example(19.99)
def test_floats_are_equal_to_what_was_sent(value: float) -> None:
    recorder = Recorder()
    client = Client(recorder, options=ClientOptions(linger=3600.0))
    client.track("a", {"total": value}, user_id="ann")

    assert recorder.messages[0]["properties"] == {"total": value}


def test_numbers_that_differ_are_not_equal() -> None:
    assert Exact("0.1") != 0.1000000000000001
    assert Exact("0.1") != Decimal("0.10000000000000001")
    assert Exact("0.1") != "0.1"
    assert Exact("1.0") == 1
    assert Exact("0.3") == pytest.approx(0.1 + 0.2)
    assert Exact("0.3") != pytest.approx(0.31)


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

"""A capture gets the messages of the clients that are made while it lasts."""

from __future__ import annotations

import pytest

import footfall
from footfall.client.capture import capturing, current_capture
from footfall.client.message import Message
from footfall.delivery.transport import Transport
from footfall.events import Receipt
from footfall.testing import Recorder

URL = "http://localhost:9"


class Listener:
    def __init__(self) -> None:
        self.recorder = Recorder()
        self.heard: list[str] = []

    def transport_for(self, collector: str | Transport) -> Transport | None:
        return self.recorder if isinstance(collector, str) else None

    def accepted(self, message: bytes) -> None:
        self.heard.append("accepted " + message.decode().partition('"event":"')[2].partition('"')[0])

    def refused(self, message: Message, receipt: Receipt) -> None:
        self.heard.append(f"refused {message.name}: {receipt.reason}")


def test_the_capture_that_began_last_is_asked() -> None:
    one, other = Listener(), Listener()

    with capturing(one):
        with capturing(other):
            footfall.Client(URL, write_key="key").track("a", user_id="u")
        footfall.Client(URL, write_key="key").track("b", user_id="u")

    assert (one.heard, other.heard, current_capture()) == (["accepted b"], ["accepted a"], None)


def test_a_client_that_has_a_transport_is_left_alone() -> None:
    listener, recorder = Listener(), Recorder()

    with capturing(listener), footfall.Client(recorder) as client:
        client.track("a", user_id="u")

    assert (listener.heard, recorder.events) == ([], ["a"])


def test_an_error_in_the_block_ends_the_capture() -> None:
    def fail() -> None:
        with capturing(Listener()):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert current_capture() is None

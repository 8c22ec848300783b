"""A client in a `capturing` block reports each message in the call that makes it, or why there is none."""

from __future__ import annotations

import pytest

import footfall
from footfall.client.capture import capturing
from footfall.client.message import Message
from footfall.delivery.transport import Transport
from footfall.errors import InvalidEventError
from footfall.events import Receipt
from footfall.plan.model import Event, Plan
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


def test_a_message_is_reported_in_the_call_and_sent_all_the_same() -> None:
    listener = Listener()

    with capturing(listener), footfall.Client(URL, write_key="key") as client:
        client.track("a", user_id="u")
        assert listener.heard == ["accepted a"]

    assert listener.recorder.events == ["a"]


def test_what_the_client_refuses_is_reported_with_the_reason() -> None:
    listener = Listener()
    plan = Plan(id="p", events={"a": Event(name="a", wire_name="a")})

    with capturing(listener):
        strict = footfall.Client(URL, write_key="key", plan=plan, on_invalid="raise")
        with pytest.raises(InvalidEventError):
            strict.track("b", user_id="u")
        dropping = footfall.Client(URL, write_key="key", hooks=[lambda _: None])
        dropping.track("c", user_id="u")
        dropping.close()
        closed = footfall.Client(URL, write_key="key")
        closed.close()
        closed.track("d", user_id="u")

    assert listener.heard == ["refused b: invalid", "refused c: hook", "refused d: closed"]

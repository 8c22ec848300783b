"""A client in a `capturing` block reports each message in the call that makes it, or why there is none."""

from __future__ import annotations

import pytest
from tests.client.listener import URL, Listener

import footfall
from footfall.client.capture import capturing
from footfall.errors import InvalidEventError
from footfall.plan.model import Event, Plan


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

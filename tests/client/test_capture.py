"""A capture gets the messages of the clients that are made while it lasts."""

from __future__ import annotations

import pytest
from tests.client.listener import URL, Listener

import footfall
from footfall.client.capture import capturing, current_capture
from footfall.testing import Recorder


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

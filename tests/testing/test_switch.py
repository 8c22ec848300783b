"""A switch replaces the network for a session and records into the recording of the test that runs."""

from __future__ import annotations

from footfall import Client
from footfall.delivery import HttpTransport
from footfall.testing import Recorder
from footfall.testing.recording import Recording
from footfall.testing.switch import Switch

URL = "http://localhost:9"


def test_a_client_made_before_a_test_sends_into_the_recording_of_that_test(switch: Switch) -> None:
    with Client(URL, write_key="k") as client:
        client.track("before", user_id="ann")
        with switch.recording_into(Recording()) as first:
            client.track("a", user_id="ann")
        with switch.recording_into(Recording()) as second:
            client.track("b", user_id="ann")

    assert (first.events, second.events) == (["a"], ["b"])
    assert switch.recording.events == ["before"]
    assert switch.kept == 2


def test_a_url_that_is_let_through_keeps_its_transport(switch: Switch) -> None:
    switch.let_through(URL + "/")

    assert switch.transport_for(URL) is None
    assert switch.transport_for("http://localhost:10") is switch
    assert switch.transport_for(HttpTransport("http://localhost:10", "k")) is switch


def test_an_object_of_the_application_keeps_its_own_way_and_so_does_a_recording(switch: Switch) -> None:
    own = Recording().transport

    assert switch.transport_for(Recorder()) is None
    assert switch.transport_for(own) is own


def test_after_it_stopped_a_client_is_left_alone() -> None:
    switch = Switch()
    switch.start()
    switch.stop()
    switch.stop()

    with Client(Recorder()) as client:
        client.track("a", user_id="ann")
    assert switch.recording.events == []

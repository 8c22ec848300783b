"""Planted messages are sent by the clients of their sources, each by the call of its type."""

from __future__ import annotations

from collections import Counter

import pytest
from tests.testing.planted.test_planting import PLAN

from footfall import Client
from footfall import plan as plans
from footfall.errors import UsageError
from footfall.testing import Recorder
from footfall.testing.planted import plant, send


def test_every_message_goes_to_the_client_of_its_source_with_its_ids() -> None:
    planted = plant(plans.read(PLAN).require(), people=20)
    recorders = {sender: Recorder() for sender in planted.senders}
    clients = {sender: Client(recorder) for sender, recorder in recorders.items()}

    send(planted, clients)
    for client in clients.values():
        client.close()

    sent = Counter(
        (sender, message["messageId"], message["type"], message.get("userId"), message.get("anonymousId"))
        for sender, recorder in recorders.items()
        for message in recorder.messages
    )
    assert sent == Counter(
        (message.sender, message.message_id, message.type, message.user_id, message.anonymous_id)
        for message in planted.messages
    )


def test_a_source_without_a_client_is_refused() -> None:
    planted = plant(plans.read(PLAN).require(), people=2)

    with pytest.raises(UsageError, match="give a client for it"):
        send(planted, {})

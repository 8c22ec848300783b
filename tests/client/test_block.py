"""A client that blocks when its queue is full never lets go of what it has accepted, whatever the sizes."""

from __future__ import annotations

import pytest

from footfall import Client, ClientOptions
from footfall.delivery import RetryPolicy
from footfall.errors import UnreachableError
from footfall.events import Answer, Batch
from footfall.testing.recorder import Recorder


class Line(Recorder):
    """A line that is down until it is up."""

    up = False

    def send(self, batch: Batch) -> Answer:
        if not self.up:
            raise UnreachableError("down")
        return super().send(batch)


def options(queue_bytes: int) -> ClientOptions:
    return ClientOptions(
        when_full="block", block_timeout=0.0, queue_bytes=queue_bytes, retry=RetryPolicy(initial=0.001, maximum=0.001)
    )


# The bytes that do not fit may be the message's own or those of its number and its end: every size within one message.
@pytest.mark.parametrize("queue_bytes", range(2_000, 2_400, 7))
def test_what_was_accepted_is_delivered_and_what_was_not_is_told(queue_bytes: int) -> None:
    line = Line()
    with Client(line, options=options(queue_bytes)) as client:
        accepted = []
        for number in range(20):
            receipt = client.track("step_taken", {"number": number}, user_id="ann")
            if receipt:
                accepted.append(number)
            else:
                assert receipt.reason == "queue_full"
        full = client.stats()
        line.up = True
        delivery = client.flush(timeout=60.0)

    assert 0 < len(accepted) < 20
    assert full.dropped == {}
    assert full.refused == {"queue_full": 20 - len(accepted)}
    assert full.balanced
    assert delivery
    assert [message["properties"]["number"] for message in line.messages] == accepted

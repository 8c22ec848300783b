"""Batches that go straight to a collector, without a server."""

from __future__ import annotations

from pathlib import Path

import pytest

from footfall import Client, Delivery
from footfall.collector import Collector
from footfall.delivery import InProcessTransport
from footfall.errors import FootfallError, JournalError, OverloadedError, RefusedError, RequestError, TransportError
from footfall.events import Answer, Batch

BATCH = Batch((b'{"type":"track"}',), "2026-03-01T10:00:00.000000Z")


class Refusing:
    def __init__(self, error: FootfallError) -> None:
        self.error = error

    def take(self, body: bytes) -> Answer:
        raise self.error


def test_a_real_collector_keeps_what_a_client_sends_and_knows_it_again(tmp_path: Path) -> None:
    with Collector(tmp_path / "data") as collector:
        client = Client(InProcessTransport(collector))
        client.track("a", user_id="ann", message_id="one")
        client.track("b", user_id="ann")
        client.track("a", user_id="ann", message_id="one")
        client.track("nobody")
        assert client.close() == Delivery(4, 0, {}, quarantined=1)

    ledger = client.stats()
    assert (ledger.duplicate, ledger.quarantined, ledger.rejected) == (1, 1, 0)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (RequestError(400, "unreadable", "not JSON"), RefusedError),
        (RequestError(413, "too_large", "20 MB"), RefusedError),
        (JournalError("disk full"), OverloadedError),
    ],
)
def test_a_collectors_errors_are_told_as_those_of_a_transport(error: FootfallError, kind: type[TransportError]) -> None:
    with pytest.raises(kind):
        InProcessTransport(Refusing(error)).send(BATCH)

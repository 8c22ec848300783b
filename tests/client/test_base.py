"""What both clients are made of: the store of their messages, and the messages that they take over."""

from __future__ import annotations

import asyncio
import logging

import pytest

from footfall import AsyncClient, Client, ClientOptions
from footfall.client.outbox_store import OutboxStore
from footfall.errors import UnauthorizedError
from footfall.testing import Recorder
from footfall.testing.outbox_store import Shelf, ShelfStore

LINGERING = ClientOptions(linger=60.0)


class ShelfClient(Client):
    """A client whose messages outlive it."""

    shelf: Shelf
    store: ShelfStore

    def _new_store(self) -> OutboxStore:
        self.store = self.shelf.store()
        return self.store


class AsyncShelfClient(AsyncClient):
    """The same for an event loop."""

    shelf: Shelf

    def _new_store(self) -> OutboxStore:
        return self.shelf.store()


@pytest.fixture
def shelf() -> Shelf:
    ShelfClient.shelf = AsyncShelfClient.shelf = Shelf()
    return ShelfClient.shelf


def left_by_a_dead_process(*events: str) -> None:
    client = ShelfClient(Recorder(), options=LINGERING)
    for event in events:
        assert client.track(event, user_id="ann")
    client.store.die()


@pytest.mark.usefixtures("shelf")
def test_a_client_takes_over_what_a_dead_process_left_and_sends_it_first(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "footfall")
    left_by_a_dead_process("a", "b")
    recorder = Recorder()
    with ShelfClient(recorder, options=LINGERING) as client:
        client.track("c", user_id="ann")
        client.flush(30)

        ledger = client.stats()

    assert (ledger.accepted, ledger.adopted, ledger.delivered, ledger.balanced) == (1, 2, 3, True)
    assert recorder.events == ["a", "b", "c"]
    assert "took over 2 messages of an earlier process" in caplog.messages


@pytest.mark.usefixtures("shelf")
def test_what_was_taken_over_is_sent_without_a_call() -> None:
    left_by_a_dead_process("a")
    recorder = Recorder()

    with ShelfClient(recorder, options=LINGERING) as client:
        delivery = client.flush(30)

    assert (delivery.delivered, recorder.events) == (1, ["a"])


@pytest.mark.usefixtures("shelf")
def test_a_client_of_an_event_loop_takes_over_too() -> None:
    left_by_a_dead_process("a", "b")
    recorder = Recorder()

    async def main() -> AsyncClient:
        async with AsyncShelfClient(recorder, options=LINGERING) as client:
            await client.flush(30)
        return client

    ledger = asyncio.run(main()).stats()
    assert (ledger.adopted, ledger.delivered, ledger.balanced) == (2, 2, True)


@pytest.mark.usefixtures("shelf")
def test_what_a_closed_client_could_not_send_is_taken_over() -> None:
    client = ShelfClient(Recorder(fail_with=[UnauthorizedError("no")]))
    client.track("a", user_id="ann")
    client.close(30)

    with ShelfClient(Recorder()) as heir:
        assert heir.flush(30).delivered == heir.stats().adopted == client.stats().pending == 1


@pytest.mark.usefixtures("shelf")
def test_nothing_that_was_delivered_is_taken_over() -> None:
    with ShelfClient(Recorder()) as client:
        client.track("a", user_id="ann")

    with ShelfClient(Recorder()) as heir:
        assert heir.stats().adopted == 0


@pytest.mark.usefixtures("shelf")
def test_a_disabled_client_takes_nothing_over() -> None:
    left_by_a_dead_process("a")

    ShelfClient(disabled=True).close()

    with ShelfClient(Recorder()) as heir:
        assert heir.stats().adopted == 1

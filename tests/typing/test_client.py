"""The types that a user's type checker sees; checked by mypy, and by running it."""

from __future__ import annotations

import asyncio
from typing import assert_type

from footfall import AsyncClient, Client, Delivery, Ledger, Message, Receipt
from footfall.testing import Recorder


def hook(message: Message) -> Message | None:
    return message


def test_a_client_is_typed() -> None:
    with Client(Recorder(), hooks=[hook]) as client:
        assert_type(client, Client)
        with client.scope(user_id=7, context={"ip": "10.0.0.1"}):
            assert_type(client.track("a", {"b": [1, None]}), Receipt)
        assert_type(client.flush(), Delivery)
        assert_type(client.stats(), Ledger)

    assert client.stats().delivered == 1


def test_an_async_client_is_typed() -> None:
    async def work() -> None:
        async with AsyncClient(Recorder(), hooks=[hook]) as client:
            assert_type(client, AsyncClient)
            assert_type(client.track("a"), Receipt)
            assert_type(await client.flush(), Delivery)
            assert_type(client.stats(), Ledger)
        assert client.stats().delivered == 1

    asyncio.run(work())


def test_mistakes_are_seen() -> None:
    with Client(Recorder()) as client:
        client.track(3)  # type: ignore[call-overload]  # an event is text, or an object of a generated class
        client.track("a", [1])  # type: ignore[call-overload]  # properties are an object
        client.identify(None)  # type: ignore[arg-type]  # who?

    assert client.stats().accepted == 0

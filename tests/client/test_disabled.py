"""A disabled client takes every call and does nothing."""

from __future__ import annotations

import asyncio

import pytest

from footfall import AsyncClient, Client, Delivery, Message, Receipt
from footfall.client.environment import DISABLED, PLAN, URL, WRITE_KEY
from footfall.testing import Recorder


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in (DISABLED, PLAN, URL, WRITE_KEY):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_a_disabled_client_takes_every_call_and_does_nothing(caplog: pytest.LogCaptureFixture) -> None:
    seen: list[Message] = []
    recorder = Recorder()
    client = Client(recorder, plan="/nowhere/plan.yaml", hooks=[seen.append], disabled=True)

    with client.scope(user_id="kari"):
        receipts = [
            client.track("bought"),
            client.identify("kari"),
            client.page(),
            client.screen(),
            client.group("acme"),
            client.alias("a", "b"),
            client.reset(),
        ]

    assert receipts == [Receipt(False, None, "disabled")] * 7
    assert (client.flush(), client.close()) == (Delivery(0, 0), Delivery(0, 0))
    assert client.stats().refused == {"disabled": 7}
    assert client.stats().balanced
    assert (recorder.attempts, seen, caplog.records) == ([], [], [])


def test_a_client_is_disabled_by_the_environment_unless_the_argument_says_otherwise(
    environment: pytest.MonkeyPatch,
) -> None:
    environment.setenv(DISABLED, "1")

    assert Client().track("bought").reason == "disabled"
    with Client(Recorder(), disabled=False) as client:
        assert client.track("bought", user_id="kari")


def test_an_async_client_is_disabled_too() -> None:
    async def work() -> Delivery:
        async with AsyncClient(disabled=True) as client:
            assert client.track("bought").reason == "disabled"
            return await client.flush()

    assert asyncio.run(work()) == Delivery(0, 0)

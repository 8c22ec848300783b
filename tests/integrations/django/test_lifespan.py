"""A server of ASGI that begins and ends is heard, and what is pending is sent before it has its answer."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest

from footfall.testing import Recorder

django = pytest.importorskip("django", reason="Django is not installed")


async def nothing(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "of the application"})


def live(kind: str, *messages: str) -> list[str]:
    """What an application says to a server that says `messages`."""
    from footfall.integrations.django import with_lifespan

    answers: list[str] = []
    waiting = list(messages)

    async def receive() -> MutableMapping[str, Any]:
        return {"type": waiting.pop(0)}

    async def send(message: MutableMapping[str, Any]) -> None:
        answers.append(message["type"])

    async def run() -> None:
        await with_lifespan(nothing)({"type": kind}, receive, send)

    asyncio.run(run())
    return answers


def test_what_is_pending_is_sent_before_the_server_hears_that_all_is_done(browser: Any, recorder: Recorder) -> None:
    browser.get("/")
    batches_before = len(recorder.batches)

    answers = live("lifespan", "lifespan.startup", "lifespan.shutdown")

    assert answers == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert (batches_before, sum(len(batch.messages) for batch in recorder.batches)) == (0, 1)


def test_whatever_is_no_lifespan_is_the_applications() -> None:
    assert live("http") == ["of the application"]

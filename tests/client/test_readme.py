"""The client's README: its blocks run, and do what it says of them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import footfall.client
from footfall.delivery.retry import Action, decide
from footfall.delivery.statuses import error_for
from footfall.testing import Recorder

README = Path(footfall.client.__file__).with_name("README.md")


def block(word: str, recorder: Recorder) -> dict[str, Any]:
    """What the Python block of the README with `word` defines, with its client sending to `recorder`."""
    blocks = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    text = next(block for block in blocks if word in block)
    text, replaced = re.subn(r'Client\((?:"http.*?|Recorder\(\))\)', "Client(recorder)", text)
    assert replaced == 1
    names: dict[str, Any] = {"recorder": recorder}
    exec(compile(text, str(README), "exec"), names)
    return names


def test_each_call_sends_what_the_readme_says(caplog: pytest.LogCaptureFixture) -> None:
    recorder = Recorder()

    block("client.group", recorder)

    types = [message["type"] for message in recorder.messages]
    assert types == ["page", "track", "identify", "group", "alias", "reset", "track"]
    assert recorder.messages[-1]["userId"] == "kari"
    assert caplog.messages == []


def test_a_lifespan_closes_the_client() -> None:
    recorder = Recorder()
    names = block("lifespan", recorder)

    async def serve() -> None:
        async with names["lifespan"](None):
            names["client"].track("a", user_id="ann")

    asyncio.run(serve())

    assert recorder.events == ["a"]
    assert recorder.closed


def test_a_handler_flushes_before_it_answers() -> None:
    recorder = Recorder()
    names = block("def handler", recorder)

    names["handler"]({"id": "A-2", "user": "ann"}, None)

    assert recorder.events == ["order_completed"]


STATUSES = re.findall(r"^\| ((?:\d+(?:, )?)+) \| (\w+)", README.read_text(encoding="utf-8"), re.MULTILINE)
WORDS: Mapping[Action, str] = {"stop": "keeps", "drop": "drops", "split": "halves", "again": "sends"}


@pytest.mark.parametrize(("status", "word"), [(int(one), word) for some, word in STATUSES for one in some.split(", ")])
def test_each_status_has_the_consequence_that_the_readme_says(status: int, word: str) -> None:
    assert WORDS[decide(error_for(status)).action] == word


def test_the_readme_has_every_status_that_ends_or_halves_anything() -> None:
    named = {int(status) for some, _ in STATUSES for status in some.split(", ")}

    assert {status for status in range(300, 600) if decide(error_for(status)).action != "again"} <= named

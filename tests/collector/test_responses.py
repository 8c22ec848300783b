"""What is answered: one body for what was taken, and one for each refusal."""

from __future__ import annotations

import asyncio
import json

import pytest

from footfall.collector.responses import (
    CLOSE,
    Message,
    Refusal,
    encode,
    error_body,
    headers_of,
    respond,
    respond_error,
    unauthorized,
)
from footfall.errors import RequestError
from footfall.events import Answer, Fault, Verdict

FAULTS = tuple(Fault(str(number), "type") for number in range(6_000))


def test_an_answer_says_what_sdks_look_for_and_counts_verdicts() -> None:
    answer = Answer(3, (Verdict(1, "duplicate", "m"),))

    assert json.loads(encode(answer)) == {
        "status": 1, "error": None, "code": 200, "success": True,
        "received": 3, "stored": 2, "duplicate": 1, "quarantined": 0, "rejected": 0,
        "verdicts": [{"index": 1, "verdict": "duplicate", "message_id": "m"}],
    }  # fmt: skip


@pytest.mark.parametrize(
    "verdicts",
    [
        [Verdict(number, "quarantined", "m", "invalid", FAULTS) for number in range(2)],
        [Verdict(number, "quarantined", "m" * 200, "invalid", FAULTS[:1]) for number in range(3_800)],
    ],
)
def test_an_answer_that_would_be_too_long_has_verdicts_without_faults(verdicts: list[Verdict]) -> None:
    said = json.loads(encode(Answer(5_000, tuple(verdicts))))

    assert len(said["verdicts"]) == len(verdicts)
    assert not any("faults" in verdict for verdict in said["verdicts"])


def sent(status: int, body: bytes) -> list[Message]:
    messages: list[Message] = []

    async def send(message: Message) -> None:
        messages.append(message)

    asyncio.run(respond(send, status, body))
    return messages


def test_a_long_body_is_followed_by_an_empty_part_that_waits_for_room() -> None:
    short, long = sent(200, b"x"), sent(200, b"x" * 100_000)

    assert [message.get("body") for message in short] == [None, b"x"]
    assert [len(message.get("body", b"")) for message in long] == [0, 100_000, 0]


def test_a_refusal_has_the_headers_of_its_status_and_its_own() -> None:
    messages: list[Message] = []

    async def send(message: Message) -> None:
        messages.append(message)

    asyncio.run(respond_error(send, Refusal(503, "overload", "later", [CLOSE]), headers_of(retry_after=2)))

    assert {(b"retry-after", b"2"), CLOSE} <= set(messages[0]["headers"])


def test_the_body_of_a_refusal_names_its_code() -> None:
    assert json.loads(error_body(RequestError(400, "json", "no JSON"))) == {
        "status": 0, "error": {"code": "json", "message": "no JSON"}, "code": 400, "success": False,
    }  # fmt: skip
    assert (unauthorized().status, unauthorized().code) == (401, "unauthorized")

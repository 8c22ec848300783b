"""Requests of Segment's and RudderStack's SDKs, as captured or as documented, are taken as they stand."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from footfall.collector import Collector, create_app
from footfall.storage import Row
from footfall.testing.clock import ManualClock
from footfall.testing.journal import MemoryJournal
from footfall.timestamps import format_us

WIRE = Path(__file__).parents[1] / "data" / "wire"
# Sent with GET and a query, which the collector does not take.
PIXELS = {"segment_v1_pixel_track", "rudderstack_pixel_page"}
RECORDED = {path.stem: json.loads(path.read_bytes()) for path in sorted(WIRE.glob("*.json"))}


def replay(recorded: dict[str, Any], tmp_path: Path) -> tuple[httpx.Response, list[Row]]:
    """Send a recorded request; the answer, and what is stored."""
    request = recorded["request"]
    body = json.dumps(request["body"]).encode()
    if request["headers"].get("Content-Encoding") == "gzip":
        body = gzip.compress(body)
    headers = {name: value for name, value in request["headers"].items() if name not in ("Content-Length", "Host")}
    if "writeKey" not in request["body"]:
        headers.setdefault("Authorization", "Basic " + base64.b64encode(b"WRITE_KEY:").decode())
    journal = MemoryJournal()

    async def send(app: Any) -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://collector") as client:
            return await client.request(request["method"], request["path"], content=body, headers=headers)

    with Collector(tmp_path / "data", clock=ManualClock(), journal=journal) as collector:
        answer = asyncio.run(send(create_app(collector, {"WRITE_KEY": "web"})))
        rows = [entry.row for chunk in journal.scan("stored") for entry in chunk]
    return answer, rows


@pytest.mark.parametrize("name", sorted(set(RECORDED) - PIXELS))
def test_every_message_of_an_sdk_is_stored(name: str, tmp_path: Path) -> None:
    recorded = RECORDED[name]

    answer, rows = replay(recorded, tmp_path)

    sent = recorded["request"]["body"]
    messages = sent.get("batch", [sent])
    assert answer.status_code == 200
    assert answer.json()["success"] is True
    # Our clock is not that of the recording.
    assert {fault["code"] for verdict in answer.json()["verdicts"] for fault in verdict["faults"]} <= {"misdated"}
    assert answer.json()["stored"] == len(messages)
    assert [orjson.loads(row.body) for row in rows] == [
        {key: value for key, value in message.items() if key != "writeKey"} for message in messages
    ]
    assert not any(b"WRITE_KEY" in row.body + (row.envelope or b"") for row in rows)


def test_the_corpus_holds_both_vendors_and_both_shapes() -> None:
    assert len(set(RECORDED) - PIXELS) == 7
    assert set(RECORDED) > PIXELS


def test_the_types_ids_and_times_of_a_captured_batch_are_read(tmp_path: Path) -> None:
    _, rows = replay(RECORDED["segment_v1_batch_gzip"], tmp_path)

    assert [(row.type, row.event, row.user_id, row.anonymous_id, row.previous_id, row.group_id) for row in rows] == [
        ("identify", None, "user-1", None, None, None),
        ("track", "Order Completed", "user-1", "anon-1", None, None),
        ("page", None, "user-1", None, None, None),
        ("screen", None, "user-1", None, None, None),
        ("group", None, "user-1", None, None, "group-1"),
        ("alias", None, "user-1", None, "anon-1", None),
    ]


def test_what_the_envelope_says_is_kept_with_each_message(tmp_path: Path) -> None:
    _, rows = replay(RECORDED["segment_v1_batch_envelope_context"], tmp_path)

    assert [row.user_id for row in rows] == ["19", None]
    assert [orjson.loads(row.envelope or b"{}") for row in rows] == [
        {"context": {"device": {"type": "phone"}}, "integrations": {"All": False, "Mixpanel": True}}
    ] * 2
    # The documentation's own time, `2015-2-02T00:30:08.276Z`, moved by how far sentAt is from the time of receipt.
    assert format_us(rows[0].occurred_at)[:10] == "2015-01-31"

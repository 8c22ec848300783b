"""What a judged message is handed over as."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from footfall.collector import Collector
from footfall.storage import Row
from footfall.testing import ManualClock
from footfall.testing.journal import MemoryJournal


def test_each_value_of_a_message_is_in_the_column_of_its_name(tmp_path: Path) -> None:
    clock, journal = ManualClock(), MemoryJournal()
    common = {
        "userId": "u",
        "anonymousId": "a",
        "timestamp": "2025-12-31T23:00:00Z",
        "context": {"device": {"id": "d"}},
    }
    messages = [
        {"type": "track", "messageId": "1", "event": "seen", **common},
        {"type": "alias", "messageId": "2", "previousId": "p", **common},
        {"type": "group", "messageId": "3", "groupId": "g", **common},
    ]
    bodies = [json.dumps(message).encode() for message in messages]

    with Collector(tmp_path / "data", clock=clock, journal=journal) as collector:
        collector.take(b'{"batch":[%b],"integrations":{"x":true}}' % b",".join(bodies), source="shop")

    (commit,) = journal.commits
    row = Row(
        kind="stored",
        source="shop",
        message_id="1",
        type="track",
        event="seen",
        user_id="u",
        anonymous_id="a",
        device_id="d",
        previous_id=None,
        group_id=None,
        occurred_at=1_767_222_000_000_000,
        received_at=clock.now_us(),
        bundle=None,
        faults=None,
        body=bodies[0],
        envelope=b'{"integrations":{"x":true}}',
    )
    without_event = row._replace(event=None)
    assert commit.rows == [
        row,
        without_event._replace(message_id="2", type="alias", previous_id="p", body=bodies[1]),
        without_event._replace(message_id="3", type="group", group_id="g", body=bodies[2]),
    ]


@pytest.mark.parametrize(
    ("message", "batch", "traits"),
    [
        (
            b'{"type":"identify","userId":"u","traits":{"a":1},"context":{"traits":{"a":2,"b":2.50}}}',
            b',"context":{"traits":{"a":3,"b":3,"c":3}}',
            b'{"a":1,"b":2.50,"c":3}',
        ),
        (b'{"type":"identify","userId":"u","context":{"traits":{"a":1.10}}}', b"", b'{"a":1.10}'),
        (b'{"type":"identify","userId":"u","traits":{"a":1}}', b"", None),
        (b'{"type":"track","event":"e","userId":"u","context":{"traits":{"a":1}}}', b"", None),
        (b'{"type":"group","groupId":"g","userId":"u","context":{"traits":{"a":1}}}', b"", None),
    ],
)
def test_traits_that_a_wire_has_elsewhere_are_in_their_column_and_the_message_stays(
    message: bytes, batch: bytes, traits: bytes | None, tmp_path: Path
) -> None:
    journal = MemoryJournal()

    with Collector(tmp_path / "data", clock=ManualClock(), journal=journal) as collector:
        collector.take(b'{"batch":[%b]%b}' % (message, batch))

    (row,) = journal.commits[0].rows
    assert (row.body, row.traits) == (message, traits)

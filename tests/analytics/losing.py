"""Any log of messages that clients numbered: some stored, some in quarantine, some lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import msgspec
from hypothesis import strategies as st

from footfall.analytics import Dataset
from footfall.storage.journal import Entry

__all__ = ["DAY", "SECOND", "Numbered", "dataset_of", "lossy_logs"]

DAY = 86_400
SECOND = 1_000_000


class Numbered(NamedTuple):
    """A message: its client and number (None for a sender without), when it occurred and came (seconds), its event."""

    client: str | None
    number: int
    at: int
    came: int
    event: str
    is_stored: bool
    amount: str = "1"


def body_of(message: Numbered) -> bytes:
    context = {} if message.client is None else {"client": {"id": message.client, "seq": message.number}}
    properties = msgspec.Raw(b'{"amount":%s,"money":"EUR"}' % message.amount.encode())
    return msgspec.json.encode({"type": "track", "event": message.event, "properties": properties, "context": context})


def dataset_of(make: Callable[..., Entry], log: Sequence[Numbered], plan: Any = None) -> Dataset:
    """The stored ones as a dataset, with the others in its quarantine. The caller closes it."""
    entries = [
        make(
            seq, message.event, message.at, user="ann", source=message.client or "sdk",
            received_at=message.came * SECOND, body=body_of(message),
        )
        for seq, message in enumerate(log) if message.is_stored
    ]  # fmt: skip
    dataset = Dataset.of(entries, plan)
    for seq, message in enumerate(log):
        if not message.is_stored:
            number = None if message.client is None else message.number
            row = (
                seq, message.event, message.at * SECOND, "ann", None, None, message.came * SECOND, message.client,
                number, body_of(message),
            )  # fmt: skip
            dataset.connection.execute(f"INSERT INTO quarantine VALUES ({', '.join('?' * len(row))})", row)
    return dataset


@st.composite
def lossy_logs(draw: st.DrawFn) -> list[Numbered]:
    """Of two clients, of whose numbers some never come, and of a sender without numbers."""
    log = []
    for client in ("a", "b", None):
        for number in range(draw(st.integers(0, 6))):
            if draw(st.integers(0, 3)):
                at = draw(st.integers(0, 5)) * DAY
                late = draw(st.sampled_from([0, 1, DAY]))
                event, is_stored = draw(st.sampled_from(["buy", "see"])), bool(draw(st.integers(0, 2)))
                amount = draw(st.sampled_from(["1", "2.50", '"3.5"', '"much"', "null"]))
                log.append(Numbered(client, number, at, at + late, event, is_stored, amount))
    return log

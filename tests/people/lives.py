"""Messages as a collector keeps them, for tests that ask who is behind them."""

from __future__ import annotations

import json
from typing import Any

from footfall.analytics.stored_messages import StoredMessages
from footfall.plan.model import Plan
from footfall.storage.journal import Entry, Row

MINUTE = 60_000_000
DAY = 24 * 60 * MINUTE
START = 1_767_225_600_000_000  # 2026-01-01T00:00:00Z
PLAN = Plan(id="shop", timezone="Europe/Amsterdam")


class Life:
    """A journal's rows, written down one by one; message_ids are m1, m2, … where none is given."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def add(  # the columns of a row, always by name
        self,
        type: str = "track",  # noqa: A002 - the column's name
        *,
        at: int = 0,
        event: str | None = None,
        user: str | None = None,
        anonymous: str | None = None,
        device: str | None = None,
        previous: str | None = None,
        source: str = "web",
        message_id: str | None = None,
        envelope: dict[str, Any] | None = None,
        **body: Any,
    ) -> str:
        name = message_id or f"m{len(self.entries) + 1}"
        row = Row(
            kind="stored",
            source=source,
            message_id=name,
            type=type,
            event=event,
            user_id=user,
            anonymous_id=anonymous,
            device_id=device,
            previous_id=previous,
            group_id=None,
            occurred_at=START + at,
            received_at=START + at,
            bundle=None,
            faults=None,
            body=json.dumps({"type": type, "messageId": name, **body}, ensure_ascii=False).encode(),
            envelope=None if envelope is None else json.dumps(envelope).encode(),
        )
        self.entries.append(Entry(len(self.entries) + 1, row))
        return name

    def open(self) -> StoredMessages:
        return StoredMessages.of(self.entries, PLAN)

"""One person's story, from the first anonymous page to the customer, with the reason for every message."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec

from footfall.analytics import Dataset
from footfall.timestamps import local_time

__all__ = ["REASONS", "StoryMessage", "best_example", "story_of"]

REASONS = {
    "explicit": "they were signed in",
    "sole_owner": "nobody was signed in, and nobody else ever signed in on this browser",
    "same_session": "nobody was signed in; the browser is shared, and this is the visit in which they signed in",
}
_DECODER = msgspec.json.Decoder(float_hook=Decimal)  # amounts keep their digits
_DETAILS = ("sku", "total", "reason", "score", "method", "quantity")


class StoryMessage(NamedTuple):
    """One message of a story: when (UTC), what it was in a few words, and the reason why it is this person's."""

    time: datetime
    what: str
    reason: str


def best_example(dataset: Dataset) -> tuple[str, str] | None:
    """Who has the most messages from before they were known, among those who then ordered: person_id and user_id."""
    rows = dataset.rows(
        "SELECT person_id, max(canonical_user_id) FROM messages WHERE counted GROUP BY person_id "
        "HAVING bool_or(event = 'order_completed') AND bool_or(reason = 'explicit') AND bool_or(reason <> 'explicit') "
        "ORDER BY count(*) FILTER (reason <> 'explicit') DESC, person_id LIMIT 1"
    )
    return (rows[0][0], rows[0][1]) if rows else None


def story_of(dataset: Dataset, person_id: str) -> Iterator[StoryMessage]:
    """A person's messages in time, oldest first."""
    rows = dataset.connection.execute(
        "SELECT occurred_at, type, event, body, reason FROM messages WHERE person_id = ? ORDER BY ord", [person_id]
    )
    for occurred_at, kind, event, body, reason in rows.fetchall():
        yield StoryMessage(local_time(occurred_at), _what(kind, event, body), reason)


def _what(kind: str, event: str | None, body: str) -> str:
    message: dict[str, Any] = _DECODER.decode(body)
    if kind != "track":
        return f"{kind} {message.get('name') or ''}".strip()
    properties = message.get("properties") or {}
    details = ", ".join(f"{name} {properties[name]}" for name in _DETAILS if properties.get(name) is not None)
    return f"{event} ({details})" if details else str(event)

"""The columns of an export: the same in every format, each with what it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from footfall.storage.columns import COLUMNS as STORED
from footfall.storage.columns import TEXT, TIME, Column

__all__ = ["COLUMNS", "EVIDENCE", "FREE_TEXTS", "PAGE", "PARTS", "PERSON", "TIMES", "exported"]

EVIDENCE = ("evidence_source", "evidence_message_id")
"""The columns that name another message."""

PERSON: Mapping[str, str] = {
    "person_id": "The person that it belongs to; a message that is nobody's has an id that no other message has",
    "reason": "Why: explicit, sole_owner, same_session, contested, anonymous, device, unconsented, bot or blocked",
    "evidence_source": "The source of the message that is the evidence, where another message is",
    "evidence_message_id": "The message_id of that message",
    "audience": "Of whom it is, judged now: people, bot or staff (own people); figures leave out the last two",
}
"""What is worked out about who sent a message."""

PAGE: Mapping[str, str] = {
    "name": "The name of the page or screen",
    "category": "The category of the page or screen",
}
"""What is read from the body of a page or a screen."""

PARTS: Mapping[str, str] = {
    "properties": "Its properties, as JSON text with every digit as it was sent",
    "traits": "The traits that an identify or a group sets, as JSON text",
    "context": "Its context, or that of its batch, as JSON text",
    "message": "The whole message as JSON text, as it was received",
}
"""What is read from the body of every message."""

# After which column of a message come those that are read from it.
_AFTER = {"event": PAGE, "received_at": PERSON, "body": PARTS}


def exported(columns: Sequence[Column]) -> Mapping[str, str]:
    """The columns of every format, in their order, and what each is, where a message has these columns."""
    texts = {"seq": "The number of the row in the order in which the collector stored it"}
    for column in columns:
        if column.exported:
            texts[column.name] = column.exported
        texts.update(_AFTER.get(column.name, {}))
    return texts


COLUMNS = exported(STORED)
"""The columns of every format, in their order, and what each is."""


TIMES = [column.name for column in STORED if column.exported and column.contents is TIME]
"""Those that are times."""

FREE_TEXTS = [
    *(column.name for column in STORED if column.exported and column.contents is TEXT),
    *EVIDENCE,
]
"""Those whose texts are a sender's, so that one may look like a number and the next may not."""

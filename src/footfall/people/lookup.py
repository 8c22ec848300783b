"""Matching: which persons an id leads to; a browser that several people used leads to each of them."""

from __future__ import annotations

from footfall.analytics import Dataset
from footfall.identity.ids import comparable
from footfall.identity.junk import is_junk

__all__ = ["lookup"]

# A user_id that was sent means its person only where it was usable; an alias also names the id that it replaced. What a
# connected product sends takes no part in the story of a browser, even when it names one.
_MATCH = """
SELECT person_id FROM messages
WHERE person_id = $id OR canonical_user_id = $id OR device_id = $id
   OR (reason = 'explicit' AND (user_id = $id OR (type = 'alias' AND previous_id = $id)))
   OR (reason <> 'device' AND anonymous_id = $id)
GROUP BY person_id ORDER BY min(ord)
"""


def lookup(dataset: Dataset, id: str) -> tuple[str, ...]:  # noqa: A002 - the word of the domain
    """The person_ids behind an id: a user_id (old or new), anonymous_id, device_id or person_id, the first seen first.

    It may be written in any way that is compared as the same. A junk id (`null`, `guest`, …) never links anything, so
    it leads to nobody.
    """
    if is_junk(id):
        return ()
    dataset.load_messages()
    return tuple(row[0] for row in dataset.connection.execute(_MATCH, {"id": comparable(id)}).fetchall())

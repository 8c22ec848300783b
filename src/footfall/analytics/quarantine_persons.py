"""Whose the messages in quarantine are, as far as their ids say: by who is who among the stored messages alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from footfall.identity.ids import comparable
from footfall.identity.junk import is_junk

if TYPE_CHECKING:
    from footfall.analytics.dataset import Dataset

__all__ = ["quarantine_persons"]

_TABLE = "quarantine_persons"


def quarantine_persons(dataset: Dataset) -> str:
    """The name of the table (seq, person) of those whose person is known, made at the first call.

    Such a message shows nobody who is who. So one of a device that several users share is nobody's, and so is one with
    an id that no stored message has. Raises DamagedFileError.
    """
    if not dataset.rows(f"SELECT 1 FROM duckdb_tables() WHERE table_name = '{_TABLE}'"):
        dataset.connection.execute(f"CREATE TABLE {_TABLE} (seq BIGINT, person INTEGER)")
        rows = dataset.rows("SELECT seq, user_id, device_id, anonymous_id, occurred_at FROM quarantine")
        if rows:
            _fill(dataset, rows)
    return _TABLE


def _fill(dataset: Dataset, rows: Sequence[tuple[Any, ...]]) -> None:
    import pyarrow  # loaded with the engine
    import pyarrow.compute as pc

    from footfall.analytics.engine import hand_over
    from footfall.analytics.persons.lookups import MESSAGES

    seqs, *ids, times = zip(*rows, strict=True)
    texts = [pyarrow.array(map(_usable, column), pyarrow.string()) for column in ids]
    numbers = [pc.index_in(column, value_set=dataset.persons.dictionary.ids) for column in texts]
    places = pyarrow.array(range(len(rows)), pyarrow.int32())
    user, device, anonymous = numbers
    messages = pyarrow.table(
        [pc.subtract(pc.negate(places), 1), places, user, device, anonymous, pyarrow.array(times, pyarrow.int64())],
        schema=MESSAGES,
    )
    # What an unknown user or product sent is not of whoever else used its installation.
    is_unknown = [
        pc.and_(text.is_valid(), number.is_null()) for text, number in zip(texts[:2], numbers[:2], strict=True)
    ]
    person = pc.if_else(pc.or_(*is_unknown), None, dataset.persons.lookups.persons_of(messages))
    table = pyarrow.table({"seq": pyarrow.array(seqs, pyarrow.int64()), "person": person})
    hand_over(dataset.connection, table, f"INSERT INTO {_TABLE} SELECT * FROM handed WHERE person IS NOT NULL")


def _usable(text: str | None) -> str | None:
    return None if text is None or is_junk(text) else comparable(text)

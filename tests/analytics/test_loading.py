"""Rows that are at hand become a part; beside the parts is what is in quarantine and was rejected."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from footfall.analytics.dataset import Dataset
from footfall.analytics.engine import connect, rows
from footfall.analytics.loading import CHUNK, load_intake
from footfall.events import Fault
from footfall.storage import Changes
from footfall.storage.journal import Entry
from footfall.testing.journal import MemoryJournal

MakeEntry = Callable[..., Entry]


def test_more_than_one_chunk_is_read(entry: MakeEntry) -> None:
    with Dataset.of(entry(number, "e", number, user="a") for number in range(1, CHUNK + 2)) as dataset:
        assert dataset.contents().messages == CHUNK + 1


def test_a_fault_counts_once_for_a_message_whatever_the_place_in_its_list(entry: MakeEntry) -> None:
    faults = msgspec.json.encode([Fault(f"lines[{number}].price", "type") for number in (0, 1)])
    journal = MemoryJournal()
    journal.commit(Changes([entry(1, None, 1, kind="quarantined", type="page", faults=faults).row], {("a", "b"): 3}))

    connection = connect()
    with journal.snapshot() as snapshot:
        load_intake(connection, snapshot)

    assert rows(connection, "SELECT event, path, code FROM quarantine JOIN quarantine_faults USING (seq)") == [
        ("(page)", "lines[].price", "type")
    ]
    assert rows(connection, "SELECT number FROM refusals") == [(3,)]
    connection.close()

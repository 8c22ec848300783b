"""Whose a message in quarantine is goes by who is who among the stored ones."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
from tests.analytics.quarantined import dataset_with

from footfall.analytics.quarantine_persons import quarantine_persons
from footfall.events import Fault
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]
FAULTS = msgspec.json.encode([Fault("total", "type")])


@pytest.mark.parametrize(
    ("ids", "owner"),
    [
        ({"user": "ann"}, 1),
        ({"user": " ann "}, 1),
        ({"anonymous": "hers"}, 1),
        ({"user": "ann", "anonymous": "shared"}, 1),
        ({"device": "gateway"}, 4),
        ({"anonymous": "nobodys"}, 5),
        ({"anonymous": "shared"}, None),  # of Ann or of Bob, by a session that nobody knows
        ({"user": "carl", "anonymous": "hers"}, None),  # Carl has no stored message
        ({"user": "null"}, None),
        ({}, None),
    ],
)
def test_it_is_of_whom_its_ids_lead_to(entry: MakeEntry, ids: dict[str, str], owner: int | None) -> None:
    stored = [
        entry(1, "a", 1, user="ann", anonymous="hers"), entry(2, "a", 2, user="ann", anonymous="shared"),
        entry(3, "a", 3, user="bob", anonymous="shared"), entry(4, "a", 4, device="gateway"),
        entry(5, "a", 5, anonymous="nobodys"),
    ]  # fmt: skip
    with dataset_with(stored, [entry(6, "a", 6, kind="quarantined", faults=FAULTS, **ids)]) as dataset:
        persons: dict[int, int] = dict(dataset.rows(f"SELECT seq, person FROM {dataset.messages()}"))
        rows = dataset.rows(f"SELECT seq, person FROM {quarantine_persons(dataset)}")

    assert rows == ([] if owner is None else [(6, persons[owner])])


def test_where_nothing_is_in_quarantine_the_table_is_empty(entry: MakeEntry) -> None:
    with dataset_with([entry(1, "a", 1, user="ann")], []) as dataset:
        assert dataset.rows(f"SELECT * FROM {quarantine_persons(dataset)}") == []
        assert dataset.rows(f"SELECT * FROM {quarantine_persons(dataset)}") == []

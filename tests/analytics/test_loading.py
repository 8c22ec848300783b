"""Rows of the journal become messages with their persons; beside them is what is in quarantine and was rejected."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from footfall.analytics.dataset import Dataset
from footfall.analytics.engine import connect, rows
from footfall.analytics.loading import CHUNK, load_intake
from footfall.events import Fault
from footfall.plan.model import Alias, Event, Plan
from footfall.storage import Changes
from footfall.storage.journal import Entry
from footfall.testing.journal import MemoryJournal

MakeEntry = Callable[..., Entry]


def test_names_that_mean_an_event_of_the_plan_become_its_name(entry: MakeEntry) -> None:
    event = Event(name="buy", wire_name="Order Completed", aliases=(Alias(name="sale", until="1970-01-02"),))
    plan = Plan(id="test", events={"buy": event})
    day = 86_400
    log = [
        entry(1, "Order Completed", 1, user="a"), entry(2, "sale", day - 1, user="a"), entry(3, "sale", day, user="a"),
        entry(4, "buy", 2, user="a"), entry(5, "other", 2, user="a"), entry(6, None, 3, user="a", type="page"),
    ]  # fmt: skip

    with Dataset.of(log, plan) as dataset:
        names: dict[int, str] = dict(dataset.rows("SELECT seq, event FROM messages"))

    assert names == {1: "buy", 2: "buy", 3: "sale", 4: "buy", 5: "other", 6: None}


def test_messages_are_numbered_by_time_source_and_id_whatever_their_order(entry: MakeEntry) -> None:
    log = [entry(1, "e", 5), entry(2, "e", 1, source="b"), entry(3, "e", 1, source="a"), entry(4, "e", 5)]

    with Dataset.of(log) as dataset:
        order = [seq for (seq,) in dataset.rows("SELECT seq FROM messages ORDER BY ord")]

    assert order == [3, 2, 1, 4]


def test_more_than_one_chunk_is_read(entry: MakeEntry) -> None:
    with Dataset.of(entry(number, "e", number, user="a") for number in range(1, CHUNK + 2)) as dataset:
        assert dataset.contents().messages == CHUNK + 1


def test_ids_are_as_they_are_compared_and_the_body_as_it_was_sent(entry: MakeEntry) -> None:
    body = b'{"userId": " ann\xe2\x80\x8b"}'

    with Dataset.of([entry(1, "e", 1, user=" ann\u200b", body=body)]) as dataset:
        assert dataset.rows("SELECT user_id, body FROM messages") == [("ann", body.decode())]


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
